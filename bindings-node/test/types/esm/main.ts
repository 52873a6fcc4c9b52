// What a user writes, checked by the compiler alone.
import {
  BearLumen,
  BearLumenApiError,
  Provider,
  anomalies,
  costOf,
  costOfStream,
  forecast,
  route,
  savings,
  type AttributionDateRange,
  type AttributionValuesResponse,
  type BearLumenConfig,
  type Budget,
  type BudgetCreateInput,
  type CallCost,
  type CostBreakdownItem,
  type CostBreakdownResponse,
  type DeliveryStats,
  type EndUser,
  type EndUserCreateInput,
  type EndUserUpdateInput,
  type Forecast,
  type Routed,
  type Subscription,
  type SubscriptionCreateInput,
  type TrackOptions,
  type TrackResult,
  type UsageRecordInput,
  type UsageRecordResponse,
} from '@bearlumen/node-sdk';

const config: BearLumenConfig = {
  apiKey: 'sk_test_x',
  environment: 'staging',
  timeout: 1000,
  onError: (error, { events }) => void [error.code satisfies string, error.status satisfies number | null, events satisfies number],
  logger: { warn: (text) => void text.length },
};
const bear = new BearLumen(config);

const options: TrackOptions = { userId: 'u', dimensions: { team: 'a', size: 3, beta: true }, timestamp: new Date() };
const result: TrackResult = bear.track({ any: 'object' }, options);
const amount: number | null = result.cost.amount;
const tokens: number = result.inputTokens + result.outputTokens;
bear.track('{"json":"text"}');
bear.track(new Uint8Array());
bear.track(null, { model: 'eleven_multilingual_v2', provider: Provider.ELEVENLABS, units: { characters: 1500 } });
// @ts-expect-error Without a response a model is needed.
bear.track(null, { units: { characters: 1500 } });
// @ts-expect-error The key is required.
new BearLumen({});
// @ts-expect-error An unknown option is a mistake.
bear.track({}, { user: 'u' });

const ahead: Forecast = forecast({ start: '2026-01-01', dailyNanos: [1n, '2', 3], level: 95 });
const week: number | undefined = bear.forecast({ start: '2026-01-01', dailyNanos: [] }).next7Days?.cost;
const routed: Routed = route({ prompt: 'Hello', qualityRequirement: 'high', current: { provider: 'openai', model: 'gpt-5.4' } });
const chosen: string | undefined = bear.route({ inputTokens: 5 }).decision?.model;
const saved: number = savings({ usage: [{ provider: 'openai', model: 'gpt-5.4', events: 1, buckets: { input: 1 } }] }).recommendations.length;
const odd: string | null | undefined = anomalies({ series: [] }).alerts[0]?.date;
void [ahead, week, routed.considered, chosen, saved, odd];
// @ts-expect-error A forecast needs days.
forecast({ start: '2026-01-01' });

export async function report(): Promise<[string | null, number][]> {
  try {
    const { ok, organizationId } = await bear.ping();
    const page: CostBreakdownResponse = await bear.costs.byModel({ startDate: '2026-01-01', endDate: new Date() });
    const lines = page.items.map((item: CostBreakdownItem): [string | null, number] => [item.attributionValue, item.totalCost]);
    const stats: DeliveryStats = await bear.flush({ timeout: 100 });
    void [ok satisfies boolean, organizationId satisfies string, stats.droppedByReason.queueFull, amount, tokens];
    return lines;
  } catch (error) {
    if (error instanceof BearLumenApiError && error.code === 'rate_limit_exceeded') void error.retryAfter;
    throw error;
  } finally {
    await bear.shutdown();
  }
}

export const known: number | null = costOf({}, { provider: Provider.OPENAI }).cost.amountNanos;
export const charged: number | null | undefined = costOf('{}', { headers: { 'x-request-id': '1', via: ['a', 'b'] } }).computedCost?.amount;
export const folded: CallCost = costOfStream([{}, 'data: {}', new Uint8Array()], { model: 'gpt-4o' });
export const later: Promise<CallCost> = costOfStream((async function* () {})());
// @ts-expect-error A response is no stream.
costOfStream({ any: 'object' });

/** The shape of what hands out its streams, as a library's result does. */
interface Deferred {
  readonly textStream: AsyncIterable<string>;
  readonly fullStream: AsyncIterable<object>;
  readonly usage: PromiseLike<object>;
}

export async function ofDeferred(result: Deferred): Promise<number | null> {
  const tracked = bear.track(result, { userId: 'u' });
  for await (const text of tracked.textStream) void (text satisfies string);
  return (await tracked.result).cost.amount;
}

/** The shape of a streamed chunk, whoever's it is. */
interface Chunk {
  text: string;
}
declare class ProviderStream implements AsyncIterable<Chunk> {
  controller: { abort(): void };
  [Symbol.asyncIterator](): AsyncIterator<Chunk>;
}
declare const source: ProviderStream;
declare const output: { stream?: AsyncIterable<Chunk> | undefined; $metadata: { requestId?: string } };
declare const answer: { clone(): unknown; arrayBuffer(): Promise<ArrayBuffer>; json(): Promise<{ usage: unknown }> };

export async function streams(): Promise<number> {
  const stream = bear.track(source, { model: 'm' });
  for await (const chunk of stream) void (chunk.text satisfies string);
  stream.controller.abort();
  const { inputTokens, incomplete } = await stream.result;
  const both = bear.track(output);
  for await (const chunk of both) void (chunk.text satisfies string);
  void [both.$metadata.requestId, (await both.result).cost, incomplete satisfies boolean];
  const http = bear.track(answer);
  void [(await http.json()).usage, (await http.result).model];
  function* some(): Generator<Chunk> {}
  const sync = bear.track(some());
  for (const chunk of sync) void (chunk.text satisfies string);
  // @ts-expect-error The result of a stream is a promise.
  void sync.inputTokens;
  // @ts-expect-error A plain response has its result at once.
  void bear.track({ usage: {} }).result;
  return inputTokens;
}

class ProviderClient {
  readonly #secret = 'x';
  readonly chat = { create: async (model: string): Promise<{ model: string }> => ({ model: model + this.#secret }) };
}
export const wrapped: ProviderClient = bear.wrap(new ProviderClient());
// @ts-expect-error A client is an object.
bear.wrap('client');
export const five: number = bear.withContext({ userId: 'u', dimensions: { team: 'a' } }, () => 5);
// @ts-expect-error A context says whom work is for, not which model answered.
bear.withContext({ model: 'gpt-4o' }, () => 5);

export async function resources(): Promise<void> {
  const user: EndUser = (await bear.endUsers.create({ externalId: 'u' } satisfies EndUserCreateInput)).endUser;
  await bear.endUsers.update(user.id, { name: null } satisfies EndUserUpdateInput);
  const plan: SubscriptionCreateInput = { userId: user.id, pricingPlanId: 'p', currentPeriodStart: new Date(), currentPeriodEnd: '2026-02-01' };
  const subscription: Subscription = await bear.subscriptions.create(plan);
  const budget: Budget = await bear.budgets.create({ amount: '12.5', agentId: 'support' } satisfies BudgetCreateInput);
  for await (const { id, level } of bear.budgets.list()) if (level === 'critical' && id !== budget.id) await bear.budgets.delete(id);
  const input: UsageRecordInput = { eventType: 'e', metricName: 'm', quantity: 1, agent_id: 'a', subscriptionId: subscription.id };
  const recorded: UsageRecordResponse = await bear.usage.record(input);
  void [recorded.eventId satisfies string, recorded.recorded satisfies boolean];
  const days: AttributionDateRange = { startDate: '2026-01-01', endDate: '2026-01-31' };
  const values: AttributionValuesResponse = await bear.costAttribution.listAgents(days);
  void values.values.map((agent) => agent.length);
  for await (const event of bear.usage.events(days)) void (event.cost satisfies number | null);
  const { events } = await bear.usage.events({ ...days, limit: 10 });
  void events.map((event) => event.eventTimestamp);
  void (await bear.costs.forUser('u').byModel(days)).externalId;
  void (await bear.margins.summary(days)).summary.marginPercent;
  void (await bear.insights.summary({ start: '2026-01-01', include: ['distributions'] })).distributions?.byModel;
  void (await bear.dimensions.numericSummary({ key: 'latency', ...days })).percentiles.p99;
  // @ts-expect-error A dimension has to be named.
  await bear.dimensions.costBreakdown(days);
  // @ts-expect-error No such window.
  await bear.costs.summary({ timeWindow: 'yesterday' });
}

// What may be missing is handed on as it is.
export async function whatMayBeMissing(bear: BearLumen, customer: { id?: string; name?: string; team?: string } | undefined, url: string | undefined) {
  new BearLumen({ apiKey: 'x', baseUrl: url, environment: undefined, timeout: undefined, onError: undefined, logger: undefined });
  bear.track({}, { userId: customer?.id, feature: undefined, dimensions: { team: customer?.team }, metadata: undefined, cost: undefined });
  await bear.withContext({ userId: customer?.id }, async () => costOf({}, { url, model: undefined }));
  await bear.costs.byModel({ startDate: '2026-01-01', endDate: undefined });
  await bear.usage.events({ startDate: '2026-01-01', userId: customer?.id, limit: undefined });
  await bear.usage.record({ eventType: 'a', metricName: 'b', quantity: 1, subscriptionId: undefined, metadata: undefined });
  await bear.endUsers.create({ externalId: 'x', name: customer?.name, email: undefined });
  await bear.subscriptions.list({ userId: customer?.id });
  await bear.subscriptions.update('sub_1', { pricingPlanId: customer?.name, currentPeriodEnd: undefined });
  await bear.dimensions.costTrend({ key: 'team', dimension: undefined, value: customer?.team, granularity: undefined });
  bear.anomalies({ budget: undefined, unpriced: [{ provider: undefined, model: customer?.name }] });
  bear.savings({ usage: undefined, events: undefined });
  await bear.flush({ timeout: undefined });
}
