import assert from 'node:assert/strict';
import test from 'node:test';
import { costOfStream } from '@bearlumen/node-sdk';
import { unlisted } from '../support/objects.mjs';
import { vectors } from '../support/vectors.mjs';

function pieces(text) {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7));
}

async function* slowly(chunks) {
  for (const chunk of chunks) yield await chunk;
}

const serverSent = (chunks) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');

/** What an SDK makes of bytes that travel as base64. */
const unwrapped = (chunks) =>
  chunks.map((chunk) => {
    const bytes = chunk?.chunk?.bytes;
    return bytes === undefined ? chunk : { chunk: { bytes: new Uint8Array(Buffer.from(bytes, 'base64')) } };
  });

const ofText = {
  text: (text) => text,
  bytes: (text) => Buffer.from(text),
  pieces,
  letters: (text) => [...text],
  'pieces that come': (text) => slowly(pieces(text)),
  'a body': (text) => new Response(text).body,
};
const ofChunks = {
  objects: unwrapped,
  'a generator': (chunks) => unwrapped(chunks).values(),
  'objects that come': (chunks) => slowly(unwrapped(chunks)),
  hidden: (chunks) => chunks.map(unlisted),
  'server-sent text': serverSent,
  'server-sent pieces': (chunks) => pieces(serverSent(chunks)),
};

for (const { name, input, expect } of vectors('streams')) {
  const { provider, model, url, at, stream } = input;
  const hints = { provider, model, url, timestamp: at };
  for (const [form, make] of Object.entries(typeof stream === 'string' ? ofText : ofChunks)) {
    // As objects its bytes come decoded.
    if (name === 'bedrock_invoke_base64' && form === 'hidden') continue;
    test(`${name} (${form})`, async () => {
      const answer = async () => costOfStream(make(stream), hints);
      if (expect.error === undefined) assert.deepEqual(await answer(), expect);
      else await assert.rejects(answer, { message: expect.error });
    });
  }
}
