import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BearLumen } from '@bearlumen/node-sdk';
import { chatCompletion } from '../support/responses.mjs';
import { startService } from '../support/service.mjs';

let service;
let bear;
before(async () => {
  service = await startService();
  bear = new BearLumen({ apiKey: 'sk_test_context', baseUrl: service.url });
});
after(async () => {
  await bear.shutdown();
  await service.stop();
});

async function delivered(result) {
  await bear.flush();
  return service.stored.get(result.idempotencyKey);
}

test('a context holds for all that is awaited inside, and nowhere else', async () => {
  const track = async (userId, ms) =>
    bear.withContext({ userId }, async () => {
      await sleep(ms);
      return bear.track(chatCompletion());
    });
  const [a, b, outside] = await Promise.all([track('a', 20), track('b', 10), sleep(15).then(() => bear.track(chatCompletion()))]);
  assert.deepEqual([(await delivered(a)).userId, (await delivered(b)).userId, (await delivered(outside)).userId], ['a', 'b', undefined]);
});

test('contexts nest, and what is nearer wins', async () => {
  const result = bear.withContext({ userId: 'u', feature: 'f', dimensions: { team: 'x', tier: 1 }, metadata: { a: 1 } }, () =>
    bear.withContext({ feature: 'g', userId: undefined, dimensions: { tier: 2 } }, () =>
      bear.track(chatCompletion(), { agentId: 'a', metadata: { b: 2 }, sessionId: undefined }),
    ),
  );
  const { userId, feature, agentId, dimensions, metadata } = await delivered(result);
  assert.deepEqual({ userId, feature, agentId, dimensions, metadata }, { userId: 'u', feature: 'g', agentId: 'a', dimensions: { team: 'x', tier: 2 }, metadata: { a: 1, b: 2 } });
});

test('what the work answers or throws is passed on', async () => {
  assert.equal(bear.withContext({ userId: 'u' }, () => 5), 5);
  assert.equal(await bear.withContext({ userId: 'u' }, async () => 6), 6);
  const mine = new Error('mine');
  assert.throws(() => bear.withContext({}, () => { throw mine; }), mine);
});

test('a stream belongs to the context in which it was tracked', async () => {
  const stream = bear.withContext({ userId: 'u' }, () => bear.track([chatCompletion()].values()));
  for (const _chunk of stream);
  assert.equal((await delivered(await stream.result)).userId, 'u');
});

test('contexts of two clients do not mix', async () => {
  const other = new BearLumen({ apiKey: 'sk_test_context', baseUrl: service.url });
  const result = other.withContext({ userId: 'u' }, () => bear.track(chatCompletion()));
  assert.equal((await delivered(result)).userId, undefined);
  await other.shutdown();
});
