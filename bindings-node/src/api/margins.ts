import type { PageOf } from './page';
import type { DateRange, Granularity, PageInfo, PageParams, Span } from './range';
import type { Service } from './service';

export type MarginHealth = 'HEALTHY' | 'AT_RISK' | 'UNHEALTHY';

/** Revenue against cost. */
export interface Margin {
  revenue: number;
  revenueNanos: string;
  cost: number;
  costNanos: string;
  margin: number;
  marginNanos: string;
  /** `null` without revenue. */
  marginPercent: number | null;
  /** `null` without revenue. */
  health: MarginHealth | null;
  eventCount: number;
  unpricedEventCount: number;
  /** True when some cost is unknown, so that the real margin is lower. */
  isFloor: boolean;
  currency: string;
}

export interface MarginSummaryResponse extends Span {
  summary: Margin;
}

export interface EndUserMargin extends Margin {
  endUserId: string | null;
  externalId: string | null;
  /** The name, or your own id where there is none. */
  endUserName: string | null;
}

export interface MarginByEndUserParams extends DateRange, PageParams {
  sort?: string | undefined;
}

export interface MarginByEndUserResponse extends Span, PageInfo {
  endUsers: EndUserMargin[];
  /** The same list. */
  items: EndUserMargin[];
  summary: Margin;
}

export interface MarginTrendParams extends DateRange {
  granularity?: Granularity | undefined;
}

export interface MarginPoint extends Margin, Span {
  date: string;
}

export interface MarginTrendResponse extends Span {
  items: MarginPoint[];
  /** The same list. */
  trend: MarginPoint[];
  summary: Margin;
  granularity: Granularity;
}

/** Revenue against cost. All of it rejects with a `BearLumenApiError`. */
export class Margins {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  summary(params?: DateRange): Promise<MarginSummaryResponse> {
    return this.#service.get('/v1/margins/summary', params);
  }

  /** Looped over it yields the end users of all pages. */
  byEndUser(params?: MarginByEndUserParams): PageOf<MarginByEndUserResponse, EndUserMargin> {
    return this.#service.list('/v1/margins/by-end-user', params, (page: MarginByEndUserResponse) => page.endUsers);
  }

  trend(params?: MarginTrendParams): Promise<MarginTrendResponse> {
    return this.#service.get('/v1/margins/trend', params);
  }
}
