// What track(stream) adds to each chunk, in processor time: the same chunks read with and without it, in turn.
// node bench/stream.cjs [path of the installed package]
const { BearLumen } = require(process.argv[2] ?? '..');

const CHUNKS = 20_000;
const ROUNDS = 11;
const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: 'http://127.0.0.1:9' });
const fresh = (value) => JSON.parse(JSON.stringify(value));

const chat = (choices, usage = null) => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1763632800, model: 'gpt-4o-2024-08-06', service_tier: 'default', system_fingerprint: 'fp_1', choices, usage });
const delta = (content, finish_reason = null) => [{ index: 0, delta: { content }, logprobs: null, finish_reason }];
const usage = (output_tokens) => ({ input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 7, output_tokens });
const gemini = (count) => ({ candidates: [{ content: { parts: [{ text: 'word' }], role: 'model' }, index: 0 }], usageMetadata: { promptTokenCount: 8, candidatesTokenCount: count, totalTokenCount: 8 + count }, modelVersion: 'gemini-2.5-flash' });
const words = (chunk) => Array.from({ length: CHUNKS }, (_, index) => fresh(chunk(index)));

const streams = {
  'OpenAI chat, usage at the end': [...words((index) => chat(delta(`word ${index}`))), chat(delta('', 'stop')), chat([], { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 })],
  'Anthropic, usage at both ends': [
    { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', content: [], usage: usage(1) } },
    ...words((index) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: `word ${index}` } })),
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 12 } },
    { type: 'message_stop' },
  ],
  'Gemini, usage in every chunk': words(gemini),
};

async function time(stream) {
  const start = process.cpuUsage();
  let count = 0;
  for await (const _chunk of stream) count += 1;
  const { user, system } = process.cpuUsage(start); return (user + system) / count;
}

async function main() {
  const median = (times) => times.slice(2).sort((a, b) => a - b)[Math.floor((ROUNDS - 2) / 2)];
  for (const [name, chunks] of Object.entries(streams)) {
    const open = async function* () {
      yield* chunks;
    };
    const [alone, tracked] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      alone.push(await time(open()));
      const stream = bear.track(open());
      tracked.push(await time(stream));
      await stream.result;
    }
    const added = median(tracked) - median(alone);
    console.log(`${name.padEnd(32)} alone ${median(alone).toFixed(3)} us   tracked ${median(tracked).toFixed(3)} us   added ${added.toFixed(3)} us a chunk`);
  }
  await bear.shutdown({ timeout: 1 });
}

void main();
