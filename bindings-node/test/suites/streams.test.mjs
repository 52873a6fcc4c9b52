// track(stream) with the streams of the providers' own SDKs.
import assert from 'node:assert/strict';
import test, { after, afterEach, before } from 'node:test';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BearLumen, costOfStream } from '@bearlumen/node-sdk';
import { ConverseCommand, ConverseStreamCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { clients, messages } from '../support/clients.mjs';
import { chatChunks, messageEvents, startProviders } from '../support/providers.mjs';
import { startService } from '../support/service.mjs';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

let service;
let providers;
let sdk;
let bear;
before(async () => {
  service = await startService();
  providers = await startProviders();
  sdk = clients(providers.url);
  bear = new BearLumen({ apiKey: 'sk_test_streams', baseUrl: service.url });
});
afterEach(() => {
  providers.cutAfter = Infinity;
  providers.pace = 0;
  providers.status = 200;
});
after(async () => {
  await bear.shutdown();
  await providers.stop();
  await service.stop();
});

/** The one event of a stream, as it arrived. */
async function eventOf(result) {
  await bear.flush();
  const key = result.idempotencyKey;
  assert.equal(service.arrivals.get(key), 1, 'once');
  return service.stored.get(key);
}

const chat = { model: 'gpt-4o', messages, stream: true, stream_options: { include_usage: true } };
const says = { model: 'claude-sonnet-4-5', max_tokens: 99, messages };
const converse = { modelId: 'anthropic.claude-3-5-sonnet-20240620-v1:0', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
const invoke = { modelId: converse.modelId, contentType: 'application/json', body: JSON.stringify({ ...says, anthropic_version: 'bedrock-2023-05-31' }) };

/** How each SDK begins a stream, and the tokens the stream states. */
const streams = {
  'openai chat.completions': [() => sdk.openai.chat.completions.create(chat), 'openai', 19, 10],
  'openai responses': [() => sdk.openai.responses.create({ model: 'gpt-4o', input: 'Hi', stream: true }), 'openai', 19, 10],
  'anthropic messages': [() => sdk.anthropic.messages.create({ ...says, stream: true }), 'anthropic', 32, 12],
  'google generateContentStream': [() => sdk.google.models.generateContentStream({ model: 'gemini-2.5-flash', contents: 'Hi' }), 'gemini', 8, 7],
  'mistral chat.stream': [() => sdk.mistral.chat.stream({ model: 'mistral-small-latest', messages }), 'mistral', 16, 34],
  'ollama chat': [() => sdk.ollama.chat({ model: 'llama3.2', messages, stream: true }), 'ollama', 26, 29],
  'bedrock converse stream': [async () => (await sdk.bedrock.send(new ConverseStreamCommand(converse))).stream, 'bedrock', 30, 12],
  'bedrock converse output': [() => sdk.bedrock.send(new ConverseStreamCommand(converse)), 'bedrock', 30, 12],
  'bedrock invoke output': [() => sdk.bedrock.send(new InvokeModelWithResponseStreamCommand(invoke)), undefined, 32, 12],
};

async function collected(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

for (const [name, [begin, provider, input, output]] of Object.entries(streams)) {
  test(`${name}: every chunk passes unchanged, and the result follows`, async () => {
    const alone = await begin();
    const expected = await collected(alone.stream ?? alone.body ?? alone);
    const source = await begin();
    const stream = bear.track(source, { userId: 'user_1', model: converse.modelId });
    assert.equal(stream instanceof source.constructor, true);
    const { pending: before, tracked } = bear.stats();
    assert.deepEqual(await collected(stream), expected);
    assert.deepEqual([bear.stats().tracked, bear.stats().pending], [tracked + 1, before + 1]);
    const result = await stream.result;
    assert.deepEqual([result.inputTokens, result.outputTokens, result.incomplete], [input, output, false]);
    if (provider !== undefined) assert.equal(result.provider, provider);
    const event = await eventOf(result);
    assert.equal(event.userId, 'user_1');
    assert.equal(JSON.stringify(event).includes('anybody'), false, 'what was said stays here');
  });

  test(`${name}: leaving the loop ends the call, incomplete`, async () => {
    const source = await begin();
    const stream = bear.track(source, { model: converse.modelId });
    const { tracked } = bear.stats();
    let count = 0;
    for await (const _chunk of stream) {
      count += 1;
      if (count === 3) break;
    }
    const result = await stream.result;
    assert.equal(result.incomplete, true);
    assert.equal(bear.stats().tracked, tracked + 1);
    assert.equal((await eventOf(result)).incomplete, true);
  });

  test(`${name}: an exception in the loop is the caller's, and the call is tracked`, async () => {
    const stream = bear.track(await begin(), { model: converse.modelId });
    const mine = new Error('mine');
    const loop = async () => {
      for await (const _chunk of stream) throw mine;
    };
    await assert.rejects(loop(), mine);
    assert.equal((await stream.result).incomplete, true);
  });

  test(`${name}: a connection that breaks is what it was without us`, async () => {
    providers.cutAfter = 4;
    const loop = async (stream) => {
      let count = 0;
      try {
        for await (const _chunk of stream) count += 1;
      } catch (error) {
        return [count, error.constructor.name];
      }
      return [count];
    };
    const alone = await begin();
    const expected = await loop(alone.stream ?? alone.body ?? alone);
    const stream = bear.track(await begin(), { model: converse.modelId });
    assert.deepEqual(await loop(stream), expected);
    const result = await stream.result;
    assert.equal(result.incomplete, true);
    assert.equal((await eventOf(result)).incomplete, true);
  });
}

test('a stream that broke off says what it stated until then', async () => {
  providers.cutAfter = 5;
  const stream = bear.track(await sdk.anthropic.messages.create({ ...says, stream: true }));
  await assert.rejects(collected(stream));
  const { inputTokens, model, cost, warnings } = await stream.result;
  assert.deepEqual([inputTokens, model], [32, 'claude-sonnet-4-5-20250929']);
  assert.equal(cost.basis, 'estimated');
  assert.ok(warnings.some(({ code }) => code === 'stream_incomplete'));
});

test('aborting ends the call', async () => {
  providers.pace = 20;
  const stream = bear.track(await sdk.openai.chat.completions.create(chat));
  let count = 0;
  for await (const _chunk of stream) {
    count += 1;
    if (count === 2) stream.controller.abort();
  }
  const result = await stream.result;
  assert.deepEqual([result.incomplete, result.model], [true, 'gpt-4o-2024-08-06']);
});

test('both branches of tee() see everything, and it is one call', async () => {
  const { tracked } = bear.stats();
  const stream = bear.track(await sdk.openai.chat.completions.create(chat));
  const [left, right] = stream.tee();
  const [first, second] = await Promise.all([collected(left), collected(right)]);
  assert.deepEqual(first, chatChunks());
  assert.deepEqual(second, first);
  assert.equal((await stream.result).totalTokens, 29);
  assert.equal(bear.stats().tracked, tracked + 1);
});

test('a branch of tee() that is left early leaves the other to count', async () => {
  const { tracked } = bear.stats();
  const stream = bear.track(await sdk.openai.chat.completions.create(chat));
  const [left, right] = stream.tee();
  for await (const _chunk of left) break;
  assert.equal(bear.stats().tracked, tracked);
  assert.equal((await collected(right)).length, chatChunks().length);
  assert.deepEqual([(await stream.result).totalTokens, bear.stats().tracked], [29, tracked + 1]);
});

test('toReadableStream() carries the same chunks', async () => {
  const stream = bear.track(await sdk.openai.chat.completions.create(chat));
  const text = Buffer.concat(await collected(stream.toReadableStream())).toString('utf8');
  assert.deepEqual(text.trim().split('\n').map((line) => JSON.parse(line)), chatChunks());
  assert.equal((await stream.result).totalTokens, 29);
});

test("the helper of Anthropic's SDK keeps its methods and events", async () => {
  const { tracked } = bear.stats();
  const stream = bear.track(sdk.anthropic.messages.stream(says));
  const heard = [];
  stream.on('text', (text) => heard.push(text));
  const final = await stream.finalMessage();
  assert.equal(heard.length, 7);
  assert.equal(final.usage.output_tokens, 12);
  const result = await stream.result;
  assert.deepEqual([result.inputTokens, result.outputTokens, result.incomplete], [32, 12, false]);
  assert.equal(bear.stats().tracked, tracked + 1);
});

test("the helper of Anthropic's SDK can be looped over and aborted", async () => {
  const stream = bear.track(sdk.anthropic.messages.stream(says));
  assert.deepEqual((await collected(stream)).length, messageEvents().length);
  assert.equal((await stream.result).incomplete, false);
  providers.pace = 20;
  const left = bear.track(sdk.anthropic.messages.stream(says));
  for await (const event of left) if (event.type === 'content_block_delta') break;
  const result = await left.result;
  assert.deepEqual([result.incomplete, result.inputTokens], [true, 32]);
});

test("the helpers of OpenAI's SDK keep their methods and events", async () => {
  const stream = bear.track(sdk.openai.chat.completions.stream({ ...chat }));
  const heard = [];
  stream.on('content', (text) => heard.push(text));
  assert.equal((await stream.finalChatCompletion()).usage.total_tokens, 29);
  assert.ok(heard.length > 5);
  assert.equal((await stream.result).totalTokens, 29);
  const responses = bear.track(sdk.openai.responses.stream({ model: 'gpt-4o', input: 'Hi' }));
  assert.equal((await responses.finalResponse()).usage.total_tokens, 29);
  assert.equal((await responses.result).totalTokens, 29);
});

test('a helper whose request fails rejects as it did, and ends the call', async () => {
  providers.status = 418;
  const stream = bear.track(sdk.anthropic.messages.stream(says));
  await assert.rejects(stream.finalMessage(), { status: 418 });
  assert.equal((await stream.result).incomplete, true);
});

test('a web stream stays one, for whatever takes one', async () => {
  const body = async () => (await fetch(`${providers.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(chat) })).body;
  const stream = bear.track(await body());
  assert.ok(stream instanceof ReadableStream);
  const text = await new Response(stream).text();
  assert.equal(text.split('data: ').length, chatChunks().length + 2);
  assert.equal((await stream.result).totalTokens, 29);
  const piped = bear.track(await body());
  const chunks = await collected(piped.pipeThrough(new TextDecoderStream()));
  assert.equal(chunks.join(''), text);
  assert.equal((await piped.result).totalTokens, 29);
  const left = bear.track(await body());
  await left.cancel();
  assert.equal((await left.result).incomplete, true);
});

test('a stream of Node stays one', async () => {
  const lines = chatChunks().map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  const stream = bear.track(Readable.from(lines));
  assert.ok(stream instanceof Readable);
  assert.deepEqual(await stream.toArray(), lines);
  assert.equal((await stream.result).totalTokens, 29);
});

test('iterators and generators that wait for nothing pass through', async () => {
  function* source() {
    return yield* chatChunks();
  }
  const stream = bear.track(source());
  assert.deepEqual([...stream], chatChunks());
  assert.equal((await stream.result).totalTokens, 29);
  const left = bear.track(source());
  for (const _chunk of left) break;
  assert.equal((await left.result).incomplete, true);
  const mine = new Error('mine');
  function* broken() {
    yield chatChunks()[0];
    throw mine;
  }
  const failing = bear.track(broken());
  assert.throws(() => [...failing], mine);
  assert.equal((await failing.result).incomplete, true);
});

test('any asynchronous iterable will do, frozen ones too', async () => {
  const iterable = { async *[Symbol.asyncIterator]() { yield* chatChunks(); } };
  for (const source of [{ ...iterable }, Object.freeze({ ...iterable })]) {
    const stream = bear.track(source);
    assert.equal((await collected(stream)).length, chatChunks().length);
    assert.equal((await stream.result).totalTokens, 29);
  }
});

test('leaving early shows where the format itself does not say where it ends', async () => {
  const chunk = { object: 'list', data: [], model: 'text-embedding-3-small', usage: { prompt_tokens: 8, total_tokens: 8 } };
  const whole = bear.track([chunk, chunk].values());
  assert.equal([...whole].length, 2);
  const left = bear.track([chunk, chunk].values());
  for (const _chunk of left) break;
  assert.deepEqual([(await whole.result).incomplete, (await left.result).incomplete], [false, true]);
});

test('what is sent into a generator and what it returns pass through', async () => {
  async function* talk() {
    const heard = yield chatChunks()[0];
    yield heard;
    return 'over';
  }
  const stream = bear.track(talk());
  assert.deepEqual(await stream.next(), { value: chatChunks()[0], done: false });
  assert.deepEqual(await stream.next('hello'), { value: 'hello', done: false });
  assert.deepEqual(await stream.next(), { value: 'over', done: true });
});

test('tracking a stream again is no second event, and the last options count', async () => {
  const { tracked } = bear.stats();
  const stream = bear.track(await sdk.openai.chat.completions.create(chat), { userId: 'a' });
  assert.equal(bear.track(stream, { userId: 'b' }), stream);
  await collected(stream);
  assert.equal((await eventOf(await stream.result)).userId, 'b');
  assert.equal(bear.stats().tracked, tracked + 1);
});

test('a stream that nobody reads any more is tracked as far as it went', async () => {
  const { tracked } = bear.stats();
  await (async () => {
    const iterator = bear.track((async function* () { yield* messageEvents(); })())[Symbol.asyncIterator]();
    await iterator.next();
  })();
  for (let round = 0; round < 50 && bear.stats().tracked === tracked; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(bear.stats().tracked, tracked + 1);
  await bear.flush();
  assert.equal([...service.stored.values()].at(-1).incomplete, true);
});

test('a stream of any length takes no more memory than a short one', async () => {
  const chunks = chatChunks();
  const source = async function* () {
    for (let index = 0; index < 300_000; index += 1) yield { ...chunks[1], choices: [{ index: 0, delta: { content: `word ${index}` }, finish_reason: null }] };
    yield* chunks.slice(-2);
  };
  const used = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const stream = bear.track(source());
  let count = 0;
  let early;
  for await (const _chunk of stream) {
    count += 1;
    if (count === 1_000) early = used();
    if (count === 299_000) assert.ok(used() - early < 2_000_000, `${used() - early} bytes more`);
  }
  assert.equal((await stream.result).totalTokens, 29);
});

test('shutdown counts streams under way', async () => {
  const own = new BearLumen({ apiKey: 'sk_test_streams', baseUrl: service.url });
  const stream = own.track((async function* () { yield* messageEvents(); })());
  await stream.next();
  const { tracked, sent } = await own.shutdown();
  assert.deepEqual([tracked, sent], [1, 1]);
  assert.deepEqual([(await stream.result).inputTokens, (await stream.result).incomplete], [32, true]);
  assert.equal((await collected(stream)).length, messageEvents().length - 1);
});

test('the result is that of costOfStream(), whatever the chunks repeat', async () => {
  const usage = (prompt_tokens, completion_tokens) => ({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens });
  const [first] = chatChunks();
  const running = [1, 2, 3, 3, 2].map((count) => ({ ...first, usage: usage(9, count) }));
  for (const chunks of [running, [...running, chatChunks().at(-2), first], [first, running[1], first, running[0]]]) {
    const stream = bear.track(chunks.values(), { timestamp: 0 });
    assert.equal([...stream].length, chunks.length);
    const { inputTokens, outputTokens, incomplete } = await stream.result;
    const expected = costOfStream(JSON.stringify(chunks));
    assert.deepEqual([inputTokens, outputTokens, incomplete], [expected.totals.inputTokens, expected.totals.outputTokens, expected.incomplete]);
  }
});

test('whole outputs of Bedrock are read', async () => {
  const said = bear.track(await sdk.bedrock.send(new ConverseCommand(converse)), { model: converse.modelId });
  assert.deepEqual([said.provider, said.totalTokens], ['bedrock', 42]);
  const invoked = bear.track(await sdk.bedrock.send(new InvokeModelCommand(invoke)), { model: converse.modelId });
  assert.deepEqual([invoked.inputTokens, invoked.outputTokens], [374, 82]);
});
