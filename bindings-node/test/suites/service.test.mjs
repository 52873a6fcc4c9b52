import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { BearLumen } from '@bearlumen/node-sdk';
import { chatCompletion, message } from '../support/responses.mjs';

const { BEARLUMEN_TEST_BASE_URL: baseUrl, BEARLUMEN_TEST_API_KEY: apiKey } = process.env;
const skip = (baseUrl === undefined || apiKey === undefined) && 'BEARLUMEN_TEST_BASE_URL and BEARLUMEN_TEST_API_KEY are unset';

test('the real service knows the key', { skip }, async () => {
  const { ok, organizationId } = await new BearLumen({ apiKey, baseUrl }).ping();
  assert.equal(ok, true);
  assert.match(organizationId, /^org_/);
  await assert.rejects(new BearLumen({ apiKey: 'sk_test_forged', baseUrl }).ping(), { code: 'unauthorized', status: 401 });
});

test('what is tracked is stored once and shows in the costs', { skip }, async () => {
  const bear = new BearLumen({ apiKey, baseUrl });
  const feature = `node-${randomUUID()}`;
  const results = [
    bear.track(chatCompletion(), { feature }),
    bear.track(message(), { feature }),
    bear.track(null, { feature, model: 'gpt-4o', provider: 'openai', cost: 0.5 }),
  ];
  const again = bear.track(chatCompletion(), { feature, idempotencyKey: results[0].idempotencyKey });
  assert.equal(again.eventId, results[0].eventId);
  const { sent, dropped, pending } = await bear.shutdown();
  // The repeated key carries another instant, which the service may take for other content.
  assert.deepEqual([sent + dropped, pending], [4, 0]);

  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const range = { startDate: day(-1), endDate: day(1) };
  const byModel = await bear.costs.byModel(range);
  assert.ok(byModel.items.some((item) => item.attributionValue.startsWith('gpt-4o')));
  assert.ok((await bear.costs.summary(range)).totalCost >= 0.5);
});
