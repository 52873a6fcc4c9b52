// Delivery to a service that misbehaves, over real connections.
import assert from 'node:assert/strict';
import test, { afterEach, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { BearLumen } from '@bearlumen/node-sdk';
import { answer, faults, problem, startService } from '../support/service.mjs';

let service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.stop());

const client = (config) => new BearLumen({ apiKey: 'sk_test_faults', baseUrl: service.url, ...config });
const event = (key) => [null, { model: 'm', units: { characters: 1 }, idempotencyKey: key }];
function track(bear, count, name = 'key') {
  for (let index = 0; index < count; index += 1) bear.track(...event(`${name}-${index}`));
}

function balanced(stats) {
  assert.equal(stats.tracked, stats.sent + stats.dropped + stats.pending);
  return stats;
}

const inTwoSeconds = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString();
const waits = {
  'seconds': [() => '1', 1_000, 2_000],
  'a date': [inTwoSeconds, 900, 3_000],
  'a date gone by': [() => new Date(0).toUTCString(), 200, 900],
  'nothing': [() => undefined, 200, 900],
  'no seconds at all': [() => '0', 200, 900],
  'seconds below 0': [() => '-5', 200, 900],
  'words': [() => 'soon', 200, 900],
  'a fraction': [() => '0.9', 200, 1_500],
};
for (const status of [429, 503]) {
  for (const [name, [header, least, most]] of Object.entries(waits)) {
    test(`${status} whose Retry-After is ${name} is waited for, and all is delivered once`, async () => {
      const value = header();
      service.faults.push(faults.status(status, problem('X', 'later'), value === undefined ? {} : { 'retry-after': value }));
      const bear = client();
      track(bear, 2);
      const { sent } = balanced(await bear.flush());
      assert.deepEqual([sent, service.requests.length], [2, 2]);
      const waited = service.requests[1].at - service.requests[0].at;
      assert.ok(waited >= least && waited <= most, `${waited} ms`);
      await bear.shutdown();
    });
  }
}

for (const [name, headers, first, spread] of [['no header', {}, 250, 250], ['Retry-After: 1', { 'retry-after': '1' }, 1_000, 250]]) {
  test(`a hundred clients that failed together do not come back together: ${name}`, async () => {
    const known = new Set();
    const refuse = (request, response, events) => {
      // Each client once, whatever else it sends.
      service.faults.push(refuse);
      if (known.size !== known.add(request.headers.authorization).size) return answer(response, 429, problem('RATE_LIMIT_EXCEEDED', 'slower'), headers);
      return answer(response, 201, { results: service.store(events) });
    };
    service.faults.push(refuse);
    const clients = Array.from({ length: 100 }, (_, number) => client({ apiKey: `sk_test_${number}` }));
    clients.forEach((bear, number) => track(bear, 1, `client-${number}`));
    await Promise.all(clients.map((bear) => bear.flush()));
    const times = new Map();
    for (const { authorization, at } of service.requests) times.set(authorization, [...(times.get(authorization) ?? []), at]);
    const pauses = [...times.values()].map(([one, second]) => second - one).sort((a, b) => a - b);
    assert.deepEqual([pauses.length, service.requests.length, service.stored.size], [100, 200, 100]);
    assert.ok(pauses[0] >= first - 20, `${pauses}`);
    // At random four fifths of the spread lie between them, and on a busy machine more; of those that come together none.
    assert.ok(pauses[90] - pauses[10] > spread / 2, `${pauses}`);
    for (const bear of clients) assert.equal(balanced(await bear.shutdown()).sent, 1);
  });
}

test('what no time can mend is not tried again', async () => {
  for (const status of [400, 401, 402, 403, 404, 405, 409, 422, 302]) {
    const told = [];
    const before = service.requests.length;
    service.faults.push(faults.status(status, problem('X', 'no'), { location: '/elsewhere' }));
    const bear = client({ onError: (error, { events }) => told.push([error.status, events]) });
    track(bear, 3, `s${status}`);
    const { dropped } = balanced(await bear.shutdown());
    assert.deepEqual([dropped, service.requests.length - before, told], [3, 1, [[status, 3]]]);
  }
});

test('a batch that is too large is halved, and an event that is too large alone is dropped', async () => {
  service.faults.push(...Array.from({ length: 2 }, () => faults.status(413, problem('PAYLOAD_TOO_LARGE', 'too large'))));
  const bear = client();
  track(bear, 8);
  const { sent } = balanced(await bear.flush());
  assert.deepEqual([sent, service.requests.map(({ events }) => events.length)], [8, [8, 4, 2, 4, 2]]);
  service.faults.push(faults.status(413), faults.status(413));
  track(bear, 2, 'again');
  const stats = balanced(await bear.shutdown());
  assert.deepEqual([stats.sent, stats.dropped, stats.droppedByReason.tooLarge], [9, 1, 1]);
});

test('an answer that comes too late is no answer, and nothing is stored twice', async () => {
  service.faults.push((_request, response, events) => {
    const results = service.store(events);
    setTimeout(() => answer(response, 201, { results }), 600);
  });
  const bear = client({ timeout: 300 });
  track(bear, 3);
  const { sent } = balanced(await bear.flush({ timeout: 5_000 }));
  assert.deepEqual([sent, service.stored.size, service.requests.length], [3, 3, 2]);
  await bear.shutdown();
});

test('an answer that is zipped is read', async () => {
  service.faults.push((request, response, events) => {
    assert.equal(request.headers['accept-encoding'], 'gzip');
    response.writeHead(201, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify({ results: service.store(events) })));
  });
  const bear = client();
  track(bear, 3);
  assert.equal(balanced(await bear.shutdown()).sent, 3);
  assert.equal(service.requests.length, 1);
});

test('a connection is used again', async () => {
  const ports = new Set();
  const bear = client();
  for (let round = 0; round < 5; round += 1) {
    service.faults.push((request, response, events) => {
      ports.add(request.socket.remotePort);
      answer(response, 201, { results: service.store(events) });
    });
    track(bear, 1, `round${round}`);
    await bear.flush();
  }
  assert.equal(ports.size, 1);
  await bear.shutdown();
});

test('whatever happens, every event is stored once and the counts add up', async () => {
  let seed = 7;
  const random = (below) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const misfortunes = [
    () => faults.status(500),
    () => faults.status(429, '', { 'retry-after': '0' }),
    () => faults.reset(),
    () => faults.lostAnswer(service),
    () => faults.halfAnswer(service),
    () => faults.status(200, '<html>'),
    () => faults.status(201, { results: [] }),
    () => (_request, response, events) => {
      const half = Math.ceil(events.length / 2);
      const results = service.store(events.slice(0, half));
      answer(response, 207, { results });
    },
  ];
  const bears = Array.from({ length: 4 }, () => client());
  for (let round = 0; round < 12; round += 1) {
    service.faults.push(misfortunes[random(misfortunes.length)]());
    for (const [index, bear] of bears.entries()) track(bear, 1 + random(40), `b${index}-r${round}`);
    for (const bear of bears) balanced(bear.stats());
    await sleep(random(60));
  }
  const all = await Promise.all(bears.map((bear) => bear.shutdown({ timeout: 60_000 })));
  let tracked = 0;
  for (const stats of all) {
    balanced(stats);
    assert.deepEqual([stats.pending, stats.dropped], [0, 0]);
    tracked += stats.tracked;
  }
  assert.equal(service.stored.size, tracked);
});

test('a hundred clients that failed together do not come back together', async () => {
  const bears = Array.from({ length: 100 }, () => client());
  // The third pause lies between one and two seconds, far more than requests hold each other up here.
  service.faults.push(...Array.from({ length: 300 }, () => faults.status(503)));
  bears.forEach((bear, index) => bear.track(...event(`c${index}`)));
  await Promise.all(bears.map((bear) => bear.flush()));
  assert.equal(service.stored.size, 100);
  const came = new Map();
  for (const { at, events } of service.requests) came.set(events[0].idempotencyKey, [...(came.get(events[0].idempotencyKey) ?? []), at]);
  const waits = [...came.values()].map((times) => times[3] - times[2]).sort((a, b) => a - b);
  assert.ok(waits[90] - waits[10] > 500, `most waited between ${waits[10]} and ${waits[90]} ms`);
  await Promise.all(bears.map((bear) => bear.shutdown()));
});
