import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { BearLumen } from '@bearlumen/node-sdk';
import { startService } from '../support/service.mjs';

let service;
let bear;
before(async () => {
  service = await startService();
  bear = new BearLumen({ apiKey: 'sk_test_reads', baseUrl: `${service.url}/` });
});
after(() => service.stop());

test('ping answers who the key belongs to', async () => {
  service.pages.set('/v1/ping', { ok: true, organizationId: 'org_1' });
  assert.deepEqual(await bear.ping(), { ok: true, organizationId: 'org_1' });
  assert.equal(service.requests.at(-1).authorization, 'Bearer sk_test_reads');
  assert.match(service.requests.at(-1).agent, /^bearlumen-node\/\d+\.\d+\.\d+$/);
});

const january = { startDate: '2026-01-01', endDate: new Date(Date.UTC(2026, 0, 31)) };
for (const [method, path] of [
  ['byModel', 'by-model'],
  ['byProvider', 'by-provider'],
  ['byFeature', 'by-feature'],
  ['byAgent', 'by-agent'],
  ['byWorkflow', 'by-workflow'],
  ['byEndUser', 'by-end-user'],
]) {
  test(`costs.${method} asks for its range`, async () => {
    const page = { items: [{ attributionValue: 'x', totalCost: 1.5 }], totalCost: 1.5 };
    service.pages.set(`/v1/cost-data/${path}?start_date=2026-01-01&end_date=2026-01-31T00%3A00%3A00.000Z`, page);
    assert.deepEqual(await bear.costs[method](january), page);
  });
}

test('costs.summary takes a window, a range, or nothing', async () => {
  for (const [params, query] of [
    [undefined, ''],
    [{ timeWindow: 'current-period' }, '?time_window=current-period'],
    [{ startDate: '2026-01-01', endDate: undefined }, '?start_date=2026-01-01'],
  ]) {
    service.pages.set(`/v1/cost-data/summary${query}`, { totalCost: 2, query });
    assert.deepEqual(await bear.costs.summary(params), { totalCost: 2, query });
  }
});
