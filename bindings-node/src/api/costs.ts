import type { DateInput } from './query';
import type { Reader } from './reader';

/** A range of days. A start is inclusive; an end without a time means that whole day. */
export interface CostParams {
  startDate: DateInput;
  endDate: DateInput;
}

/** A range, or one of the service's named windows such as `current-period`. Without either, the current period. */
export interface CostSummaryParams {
  startDate?: DateInput;
  endDate?: DateInput;
  timeWindow?: string;
}

export interface CostBreakdownItem {
  /** What this line is about: the model, the provider, the feature, …; `null` for events without one. */
  attributionValue: string | null;
  /** US dollars, of the events that have a price. */
  totalCost: number;
  /** The same in billionths of a dollar, exact, as text. */
  totalCostNanos: string;
  eventCount: number;
  /** Events whose price is unknown: they are not in the total. */
  unpricedEventCount: number;
  percentOfTotal: number;
  inputTokens: number;
  outputTokens: number;
}

export interface CostBreakdownResponse {
  items: CostBreakdownItem[];
  /** The same list under its REST name. */
  breakdown: CostBreakdownItem[];
  totalCost: number;
  totalCostNanos: string;
  currency: string;
  eventCount: number;
  unpricedEventCount: number;
  estimatedEventCount: number;
  /** True when something has no price, so that the real cost is higher. */
  isFloor: boolean;
  periodStart: string;
  periodEnd: string;
}

export interface CostSummaryResponse {
  totalCost: number;
  previousPeriodCost: number;
  changeAmount: number;
  /** `null` when there is nothing to compare with. */
  changePercent: number | null;
  periodStart: string;
  periodEnd: string;
  totalCostNanos: string;
  currency: string;
  eventCount: number;
  unpricedEventCount: number;
  estimatedEventCount: number;
  isFloor: boolean;
}

/** What calls cost, by what they have in common. */
export class Costs {
  readonly #reader: Reader;

  /** @internal */
  constructor(reader: Reader) {
    this.#reader = reader;
  }

  byModel(params: CostParams): Promise<CostBreakdownResponse> {
    return this.#reader.get('/v1/cost-data/by-model', params);
  }

  byProvider(params: CostParams): Promise<CostBreakdownResponse> {
    return this.#reader.get('/v1/cost-data/by-provider', params);
  }

  byFeature(params: CostParams): Promise<CostBreakdownResponse> {
    return this.#reader.get('/v1/cost-data/by-feature', params);
  }

  byAgent(params: CostParams): Promise<CostBreakdownResponse> {
    return this.#reader.get('/v1/cost-data/by-agent', params);
  }

  byWorkflow(params: CostParams): Promise<CostBreakdownResponse> {
    return this.#reader.get('/v1/cost-data/by-workflow', params);
  }

  byEndUser(params: CostParams): Promise<CostBreakdownResponse> {
    return this.#reader.get('/v1/cost-data/by-end-user', params);
  }

  summary(params?: CostSummaryParams): Promise<CostSummaryResponse> {
    return this.#reader.get('/v1/cost-data/summary', params);
  }
}
