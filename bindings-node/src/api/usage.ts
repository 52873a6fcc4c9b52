import type { CostBasis, Usage as Buckets } from '../cost';
import { entropy } from '../record/entropy';
import type { PageOf } from './page';
import type { DateInput } from './query';
import type { DateRange, PageInfo, PageParams, Span } from './range';
import type { Service } from './service';
import type { Totals } from './totals';

/** An event that you count yourself. A response of a provider is better given to `track()`. */
export interface UsageRecordInput {
  /** Such as `token_usage`. */
  eventType: string;
  /** What is counted; a name that ends in `_input` or `_output` is priced as that kind of tokens. */
  metricName: string;
  quantity: number;
  /** Makes sending it again harmless. One is made up when left out. */
  idempotencyKey?: string | undefined;
  eventTimestamp?: DateInput | number | undefined;
  userId?: string | undefined;
  subscriptionId?: string | undefined;
  feature?: string | undefined;
  agentId?: string | undefined;
  workflowId?: string | undefined;
  /** The same as `agentId`. */
  agent_id?: string | undefined;
  /** The same as `workflowId`. */
  workflow_id?: string | undefined;
  sessionId?: string | undefined;
  sessionType?: string | undefined;
  provider?: string | undefined;
  model?: string | undefined;
  /** US dollars, when you know. */
  cost?: number | undefined;
  /** Quantities by bucket, when you know them apart. */
  usage?: Buckets | undefined;
  dimensions?: Record<string, string | number> | undefined;
  /** Your own JSON object; `model`, `provider` and token counts in it count. */
  metadata?: Record<string, unknown> | undefined;
}

export interface UsageRecordResponse {
  eventId: string;
  /** False when the key was known already, and nothing new was stored. */
  recorded: boolean;
  userId: string | null;
  metricName: string;
  quantity: number;
  eventTimestamp: string;
  /** What it cost by the organisation's prices; the amount is US dollars, `null` when no price is known. */
  cost: { amount: number | null; currency: string; basis: CostBasis; priceId: string | null };
  /** Fields that the service does not know and did not store. */
  unknownFields?: string[];
}

/** What became of one event, by its place in the batch: stored, or why not. */
export interface UsageBatchResult extends Partial<UsageRecordResponse> {
  index: number;
  error?: { code: string; message: string; correlationId?: string; details?: Record<string, unknown> };
}

/** Each event is judged alone: some may fail while the others are stored. */
export interface UsageBatchResponse {
  recordedCount: number;
  skippedCount: number;
  failedCount: number;
  results: UsageBatchResult[];
}

export interface UsageEvent {
  eventId: string;
  eventType: string;
  metricName: string;
  quantity: number;
  eventTimestamp: string;
  provider: string | null;
  model: string | null;
  userId: string | null;
  feature: string | null;
  agentId: string | null;
  workflowId: string | null;
  sessionId: string | null;
  sessionType: string | null;
  subscriptionId: string | null;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** US dollars; `null` when no price is known. */
  cost: number | null;
  costNanos: string | null;
  costBasis: CostBasis;
  priceId: string | null;
  dimensions: Record<string, string | number>;
  metadata: Record<string, unknown>;
  usage: Buckets;
  warnings: string[];
  incomplete: boolean;
}

export interface UsageEventsParams extends DateRange, PageParams {
  cursor?: string | undefined;
  model?: string | undefined;
  provider?: string | undefined;
  userId?: string | undefined;
  feature?: string | undefined;
  agentId?: string | undefined;
  workflowId?: string | undefined;
  sessionId?: string | undefined;
  subscriptionId?: string | undefined;
  metricName?: string | undefined;
  eventType?: string | undefined;
  basis?: CostBasis | undefined;
}

export interface UsageEventsResponse extends Span, PageInfo {
  events: UsageEvent[];
  /** The same list. */
  data: UsageEvent[];
  /** The same list. */
  items: UsageEvent[];
  nextCursor: string | null;
}

export interface UsageSummaryParams extends DateRange {
  subscriptionId?: string | undefined;
}

export interface UsageSummaryResponse extends Totals, Span {
  totalEvents: number;
  totalInputTokens: number;
  totalOutputTokens: number;
  uniqueModels: number;
  uniqueProviders: number;
  uniqueEndUsers: number;
}

export interface UsageAggregationParams extends UsageSummaryParams {
  metricName?: string | undefined;
}

export interface UsageAggregationItem extends Totals {
  metricName: string;
  totalQuantity: number;
}

export interface UsageAggregationResponse extends Totals, Span {
  items: UsageAggregationItem[];
  /** The same list. */
  aggregations: UsageAggregationItem[];
}

/** The events themselves. All of it rejects with a `BearLumenApiError`. */
export class Usage {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  /** Stores one event and waits until it is. */
  record(event: UsageRecordInput): Promise<UsageRecordResponse> {
    return this.#service.writeOnce('/v1/usage/events', withKey(event));
  }

  /** Stores up to 1000 events and waits until they are. */
  recordBatch(events: readonly UsageRecordInput[]): Promise<UsageBatchResponse> {
    return this.#service.writeOnce('/v1/usage/events/batch', { events: events.map(withKey) });
  }

  /** Events, the newest first. Looped over it yields those of all pages. */
  events(params?: UsageEventsParams): PageOf<UsageEventsResponse, UsageEvent> {
    return this.#service.list('/v1/usage/events', params, (page: UsageEventsResponse) => page.events);
  }

  /** The same list under its older name. */
  query(params?: UsageEventsParams): PageOf<UsageEventsResponse, UsageEvent> {
    return this.#service.list('/v1/usage/query', params, (page: UsageEventsResponse) => page.events);
  }

  summary(params?: UsageSummaryParams): Promise<UsageSummaryResponse> {
    return this.#service.get('/v1/usage/summary', params);
  }

  /** Usage by the name of what was counted. */
  aggregation(params?: UsageAggregationParams): Promise<UsageAggregationResponse> {
    return this.#service.get('/v1/usage/aggregation', params);
  }
}

function withKey(event: UsageRecordInput): UsageRecordInput {
  return { ...event, idempotencyKey: event.idempotencyKey ?? entropy() };
}
