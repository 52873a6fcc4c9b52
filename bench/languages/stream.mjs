// What track(stream) adds to each chunk: the same chunks gone through with and without it, in turn.
import { BearLumen, STUB, inTurns, tell } from './rounds.mjs';

const CHUNKS = 20_000;
/** What is added is the difference of two much longer times: it takes more rounds to be sure of. */
const ROUNDS = 25;
const bear = new BearLumen({ apiKey: 'sk_test_bench', baseUrl: STUB });
/** As the SDKs make them: each parsed from text of its own. */
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

async function* opened(chunks) {
  yield* chunks;
}

/** Nanoseconds of processor time a chunk. */
async function goneThrough(stream) {
  const start = process.cpuUsage();
  for await (const _chunk of stream);
  const { user, system } = process.cpuUsage(start);
  await stream.result;
  return ((user + system) * 1000) / CHUNKS;
}

for (const [name, chunks] of Object.entries(streams)) {
  const turns = { alone: () => goneThrough(opened(chunks)), tracked: () => goneThrough(bear.track(opened(chunks))) };
  const { alone, tracked } = await inTurns(turns, ROUNDS);
  tell(`Node: ${name}`, (tracked - alone) / 1000, 'us a chunk');
}
const stats = await bear.shutdown();
if (stats.sent !== stats.tracked) throw new Error(JSON.stringify(stats));
