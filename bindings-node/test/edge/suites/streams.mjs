import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';
import { costOf } from '@bearlumen/node-sdk';
import { atTheEdge, scripted } from './service.mjs';

const { BEARLUMEN_TEST_PROVIDERS: providers } = process.env;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const chunk = (fields) => ({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1763632800, model: 'gpt-4o-2024-08-06', ...fields });
const chunks = () => [
  chunk({ choices: [{ index: 0, delta: { content: 'Blue.' }, finish_reason: 'stop' }] }),
  chunk({ choices: [], usage: { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 } }),
];
const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'What colour is the sky?' }] };
const asking = { ...request, stream: true, stream_options: { include_usage: true } };
const ask = (body) => fetch(`${providers}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const openai = () => new OpenAI({ apiKey: 'x', baseURL: `${providers}/v1`, maxRetries: 0, dangerouslyAllowBrowser: true });

async function* slowly(values, pause = 20) {
  for (const value of values) {
    await sleep(pause);
    yield value;
  }
}

async function read(stream) {
  const reader = stream.getReader();
  const all = [];
  for (let step = await reader.read(); !step.done; step = await reader.read()) all.push(step.value);
  return all;
}

test('an async iterator passes its chunks on, the same ones', async () => {
  const { bear } = await scripted();
  const given = chunks();
  const stream = bear.track(slowly(given));
  const got = [];
  for await (const one of stream) got.push(one);
  assert.ok(got.length === 2 && got.every((one, at) => one === given[at]));
  const { inputTokens, outputTokens, incomplete } = await stream.result;
  assert.deepEqual([inputTokens, outputTokens, incomplete], [19, 10, false]);
});

test('a ReadableStream is one in front of another', async () => {
  const { bear } = await scripted();
  const given = chunks();
  const source = new ReadableStream({
    start(controller) {
      for (const one of given) controller.enqueue(one);
      controller.close();
    },
  });
  const stream = bear.track(source);
  assert.ok(stream instanceof ReadableStream);
  const got = await read(stream);
  assert.ok(got.length === 2 && got.every((one, at) => one === given[at]));
  assert.equal((await stream.result).totalTokens, 29);
});

test('a stream that is left is incomplete', async () => {
  const { bear } = await scripted();
  const stream = bear.track(slowly(chunks()));
  for await (const _one of stream) break;
  assert.equal((await stream.result).incomplete, true);
});

test('a flush that begins before the stream does delivers its event', atTheEdge, async () => {
  const { bear, state } = await scripted();
  const stream = bear.track(slowly(chunks(), 100));
  const flushed = bear.flush();
  for await (const _one of stream) await sleep(20);
  const { sent, pending } = await flushed;
  assert.deepEqual([sent, pending], [1, 0]);
  assert.equal((await state()).stored[0].inputTokens ?? (await stream.result).inputTokens, 19);
});

test('a stream that nobody reads holds one flush up to its time-out, and no other', atTheEdge, async () => {
  const { bear } = await scripted();
  const stream = bear.track(slowly(chunks()));
  let start = Date.now();
  await bear.flush({ timeout: 300 });
  assert.ok(Date.now() - start >= 290);
  start = Date.now();
  await bear.flush({ timeout: 5_000 });
  assert.ok(Date.now() - start < 1_000);
  for await (const _one of stream);
  assert.equal((await bear.flush()).sent, 1);
});

/** Moves as long as somebody reads it. */
async function* endless(pause = 10) {
  for (;;) {
    await sleep(pause);
    yield chunk({ choices: [{ index: 0, delta: { content: 'Blue.' }, finish_reason: null }] });
  }
}

test('a stream that never ends holds a flush for the time it is given, and is said to be under way', atTheEdge, async () => {
  const { bear, state } = await scripted();
  const stream = bear.track(endless());
  let isOver = false;
  const reader = (async () => {
    for await (const _one of stream) if (isOver) break;
  })();
  bear.track(JSON.stringify(chunks()[1]));
  const start = Date.now();
  const { sent, pending, underWay } = await bear.flush({ timeout: 400 });
  const took = Date.now() - start;
  assert.ok(took >= 390 && took < 2_000, `${took} ms`);
  assert.deepEqual([sent, pending, underWay], [1, 0, 1]);
  isOver = true;
  await reader;
  assert.equal(bear.stats().underWay, 0);
  assert.equal((await bear.flush()).sent, 2);
  assert.equal((await state()).stored.length, 2);
});

test('without a time of its own a flush waits as long as a stream moves, twenty times the time-out', atTheEdge, async () => {
  const { bear } = await scripted({ timeout: 100 });
  const stream = bear.track(endless());
  let isOver = false;
  const reader = (async () => {
    for await (const _one of stream) if (isOver) break;
  })();
  const start = Date.now();
  await bear.flush();
  const took = Date.now() - start;
  assert.ok(took >= 1_900 && took < 4_000, `${took} ms`);
  isOver = true;
  await reader;
});

test('the body of a fetch response stays the caller\'s, byte for byte', async () => {
  const { bear, state } = await scripted();
  const plain = new Uint8Array(await (await ask(asking)).arrayBuffer());
  const response = bear.track(await ask(asking), { userId: 'user_1' });
  const flushed = bear.flush();
  assert.deepEqual([...new Uint8Array(await response.arrayBuffer())], [...plain]);
  assert.equal((await response.result).totalTokens, 29);
  await flushed;
  assert.equal((await state()).stored.length, 1);
});

test('a whole fetch response', async () => {
  const { bear } = await scripted();
  const response = bear.track(await ask(request));
  assert.equal(bear.stats().underWay, 1);
  const body = await response.json();
  assert.deepEqual((await response.result).cost, costOf(body, { url: response.url }).cost);
  assert.equal((await bear.flush()).sent, 1);
});

test("the stream of a provider's SDK", async () => {
  const { bear } = await scripted();
  const stream = bear.track(await openai().chat.completions.create(asking));
  let count = 0;
  for await (const _one of stream) count += 1;
  assert.equal(count, 9);
  assert.equal((await stream.result).totalTokens, 29);
});

test("a wrapped client's stream is asked for its usage, and the answer kept from who did not ask", async () => {
  const { bear, state } = await scripted();
  const client = bear.wrap(openai());
  const stream = await bear.withContext({ userId: 'user_7' }, () => client.chat.completions.create({ ...request, stream: true }));
  let count = 0;
  for await (const one of stream) {
    count += 1;
    assert.equal(one.usage ?? null, null);
  }
  assert.equal(count, 8);
  await bear.flush();
  const [event] = (await state()).stored;
  assert.equal(event.userId ?? event.attribution?.userId, 'user_7');
});
