// track() with what fetch answers.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { BearLumen } from '@bearlumen/node-sdk';
import { messages } from '../support/clients.mjs';
import { startProviders } from '../support/providers.mjs';
import { startService } from '../support/service.mjs';

let service;
let providers;
let bear;
const warnings = [];
before(async () => {
  service = await startService();
  providers = await startProviders();
  bear = new BearLumen({ apiKey: 'sk_test_http', baseUrl: service.url, logger: { warn: (text) => warnings.push(text) } });
});
after(async () => {
  await bear.shutdown();
  await providers.stop();
  await service.stop();
});

const post = (body) => fetch(`${providers.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'gpt-4o', messages, ...body }) });

test('its body stays to be read, and the result follows', async () => {
  const response = await post();
  const tracked = bear.track(response, { userId: 'u' });
  assert.equal(tracked, response);
  assert.equal((await tracked.json()).usage.total_tokens, 2210);
  const result = await tracked.result;
  assert.deepEqual([result.totalTokens, result.cost.basis], [2210, 'exact']);
  await bear.flush();
  assert.equal(service.stored.get(result.idempotencyKey).userId, 'u');
});

test('a streamed body too', async () => {
  const response = bear.track(await post({ stream: true, stream_options: { include_usage: true } }));
  assert.match(await response.text(), /\[DONE\]/);
  assert.deepEqual([(await response.result).totalTokens, (await response.result).incomplete], [29, false]);
});

test('nobody need read it for it to be tracked', async () => {
  const { result } = bear.track(await post());
  assert.equal((await result).totalTokens, 2210);
});

test('url and headers say who answered', async () => {
  const body = JSON.stringify(await (await post()).json());
  const { result } = bear.track(new Response(body, { headers: { 'x-groq-region': 'us-west-1', 'content-type': 'application/json' } }));
  assert.equal((await result).provider, 'groq');
  const elsewhere = new Response(body);
  Object.defineProperty(elsewhere, 'url', { value: 'https://api.deepseek.com/chat/completions' });
  assert.equal((await bear.track(elsewhere).result).provider, 'deepseek');
});

test('a flush waits for the bodies under way', async () => {
  const { tracked } = bear.stats();
  bear.track(await post());
  const stats = await bear.flush();
  assert.deepEqual([stats.tracked, stats.pending], [tracked + 1, 0]);
});

test('of a body that was read already the headers are known, and the logger hears of it', async () => {
  const response = await post();
  await response.text();
  const { result } = bear.track(response);
  assert.equal((await result).cost.amount, null);
  assert.match(warnings.at(-1), /after its body was read/);
});

test('a body that breaks off is an event that says so', async () => {
  providers.cutAfter = 3;
  const response = bear.track(await post({ stream: true }));
  await assert.rejects(response.text());
  assert.equal((await response.result).incomplete, true);
  providers.cutAfter = Infinity;
});

test('tracking it again is no second event', async () => {
  const { tracked } = bear.stats();
  const response = await post();
  bear.track(response);
  bear.track(response);
  await bear.flush();
  assert.equal(bear.stats().tracked, tracked + 1);
});
