import type { DimensionBreakdownResponse } from './attribution';
import type { DateRange, Granularity, Span } from './range';
import { segment, type Service } from './service';
import type { TimeSeriesResponse } from './totals';

export interface DimensionDefinition {
  key: string;
  name: string;
  type: 'text' | 'numeric';
  description: string | null;
  /** False for one that events have, but nobody has described. */
  configured: boolean;
  createdAt: string | null;
  lastSeenAt: string | null;
}

export interface DimensionDefinitionsResponse {
  definitions: DimensionDefinition[];
  /** The same list. */
  items: DimensionDefinition[];
}

/** The dimension, under either name. */
export type DimensionKey = { key: string; dimension?: undefined } | { dimension: string; key?: undefined };

export type DimensionCostParams = DimensionKey & DateRange;
export type DimensionTrendParams = DimensionCostParams & {
  granularity?: Granularity | undefined;
  /** Only events with this value. */
  value?: string | undefined;
};
export type NumericSummaryParams = DimensionCostParams;
export type NumericTrendParams = DimensionCostParams & { granularity?: Granularity | undefined };

/** What the numbers of a dimension come to. `null` where there are none. */
export interface NumericSummaryResponse extends Span {
  dimension: string;
  count: number;
  sum: number;
  avg: number | null;
  min: number | null;
  max: number | null;
  percentiles: { p50: number | null; p75: number | null; p90: number | null; p95: number | null; p99: number | null };
  /** How far a percentile may be off, as a share of it. */
  percentileAccuracy: number;
}

export interface NumericTrendPoint extends Span {
  date: string;
  count: number;
  sum: number;
  avg: number | null;
  min: number | null;
  max: number | null;
}

export interface NumericTrendResponse extends Span {
  dimension: string;
  granularity: Granularity;
  items: NumericTrendPoint[];
  /** The same list. */
  trend: NumericTrendPoint[];
}

/** Your own dimensions. All of it rejects with a `BearLumenApiError`. */
export class Dimensions {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  definitions(): Promise<DimensionDefinitionsResponse> {
    return this.#service.get('/v1/dimensions');
  }

  costBreakdown(params: DimensionCostParams): Promise<DimensionBreakdownResponse> {
    return this.#get('costs', params);
  }

  costTrend(params: DimensionTrendParams): Promise<TimeSeriesResponse> {
    return this.#get('trend', params);
  }

  numericSummary(params: NumericSummaryParams): Promise<NumericSummaryResponse> {
    return this.#get('numeric-summary', params);
  }

  numericTrend(params: NumericTrendParams): Promise<NumericTrendResponse> {
    return this.#get('numeric-trend', params);
  }

  #get<T>(what: string, { key, dimension, ...params }: DimensionCostParams): Promise<T> {
    return this.#service.get(`/v1/dimensions/${segment(key ?? dimension)}/${what}`, params);
  }
}
