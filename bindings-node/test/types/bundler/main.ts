// What a user writes, checked by the compiler alone.
import {
  BearLumen,
  BearLumenApiError,
  Provider,
  costOf,
  costOfStream,
  type BearLumenConfig,
  type CallCost,
  type CostBreakdownItem,
  type CostBreakdownResponse,
  type DeliveryStats,
  type TrackOptions,
  type TrackResult,
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
