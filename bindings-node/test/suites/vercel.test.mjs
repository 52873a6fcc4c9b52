// track() of what Vercel's AI SDK hands out, in each of its versions.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BearLumen, costOf, costOfStream } from '@bearlumen/node-sdk';
import { startService } from '../support/service.mjs';
import { tokens, versions } from '../support/vercel.mjs';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const rejections = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

let service;
let bear;
before(async () => {
  service = await startService();
  bear = new BearLumen({ apiKey: 'sk_test_vercel', baseUrl: service.url });
});
after(async () => {
  await bear.shutdown();
  await service.stop();
  assert.deepEqual(rejections, []);
});

/** Of one call: 400 tokens at $2.50, 600 at $1.25 and 100 at $10 a million. */
const COST = 0.00275;

function assertCounted(result, calls) {
  assert.deepEqual([result.provider, result.inputTokens, result.outputTokens], ['openai', calls * tokens.input, calls * tokens.output]);
  assert.deepEqual([result.cost.basis, result.cost.amount, result.incomplete], ['exact', COST * calls, false]);
}

/** The one event of a call arrives once. */
async function assertStored(result) {
  await bear.flush();
  assert.equal(service.arrivals.get(result.idempotencyKey), 1);
}

async function collected(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** What differs from one run to the next. */
const plain = (chunks) => JSON.parse(JSON.stringify(chunks, (name, value) => (/^(performance|messageId|id)$/.test(name) ? null : value)));

/** Runs long enough for whatever would read ahead. */
const settle = () => sleep(30);

for (const [number, sdk] of Object.entries(versions)) {
  const name = `ai ${number}`;

  test(`${name}: generateText, generateObject`, async () => {
    assertCounted(bear.track(await sdk.generateText()), 1);
    const result = bear.track(await sdk.generateObject());
    assertCounted(result, 1);
    await assertStored(result);
  });

  test(`${name}: embed and embedMany count, and cost where the model is said`, async () => {
    const model = 'text-embedding-3-small';
    for (const make of [sdk.embed, sdk.embedMany]) {
      const result = bear.track(await make(), { model });
      // At $0.02 a million.
      assert.deepEqual([result.inputTokens, result.cost.amount], [12, 0.00000024]);
    }
    assert.equal(bear.track(await sdk.embed()).inputTokens, tokens.embedded);
  });

  for (const calls of [1, 3]) {
    const options = { calls: calls - 1 };

    test(`${name}: streamText of ${calls}: the caller's streams are as ever, and the result follows`, async () => {
      for (const part of ['textStream', 'fullStream']) {
        const expected = await collected(sdk.streamText(options)[part]);
        const source = sdk.streamText(options);
        const result = bear.track(source, { userId: 'user_1' });
        assert.equal(result, source);
        assert.deepEqual(plain(await collected(result[part])), plain(expected));
        const tracked = await result.result;
        assertCounted(tracked, calls);
        await assertStored(tracked);
        assert.equal(service.stored.get(tracked.idempotencyKey).userId, 'user_1');
      }
    });

    test(`${name}: streamText of ${calls}: its event is made when its stream ends`, async () => {
      const result = bear.track(sdk.streamText(options));
      const { tracked } = bear.stats();
      await collected(result.textStream);
      assert.equal(bear.stats().tracked, tracked + 1);
    });

    test(`${name}: streamText of ${calls}: who asks for its promises has both`, async () => {
      const result = bear.track(sdk.streamText(options));
      if (number === '4') await result.consumeStream();
      const total = await (result.totalUsage ?? result.usage);
      assert.equal(total.totalTokens, calls * (tokens.input + tokens.output));
      assertCounted(await result.result, calls);
    });

    test(`${name}: streamText of ${calls}: its streams may have been taken before`, async () => {
      const result = sdk.streamText(options);
      const { textStream } = result;
      bear.track(result);
      await collected(textStream);
      const tracked = await result.result;
      assertCounted(tracked, calls);
      await assertStored(tracked);
    });

    test(`${name}: streamText of ${calls}: what onFinish is given, and fullStream by itself`, async () => {
      let finished;
      const result = sdk.streamText(options, { onFinish: (event) => (finished = event) });
      const stream = bear.track(result.fullStream);
      await collected(stream);
      assertCounted(await stream.result, calls);
      assertCounted(bear.track(finished), calls);
      const chunks = await collected(sdk.streamText(options).fullStream);
      assert.equal(costOfStream(chunks).cost.amount, COST * calls);
    });
  }

  test(`${name}: track() neither reads nor hastens the stream`, async () => {
    const pulls = async (watch) => {
      const probe = { calls: 1 };
      const result = watch(sdk.streamText(probe));
      await settle();
      const seen = [probe.pulled];
      const reader = result.textStream[Symbol.asyncIterator]();
      await settle();
      seen.push(probe.pulled);
      await reader.next();
      await settle();
      seen.push(probe.pulled);
      // Whoever takes another branch, before or after, meets the same.
      const other = result.fullStream[Symbol.asyncIterator]();
      await other.next();
      await settle();
      seen.push(probe.pulled);
      await Promise.all([reader.return?.(), other.return?.()]);
      return seen;
    };
    assert.deepEqual(await pulls((result) => bear.track(result)), await pulls((result) => result));
  });

  test(`${name}: a model that fails rejects nothing of the caller's`, async () => {
    for (const failing of ['finish', 'text-delta']) {
      const fails = async ({ type }) => {
        if (type === failing) throw new Error('the model broke');
      };
      const result = bear.track(sdk.streamText({ before: fails }));
      const outcome = (read) => read.then(() => 'read', (error) => error.message);
      const expected = await outcome(collected(sdk.streamText({ before: fails }).textStream));
      assert.equal(await outcome(collected(result.textStream)), expected);
      const tracked = await result.result;
      assert.deepEqual([tracked.cost.basis, tracked.incomplete], ['unpriced', true]);
      await assertStored(tracked);
    }
    await settle();
    assert.deepEqual(rejections, []);
  });

  test(`${name}: what was used before an abort is counted`, async () => {
    const stop = new AbortController();
    let answers = 0;
    const result = bear.track(
      sdk.streamText(
        {
          calls: 1,
          before: async ({ type }) => {
            if (type === 'response-metadata') answers += 1;
            if (answers === 2 && type === 'text-delta') stop.abort();
          },
        },
        { abortSignal: stop.signal },
      ),
    );
    await collected(result.textStream).catch(() => {});
    const tracked = await result.result;
    assert.deepEqual([tracked.inputTokens, tracked.outputTokens, tracked.incomplete], [tokens.input, tokens.output, true]);
    await settle();
    assert.deepEqual(rejections, []);
  });

  test(`${name}: a result that nobody reads is one event in the end`, async () => {
    const results = [];
    const halts = ({ type }) => (type === 'finish' ? new Promise(() => {}) : undefined);
    for (const leave of [() => {}, async ({ textStream }) => textStream[Symbol.asyncIterator]().next()]) {
      let result = bear.track(sdk.streamText({ before: halts }));
      await leave(result);
      results.push(result.result);
      result = undefined;
    }
    for (let turn = 0; turn < 50 && bear.stats().underWay > 0; turn += 1) {
      await sleep(10);
      collectGarbage();
    }
    assert.equal(bear.stats().underWay, 0);
    for (const tracked of await Promise.all(results)) assert.equal(tracked.incomplete, true);
  });

  test(`${name}: streamObject, its streams taken before or after`, async () => {
    for (const part of ['textStream', 'partialObjectStream', 'fullStream']) {
      const result = bear.track(sdk.streamObject());
      await collected(result[part]);
      assertCounted(await result.result, 1);
      assert.deepEqual(await result.object, { colour: 'blue' });
      const late = sdk.streamObject();
      const stream = late[part];
      bear.track(late);
      await collected(stream);
      assertCounted(await late.result, 1);
    }
    const chunks = await collected(sdk.streamObject().fullStream);
    assert.equal(costOfStream(chunks).cost.amount, COST);
  });

  test(`${name}: tracking it again restates`, async () => {
    const result = bear.track(sdk.streamText());
    assert.equal(bear.track(result, { feature: 'again' }), result);
    await collected(result.textStream);
    const tracked = await result.result;
    await assertStored(tracked);
    assert.equal(service.stored.get(tracked.idempotencyKey).feature, 'again');
  });

  test(`${name}: costOf() of a result under way says what to do, and reads nothing`, async () => {
    const probe = {};
    const result = sdk.streamText(probe);
    await settle();
    const pulled = probe.pulled;
    assert.throws(() => costOf(result), { name: 'TypeError', message: /costOfStream\(\) the fullStream/ });
    await settle();
    assert.equal(probe.pulled, pulled);
    await collected(result.textStream);
  });
}

test('ai 7: a result with room for one reader is left to the caller, and tracked by its fullStream', async () => {
  const result = bear.track(versions[7].streamTextLowMemory());
  assert.equal((await collected(result.textStream)).join(''), '{"colour":"blue"}');
  assert.equal((await result.result).cost.basis, 'unpriced');
  const stream = bear.track(versions[7].streamTextLowMemory({ calls: 2 }).fullStream);
  await collected(stream);
  assertCounted(await stream.result, 3);
});

test('a result that keeps its stream to itself is asked for nothing, and the logger hears of it', async () => {
  const asked = [];
  const heard = [];
  const keeps = {};
  for (const name of ['fullStream', 'stream', 'body', 'usage', 'response']) {
    Object.defineProperty(keeps, name, { get: () => asked.push(name), enumerable: true });
  }
  const other = new BearLumen({ apiKey: 'sk_test_vercel', baseUrl: service.url, logger: { warn: (message) => heard.push(message) } });
  const result = other.track(keeps);
  assert.equal(result, keeps);
  assert.equal((await result.result).cost.basis, 'unpriced');
  assert.equal(other.track(keeps, { feature: 'again' }), keeps);
  assert.equal((await other.shutdown()).tracked, 1);
  assert.throws(() => costOf(keeps), TypeError);
  assert.deepEqual(asked, []);
  assert.match(heard.join('\n'), /fullStream/);
});
