// The types that are declared are those of what the real service answers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { BearLumen } from '@bearlumen/node-sdk';

const { BEARLUMEN_TEST_BASE_URL: baseUrl, BEARLUMEN_TEST_API_KEY: apiKey } = process.env;
const skip = (baseUrl === undefined || apiKey === undefined) && 'BEARLUMEN_TEST_BASE_URL and BEARLUMEN_TEST_API_KEY are unset';
const clean = dirname(dirname(fileURLToPath(import.meta.url)));

const range = { startDate: '2026-02-01', endDate: '2026-02-03' };
const text = { dimension: 'answers_team', ...range };
const number = { key: 'answers_size', ...range };
const session = 'answers_session';
const customer = 'answers_customer';

/** Questions by resource and method, with what they are asked. */
const questions = {
  usage: { events: [range], query: [range], summary: [range], aggregation: [range] },
  costs: Object.fromEntries(
    ['byModel', 'byProvider', 'byFeature', 'byAgent', 'byWorkflow', 'byEndUser', 'trend', 'summary', 'detailedByModel', 'detailedByProvider', 'detailedByEndUser'].map((method) => [method, [range]]),
  ),
  attribution: {
    ...Object.fromEntries(['dimensionKeys', 'agents', 'workflows', 'sessions', 'sessionComparison'].map((method) => [method, [range]])),
    ...Object.fromEntries(['byDimension', 'dimensionValues', 'timeSeries'].map((method) => [method, [text]])),
    sessionDetail: [session],
  },
  costAttribution: Object.fromEntries(['byAgent', 'byWorkflow', 'listAgents', 'listWorkflows'].map((method) => [method, [range]])),
  dimensions: { definitions: [], costBreakdown: [text], costTrend: [text], numericSummary: [number], numericTrend: [number] },
  margins: { summary: [range], byEndUser: [range], trend: [range] },
  insights: { summary: [{ ...range, include: ['distributions', 'top_movers'] }] },
  endUsers: { list: [] },
  subscriptions: { list: [] },
  budgets: { list: [] },
  revenue: { list: [] },
};

test('answers have the declared types', { skip }, async () => {
  const bear = new BearLumen({ apiKey, baseUrl });
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const who = { userId: customer, feature: 'f', agentId: 'a', workflowId: 'w', sessionId: session, sessionType: 's', dimensions: { answers_team: 'x', answers_size: 3 } };
  bear.track({ model: 'gpt-4o', usage }, { ...who, timestamp: '2026-02-02T12:00:00Z' });
  await bear.flush();
  const lines = ["import { BearLumen, UserCosts } from '@bearlumen/node-sdk';"];
  const declare = (type, answer) => lines.push(`export const a${lines.length}: ${type} = ${JSON.stringify(answer)};`);
  const event = { eventType: 'token_usage', metricName: 'llm_tokens', quantity: 1 };
  declare("Awaited<ReturnType<BearLumen['usage']['record']>>", await bear.usage.record(event));
  declare("Awaited<ReturnType<BearLumen['usage']['recordBatch']>>", await bear.usage.recordBatch([event, { ...event, quantity: -1 }]));
  declare("Awaited<ReturnType<BearLumen['revenue']['record']>>['recorded']", (await bear.revenue.record({ userId: customer, amount: 3, periodStart: '2026-02-01', periodEnd: '2026-02-28' })).recorded);
  const subscription = await bear.subscriptions.create({ organizationId: customer, planId: 'p', billingCycle: 'monthly', startDate: '2026-02-01' });
  declare("Awaited<ReturnType<BearLumen['subscriptions']['create']>>", subscription);
  declare("Awaited<ReturnType<BearLumen['budgets']['create']>>", await bear.budgets.create({ amount: 1, userId: customer }));
  for (const [resource, methods] of Object.entries(questions)) {
    for (const [method, params] of Object.entries(methods)) {
      declare(`Awaited<ReturnType<BearLumen['${resource}']['${method}']>>`, await bear[resource][method](...params));
    }
  }
  for (const method of ['summary', 'byModel', 'byProvider', 'byFeature', 'trend']) {
    declare(`Awaited<ReturnType<UserCosts['${method}']>>`, await bear.costs.forUser(customer)[method](range));
  }
  await bear.shutdown();

  const project = join(clean, 'types', 'answers');
  mkdirSync(project, { recursive: true });
  for (const file of ['package.json', 'tsconfig.json']) cpSync(join(clean, 'types/esm', file), join(project, file));
  writeFileSync(join(project, 'main.ts'), lines.join('\n'));
  const { stdout } = spawnSync(process.execPath, [join(clean, 'node_modules/typescript/bin/tsc'), '--noEmit', '--pretty', 'false', '--project', project], { encoding: 'utf8' });
  rmSync(project, { recursive: true });
  // A service may answer more than this package knows of.
  const wrong = stdout.split('\n').filter((line) => line.startsWith('main.ts') || line.includes('error TS')).filter((line) => !line.includes('TS2353'));
  assert.deepEqual(wrong.map((line) => line.slice(0, 300)), []);
  assert.ok(lines.length > 40);
});
