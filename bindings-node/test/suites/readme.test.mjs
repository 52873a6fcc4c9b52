// Every piece of JavaScript in the two READMEs, run against the real service.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import * as sdk from '@bearlumen/node-sdk';
import OpenAI from 'openai';
import { messages } from '../support/clients.mjs';
import { startProviders } from '../support/providers.mjs';
import { versions } from '../support/vercel.mjs';

const { BEARLUMEN_TEST_BASE_URL: baseUrl, BEARLUMEN_TEST_API_KEY: apiKey, BEARLUMEN_TEST_SOURCE: source } = process.env;
const skip = (baseUrl === undefined || apiKey === undefined) && 'BEARLUMEN_TEST_BASE_URL and BEARLUMEN_TEST_API_KEY are unset';

let providers;
let original;
before(async () => {
  providers = await startProviders();
  original = process.env.BEAR_LUMEN_API_KEY;
  process.env.BEAR_LUMEN_API_KEY = apiKey;
});
after(async () => {
  if (original === undefined) delete process.env.BEAR_LUMEN_API_KEY;
  else process.env.BEAR_LUMEN_API_KEY = original;
  await providers.stop();
});

const { streamText, generateText, embed } = versions[7].ai;
const vercel = { streamText, generateText, embed, prompt: 'Which colour?', value: 'blue' };
const AsyncFunction = (async () => {}).constructor;
const pieces = (text) => [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

for (const [name, path] of [
  ['the package', join(source, 'README.md')],
  ['the repository', join(source, '..', 'README.md')],
]) {
  const code = pieces(readFileSync(path, 'utf8'));
  test(`the README of ${name} has code`, () => assert.ok(code.length > 0));
  for (const [index, piece] of code.entries()) {
    test(`piece ${index + 1} of the README of ${name} runs`, { skip }, async () => {
      const said = [];
      const chat = { model: 'gpt-4o', messages };
      const given = {
        ...sdk,
        OpenAI: class extends OpenAI {
          constructor() {
            super({ apiKey: 'x', baseURL: `${providers.url}/v1` });
          }
        },
        openai: new OpenAI({ apiKey: 'x', baseURL: `${providers.url}/v1` }),
        messages,
        url: `${providers.url}/v1/chat/completions`,
        request: { method: 'POST', body: JSON.stringify(chat) },
        bear: new sdk.BearLumen({ apiKey, baseUrl }),
        ...vercel,
        ...versions[7].models(),
        console: { log: (...parts) => said.push(parts) },
      };
      const body = piece
        .replace(/^import .*;$/gm, '')
        .replaceAll('http://127.0.0.1:8787', baseUrl)
        .replaceAll('https://api.openai.com', providers.url)
        .replace(/^export default/m, 'return');
      // What a piece declares itself is not given to it.
      const names = Object.keys(given).filter((name) => !new RegExp(`^const ${name}\\b`, 'm').test(body));
      const made = await new AsyncFunction(...names, body)(...names.map((name) => given[name]));
      if (typeof made?.fetch === 'function') assert.equal(await visited(made, chat), 1);
      const { dropped, pending } = await given.bear.shutdown();
      assert.deepEqual([dropped, pending], [0, 0]);
      assert.ok(!piece.includes('console.log') || said.length > 0 || piece.includes('for await'));
    });
  }
}

/** What a Worker does for one request: how many events it delivered. */
async function visited(worker, chat) {
  const waiting = [];
  const env = { BEAR_LUMEN_API_KEY: apiKey, BEAR_LUMEN_URL: baseUrl };
  const request = new Request('http://worker/', { method: 'POST', body: JSON.stringify({ ...chat, stream: true }) });
  const response = await worker.fetch(request, env, { waitUntil: (promise) => waiting.push(promise) });
  assert.match(await response.text(), /data: \[DONE\]/);
  const [{ sent }] = await Promise.all(waiting);
  return sent;
}
