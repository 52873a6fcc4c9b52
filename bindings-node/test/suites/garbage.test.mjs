import assert from 'node:assert/strict';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import { BearLumen } from '@bearlumen/node-sdk';
import { chatCompletion } from '../support/responses.mjs';

const bear = new BearLumen({ apiKey: 'sk_test_garbage', baseUrl: 'http://127.0.0.1:9' });
const thrower = () => {
  throw new Error('no');
};
const everyTrap = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, thrower]));
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const revokedList = Proxy.revocable([], {});
revokedList.revoke();
const cyclic = { model: 'gpt-4o' };
cyclic.usage = cyclic;
cyclic.choices = [cyclic];
let deep = {};
for (let depth = 0; depth < 100_000; depth += 1) deep = { usage: deep, choices: [deep] };
const endless = new Proxy({}, { get: () => endless });
const endlessList = chatCompletion({ choices: new Proxy([], { get: (_list, name) => (name === 'length' ? 2 ** 53 : {}) }) });

const garbage = {
  'a throwing getter': Object.defineProperty({}, 'usage', { get: thrower, enumerable: true }),
  'a Proxy that refuses everything': new Proxy({}, everyTrap),
  'a revoked Proxy': revoked.proxy,
  'a revoked Proxy of a list inside': { choices: revokedList.proxy },
  'a Proxy without end': endless,
  'a list without end': endlessList,
  'a cycle': cyclic,
  'great depth': deep,
  'a BigInt': 10n,
  'a BigInt inside': chatCompletion({ usage: { prompt_tokens: 10n ** 400n, completion_tokens: 1 } }),
  'a symbol': Symbol('x'),
  'a symbol inside': chatCompletion({ usage: { prompt_tokens: Symbol('x') } }),
  'a function': () => {},
  'a number': 42,
  'NaN inside': chatCompletion({ usage: { prompt_tokens: Number.NaN, completion_tokens: Infinity } }),
  'negative counts': chatCompletion({ usage: { prompt_tokens: -5, completion_tokens: 1 } }),
  'counts as text': chatCompletion({ usage: { prompt_tokens: '5', completion_tokens: {} } }),
  'a list': [chatCompletion()],
  'an empty object': {},
  'no prototype': Object.assign(Object.create(null), { usage: null }),
  'a Map': new Map([['usage', 1]]),
  'a typed array': new Float64Array(3),
  'text that is no JSON': '{"usage":',
  'bytes that are no text': Buffer.from([0xff, 0xfe, 0x7b]),
  'an empty text': '',
  'an object with toJSON': { toJSON: thrower },
};

for (const [name, response] of Object.entries(garbage)) {
  test(`${name} is tracked without a throw`, () => {
    const before = bear.stats().tracked;
    const start = Date.now();
    const result = bear.track(response);
    assert.ok(Date.now() - start < 2_000);
    assert.match(result.eventId, /^evt_/);
    assert.equal(bear.stats().tracked, before + 1);
    assert.equal(result.cost.amount, null, 'an unknown cost is never 0');
    assert.notDeepEqual(result.warnings, []);
  });
}

test('garbage as options is survived', () => {
  for (const options of [42, 'x', Symbol('x'), [], new Proxy({}, everyTrap), revoked.proxy, endless, cyclic, { metadata: endless }, { get userId() { throw new Error('no'); } }]) {
    assert.equal(bear.track(chatCompletion(), options).inputTokens, 1900);
  }
});

test('one broken field does not hide the others', () => {
  const response = Object.defineProperty(chatCompletion(), 'service_tier', { get: thrower, enumerable: true });
  assert.equal(bear.track(response).inputTokens, 1900);
});

test('a getter may itself track', () => {
  const response = chatCompletion();
  const inner = [];
  Object.defineProperty(response, 'id', { enumerable: true, get: () => inner.push(bear.track(chatCompletion({ model: 'gpt-4.1' }))) && 'x' });
  assert.equal(bear.track(response).model, 'gpt-4o-2024-08-06');
  assert.equal(inner[0].model, 'gpt-4.1');
});

test('an object of another realm is read', () => {
  const response = runInNewContext(`(${JSON.stringify(chatCompletion())})`);
  assert.equal(bear.track(response).inputTokens, 1900);
});

test('getters of a class are read', () => {
  class Completion {
    get usage() {
      return chatCompletion().usage;
    }
    get model() {
      return 'gpt-4o';
    }
  }
  assert.equal(bear.track(new Completion()).inputTokens, 1900);
});

test('what a class gives by getters is read beside the list in which it keeps it', () => {
  // As the results of the AI SDK's fifth version are made.
  class GenerateTextResult {
    constructor(steps) {
      this.steps = steps;
    }
    get last() {
      return this.steps[this.steps.length - 1];
    }
    get finishReason() {
      return this.last.finishReason;
    }
    get response() {
      return this.last.response;
    }
    get usage() {
      return this.last.usage;
    }
    get totalUsage() {
      return { inputTokens: 1500, outputTokens: 150, totalTokens: 1650 };
    }
    get output() {
      throw new Error('No output specified');
    }
  }
  const step = { finishReason: 'stop', response: { modelId: 'gpt-4o' }, usage: { inputTokens: 500, outputTokens: 50, totalTokens: 550 } };
  const result = bear.track(new GenerateTextResult([{ ...step }, step]));
  assert.deepEqual([result.model, result.totalTokens, result.cost.amount], ['gpt-4o', 1650, 0.00525]);
});

test('getters of what lists its usage are left alone', () => {
  class Response {
    usage = chatCompletion().usage;
    model = 'gpt-4o';
    choices = chatCompletion().choices;
    get data() {
      assert.fail('asked');
    }
  }
  assert.equal(bear.track(new Response()).inputTokens, 1900);
});
