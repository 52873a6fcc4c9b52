// What a process holds when the service has been away for 100,000 events.
import { BearLumen, RESPONSE, tell } from './rounds.mjs';

const EVENTS = 100_000;
const response = JSON.parse(RESPONSE);
const options = { userId: 'user_123', feature: 'chat' };
// Nothing listens there.
const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: 'http://127.0.0.1:9', onError: () => {} });
bear.track(response, options);
const before = process.memoryUsage.rss();
for (let number = 1; number < EVENTS; number += 1) bear.track(response, options);
const after = process.memoryUsage.rss();
const { pending } = bear.stats();
if (pending !== EVENTS) throw new Error(`${pending} are pending`);
tell('Node: what the events take', (after - before) / 1024 / 1024, 'MB');
tell('Node: an event', (after - before) / EVENTS, 'bytes');
process.exit(0);
