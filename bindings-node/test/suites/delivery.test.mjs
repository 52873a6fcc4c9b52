import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BearLumen } from '@bearlumen/node-sdk';
import { chatCompletion } from '../support/responses.mjs';
import { answer, faults, problem, startService } from '../support/service.mjs';

let service;
let told;
beforeEach(async () => {
  service = await startService();
  told = [];
});
afterEach(() => service.stop());

function client(config = {}) {
  const onError = (error, { events }) => told.push({ code: error.code, status: error.status, events });
  return new BearLumen({ apiKey: 'sk_test_delivery', baseUrl: service.url, onError, ...config });
}

function trackSome(bear, count) {
  return Array.from({ length: count }, (_, index) => bear.track(chatCompletion(), { idempotencyKey: `key-${index}` }));
}

function counts({ tracked, sent, dropped, pending }) {
  assert.equal(tracked, sent + dropped + pending);
  return { tracked, sent, dropped, pending };
}

test('events go out in the background, without a flush', async () => {
  const bear = client();
  trackSome(bear, 3);
  assert.deepEqual(counts(bear.stats()), { tracked: 3, sent: 0, dropped: 0, pending: 3 });
  const start = Date.now();
  while (bear.stats().pending > 0 && Date.now() - start < 5_000) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(counts(bear.stats()), { tracked: 3, sent: 3, dropped: 0, pending: 0 });
  assert.equal(service.requests.length, 1, 'in one request');
  await bear.shutdown();
});

test('an event goes out though nobody asks for anything', async () => {
  const bear = client();
  trackSome(bear, 1);
  const start = Date.now();
  while (service.stored.size < 1 && Date.now() - start < 5_000) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(service.stored.size, 1);
  await bear.shutdown();
});

test('an event says what was so when it was tracked', async () => {
  const bear = client();
  const response = chatCompletion();
  const { prompt_tokens, completion_tokens } = response.usage;
  const options = { idempotencyKey: 'key', userId: 'user_1', dimensions: { team: 'search' }, metadata: { n: 1 } };
  const before = Date.now();
  const result = bear.track(response, options);
  const after = Date.now();
  response.usage.prompt_tokens = response.usage.completion_tokens = response.usage.total_tokens = 1;
  response.model = 'gpt-4o-mini';
  options.userId = 'user_2';
  options.dimensions.team = 'other';
  options.metadata.n = 2;
  while (Date.now() <= after + 5);
  assert.equal(bear.stats().pending, 1);
  assert.equal(result.inputTokens, prompt_tokens);
  await bear.flush();
  const event = service.stored.get('key');
  assert.equal(event.quantity, prompt_tokens + completion_tokens);
  assert.deepEqual([event.model, event.userId, event.dimensions, event.metadata], [result.model, 'user_1', { team: 'search' }, { n: 1 }]);
  assert.notEqual(event.model, 'gpt-4o-mini');
  assert.ok(event.trackedAt >= before && event.trackedAt <= after);
  await bear.shutdown();
});

test('a full batch does not wait for the interval', async () => {
  const bear = client();
  trackSome(bear, 1000);
  const start = Date.now();
  while (service.stored.size < 1000 && Date.now() - start < 5_000) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(Date.now() - start < 800, 'before the second is over');
  await bear.shutdown();
});

test('429 with Retry-After waits as asked, then delivers once', async () => {
  service.faults.push(faults.status(429, problem('RATE_LIMIT_EXCEEDED', 'slow down'), { 'retry-after': '1' }));
  const bear = client();
  trackSome(bear, 2);
  assert.deepEqual(counts(await bear.flush()), { tracked: 2, sent: 2, dropped: 0, pending: 0 });
  assert.equal(service.requests.length, 2);
  assert.ok(service.requests[1].at - service.requests[0].at >= 1_000);
  assert.deepEqual(told, []);
  await bear.shutdown();
});

for (const [name, fault] of [
  ['500', () => faults.status(500, 'oops')],
  ['a reset', () => faults.reset()],
  ['a lost answer', () => faults.lostAnswer(service)],
  ['half an answer', () => faults.halfAnswer(service)],
]) {
  test(`after ${name} every event is delivered, and stored once`, async () => {
    service.faults.push(fault());
    const bear = client();
    trackSome(bear, 5);
    assert.deepEqual(counts(await bear.flush()), { tracked: 5, sent: 5, dropped: 0, pending: 0 });
    assert.equal(service.stored.size, 5);
    assert.deepEqual([...service.arrivals.values()], [2, 2, 2, 2, 2]);
    assert.deepEqual(told, []);
    await bear.shutdown();
  });
}

test('401 drops the batch, tells once, and is not tried again', async () => {
  service.faults.push(faults.status(401, problem('UNAUTHORIZED', 'Invalid API key')));
  const warnings = [];
  const bear = client({ logger: { warn: (text) => warnings.push(text) } });
  trackSome(bear, 4);
  assert.deepEqual(counts(await bear.flush()), { tracked: 4, sent: 0, dropped: 4, pending: 0 });
  assert.deepEqual(told, [{ code: 'unauthorized', status: 401, events: 4 }]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /4 events were not delivered \(unauthorized\): Invalid API key/);
  assert.equal(service.requests.length, 1);
  await bear.shutdown();
});

test('207 settles each event alone', async () => {
  service.faults.push((_request, response, events) => {
    const results = service.store(events.slice(0, 1));
    results.push({ index: 1, error: { code: 'VALIDATION_ERROR', message: 'Invalid quantity', details: { retryable: false } } });
    results.push({ index: 2, error: { code: 'INTERNAL_ERROR', message: 'again', details: { retryable: true } } });
    answer(response, 207, { results });
  });
  const bear = client();
  trackSome(bear, 3);
  assert.deepEqual(counts(await bear.flush()), { tracked: 3, sent: 2, dropped: 1, pending: 0 });
  assert.deepEqual(Object.fromEntries(service.arrivals), { 'key-0': 1, 'key-1': 1, 'key-2': 2 });
  assert.deepEqual(told, [{ code: 'validation_error', status: 207, events: 1 }]);
  await bear.shutdown();
});

test('a flush whose time is up says what is pending, and nothing is lost', async () => {
  service.faults.push(faults.silence());
  const bear = client({ timeout: 600 });
  trackSome(bear, 2);
  const start = Date.now();
  assert.deepEqual(counts(await bear.flush({ timeout: 200 })), { tracked: 2, sent: 0, dropped: 0, pending: 2 });
  assert.ok(Date.now() - start < 500);
  assert.deepEqual(counts(await bear.flush({ timeout: 5_000 })), { tracked: 2, sent: 2, dropped: 0, pending: 0 });
  await bear.shutdown();
});

test('shutdown on a dead service returns in time and tells what is lost', async () => {
  const bear = client({ baseUrl: 'http://127.0.0.1:9' });
  trackSome(bear, 3);
  const start = Date.now();
  assert.deepEqual(counts(await bear.shutdown({ timeout: 300 })), { tracked: 3, sent: 0, dropped: 0, pending: 3 });
  assert.ok(Date.now() - start < 1_000);
  assert.deepEqual(told, [{ code: 'not_delivered', status: null, events: 3 }]);
});

test('the logger hears once that the service is away, and again when it goes again', async () => {
  const warnings = [];
  const bear = client({ logger: { warn: (text) => warnings.push(text) } });
  service.faults.push(faults.reset(), faults.reset());
  trackSome(bear, 2);
  assert.deepEqual(counts(await bear.flush()), { tracked: 2, sent: 2, dropped: 0, pending: 0 });
  assert.equal(warnings.length, 1, warnings.join());
  assert.match(warnings[0], /^Bear Lumen: The service could not be reached: .+; what is tracked is kept and sent again$/);
  service.faults.push(faults.reset());
  bear.track(chatCompletion());
  assert.deepEqual(counts(await bear.flush()), { tracked: 3, sent: 3, dropped: 0, pending: 0 });
  assert.equal(warnings.length, 2);
  assert.deepEqual(told, []);
  await bear.shutdown();
});

test('after shutdown events are dropped, counted and told', async () => {
  const bear = client();
  trackSome(bear, 1);
  await bear.shutdown();
  const late = bear.track(chatCompletion());
  assert.equal(late.inputTokens, 1900);
  assert.deepEqual(counts(await bear.shutdown()), { tracked: 2, sent: 1, dropped: 1, pending: 0 });
  assert.deepEqual(told, [{ code: 'client_closed', status: null, events: 1 }]);
  assert.equal(service.requests.length, 1);
});

test('flushes at once, and with nothing to do, are all answered', async () => {
  const bear = client();
  trackSome(bear, 10);
  const all = await Promise.all([bear.flush(), bear.flush(), bear.shutdown(), bear.flush(), bear.shutdown()]);
  for (const stats of all) assert.deepEqual(counts(stats), { tracked: 10, sent: 10, dropped: 0, pending: 0 });
});

test('a handler or logger that throws harms nobody, and hears of everything', async () => {
  let heard = 0;
  const thrower = () => {
    heard += 1;
    throw new Error('no');
  };
  service.faults.push((_request, response) => {
    const refused = (index, code) => ({ index, error: { code, message: code, details: { retryable: false } } });
    answer(response, 207, { results: [refused(0, 'VALIDATION_ERROR'), refused(1, 'IDEMPOTENCY_CONFLICT')] });
  });
  const bear = client({ onError: thrower, logger: { warn: thrower } });
  trackSome(bear, 2);
  assert.deepEqual(counts(await bear.flush()), { tracked: 2, sent: 0, dropped: 2, pending: 0 });
  assert.equal(heard, 6, 'for each kind: the warning, the error, and that the handler threw');
  trackSome(bear, 1);
  assert.deepEqual(counts(await bear.shutdown()), { tracked: 3, sent: 1, dropped: 2, pending: 0 });
});

test('memory stays flat however many events pass through', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc');
  const bear = client();
  const response = chatCompletion();
  let early;
  for (let round = 1; round <= 40; round += 1) {
    for (let index = 0; index < 500; index += 1) bear.track(response, { metadata: { round, index } });
    await bear.flush();
    service.stored.clear();
    service.arrivals.clear();
    service.requests.length = 0;
    collectGarbage();
    if (round === 10) early = process.memoryUsage().rss;
  }
  const grown = process.memoryUsage().rss - early;
  assert.ok(grown < 20_000_000, `${grown} bytes more after 15,000 further events`);
  assert.deepEqual(counts(await bear.shutdown()), { tracked: 20_000, sent: 20_000, dropped: 0, pending: 0 });
});

test('a queue at its bound drops what comes, counted and told together', async () => {
  const bear = client({ baseUrl: 'http://127.0.0.1:9' });
  const response = chatCompletion();
  for (let index = 0; index < 100_010; index += 1) bear.track(response);
  const stats = bear.stats();
  assert.deepEqual(counts(stats), { tracked: 100_010, sent: 0, dropped: 10, pending: 100_000 });
  assert.equal(stats.droppedByReason.queueFull, 10);
  await bear.shutdown({ timeout: 50 });
  assert.deepEqual(told.map(({ code, events }) => [code, events]), [['queue_full', 10], ['not_delivered', 100_000]]);
});
