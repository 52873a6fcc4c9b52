import assert from 'node:assert/strict';
import test from 'node:test';
import { costOf } from '@bearlumen/node-sdk';
import { unlisted } from '../support/objects.mjs';
import { vectors } from '../support/vectors.mjs';

/** The ways in which a caller may hold the same response. */
function forms({ response, text }) {
  if (text !== undefined) return { text, bytes: Buffer.from(text, 'latin1').every((b) => b < 128) ? Buffer.from(text) : undefined };
  const json = JSON.stringify(response);
  const forms = { text: json, bytes: Buffer.from(json), array: new Uint8Array(Buffer.from(json)) };
  if (typeof response === 'object' && response !== null && !Array.isArray(response)) {
    forms.object = JSON.parse(json);
    forms.instance = Object.assign(new (class Response {})(), JSON.parse(json));
    forms.hidden = unlisted(JSON.parse(json));
  }
  return forms;
}

for (const { name, input, expect } of vectors('cost')) {
  const { provider, model, url, headers, at } = input;
  for (const [form, response] of Object.entries(forms(input))) {
    if (response === undefined) continue;
    test(`${name} (${form})`, () => {
      const hints = { provider, model, url, headers, timestamp: at };
      if (expect.error === undefined) {
        assert.deepEqual(costOf(response, hints), expect);
      } else {
        assert.throws(() => costOf(response, hints), { message: expect.error });
      }
    });
  }
}
