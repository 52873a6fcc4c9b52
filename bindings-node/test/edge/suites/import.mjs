import { seen } from '../shims/spy.mjs';
import * as sdk from '@bearlumen/node-sdk';
import assert from 'node:assert/strict';
import test from 'node:test';

const atImport = [...seen];

test('importing the package does nothing', () => {
  assert.deepEqual(atImport, []);
  sdk.costOf('{"model":"gpt-4o","usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}');
  if (!('Bun' in globalThis)) assert.ok(seen.includes('Instance'), 'the module is made ready when it is first needed');
});

test('there is what there is in Node', () => {
  assert.deepEqual(Object.keys(sdk).sort(), ['BearLumen', 'BearLumenApiError', 'Provider', 'anomalies', 'costOf', 'costOfStream', 'forecast', 'route', 'savings']);
});
