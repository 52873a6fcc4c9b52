import { seen } from '../shims/spy.mjs';
import * as sdk from '@bearlumen/node-sdk';
// As documented, without a name: no bundler may leave it out.
import '@bearlumen/node-sdk/methods';
import * as methods from '@bearlumen/node-sdk/methods';
import assert from 'node:assert/strict';
import test from 'node:test';
import { atTheEdge } from './service.mjs';

const atImport = [...seen];
const PLACE = Symbol.for('@bearlumen/node-sdk/methods');
const names = ['anomalies', 'forecast', 'route', 'savings'];

test('the methods are what the package has by these names, and importing them makes nothing ready', () => {
  assert.deepEqual(Object.keys(methods).sort(), names);
  for (const name of names) assert.equal(methods[name], sdk[name]);
  assert.deepEqual(atImport, []);
});

test('without them the package says what to import', atTheEdge, () => {
  const answerer = globalThis[PLACE];
  delete globalThis[PLACE];
  try {
    for (const name of names) assert.throws(() => sdk[name]({}), { message: new RegExp(`^${name}\\(\\) .* import '@bearlumen/node-sdk/methods'`) });
  } finally {
    globalThis[PLACE] = answerer;
  }
});
