// wrap(client) with the providers' own SDKs: the caller sees what it saw without us, and every call is tracked.
import assert from 'node:assert/strict';
import test, { after, afterEach, before } from 'node:test';
import { BedrockRuntime, ConverseCommand, ConverseStreamCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { BearLumen } from '@bearlumen/node-sdk';
import OpenAI from 'openai';
import { clients, messages } from '../support/clients.mjs';
import { chatChunks, startProviders } from '../support/providers.mjs';
import { startService } from '../support/service.mjs';

let service;
let providers;
let bear;
let plain;
let sdk;
before(async () => {
  service = await startService();
  providers = await startProviders();
  bear = new BearLumen({ apiKey: 'sk_test_wrap', baseUrl: service.url });
  plain = clients(providers.url);
  sdk = Object.fromEntries(Object.entries(plain).map(([name, client]) => [name, bear.wrap(client)]));
});
afterEach(() => {
  providers.status = 200;
});
after(async () => {
  await bear.shutdown();
  await providers.stop();
  await service.stop();
});

/** What `work` answers, and the events of the calls it made. */
async function eventsOf(work) {
  await bear.flush();
  const before = new Set(service.stored.keys());
  const answer = await bear.withContext({ feature: 'wrapped' }, work);
  await bear.flush();
  return [answer, [...service.stored].filter(([key]) => !before.has(key)).map(([, event]) => event)];
}

async function collected(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const chat = { model: 'gpt-4o', messages };
const says = { model: 'claude-sonnet-4-5', max_tokens: 99, messages };
const ask = { model: 'gemini-2.5-flash', contents: 'Hi' };
const mistral = { model: 'mistral-small-latest', messages };
const llama = { model: 'llama3.2', messages };
const modelId = 'anthropic.claude-3-5-sonnet-20240620-v1:0';
const converse = { modelId, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
const invoke = { modelId, contentType: 'application/json', body: JSON.stringify({ max_tokens: 9, messages }) };

const whole = {
  'chat.completions.create': ['openai', (c) => c.chat.completions.create(chat), 2210],
  'chat.completions.parse': ['openai', (c) => c.chat.completions.parse(chat), 2210],
  'responses.create': ['openai', (c) => c.responses.create({ model: 'gpt-4o', input: 'Hi' }), 29],
  'embeddings.create': ['openai', (c) => c.embeddings.create({ model: 'text-embedding-3-small', input: 'Hi', encoding_format: 'float' }), 8],
  'images.generate': ['openai', (c) => c.images.generate({ model: 'gpt-image-1', prompt: 'Hi' }), 150],
  'messages.create': ['anthropic', (c) => c.messages.create(says), 456],
  'beta.messages.create': ['anthropic', (c) => c.beta.messages.create(says), 456],
  'models.generateContent': ['google', (c) => c.models.generateContent(ask), 20],
  'chats.create().sendMessage': ['google', (c) => c.chats.create({ model: ask.model }).sendMessage({ message: 'Hi' }), 20],
  'chat.complete': ['mistral', (c) => c.chat.complete(mistral), 50],
  'ollama.chat': ['ollama', (c) => c.chat(llama), 55],
  ConverseCommand: ['bedrock', (c) => c.send(new ConverseCommand(converse)), 42],
  InvokeModelCommand: ['bedrock', (c) => c.send(new InvokeModelCommand(invoke)), 456],
};

for (const [name, [client, call, tokens]] of Object.entries(whole)) {
  test(`${name} answers what it answered, and is tracked`, async () => {
    const expected = JSON.stringify(await call(plain[client]));
    const [answer, events] = await eventsOf(() => call(sdk[client]));
    const withoutTimes = (text) => text.replace(/"(attempts|requestId|totalRetryDelay)":[^,}]+/g, '').replace(/"date":"[^"]*"/g, '');
    assert.equal(withoutTimes(JSON.stringify(answer)), withoutTimes(expected));
    assert.equal(events.length, 1, 'one event');
    assert.deepEqual([events[0].quantity, events[0].feature], [tokens, 'wrapped']);
    assert.ok(events[0].model, 'the model is known');
  });
}

const streamed = {
  'chat.completions.create': ['openai', (c) => c.chat.completions.create({ ...chat, stream: true }), 29],
  'chat.completions.stream': ['openai', (c) => c.chat.completions.stream(chat), 29],
  'responses.create': ['openai', (c) => c.responses.create({ model: 'gpt-4o', input: 'Hi', stream: true }), 29],
  'responses.stream': ['openai', (c) => c.responses.stream({ model: 'gpt-4o', input: 'Hi' }), 29],
  'messages.create': ['anthropic', (c) => c.messages.create({ ...says, stream: true }), 44],
  'messages.stream': ['anthropic', (c) => c.messages.stream(says), 44],
  'models.generateContentStream': ['google', (c) => c.models.generateContentStream(ask), 15],
  'chats.create().sendMessageStream': ['google', (c) => c.chats.create({ model: ask.model }).sendMessageStream({ message: 'Hi' }), 15],
  'chat.stream': ['mistral', (c) => c.chat.stream(mistral), 50],
  'ollama.chat': ['ollama', (c) => c.chat({ ...llama, stream: true }), 55],
  ConverseStreamCommand: ['bedrock', async (c) => (await c.send(new ConverseStreamCommand(converse))).stream, 42],
};

for (const [name, [client, call, tokens]] of Object.entries(streamed)) {
  test(`${name}, streamed, yields what it yielded, and is tracked`, async () => {
    const expected = await collected(await call(plain[client]));
    const [chunks, events] = await eventsOf(async () => collected(await call(sdk[client])));
    const text = (chunk) => JSON.stringify(chunk).replaceAll(',"usage":null', '').replace(/"date":"[^"]*"/g, '');
    assert.deepEqual(chunks.map(text), expected.map(text));
    assert.equal(events.length, 1, 'one event');
    assert.deepEqual([events[0].quantity, events[0].feature, events[0].incomplete ?? false], [tokens, 'wrapped', false]);
  });
}

test('usage is asked for, and what the caller did not ask for is kept from it', async () => {
  const ends = (chunks) => chunks.at(-1).choices.length;
  const unasked = await collected(await sdk.openai.chat.completions.create({ ...chat, stream: true }));
  assert.deepEqual(providers.requests.at(-1).body.stream_options, { include_usage: true });
  assert.equal(ends(unasked), 1);
  const asked = await collected(await sdk.openai.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } }));
  assert.equal(ends(asked), 0, 'who asks gets it');
  await collected(await sdk.openai.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: false } }));
  assert.deepEqual(providers.requests.at(-1).body.stream_options, { include_usage: false }, 'who forbids it is heard');
  await sdk.openai.chat.completions.create(chat);
  assert.equal('stream_options' in providers.requests.at(-1).body, false);
});

test('usage that was not asked for stays out of both branches of tee() and of toReadableStream()', async () => {
  const begin = () => sdk.openai.chat.completions.create({ ...chat, stream: true });
  const [[left, right], events] = await eventsOf(async () => Promise.all((await begin()).tee().map(collected)));
  assert.deepEqual([left.length, right.length, events.length], [chatChunks(false).length, chatChunks(false).length, 1]);
  assert.equal(events[0].quantity, 29);
  const lines = Buffer.concat(await collected((await begin()).toReadableStream())).toString('utf8').trim().split('\n');
  assert.equal(lines.length, chatChunks(false).length);
});

test("the request given is not changed, and the caller's other stream options go along", async () => {
  const request = Object.freeze({ ...chat, stream: true, stream_options: Object.freeze({ include_obfuscation: false }) });
  await collected(await sdk.openai.chat.completions.create(request));
  assert.deepEqual(providers.requests.at(-1).body.stream_options, { include_obfuscation: false, include_usage: true });
});

test('withResponse() and asResponse() work and are tracked once', async () => {
  const [{ data, response, request_id }, both] = await eventsOf(() => sdk.openai.chat.completions.create(chat).withResponse());
  assert.deepEqual([data.usage.total_tokens, response.status, request_id, both.length], [2210, 200, 'req_1', 1]);
  for (const call of [
    () => sdk.openai.embeddings.create({ model: 'text-embedding-3-small', input: 'Hi', encoding_format: 'float' }),
    () => sdk.anthropic.messages.create(says),
    () => sdk.anthropic.messages.create({ ...says, stream: true }),
  ]) {
    const [, events] = await eventsOf(async () => {
      const { data } = await call().withResponse();
      if (Symbol.asyncIterator in data) await collected(data);
    });
    assert.equal(events.length, 1);
  }
  const [body, raw] = await eventsOf(async () => (await sdk.openai.chat.completions.create(chat).asResponse()).json());
  assert.deepEqual([body.usage.total_tokens, raw.length, raw[0].quantity], [2210, 1, 2210]);
  const [text, stream] = await eventsOf(async () => (await sdk.anthropic.messages.create({ ...says, stream: true }).asResponse()).text());
  assert.ok(text.includes('message_stop'));
  assert.deepEqual([stream.length, stream[0].quantity], [1, 44]);
  const promise = sdk.openai.chat.completions.create(chat);
  const [, twice] = await eventsOf(async () => [await promise, await promise, await promise.withResponse()]);
  assert.equal(twice.length, 1);
});

test("an error is the SDK's own, and no call is tracked", async () => {
  providers.status = 418;
  const [errors, events] = await eventsOf(() =>
    Promise.all(
      [
        () => sdk.openai.chat.completions.create(chat),
        () => sdk.openai.chat.completions.create(chat).withResponse(),
        () => sdk.openai.chat.completions.create(chat).asResponse(),
        () => sdk.anthropic.messages.create(says),
      ].map((call) => call().then(() => undefined, (error) => error)),
    ),
  );
  for (const error of errors) assert.equal(error.status, 418);
  assert.ok(errors[0] instanceof OpenAI.APIError);
  assert.deepEqual(events, []);
});

test('helpers work as they did', async () => {
  const [final, events] = await eventsOf(async () => {
    const stream = sdk.anthropic.messages.stream(says);
    const heard = [];
    stream.on('text', (text) => heard.push(text));
    const message = await stream.finalMessage();
    assert.equal(heard.length, 7);
    return message;
  });
  assert.deepEqual([final.usage.output_tokens, events.length], [12, 1]);
  const [completion, others] = await eventsOf(() => sdk.openai.chat.completions.stream(chat).finalChatCompletion());
  assert.equal(completion.choices[0].message.role, 'assistant');
  assert.deepEqual([others.length, others[0].quantity], [1, 29]);
});

test('each call that a helper makes by itself is tracked', async () => {
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} }, parse: JSON.parse, function: async () => 'blue' } }];
  const asked = providers.requests.length;
  const [, events] = await eventsOf(async () => {
    const runner = sdk.openai.chat.completions.runTools({ ...chat, tools });
    await runner.done();
  });
  assert.equal(events.length, providers.requests.length - asked);
  assert.ok(events.length >= 1 && events.every((event) => event.quantity === 2210));
  const [, streamed] = await eventsOf(async () => {
    const runner = sdk.openai.chat.completions.runTools({ ...chat, tools, stream: true });
    await runner.done();
  });
  assert.deepEqual(streamed.map((event) => event.quantity), [29]);
  const [, tooled] = await eventsOf(() => sdk.anthropic.beta.messages.toolRunner({ ...says, tools: [] }));
  assert.deepEqual(tooled.map((event) => event.quantity), [456]);
});

/** A function that the model may call, and that is called for it. */
const look = () => ({
  tool: async () => ({ functionDeclarations: [{ name: 'look', description: 'Looks.' }] }),
  callTool: async (calls) => calls.map(({ name }) => ({ functionResponse: { name, response: { seen: 'blue' } } })),
});

test('each call of automatic function calling is tracked', async () => {
  const tools = { config: { tools: [look()] } };
  const [answer, events] = await eventsOf(() => sdk.google.models.generateContent({ ...ask, ...tools }));
  assert.equal(answer.text, providers.text);
  assert.deepEqual(events.map((event) => event.quantity), [13, 20]);
  const [said, talked] = await eventsOf(() => sdk.google.chats.create({ model: ask.model, ...tools }).sendMessage({ message: 'Hi' }));
  assert.deepEqual([said.text, talked.map((event) => event.quantity)], [providers.text, [13, 20]]);
  const chunks = (client) => client.models.generateContentStream({ ...ask, ...tools }).then(collected);
  const [seen, streamed] = await eventsOf(() => chunks(sdk.google));
  assert.deepEqual(streamed.map((event) => event.quantity), [13, 15]);
  assert.equal(seen.length, (await chunks(plain.google)).length);
  const [, chatted] = await eventsOf(async () => collected(await sdk.google.chats.create({ model: ask.model, ...tools }).sendMessageStream({ message: 'Hi' })));
  assert.deepEqual(chatted.map((event) => event.quantity), [13, 15]);
  assert.ok([...events, ...talked, ...streamed, ...chatted].every((event) => event.feature === 'wrapped' && event.provider === 'gemini'));
});

test('a stream that is read later still counts for whom it was asked', async () => {
  const [, events] = await eventsOf(async () => {
    const stream = await bear.withContext({ userId: 'asked' }, () => sdk.google.models.generateContentStream({ ...ask, config: { tools: [look()] } }));
    await collected(stream);
  });
  assert.deepEqual(events.map((event) => event.userId), ['asked', 'asked']);
});

test("the client's own helpers stay as they are", async () => {
  const [, events] = await eventsOf(() => plain.google.models.generateContent({ ...ask, config: { tools: [look()] } }));
  assert.deepEqual(events, []);
});

test('a library without the inner calls is tracked from outside', async () => {
  class Models {
    generateContent = async () => ({ modelVersion: 'gemini-2.5-flash', usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 } });
  }
  const [, events] = await eventsOf(() => bear.wrap({ models: new Models() }).models.generateContent(ask));
  assert.equal(events.length, 1);
});

test('a wrapped client is still itself', async () => {
  assert.ok(sdk.openai instanceof OpenAI);
  assert.equal(sdk.openai.chat, sdk.openai.chat);
  assert.equal(sdk.openai.chat.completions.create, sdk.openai.chat.completions.create);
  assert.equal(sdk.openai.baseURL, plain.openai.baseURL);
  sdk.openai.timeout = 1234;
  assert.equal(plain.openai.timeout, 1234);
  const [, events] = await eventsOf(() => sdk.openai.withOptions({ timeout: 99 }).chat.completions.create(chat));
  assert.equal(events.length, 1);
  await assert.rejects(sdk.openai.models.list(), { status: 404 });
});

test("Bedrock's client with a method for each call is tracked too", async () => {
  const { config } = plain.bedrock;
  const bedrock = bear.wrap(new BedrockRuntime({ region: 'us-east-1', endpoint: providers.url, credentials: config.credentials, requestHandler: config.requestHandler }));
  const [answer, events] = await eventsOf(() => bedrock.converse(converse));
  assert.deepEqual([answer.usage.totalTokens, events.length, events[0].model, events[0].provider], [42, 1, modelId, 'bedrock']);
});

test("contexts and the client's url reach the event", async () => {
  const groq = bear.wrap(new OpenAI({ apiKey: 'x', baseURL: 'https://api.groq.com/openai/v1', fetch: (url, init) => fetch(`${providers.url}/v1/chat/completions`, init) }));
  assert.equal(bear.wrap(groq), groq, 'wrapped once');
  const [, events] = await eventsOf(() => bear.withContext({ agentId: 'a' }, () => groq.chat.completions.create(chat)));
  assert.deepEqual([events.length, events[0].provider, events[0].agentId, events[0].feature], [1, 'groq', 'a', 'wrapped']);
});

test('what is no client is refused', () => {
  for (const odd of [null, undefined, 'x', 5]) assert.throws(() => bear.wrap(odd), TypeError);
});
