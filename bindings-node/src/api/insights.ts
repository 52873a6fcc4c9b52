import type { DateInput } from './query';
import type { DateRange, Span } from './range';
import type { Service } from './service';
import type { CostBreakdownItem, Totals } from './totals';

export type InsightPart = 'totals' | 'distributions' | 'top_movers' | 'topMovers';

export interface InsightsParams extends DateRange {
  /** The same as `startDate`. */
  start?: DateInput | undefined;
  /** The same as `endDate`. */
  end?: DateInput | undefined;
  include?: readonly InsightPart[] | undefined;
  /** How many lines each list has at most. */
  limit?: number | undefined;
}

export interface InsightTotals extends Totals {
  uniqueModels: number;
  uniqueEndUsers: number;
  averageCostPerEvent: number | null;
  previousPeriodCost: number;
  /** Some events of the period before are unpriced: its true cost is higher. */
  previousPeriodIsFloor: boolean;
  changeAmount: number;
  changePercent: number | null;
}

export interface Distributions {
  byModel: CostBreakdownItem[];
  byProvider: CostBreakdownItem[];
  byFeature: CostBreakdownItem[];
  byEndUser: CostBreakdownItem[];
  byAgent: CostBreakdownItem[];
  byWorkflow: CostBreakdownItem[];
}

/** What became dearer or cheaper. */
export interface TopMover {
  kind: string;
  value: string | null;
  cost: number;
  previousCost: number;
  /** Some events of either period are unpriced: the change leaves them out. */
  isFloor: boolean;
  changeAmount: number;
  changeAmountNanos: string;
  changePercent: number | null;
}

export interface InsightsResponse extends Span {
  totals: InsightTotals;
  distributions?: Distributions;
  topMovers?: TopMover[];
}

/** A range at one look. Rejects with a `BearLumenApiError`. */
export class Insights {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  summary(params?: InsightsParams): Promise<InsightsResponse> {
    return this.#service.get('/v1/insights/summary', params);
  }
}
