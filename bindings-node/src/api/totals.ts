import type { Granularity, Span } from './range';

/** What some events cost together. */
export interface Totals {
  /** US dollars, of the events that have a price. */
  totalCost: number;
  /** The same in billionths of a dollar, exact, as text. */
  totalCostNanos: string;
  currency: string;
  eventCount: number;
  /** Events whose price is unknown: they are not in the total. */
  unpricedEventCount: number;
  /** Events of whose cost something was assumed. */
  estimatedEventCount: number;
  /** True when something has no price, so that the real cost is higher. */
  isFloor: boolean;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
}

/** One line of a breakdown. */
export interface CostBreakdownItem extends Totals {
  /** What this line is about: the model, the provider, the feature, …; `null` for events without one. */
  attributionValue: string | null;
  /** The same by its own name, in the breakdown of that kind. */
  model?: string | null;
  provider?: string | null;
  feature?: string | null;
  agent?: string | null;
  agentId?: string | null;
  workflow?: string | null;
  workflowId?: string | null;
  endUser?: string | null;
  /** The share in the total cost, 0 to 100. */
  percentOfTotal: number;
}

/** Costs by something, the dearest first. */
export interface CostBreakdownResponse extends Totals, Span {
  items: CostBreakdownItem[];
  /** The same list under its REST name. */
  breakdown: CostBreakdownItem[];
}

/** One slot of a series. Every slot of the range is there, those without events too. */
export interface TrendPoint extends Totals, Span {
  /** The day on which it starts; for hours the instant. */
  date: string;
}

/** Costs over time. */
export interface TrendResponse extends Totals, Span {
  items: TrendPoint[];
  /** The same list. */
  trend: TrendPoint[];
  /** The same list. */
  dataPoints: TrendPoint[];
  granularity: Granularity;
}

/** Several series over the same slots. */
export interface TimeSeriesResponse extends Totals, Span {
  dimension: string;
  granularity: Granularity;
  series: TimeSeries[];
  /** The same list. */
  items: TimeSeries[];
}

export interface TimeSeries extends Totals {
  attributionValue: string | null;
  /** True for all values beyond the dearest ones together. */
  other?: boolean;
  points: TrendPoint[];
}
