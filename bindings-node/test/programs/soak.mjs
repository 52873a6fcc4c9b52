// A busy process: `node --expose-gc soak.mjs URL SECONDS` prints how many events it made and how much memory it held.
import { BearLumen, costOf } from '@bearlumen/node-sdk';
import { chatCompletion } from '../support/responses.mjs';

const [url, seconds] = [process.argv[2], Number(process.argv[3])];
const bear = new BearLumen({ apiKey: 'sk_test_soak', baseUrl: url, onError: () => {} });
const response = chatCompletion();
const text = JSON.stringify(response);
const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o', choices: [] };
const usage = { ...chunk, usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } };

async function* opened() {
  yield chunk;
  yield usage;
}

async function* fails() {
  yield chunk;
  throw new Error('the stream broke');
}

const provider = {
  chat: { completions: { create: async ({ stream }) => (stream ? opened() : response) } },
};
const wrapped = bear.wrap(provider);

async function turn(number) {
  for (let index = 0; index < 20; index += 1) bear.track(response, { userId: `user_${number % 500}`, feature: 'soak', dimensions: { turn: number } });
  bear.track(response).cost;
  bear.track(text);
  bear.track({ no: 'response' }, { timestamp: 'yesterday' });
  bear.track(null, { model: 'tts-1', units: { characters: number } });
  for await (const _chunk of bear.track(opened()));
  for await (const _chunk of bear.track(opened())) break;
  await (async () => {
    for await (const _chunk of bear.track(fails()));
  })().catch(() => {});
  await bear.withContext({ userId: String(number), feature: 'context' }, async () => {
    await wrapped.chat.completions.create({ model: 'gpt-4o' });
    for await (const _chunk of await wrapped.chat.completions.create({ model: 'gpt-4o', stream: true }));
  });
  costOf(response);
}

const samples = [];
let [turns, others] = [0, 0];
const started = Date.now();
while (Date.now() - started < seconds * 1000 || turns < 200) {
  await turn(turns);
  turns += 1;
  if (turns % 50 !== 0) continue;
  // Clients come and go, too.
  const other = new BearLumen({ apiKey: 'sk_test_soak', baseUrl: url, onError: () => {} });
  other.track(response);
  others += (await other.shutdown()).sent;
  await bear.flush();
  globalThis.gc();
  samples.push(process.memoryUsage.rss() / 1024 / 1024);
}
const stats = await bear.shutdown();
console.log(JSON.stringify({ turns, stats, sent: stats.sent + others, samples }));
