// The same JSON as in every language, byte for byte.
import assert from 'node:assert/strict';
import test from 'node:test';
import { costOf } from '@bearlumen/node-sdk';
import { vectors } from '../support/vectors.mjs';

for (const { name, input, expect } of vectors('bytes')) {
  const { text, provider, at } = input;
  for (const response of [text, JSON.parse(text)]) {
    test(`${name} (${typeof response})`, () => assert.equal(JSON.stringify(costOf(response, { provider, timestamp: at })), expect));
  }
}
