// Prices one response over and over, as text and as the object people hold.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { calcPrice, extractUsage, findProvider } from '@pydantic/genai-prices';

const require = createRequire(resolve('target/node/index.js'));
const { BearLumen, costOf } = require('@bearlumen/node-sdk');
const RESPONSE = process.env.BENCH_RESPONSE;
const CALLS = 20_000;
const ROUNDS = 5;

function medianNanos(call) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.hrtime.bigint();
    for (let n = 0; n < CALLS; n++) call();
    rounds.push(Number(process.hrtime.bigint() - started) / CALLS);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1];
}

// The peer must be told who answered, and in which of the provider's formats.
const openai = findProvider({ providerId: 'openai' });
function byGenaiPrices() {
  const { usage, model } = extractUsage(openai, JSON.parse(RESPONSE), 'chat');
  return calcPrice(usage, model, { providerId: 'openai' }).total_price;
}

const tell = (what, nanos, beside) => console.log(JSON.stringify({ what, nanos, faster: beside && beside / nanos }));
const peer = medianNanos(byGenaiPrices);
tell('Node: genai-prices, text to amount (peer)', peer);
tell('Node: costOf(string)', medianNanos(() => costOf(RESPONSE)), peer);
const object = JSON.parse(RESPONSE);
tell('Node: costOf(object)', medianNanos(() => costOf(object)));
const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: 'http://127.0.0.1:9', onError: () => {} });
tell('Node: track(object), enqueued and priced', medianNanos(() => bear.track(object)));
tell('Node: JSON.parse alone (floor)', medianNanos(() => JSON.parse(RESPONSE)));

// The queue is full of events for nobody.
process.exit(0);
