import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { BearLumen } from '@bearlumen/node-sdk';

const KEY = 'sk_live_0123456789abcdef';

test('the key shows nowhere', () => {
  const bear = new BearLumen({ apiKey: KEY });
  const shown = [
    inspect(bear, { depth: 20, showHidden: true }),
    inspect(bear, { customInspect: false, depth: 20, showHidden: true }),
    inspect({ nested: [bear] }, { depth: 20 }),
    JSON.stringify(bear),
    JSON.stringify({ ...bear }),
    String(bear),
    JSON.stringify(Object.getOwnPropertyDescriptors(bear)),
  ];
  for (const text of shown) assert.doesNotMatch(text, /0123456789abcdef/);
  assert.match(shown[0], /^BearLumen .*api\.bearlumen\.com/s);
});

test('what is wrong with the configuration is said at once', () => {
  for (const [config, message] of [
    [undefined, /apiKey/],
    [{}, /apiKey is missing/],
    [{ apiKey: undefined }, /apiKey is missing/],
    [{ apiKey: '' }, /apiKey is missing/],
    [{ apiKey: 'sk_test_\r\nx: y' }, /apiKey has characters/],
    [{ apiKey: KEY, baseUrl: 'localhost' }, /baseUrl/],
    [{ apiKey: KEY, baseUrl: 'ftp://example.com' }, /baseUrl/],
    [{ apiKey: KEY, timeout: Number.NaN }, /timeout/],
    [{ apiKey: KEY, environment: 'toString' }, /environment/],
    [{ apiKey: KEY, onError: 'x' }, /onError/],
  ]) {
    assert.throws(() => new BearLumen(config), (error) => error instanceof TypeError && message.test(error.message));
  }
});

test('the environment names the service, and baseUrl overrules it', () => {
  const shown = (config) => JSON.parse(JSON.stringify(new BearLumen({ apiKey: KEY, ...config }))).baseUrl;
  assert.equal(shown({}), 'https://api.bearlumen.com');
  assert.equal(shown({ environment: 'staging' }), 'https://api.staging.bearlumen.com');
  assert.equal(shown({ environment: 'staging', baseUrl: 'http://localhost:8787///' }), 'http://localhost:8787');
});
