// What only a Worker meets: requests that share a client and are kept apart, and end.
import assert from 'node:assert/strict';

const body = JSON.stringify({ model: 'gpt-4o', messages: [], stream: true, stream_options: { include_usage: true } });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The results of a Worker's cases, from outside. */
export async function requests(worker, server) {
  const results = [];
  for (const [name, work] of Object.entries(CASES)) {
    const service = `${server}/scripted/${crypto.randomUUID()}`;
    const ask = (path, params = {}) => fetch(`${worker}/${path}?${new URLSearchParams({ service, ...params })}`);
    const json = async (path, params) => (await ask(path, params)).json();
    const state = () => fetch(`${service}/state`).then((answer) => answer.json());
    const script = (faults) => fetch(`${service}/faults`, { method: 'PUT', body: JSON.stringify(faults) }).then((answer) => answer.text());
    /** Waits until the service holds so many events. */
    const held = async (count, withinMs) => {
      const end = Date.now() + withinMs;
      for (;;) {
        const { stored, arrivals } = await state();
        if (stored.length >= count || Date.now() > end) return { keys: stored.map((event) => event.idempotencyKey).sort(), arrivals };
        await sleep(20);
      }
    };
    try {
      await work({ ask, json, script, held, provider: `${server}/providers/v1/chat/completions` });
      results.push({ name });
    } catch (error) {
      results.push({ name, error: error.stack });
    }
  }
  return results;
}

const CASES = {
  async 'ctx.waitUntil(bear.flush()) delivers everything, however many requests share a client'({ json, held }) {
    const answers = await Promise.all(Array.from({ length: 60 }, () => json('track')));
    const { keys } = await held(60, 10_000);
    assert.deepEqual(keys, answers.map(({ idempotencyKey }) => idempotencyKey).sort());
  },
  async 'through failures too'({ json, held, script }) {
    await script([503, 'reset', 'lostAnswer']);
    const answers = await Promise.all(Array.from({ length: 20 }, () => json('track')));
    const { keys } = await held(20, 15_000);
    assert.deepEqual(keys, answers.map(({ idempotencyKey }) => idempotencyKey).sort());
    let stats = await json('stats');
    for (let asked = 0; stats.pending > 0 && asked < 100; asked += 1) {
      await sleep(100);
      stats = await json('stats');
    }
    assert.deepEqual([stats.sent, stats.pending, stats.dropped], [20, 0, 0]);
  },
  async 'what was not flushed is pending, and goes with the next flush of the isolate'({ json, held }) {
    const first = await json('forget');
    assert.deepEqual([first.stats.tracked, first.stats.pending], [1, 1]);
    await sleep(1_500);
    assert.deepEqual((await held(1, 0)).keys, [], 'its timer went with its request');
    const second = await json('track');
    const { keys } = await held(2, 5_000);
    assert.deepEqual(keys, [first.idempotencyKey, second.idempotencyKey].sort());
  },
  async 'a batch whose request ended meanwhile is sent again by the next flush'({ json, held, script }) {
    await script(['silence']);
    const first = await json('abandon');
    const second = await json('track');
    const { keys } = await held(2, 8_000);
    assert.deepEqual(keys, [first.idempotencyKey, second.idempotencyKey].sort());
  },
  async "a provider's stream passes through a Worker byte for byte"({ ask, held, provider }) {
    const plain = await fetch(provider, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((answer) => answer.text());
    for (const path of ['proxy', 'pipe']) assert.equal(await (await ask(path, { provider, body })).text(), plain, path);
    assert.equal((await held(2, 5_000)).keys.length, 2);
  },
};
