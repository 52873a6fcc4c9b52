import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { BearLumen, BearLumenApiError } from '@bearlumen/node-sdk';
import { answer, problem, startService } from '../support/service.mjs';
import { errorCodes } from '../support/vectors.mjs';

let service;
let bear;
before(async () => {
  service = await startService();
  bear = new BearLumen({ apiKey: 'sk_test_errors', baseUrl: service.url, timeout: 500, maxRetries: 0 });
});
after(() => service.stop());

for (const { code, status, node } of errorCodes) {
  test(`${code} is ${node}`, async () => {
    service.faults.push((_request, response) => answer(response, status, problem(code, `about ${code}`), { 'retry-after': '7' }));
    const error = await bear.ping().then(() => undefined, (caught) => caught);
    assert.ok(error instanceof BearLumenApiError && error instanceof Error);
    assert.deepEqual(
      [error.name, error.code, error.message, error.correlationId, error.retryAfter, error.status],
      ['BearLumenApiError', node, `about ${code}`, 'OLIVE-DINOSAUR-1b2fE4', 7, status],
    );
  });
}

test('an answer without an envelope goes by its status', async () => {
  service.faults.push((_request, response) => answer(response, 502, '<html>bad gateway</html>'));
  await assert.rejects(bear.ping(), { code: 'service_unavailable', status: 502, correlationId: null, retryAfter: null });
});

test('a redirect is no success, and the key does not follow it', async () => {
  const elsewhere = await startService();
  service.faults.push((_request, response) => answer(response, 302, '', { location: `${elsewhere.url}/v1/ping` }));
  await assert.rejects(bear.ping(), { status: 302 });
  assert.equal(elsewhere.requests.length, 0);
  await elsewhere.stop();
});

test('a service that is not there is an error that says so', async () => {
  const nobody = new BearLumen({ apiKey: 'sk_test_errors', baseUrl: 'http://127.0.0.1:9' });
  const error = await nobody.costs.summary().then(() => undefined, (caught) => caught);
  assert.equal(error.code, 'service_unavailable');
  assert.equal(error.status, null);
  assert.match(error.message, /ECONNREFUSED|bad port/);
});

test('a service that does not answer is given up after the time-out', async () => {
  service.faults.push(() => {});
  await assert.rejects(bear.ping(), { code: 'service_unavailable', message: /no answer within 500 ms/ });
});
