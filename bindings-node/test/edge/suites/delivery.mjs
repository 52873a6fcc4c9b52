import assert from 'node:assert/strict';
import test from 'node:test';
import { chatCompletion, message } from '../../support/responses.mjs';
import { scripted } from './service.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const keysOf = ({ stored }) => stored.map(({ idempotencyKey }) => idempotencyKey).sort();

test('a flush delivers everything', async () => {
  const { bear, state } = await scripted();
  const body = chatCompletion();
  const results = [
    bear.track(body, { userId: 'user_1', feature: 'chat' }),
    bear.track(JSON.stringify(body)),
    bear.track(new TextEncoder().encode(JSON.stringify(message()))),
    bear.track(null, { model: 'eleven_multilingual_v2', provider: 'elevenlabs', units: { characters: 1500 } }),
  ];
  assert.equal(results[0].cost.amount, 0.00657);
  assert.equal(bear.stats().pending, 4, 'forgotten, they would be lost, and are counted');
  const stats = await bear.flush();
  assert.deepEqual([stats.tracked, stats.sent, stats.dropped, stats.pending], [4, 4, 0, 0]);
  const held = await state();
  assert.deepEqual(keysOf(held), results.map(({ idempotencyKey }) => idempotencyKey).sort());
  assert.equal(held.requests.length, 1);
  assert.equal(held.requests[0].authorization, 'Bearer sk_test_edge');
});

test('through failures each event arrives, and once', async () => {
  const { bear, state, told } = await scripted({}, [503, 'reset', 'lostAnswer']);
  const keys = Array.from({ length: 50 }, () => bear.track(chatCompletion()).idempotencyKey);
  const stats = await bear.flush();
  assert.deepEqual([stats.sent, stats.pending, told], [50, 0, []]);
  assert.deepEqual(keysOf(await state()), keys.sort());
});

test('without a flush the events go out by themselves, as long as the runtime lives', async () => {
  const { bear, state, warned } = await scripted();
  bear.track(chatCompletion());
  for (let waited = 0; bear.stats().pending > 0 && waited < 5000; waited += 50) await sleep(50);
  assert.equal((await state()).stored.length, 1, JSON.stringify([bear.stats(), warned]));
});

test('nor does a timer that rings a little early keep them', async () => {
  const { bear, state } = await scripted();
  const own = globalThis.setTimeout;
  globalThis.setTimeout = (work, ms, ...rest) => own(work, ms > 500 ? ms - 50 : ms, ...rest);
  try {
    bear.track(chatCompletion());
  } finally {
    globalThis.setTimeout = own;
  }
  for (let waited = 0; bear.stats().pending > 0 && waited < 5000; waited += 50) await sleep(50);
  assert.equal((await state()).stored.length, 1);
});

test('a flush whose time is up says what is pending', async () => {
  const { bear } = await scripted({}, ['silence']);
  bear.track(chatCompletion());
  const { sent, pending } = await bear.flush({ timeout: 200 });
  assert.deepEqual([sent, pending], [0, 1]);
});

test('what the service refuses is told', async () => {
  const { bear, told, warned } = await scripted({}, [401]);
  bear.track(chatCompletion());
  const { dropped, droppedByReason } = await bear.flush();
  assert.deepEqual([dropped, droppedByReason.rejected, told, warned.length], [1, 1, [['unauthorized', 1]], 1]);
});

test('after the shutdown nothing is taken', async () => {
  const { bear, told } = await scripted();
  bear.track(chatCompletion());
  assert.equal((await bear.shutdown()).sent, 1);
  bear.track(chatCompletion());
  const { droppedByReason } = await bear.flush();
  assert.deepEqual([droppedByReason.closed, told], [1, [['client_closed', 1]]]);
});

test('many flushes at once end, though events keep coming', async () => {
  const { bear, state } = await scripted({ name: `slow-${crypto.randomUUID()}` });
  let isOver = false;
  const traffic = (async () => {
    while (!isOver) {
      bear.track(chatCompletion());
      void bear.flush();
      await sleep(2);
    }
  })();
  await sleep(50);
  const start = Date.now();
  const { pending: left } = await bear.flush();
  const took = Date.now() - start;
  isOver = true;
  await traffic;
  assert.ok(took < 3_000 && left > 0, `a flush is over when its own events are, not after ${took} ms with ${left} left`);
  const { tracked, pending } = await bear.shutdown();
  assert.equal(pending, 0);
  assert.equal((await state()).stored.length, tracked);
});

test('a context holds for the call that is made in it', async () => {
  const { bear, state } = await scripted();
  bear.withContext({ userId: 'outer', dimensions: { team: 'a' } }, () => {
    bear.withContext({ userId: 'inner' }, () => bear.track(chatCompletion()));
    bear.track(chatCompletion());
  });
  bear.track(chatCompletion());
  await bear.flush();
  const { stored } = await state();
  assert.deepEqual(stored.map((event) => event.userId ?? event.attribution?.userId), ['inner', 'outer', undefined]);
});

test('where a context cannot follow its work, that is told', async () => {
  const { bear, state, warned } = await scripted();
  await bear.withContext({ userId: 'late' }, async () => {
    await sleep(1);
    bear.track(chatCompletion());
  });
  await bear.flush();
  const [event] = (await state()).stored;
  const isFollowed = (event.userId ?? event.attribution?.userId) === 'late';
  assert.equal(warned.length, isFollowed ? 0 : 1);
});
