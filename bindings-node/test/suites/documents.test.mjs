// The published examples run as they stand, against the real service.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import vm from 'node:vm';
import * as sdk from '@bearlumen/node-sdk';
import OpenAI from 'openai';
import { startProviders } from '../support/providers.mjs';

const { BEARLUMEN_TEST_BASE_URL: baseUrl, BEARLUMEN_TEST_API_KEY: apiKey, BEARLUMEN_TEST_SOURCE: source } = process.env;
const seeds = join(source, '..', '..', 'shared', 'seeds');
const documents = { 'the reference': ['001_bedd8cdec398a654.txt', 14], 'the older reference': ['002_3bc4bc6f2132113c.txt', 17] };

/** Programs have their imports as names, and types are left out. */
const plain = (code) => code.replace(/^import .*$/gm, '').replace(/^import \{[^}]*\} from .*$/gms, '').replaceAll('!,', ',');

function isProgram(code) {
  try {
    new vm.Script(`(async () => {\n${plain(code)}\n})`);
    return true;
  } catch {
    return false;
  }
}

/** The longest runs of lines of a page that are a program and do something. */
function snippets(text) {
  const lines = text.split('\n');
  const found = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (!/^(import|const|for|try|await|bear\.|\/\/)/.test(lines[at])) continue;
    let best = at;
    for (let end = at + 1; end <= Math.min(at + 45, lines.length); end += 1) {
      // A heading in one word is a program too, which does nothing.
      if (/^[A-Z|][^=(;]*$/.test(lines[end - 1])) break;
      if (isProgram(lines.slice(at, end).join('\n'))) best = end;
    }
    if (best > at) found.push(lines.slice(at, best).join('\n').trim());
    at = Math.max(best - 1, at);
  }
  return found.filter((code) => plain(code).replace(/^\s*\/\/.*$/gm, '').trim() !== '');
}

for (const [name, [file, count]] of Object.entries(documents)) {
  const path = join(seeds, file);
  const skip = (baseUrl === undefined && 'BEARLUMEN_TEST_BASE_URL is unset') || (!existsSync(path) && 'the published documents are not beside the repository');
  test(`every example of ${name} runs`, { skip }, async (t) => {
    const providers = await startProviders();
    const client = new sdk.BearLumen({ apiKey, baseUrl });
    const user = `user_${randomUUID()}`;
    const { endUser } = await client.endUsers.create({ externalId: user });
    const period = { currentPeriodStart: new Date().toISOString(), currentPeriodEnd: new Date(Date.now() + 1e9).toISOString() };
    const subscription = await client.subscriptions.create({ userId: endUser.id, pricingPlanId: 'plan', ...period });
    client.track({ model: 'gpt-4o', usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 } }, { userId: user, dimensions: { team: 'core' }, timestamp: new Date(Date.UTC(2026, 0, 5)) });
    await client.flush();
    const openai = new OpenAI({ apiKey: 'x', baseURL: `${providers.url}/v1` });
    const found = snippets(readFileSync(path, 'utf8'));
    t.diagnostic(`${found.length} examples`);
    assert.equal(found.length, count);
    const run = randomUUID();
    for (const [number, code] of found.entries()) {
      const ready = plain(code)
        .replaceAll("'eu_12345'", JSON.stringify(endUser.id))
        .replaceAll("'sub_12345'", JSON.stringify(subscription.id))
        .replaceAll("'user_123'", JSON.stringify(number === 0 || !code.includes('externalId') ? user : `${user}_${number}`))
        .replace(/'(unique-key|batch-1-evt-\d)'/g, (_, key) => JSON.stringify(`${key}-${run}`))
        .replace(/\[email\sprotected\]/g, `${run}@example.com`);
      const streamed = ready.includes('bear.track(response, { model');
      const response = await openai.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], ...(streamed && { stream: true }) });
      const bear = new sdk.BearLumen({ apiKey, baseUrl });
      const names = { ...sdk, OpenAI: class { constructor() { return openai; } }, console: { log() {}, error() {} }, process, bear, bearLumen: client, response };
      // Who makes a client makes it for the service at hand.
      names.BearLumen = class extends sdk.BearLumen { constructor(config) { super({ ...config, apiKey, baseUrl }); } };
      const body = new Function(...Object.keys(names), `return (async () => {\n{\n${ready}\n}\n})();`);
      try {
        await body(...Object.values(names));
      } catch (error) {
        assert.fail(`example ${number} of ${file}: ${error.stack}\n${code}`);
      }
      await bear.shutdown();
    }
    await client.shutdown();
    await providers.stop();
  });
}
