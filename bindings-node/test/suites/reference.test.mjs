// What the SDK references show, done against the real service: each method, option and field by its name.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before } from 'node:test';
import { BearLumen, BearLumenApiError, Provider } from '@bearlumen/node-sdk';
import OpenAI from 'openai';
import { startProviders } from '../support/providers.mjs';
import { messages } from '../support/responses.mjs';

const { BEARLUMEN_TEST_BASE_URL: baseUrl, BEARLUMEN_TEST_API_KEY: apiKey } = process.env;
const skip = (baseUrl === undefined || apiKey === undefined) && 'BEARLUMEN_TEST_BASE_URL and BEARLUMEN_TEST_API_KEY are unset';

// A month that is over, and names that no other test uses.
const startDate = '2026-01-01';
const endDate = '2026-01-31';
const range = { startDate, endDate };
const run = randomUUID().slice(0, 8);
const user = `user_${run}`;
const team = `team_${run}`;
const agent = `support-agent-${run}`;
const workflow = `onboarding-flow-${run}`;
const session = `session_${run}`;
const on = (day, hour = 12) => new Date(Date.UTC(2026, 0, day, hour));
const gpt = (tokens) => ({ model: 'gpt-4o', usage: { prompt_tokens: tokens, completion_tokens: tokens / 10, total_tokens: tokens * 1.1 } });
const sum = (items) => items.reduce((total, item) => total + item.eventCount, 0);
const mine = (items, value) => items.find((item) => item.attributionValue === value);

let bear;
before(async () => {
  if (skip) return;
  bear = new BearLumen({ apiKey, baseUrl, timeout: 30000 });
  for (const day of [3, 10, 17]) {
    bear.track(gpt(1000), {
      userId: user,
      feature: `chat_${run}`,
      agentId: agent,
      workflowId: workflow,
      sessionId: `${session}_${day}`,
      sessionType: `support_${run}`,
      dimensions: { [`team_${run}`]: team, [`latency_${run}`]: day },
      timestamp: on(day),
      provider: Provider.OPENAI,
    });
  }
  const { sent, dropped, pending } = await bear.flush();
  assert.deepEqual([sent, dropped, pending], [3, 0, 0]);
});
after(() => bear?.shutdown());

const real = (name, work) => test(name, { skip }, work);

real('ping', async () => {
  const { ok, organizationId } = await bear.ping();
  assert.deepEqual([ok, typeof organizationId], [true, 'string']);
});

real('a response, a stream and a call without a response', async () => {
  const providers = await startProviders();
  const openai = new OpenAI({ apiKey: 'x', baseURL: `${providers.url}/v1`, dangerouslyAllowBrowser: true });
  const response = await openai.chat.completions.create({ model: 'gpt-4o', messages });
  const result = bear.track(response);
  assert.deepEqual([result.model, result.inputTokens, result.outputTokens], ['gpt-4o-2024-08-06', 1900, 310]);
  const stream = bear.track(await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true, stream_options: { include_usage: true } }), { model: 'gpt-4o' });
  let chunks = 0;
  for await (const _chunk of stream) chunks += 1;
  assert.equal(chunks, 9);
  const streamed = await stream.result;
  assert.deepEqual([streamed.inputTokens, streamed.outputTokens], [19, 10]);
  bear.track(null, { model: 'eleven_multilingual_v2', provider: Provider.ELEVENLABS, feature: 'narration', units: { characters: 1500 } });
  const { dropped, pending } = await bear.flush();
  assert.deepEqual([dropped, pending], [0, 0]);
  await providers.stop();
});

real('usage.events, summary and aggregation', async () => {
  const page = await bear.usage.events({ ...range, userId: user, limit: 100, offset: 0 });
  assert.equal(page.events.length, 3);
  for (const event of page.events) assert.deepEqual([event.model, event.inputTokens, event.userId], ['gpt-4o', 1000, user]);
  const ids = [];
  for await (const event of bear.usage.events({ ...range, userId: user, limit: 1 })) ids.push(event.eventId);
  assert.deepEqual(ids, page.events.map(({ eventId }) => eventId), 'page by page');
  const summary = await bear.usage.summary(range);
  assert.ok(summary.totalEvents >= 3 && summary.totalInputTokens >= 3000 && summary.totalOutputTokens >= 300);
  const { items } = await bear.usage.aggregation(range);
  assert.ok(items.some((item) => item.metricName === 'tokens' && item.totalQuantity >= 3300));
});

real('usage.record, recordBatch and query', async () => {
  const event = { eventType: 'token_usage', metricName: `llm_tokens_input_${run}`, quantity: 1500, idempotencyKey: `unique-${run}`, metadata: { model: 'claude-3-haiku', provider: 'anthropic' } };
  const first = await bear.usage.record(event);
  assert.equal(first.recorded, true);
  const again = await bear.usage.record(event);
  assert.deepEqual([again.recorded, again.eventId], [false, first.eventId]);
  await bear.usage.record({ eventType: 'token_usage', metricName: 'llm_tokens', quantity: 50000, agent_id: agent, workflow_id: workflow, idempotencyKey: `agent-${run}` });
  const batch = await bear.usage.recordBatch([1, 2].map((index) => ({ eventType: 'token_usage', metricName: 'llm_tokens', quantity: index * 1000, idempotencyKey: `batch-${run}-${index % 2}` })));
  assert.deepEqual([batch.recordedCount, batch.skippedCount, batch.failedCount], [2, 0, 0]);
  const { events } = await bear.usage.query({ metricName: `llm_tokens_input_${run}`, timeWindow: 'last-7-days', limit: 100 });
  assert.deepEqual(events.map(({ eventId, quantity }) => [eventId, quantity]), [[first.eventId, 1500]]);
  await assert.rejects(bear.usage.record({ ...event, quantity: 1 }), { code: 'idempotency_conflict', status: 409 });
});

for (const [method, value] of [
  ['byModel', 'gpt-4o'],
  ['byProvider', 'openai'],
  ['byFeature', `chat_${run}`],
  ['byAgent', agent],
  ['byWorkflow', workflow],
  ['byEndUser', user],
]) {
  real(`costs.${method}`, async () => {
    const { items, totalCost } = await bear.costs[method](range);
    const item = mine(items, value);
    assert.ok(item.eventCount >= 3 && item.totalCost > 0 && item.percentOfTotal > 0 && totalCost >= item.totalCost);
  });
}

real('costs.trend and summary', async () => {
  const trend = await bear.costs.trend({ ...range, granularity: 'day' });
  assert.equal(trend.items.length, 31);
  assert.ok(trend.items[2].eventCount >= 1);
  const summary = await bear.costs.summary(range);
  assert.ok(summary.totalCost > 0);
  assert.equal(summary.previousPeriodCost, 0);
  assert.equal(summary.changePercent, null);
  assert.ok((await bear.costs.summary({ timeWindow: 'current-period' })).totalCost >= 0);
  await bear.costs.summary();
});

for (const [method, value] of [
  ['detailedByModel', 'gpt-4o'],
  ['detailedByProvider', 'openai'],
  ['detailedByEndUser', user],
]) {
  real(`costs.${method}`, async () => {
    const item = mine((await bear.costs[method](range)).items, value);
    assert.ok(item.inputTokens >= 3000 && item.outputTokens >= 300 && item.averageCostPerEvent > 0);
    if (method !== 'detailedByEndUser') assert.ok(item.tokens.input >= 3000);
    const all = [];
    for await (const line of bear.costs[method]({ ...range, limit: 1 })) all.push(line.attributionValue);
    assert.ok(all.includes(value));
  });
}

real('costs.forUser', async () => {
  const costs = bear.costs.forUser(user);
  const summary = await costs.summary(range);
  assert.deepEqual([summary.eventCount, summary.externalId], [3, user]);
  const { items } = await costs.byModel(range);
  assert.deepEqual(items.map((item) => [item.attributionValue, item.eventCount]), [['gpt-4o', 3]]);
  assert.equal(sum((await costs.byProvider(range)).items), 3);
  assert.equal(sum((await costs.byFeature(range)).items), 3);
  assert.equal(sum((await costs.trend(range)).items), 3);
  await assert.rejects(bear.costs.forUser(`nobody_${run}`).summary(range), { code: 'not_found' });
});

real('attribution by dimension', async () => {
  const key = `team_${run}`;
  const result = await bear.attribution.byDimension({ dimension: key, ...range });
  const item = mine(result.items, team);
  assert.ok(item.totalCost > 0 && item.eventCount === 3);
  assert.deepEqual((await bear.attribution.dimensionValues({ dimension: key, ...range })).values, [team]);
  assert.ok((await bear.attribution.dimensionKeys(range)).keys.includes(key));
  const series = await bear.attribution.timeSeries({ dimension: key, granularity: 'week', ...range });
  assert.equal(series.granularity, 'week');
  assert.equal(sum(series.series.find((line) => line.attributionValue === team).points), 3);
});

real('attribution of agents, workflows and sessions', async () => {
  const { agents } = await bear.attribution.agents(range);
  assert.ok(agents.includes(agent));
  assert.ok((await bear.attribution.workflows(range)).workflows.includes(workflow));
  const { sessions } = await bear.attribution.sessions({ ...range, userId: user });
  assert.deepEqual(sessions.map(({ sessionId }) => sessionId), [17, 10, 3].map((day) => `${session}_${day}`));
  const comparison = await bear.attribution.sessionComparison({ ...range, sessionTypes: [`support_${run}`] });
  assert.deepEqual(comparison.items.map((item) => [item.sessionType, item.sessionCount]), [[`support_${run}`, 3]]);
  const detail = await bear.attribution.sessionDetail(`${session}_3`);
  assert.deepEqual([detail.session.sessionType, detail.events.length], [`support_${run}`, 1]);
});

real('custom dimensions', async () => {
  const { definitions } = await bear.dimensions.definitions();
  assert.ok(definitions.some((definition) => definition.key === `team_${run}`));
  const costs = await bear.dimensions.costBreakdown({ key: `team_${run}`, ...range });
  assert.equal(mine(costs.items, team).eventCount, 3);
  const trend = await bear.dimensions.costTrend({ dimension: `team_${run}`, granularity: 'month', ...range });
  assert.equal(trend.series.length, 1);
  const numbers = await bear.dimensions.numericSummary({ key: `latency_${run}`, ...range });
  assert.deepEqual([numbers.count, numbers.sum, numbers.avg, numbers.min, numbers.max], [3, 30, 10, 3, 17]);
  const numericTrend = await bear.dimensions.numericTrend({ key: `latency_${run}`, ...range });
  assert.equal(numericTrend.items[2].sum, 3);
});

real('end users', async () => {
  const externalId = `customer_${run}`;
  const { endUser } = await bear.endUsers.create({ externalId, name: 'AI Startup Inc', email: 'team@example.com', metadata: { plan: 'pro' } });
  assert.deepEqual([endUser.externalId, endUser.name, endUser.status, endUser.metadata], [externalId, 'AI Startup Inc', 'ACTIVE', { plan: 'pro' }]);
  const updated = await bear.endUsers.update(endUser.id, { name: 'Updated Name', metadata: { plan: 'enterprise' } });
  assert.equal(updated.endUser.name, 'Updated Name');
  const { endUsers, total, activeCount, deactivatedCount } = await bear.endUsers.list({ status: 'ACTIVE', limit: 50, offset: 0 });
  assert.ok(endUsers.some(({ id }) => id === endUser.id) && total >= 1 && activeCount >= 1 && deactivatedCount >= 0);
  assert.equal((await bear.endUsers.deactivate(endUser.id)).endUser.status, 'DEACTIVATED');
  assert.equal((await bear.endUsers.reactivate(endUser.id)).endUser.status, 'ACTIVE');
  assert.equal((await bear.endUsers.retrieve(endUser.id)).endUser.externalId, externalId);
  await assert.rejects(bear.endUsers.create({ externalId }), { code: 'duplicate_customer', status: 409 });
  await assert.rejects(bear.endUsers.create({ externalId: `x_${run}`, email: 'nonsense' }), { code: 'invalid_email' });
  const all = [];
  for await (const one of bear.endUsers.list({ limit: 1 })) all.push(one.id);
  assert.ok(all.includes(endUser.id));
});

real('subscriptions', async () => {
  const { endUser } = await bear.endUsers.create({ externalId: `subscriber_${run}` });
  const subscription = await bear.subscriptions.create({
    userId: endUser.id,
    pricingPlanId: 'plan_pro_monthly',
    currentPeriodStart: new Date().toISOString(),
    currentPeriodEnd: new Date(Date.now() + 30 * 86400000).toISOString(),
    stripeSubscriptionId: 'sub_stripe_abc',
    metadata: { source: 'self-serve' },
  });
  assert.deepEqual([subscription.userId, subscription.pricingPlanId, subscription.status], [endUser.id, 'plan_pro_monthly', 'ACTIVE']);
  assert.equal((await bear.subscriptions.retrieve(subscription.id)).id, subscription.id);
  assert.equal((await bear.subscriptions.update(subscription.id, { pricingPlanId: 'plan_enterprise' })).pricingPlanId, 'plan_enterprise');
  assert.equal((await bear.subscriptions.cancel(subscription.id)).status, 'CANCELED');
  const { data, total } = await bear.subscriptions.list({ userId: endUser.id, limit: 20, offset: 0 });
  assert.deepEqual([data.map(({ id }) => id), total], [[subscription.id], 1]);
  const cycle = await bear.subscriptions.create({ organizationId: endUser.id, planId: 'p', billingCycle: 'monthly', startDate: '2026-01-01' });
  assert.equal(cycle.billingCycle, 'monthly');
});

real('budgets', async () => {
  const budget = await bear.budgets.create({ amount: '12.340000001', name: 'Chat', feature: `chat_${run}` });
  assert.match(budget.id, /^bud_/);
  assert.deepEqual([budget.name, budget.kind, budget.value, budget.amountNanos, budget.spentNanos], ['Chat', 'feature', `chat_${run}`, '12340000001', '0']);
  const everything = await bear.budgets.create({ amount: 1e6 });
  assert.deepEqual([everything.kind, everything.value, everything.amount, everything.level], ['total', null, 1e6, null]);
  const { budgets, total } = await bear.budgets.list({ limit: 100 });
  assert.ok(total >= 2 && budgets.some(({ id }) => id === budget.id) && budgets.some(({ id }) => id === everything.id));
  const all = [];
  for await (const one of bear.budgets.list({ limit: 1 })) all.push(one.id);
  assert.deepEqual(all, budgets.map(({ id }) => id));
  for (const { id } of [budget, everything]) assert.equal((await bear.budgets.delete(id)).id, id);
  await assert.rejects(bear.budgets.delete(budget.id), { code: 'not_found', status: 404 });
  await assert.rejects(bear.budgets.create({ amount: 0 }), { code: 'validation_error', message: /Invalid amount/ });
  await assert.rejects(bear.budgets.create({ amount: 1, model: 'gpt-4o', userId: 'u' }), { code: 'validation_error', message: /a budget is for one thing/ });
  assert.ok(!(await bear.budgets.list()).budgets.some(({ id }) => id === budget.id));
});

real('costAttribution', async () => {
  const instants = { startDate: '2026-01-01T00:00:00Z', endDate: '2026-01-31T23:59:59Z' };
  const breakdown = await bear.costAttribution.byAgent(instants);
  const item = mine(breakdown.items, agent);
  assert.ok(item.totalCost > 0 && item.percentOfTotal > 0 && item.inputTokens === 3000 && item.outputTokens === 300 && item.eventCount === 3);
  assert.ok(breakdown.totalCost >= item.totalCost);
  assert.ok(mine((await bear.costAttribution.byWorkflow(instants)).items, workflow));
  const { values: agents } = await bear.costAttribution.listAgents(instants);
  assert.ok(agents.includes(agent));
  assert.ok((await bear.costAttribution.listWorkflows(instants)).values.includes(workflow));
});

real('revenue, margins and insights', async () => {
  const revenue = { userId: user, amount: 100, periodStart: startDate, periodEnd: endDate, idempotencyKey: `revenue-${run}` };
  assert.equal((await bear.revenue.record(revenue)).recorded, true);
  assert.equal((await bear.revenue.record(revenue)).recorded, false);
  const { summary } = await bear.margins.summary(range);
  assert.ok(summary.marginPercent > 0);
  const { endUsers } = await bear.margins.byEndUser(range);
  const one = endUsers.find(({ externalId }) => externalId === user);
  assert.deepEqual([one.endUserName, one.health, Math.round(one.marginPercent)], [user, 'HEALTHY', 100]);
  assert.equal((await bear.margins.trend({ ...range, granularity: 'week' })).granularity, 'week');
  const insights = await bear.insights.summary({ start: startDate, end: endDate, include: ['distributions'], limit: 10 });
  assert.ok(insights.totals.eventCount >= 3);
  assert.ok(insights.distributions.byModel.some((item) => item.attributionValue === 'gpt-4o'));
});

real('errors', async () => {
  const forged = new BearLumen({ apiKey: 'bl_live_...', baseUrl });
  await assert.rejects(forged.margins.summary(range), (error) => {
    assert.ok(error instanceof BearLumenApiError);
    assert.deepEqual([error.code, error.status, error.retryAfter], ['unauthorized', 401, null]);
    assert.match(error.correlationId, /^[A-Z]+-[A-Z]+-\w{6}$/);
    return true;
  });
  await assert.rejects(bear.costs.byModel({ startDate: 'yesterday' }), { code: 'validation_error', status: 400 });
});
