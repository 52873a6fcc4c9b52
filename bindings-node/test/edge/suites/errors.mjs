import assert from 'node:assert/strict';
import test from 'node:test';
import { BearLumen, BearLumenApiError } from '@bearlumen/node-sdk';
import { errorCodes } from '../../support/vectors.mjs';
import { atTheEdge, scripted } from './service.mjs';

const thrownBy = (work) => work.then(() => undefined, (error) => error);
const problem = (code) => JSON.stringify({ success: false, error: { code, message: `about ${code}`, correlationId: 'OLIVE-DINOSAUR-1b2fE4', details: {} } });

for (const { code, status, node } of errorCodes) {
  test(`${code} is ${node}`, async () => {
    const { bear } = await scripted({ maxRetries: 0 }, [{ status, body: problem(code), headers: { 'retry-after': '7' } }]);
    const error = await thrownBy(bear.ping());
    assert.ok(error instanceof BearLumenApiError && error instanceof Error);
    assert.deepEqual(
      [error.name, error.code, error.message, error.correlationId, error.retryAfter, error.status],
      ['BearLumenApiError', node, `about ${code}`, 'OLIVE-DINOSAUR-1b2fE4', 7, status],
    );
  });
}

test('a redirect is no success, and the key does not follow it', async () => {
  const elsewhere = await scripted();
  const { bear } = await scripted({ maxRetries: 0 }, [{ status: 302, body: '', headers: { location: `${elsewhere.baseUrl}/v1/ping` } }]);
  await assert.rejects(bear.ping(), { status: 302 });
  assert.deepEqual((await elsewhere.state()).requests, []);
});

test('a service that does not answer is given up after the time-out', async () => {
  const { bear } = await scripted({ maxRetries: 0, timeout: 300 }, ['silence']);
  await assert.rejects(bear.ping(), { code: 'service_unavailable', status: null, message: /no answer within 300 ms/ });
});

test('a read that failed for a passing reason is asked again', async () => {
  const { bear, state } = await scripted({}, [503, 'reset']);
  await assert.rejects(bear.ping(), { code: 'not_found' });
  assert.equal((await state()).requests.length, 3);
});

test('a folder cannot be used where there is no file system', atTheEdge, () => {
  assert.throws(() => new BearLumen({ apiKey: 'sk_test_edge', spoolDir: '/tmp/x' }), { message: /spoolDir cannot be used: there is no file system here/ });
});
