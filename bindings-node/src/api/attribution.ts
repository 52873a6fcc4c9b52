import type { PageOf } from './page';
import type { DateInput } from './query';
import type { DateRange, Granularity, PageInfo, PageParams, Span } from './range';
import { segment, type Service } from './service';
import type { CostBreakdownItem, CostBreakdownResponse, TimeSeriesResponse, Totals } from './totals';
import type { UsageEvent } from './usage';

/** A range of days. */
export interface AttributionDateRange {
  startDate: DateInput;
  endDate: DateInput;
}

export interface DimensionParams extends DateRange {
  /** One of your own, or `model`, `provider`, `feature`, `agent`, `workflow`, `end_user`. */
  dimension: string;
}

export interface TimeSeriesParams extends DimensionParams {
  granularity?: Granularity | undefined;
  /** How many series, the dearest; the rest stands together. */
  limit?: number | undefined;
}

export interface SessionParams extends DateRange, PageParams {
  sessionType?: string | undefined;
  userId?: string | undefined;
}

export interface SessionComparisonParams extends DateRange {
  sessionTypes?: readonly string[] | undefined;
}

export interface DimensionBreakdownResponse extends CostBreakdownResponse {
  dimension: string;
}

export interface DimensionValuesResponse extends Span {
  dimension: string;
  values: string[];
  items: { value: string; eventCount: number }[];
}

export interface DimensionKeysResponse extends Span {
  keys: string[];
  items: { key: string; eventCount: number }[];
}

export interface AttributedValue {
  value: string;
  eventCount: number;
  totalCost: number;
  totalCostNanos: string;
  unpricedEventCount: number;
  /** Some events are unpriced: the true total is higher. */
  isFloor: boolean;
}

export interface AgentsResponse extends Span {
  agents: string[];
  /** The same list. */
  values: string[];
  items: AttributedValue[];
}

export interface WorkflowsResponse extends Span {
  workflows: string[];
  /** The same list. */
  values: string[];
  items: AttributedValue[];
}

export interface Session extends Totals {
  sessionId: string;
  sessionType: string | null;
  userId: string | null;
  startedAt: string;
  endedAt: string;
  durationMs: number;
}

export interface SessionsResponse extends Span, PageInfo {
  sessions: Session[];
  /** The same list. */
  items: Session[];
}

export interface SessionTypeItem extends Totals {
  sessionType: string | null;
  sessionCount: number;
  averageCostPerSession: number | null;
  minCost: number | null;
  minCostNanos: string | null;
  maxCost: number | null;
  maxCostNanos: string | null;
  medianCost: number | null;
  averageEventsPerSession: number;
  averageDurationMs: number;
}

export interface SessionComparisonResponse extends Span {
  items: SessionTypeItem[];
  /** The same list. */
  sessionTypes: SessionTypeItem[];
}

export interface SessionDetailResponse {
  session: Session;
  byModel: CostBreakdownItem[];
  byFeature: CostBreakdownItem[];
  /** The first 1000, the oldest first. */
  events: UsageEvent[];
  hasMore: boolean;
}

/** Costs by what events are tagged with. All of it rejects with a `BearLumenApiError`. */
export class Attribution {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  byDimension(params: DimensionParams): Promise<DimensionBreakdownResponse> {
    return this.#service.get('/v1/attribution/by-dimension', params);
  }

  dimensionValues(params: DimensionParams): Promise<DimensionValuesResponse> {
    return this.#service.get('/v1/attribution/dimension-values', params);
  }

  dimensionKeys(params?: DateRange): Promise<DimensionKeysResponse> {
    return this.#service.get('/v1/attribution/dimension-keys', params);
  }

  timeSeries(params: TimeSeriesParams): Promise<TimeSeriesResponse> {
    return this.#service.get('/v1/attribution/time-series', params);
  }

  agents(params?: DateRange): Promise<AgentsResponse> {
    return this.#service.get('/v1/attribution/agents', params);
  }

  workflows(params?: DateRange): Promise<WorkflowsResponse> {
    return this.#service.get('/v1/attribution/workflows', params);
  }

  /** Sessions that began in the range, the newest first. Looped over it yields those of all pages. */
  sessions(params?: SessionParams): PageOf<SessionsResponse, Session> {
    return this.#service.list('/v1/attribution/sessions', params, (page: SessionsResponse) => page.sessions);
  }

  sessionComparison(params?: SessionComparisonParams): Promise<SessionComparisonResponse> {
    return this.#service.get('/v1/attribution/session-comparison', params);
  }

  sessionDetail(sessionId: string): Promise<SessionDetailResponse> {
    return this.#service.get(`/v1/attribution/sessions/${segment(sessionId)}`);
  }
}
