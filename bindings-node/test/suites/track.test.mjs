import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';
import { inspect } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { BearLumen, Provider, costOf } from '@bearlumen/node-sdk';
import OpenAI from 'openai';
import { chatCompletion, message } from '../support/responses.mjs';
import { answer, startService } from '../support/service.mjs';

let service;
let provider;
let bear;
before(async () => {
  service = await startService();
  provider = createServer((request, response) => {
    request.resume();
    answer(response, 200, request.url.endsWith('/messages') ? message() : chatCompletion());
  });
  await new Promise((resolve) => provider.listen(0, '127.0.0.1', resolve));
  bear = new BearLumen({ apiKey: 'sk_test_track', baseUrl: service.url });
});
after(async () => {
  await bear.shutdown();
  provider.closeAllConnections();
  provider.close();
  await service.stop();
});

const providerUrl = () => `http://127.0.0.1:${provider.address().port}`;

/** The event as it arrived. */
async function delivered(result) {
  await bear.flush();
  return service.stored.get(result.idempotencyKey);
}

test("an object of OpenAI's own SDK is read and delivered", async () => {
  const openai = new OpenAI({ apiKey: 'x', baseURL: `${providerUrl()}/v1` });
  const response = await openai.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] });
  const result = bear.track(response, { userId: 'user_1', feature: 'chat' });
  assert.deepEqual(
    [result.provider, result.model, result.inputTokens, result.outputTokens, result.totalTokens],
    ['openai', 'gpt-4o-2024-08-06', 1900, 310, 2210],
  );
  assert.deepEqual(result.usage, { input: 876, cache_read: 1024, output: 246, output_reasoning: 64 });
  assert.deepEqual([result.cost.amount, result.cost.basis], [0.00657, 'exact']);
  const event = await delivered(result);
  assert.deepEqual([event.userId, event.feature, event.usage], ['user_1', 'chat', result.usage]);
  assert.equal(JSON.stringify(event).includes('Blue'), false, 'what was said stays here');
});

test("an object of Anthropic's own SDK is read and delivered", async () => {
  const anthropic = new Anthropic({ apiKey: 'x', baseURL: providerUrl() });
  const response = await anthropic.messages.create({
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  const result = bear.track(response);
  assert.deepEqual([result.provider, result.inputTokens, result.outputTokens], ['anthropic', 374, 82]);
  assert.equal(result.cost.basis, 'exact');
  assert.equal((await delivered(result)).provider, 'anthropic');
});

test('an object, its JSON text and its bytes are the same call', () => {
  const response = chatCompletion();
  const json = JSON.stringify(response);
  const at = { timestamp: 1763632800000, idempotencyKey: 'same' };
  const expected = JSON.stringify(bear.track(response, at));
  for (const form of [json, Buffer.from(json), new TextEncoder().encode(json)]) {
    assert.equal(JSON.stringify(bear.track(form, at)), expected);
  }
  assert.equal(costOf(json, at).cost.amount, 0.00657);
});

test('every option arrives', async () => {
  const options = {
    userId: 42,
    feature: 'naïve 🐻 chat',
    agentId: 'agent',
    workflowId: 'workflow',
    sessionId: 'session',
    sessionType: 'support',
    subscriptionId: 'sub_1',
    idempotencyKey: 'key-1',
    dimensions: { team: 'α', seconds: 1.5, beta: true, absent: undefined },
    timestamp: new Date(1763632800000),
    metadata: { nested: [{ text: 'ü' }], flag: true },
    url: 'https://api.openai.com/v1/chat/completions',
    units: { characters: 12.5 },
    cost: 0.0125,
  };
  const result = bear.track(chatCompletion(), options);
  assert.deepEqual(result.warnings, []);
  const event = await delivered(result);
  assert.deepEqual(event, {
    eventType: 'llm_call',
    metricName: 'tokens',
    quantity: 2210,
    eventTimestamp: 1763632800000,
    idempotencyKey: 'key-1',
    userId: '42',
    subscriptionId: 'sub_1',
    feature: 'naïve 🐻 chat',
    agentId: 'agent',
    workflowId: 'workflow',
    sessionId: 'session',
    sessionType: 'support',
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    usage: { ...event.usage, characters: 12.5 },
    modifiers: { service_tier: 'default' },
    cost: 0.0125,
    dimensions: { beta: 'true', seconds: 1.5, team: 'α' },
    metadata: { nested: [{ text: 'ü' }], flag: true },
  });
  assert.deepEqual([result.cost.amount, result.cost.basis], [0.0125, 'reported']);
});

test('without a response the options say it all', async () => {
  const result = bear.track(null, {
    model: 'eleven_multilingual_v2',
    provider: Provider.ELEVENLABS,
    feature: 'narration',
    units: { characters: 1500 },
  });
  assert.deepEqual([result.provider, result.model, result.inputTokens], ['elevenlabs', 'eleven_multilingual_v2', 0]);
  const event = await delivered(result);
  assert.deepEqual([event.metricName, event.quantity, event.usage], ['characters', 1500, { characters: 1500 }]);
});

test('an option that cannot be used is left out and named', async () => {
  const cyclic = {};
  cyclic.self = cyclic;
  const wrong = {
    userId: {},
    feature: '',
    agentId: Symbol('x'),
    timestamp: new Date(Number.NaN),
    cost: -1,
    units: { characters: -5 },
    dimensions: { deep: { er: 1 } },
    metadata: cyclic,
    sessionId: 'kept',
  };
  const result = bear.track(chatCompletion(), wrong);
  const named = result.warnings.filter(({ code }) => code === 'option_ignored').map(({ message }) => message.split(' ')[0]);
  assert.deepEqual(named.sort(), ['agentId', 'cost', 'dimensions', 'feature', 'metadata', 'timestamp', 'units', 'userId']);
  const event = await delivered(result);
  assert.equal(event.sessionId, 'kept');
  assert.equal(event.usage.input, 876);
});

test('texts of any script keep their places', async () => {
  const texts = { feature: '\u{1F43B}', agentId: '日本', workflowId: 'a:b;c|d}', sessionId: '\ud800', sessionType: 'z' };
  const event = await delivered(bear.track(chatCompletion({ model: 'gpt-4o-ü' }), texts));
  assert.deepEqual(
    [event.feature, event.agentId, event.workflowId, event.sessionId, event.sessionType, event.model],
    ['\u{1F43B}', '日本', 'a:b;c|d}', '\ufffd', 'z', 'gpt-4o-ü'],
  );
});

test('a result is easy to look at', () => {
  const result = bear.track(chatCompletion());
  assert.match(inspect(result), /^TrackResult \{\s+eventId: 'evt_/);
  assert.equal(JSON.parse(JSON.stringify(result)).inputTokens, 1900);
  const { model, inputTokens } = result;
  assert.deepEqual([model, inputTokens], ['gpt-4o-2024-08-06', 1900]);
});

test('no two calls share a key', () => {
  const keys = new Set(Array.from({ length: 5000 }, () => bear.track(chatCompletion()).idempotencyKey));
  assert.equal(keys.size, 5000);
});
