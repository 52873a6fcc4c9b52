// What costOf() and costOfStream() take beside what the vectors hold.
import assert from 'node:assert/strict';
import test from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { costOf, costOfStream } from '@bearlumen/node-sdk';
import OpenAI from 'openai';
import { chatCompletion } from '../support/responses.mjs';

const chunk = (fields) => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1763632800, model: 'gpt-4o-2024-08-06', ...fields });
const chunks = [
  chunk({ choices: [{ index: 0, delta: { content: 'Blue.' }, finish_reason: 'stop' }] }),
  chunk({ choices: [], usage: { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 } }),
];
const usage = { input_tokens: 2068, cache_read_input_tokens: 500, output_tokens: 2 };
const events = [
  { type: 'message_start', message: { id: 'msg_01Bear5Lumen7Example9Message2', type: 'message', role: 'assistant', model: 'claude-sonnet-4-6', content: [], usage } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 900 } },
  { type: 'message_stop' },
];

/** A `fetch` that answers with these events. */
const serving = (events, isNamed) => async () => {
  const lines = events.map((event) => `${isNamed ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
  return new Response(lines.join(''), { headers: { 'content-type': 'text/event-stream' } });
};

test("the stream of OpenAI's SDK is a promise of its cost", async () => {
  const openai = new OpenAI({ apiKey: 'sk-x', dangerouslyAllowBrowser: true, fetch: serving(chunks, false) });
  const stream = await openai.chat.completions.create({ model: 'gpt-4o', messages: [], stream: true });
  const answer = await costOfStream(stream);
  assert.deepEqual(answer, costOfStream(chunks));
  assert.deepEqual([answer.totals.totalTokens, answer.incomplete], [29, false]);
});

test("the stream of Anthropic's SDK is a promise of its cost", async () => {
  const anthropic = new Anthropic({ apiKey: 'sk-x', dangerouslyAllowBrowser: true, fetch: serving(events, true) });
  const stream = await anthropic.messages.create({ model: 'claude-sonnet-4-6', max_tokens: 9, messages: [], stream: true });
  const answer = await costOfStream(stream);
  assert.deepEqual(answer, costOfStream(events));
  assert.deepEqual([answer.totals.inputTokens, answer.totals.outputTokens, answer.incomplete], [2568, 900, false]);
});

test('the text of a chunk is not looked at', () => {
  const delta = { get content() { return assert.fail('the text was read'); } };
  const first = chunk({ choices: [{ index: 0, delta, finish_reason: 'stop' }] });
  assert.equal(costOfStream([first, chunks[1]]).totals.totalTokens, 29);
});

test('what the stream throws is thrown', async () => {
  const gone = new Error('gone');
  function* broken() {
    yield chunks[0];
    throw gone;
  }
  async function* brokenLater() {
    yield* broken();
  }
  assert.throws(() => costOfStream(broken()), gone);
  await assert.rejects(costOfStream(brokenLater()), gone);
});

const endlessList = new Proxy([], { get: (_list, name) => (name === 'length' ? 2 ** 53 : {}) });
const unreadable = {
  null: null,
  undefined: undefined,
  'a number': 5,
  'a list': [1],
  'a list without end inside': { choices: endlessList },
  'bytes inside that are no JSON': { chunk: { bytes: Buffer.from('no JSON') } },
};
for (const [name, odd] of Object.entries(unreadable)) {
  test(`a chunk that cannot be read is a warning: ${name}`, () => {
    const answer = costOfStream([odd, ...chunks]);
    assert.equal(answer.totals.totalTokens, 29);
    assert.deepEqual(answer.warnings.map(({ code }) => code), ['unreadable_chunk']);
  });
}

test('a chunk that refuses to be read does not hide the others', () => {
  const no = () => assert.fail('no');
  const refusing = new Proxy({}, { get: no, ownKeys: no });
  const endless = new Proxy({}, { get: () => endless });
  for (const odd of [refusing, endless, { chunk: null }, { chunk: refusing }, {}]) {
    assert.equal(costOfStream([odd, ...chunks]).totals.totalTokens, 29);
  }
});

test('what is no stream is refused', () => {
  for (const odd of [null, undefined, 5, {}, { chunks }, () => {}]) assert.throws(() => costOfStream(odd), TypeError);
});

test('headers say who answered, however they are kept', () => {
  const body = chatCompletion({ model: 'llama-3.3-70b-versatile' });
  assert.notEqual(costOf(body).confidence, 'certain');
  const plain = { 'X-Groq-Region': 'us-west-1', 'set-cookie': ['a', 'b'], 'content-length': 3, etag: undefined };
  const pairs = [['X-Groq-Region', 'us-west-1']];
  for (const headers of [plain, pairs, new Headers(pairs), new Map(pairs), Object.assign(Object.create(null), plain)]) {
    for (const response of [body, JSON.stringify(body)]) {
      const { provider, confidence } = costOf(response, { headers });
      assert.deepEqual([provider, confidence], ['groq', 'certain']);
    }
  }
  assert.notEqual(costOf(body, { headers: {} }).confidence, 'certain');
});

test('headers count what the body does not', () => {
  const headers = { 'x-amzn-bedrock-input-token-count': '30', 'x-amzn-bedrock-output-token-count': 12 };
  const { provider, totals } = costOf({ generation: 'x' }, { model: 'meta.llama3-8b-instruct-v1:0', headers });
  assert.deepEqual([provider, totals.inputTokens, totals.outputTokens], ['bedrock', 30, 12]);
});

test('what the provider charged stands beside what it should cost', () => {
  const charged = chatCompletion({ model: 'openai/gpt-4o', provider: 'OpenAI' });
  charged.usage.cost = 0.25;
  const { cost, computedCost } = costOf(charged, { provider: 'openrouter' });
  assert.deepEqual([cost.amount, cost.basis], [0.25, 'reported']);
  assert.notEqual(computedCost.basis, 'reported');
  assert.equal('computedCost' in costOf(chatCompletion()), false);
});

test('calls with other words keep their own, however many there are', () => {
  const models = Array.from({ length: 300 }, (_, index) => `gpt-4o-of-team-${index}`);
  for (let round = 0; round < 3; round += 1) {
    for (const [index, model] of models.entries()) {
      const answer = costOf(JSON.stringify({ ...chatCompletion(), model }));
      assert.equal(answer.model, model);
      const known = costOf(JSON.stringify({ ...chatCompletion(), service_tier: index % 2 ? 'priority' : 'default' }));
      assert.equal(known.cost.lines[0].modifiers.length, index % 2);
    }
  }
});

test('what is changed in an answer is changed there alone', () => {
  const text = JSON.stringify(chatCompletion());
  const before = JSON.stringify(costOf(text));
  const answer = costOf(text);
  answer.candidates.push('nobody');
  answer.usage.input = 0;
  answer.cost.lines[0].modifiers.push('x=y');
  answer.cost.lines.length = 1;
  answer.warnings.push({ code: 'x', message: 'y' });
  assert.equal(JSON.stringify(costOf(text)), before);
});
