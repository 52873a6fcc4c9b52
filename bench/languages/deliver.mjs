// From the first event tracked to the last one answered, in one process.
import { posthog, posthogTrack } from './peers.mjs';
import { BearLumen, RESPONSE, STUB, delivered, inTurns, tell } from './rounds.mjs';

const response = JSON.parse(RESPONSE);

async function rate(events, path, track, flush) {
  const before = await delivered(path);
  const started = process.hrtime.bigint();
  for (let number = 0; number < events; number += 1) track();
  await flush();
  const took = Number(process.hrtime.bigint() - started) / 1e9;
  const arrived = (await delivered(path)) - before;
  if (arrived !== events) throw new Error(`${arrived} of ${events} arrived at ${path}`);
  return events / took;
}

const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: STUB });
const peer = posthog();
const [OURS, PEER] = ['bearlumen', 'posthog-node (peer)'];
const figures = await inTurns({
  [OURS]: () => rate(50_000, '/v1/usage/events/batch', () => bear.track(response), () => bear.flush()),
  [PEER]: () => rate(20_000, '/batch/', () => posthogTrack(peer, response), () => peer.flush()),
});
tell(`Node: ${PEER}`, figures[PEER], 'events/s');
tell(`Node: ${OURS}`, figures[OURS], 'events/s', 'posthog-node', figures[OURS] / figures[PEER]);
process.exit(0);
