// Forecast, anomalies, savings and routing: the shared vectors through the function and the client.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { anomalies, BearLumen, BearLumenApiError, forecast, route, savings } from '@bearlumen/node-sdk';
import { vectors } from '../support/vectors.mjs';

const functions = { forecast, anomalies, savings, route };
const folders = { forecast: 'forecast', anomaly: 'anomalies', counterfactual: 'savings', routing: 'route' };
let bear;
before(() => {
  bear = new BearLumen({ apiKey: 'sk_test_nobody', baseUrl: 'http://127.0.0.1:9' });
});
after(() => bear.shutdown());

/** Where `expect` says something, `got` says the same; an object of `expect` may leave fields out. */
function agrees(expect, got, at = 'answer') {
  if (Array.isArray(expect)) {
    assert.equal(got?.length, expect.length, `${at}: ${JSON.stringify(got)}`);
    expect.forEach((value, index) => agrees(value, got[index], `${at}[${index}]`));
  } else if (typeof expect === 'object' && expect !== null) {
    for (const [name, value] of Object.entries(expect)) agrees(value, got?.[name], `${at}.${name}`);
  } else {
    assert.equal(got, expect, at);
  }
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

for (const [folder, name] of Object.entries(folders)) {
  for (const { name: file, input, inputText, expect } of vectors(folder)) {
    if (inputText !== undefined) continue; // Text that is no JSON cannot be an object here.
    test(`${folder} ${file}`, () => {
      const spelt = Object.fromEntries(Object.entries(input).map(([field, value]) => [snake(field), value]));
      for (const ask of [functions[name], bear[name].bind(bear)]) {
        if (expect.error === undefined) {
          agrees(expect, ask(input));
          agrees(expect, ask(spelt));
        } else if (!(expect.error.field === 'at' && input.at === undefined)) {
          assert.throws(() => ask(input), (error) => error instanceof BearLumenApiError && error.code === 'validation_error' && error.message.includes(expect.error.field) && error.status === null);
        }
      }
    });
  }
}

test('prices hold now unless a time is given', () => {
  assert.deepEqual(route({ prompt: 'Hello' }), route({ prompt: 'Hello', at: new Date() }));
  const then = route({ prompt: 'Hello', models: ['gpt-5.4-nano'], at: new Date('2027-05-01') });
  assert.equal(then.decision, null);
  assert.ok(then.considered[0].reasons.includes('retired on 2027-04-01'));
  const usage = [{ provider: 'openai', model: 'gpt-5.4', events: 1, buckets: { input: 1e6 } }];
  assert.ok(Number(savings({ usage, providers: ['openai'] }).potentialNanos) > 0);
});

test('what is no question is refused', () => {
  const loop = {};
  loop.prompt = loop;
  for (const question of [undefined, null, 'text', 5, [], loop, { prompt: 'x', start: '2026-01-01', dailyNanos: [NaN] }]) {
    for (const ask of Object.values(functions)) {
      assert.throws(() => ask(question), (error) => error instanceof BearLumenApiError && error.code === 'validation_error');
    }
  }
});

test('nano-dollars may be bigints', () => {
  const days = { start: '2026-10-05', dailyNanos: Array(14).fill(9_007_199_254_740_993n) };
  assert.equal(forecast(days).next7Days.costNanos, forecast({ ...days, dailyNanos: days.dailyNanos.map(String) }).next7Days.costNanos);
  assert.equal(anomalies({ budget: { nanos: 10n, until: '2026-11-30', spentNanos: 20n, series: days } }).alerts[0].level, 'critical');
});
