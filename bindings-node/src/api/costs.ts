import type { PageOf } from './page';
import type { DateRange, Granularity, PageInfo, PageParams, Span } from './range';
import { segment, type Service } from './service';
import type { CostBreakdownItem, CostBreakdownResponse, Totals, TrendResponse } from './totals';

export interface CostTrendParams extends DateRange {
  /** `day` when left out. */
  granularity?: Granularity | undefined;
}

export interface DetailedCostParams extends DateRange, PageParams {}

/** A period's cost beside that of the period before it. */
export interface CostSummaryResponse extends Totals, Span {
  previousPeriodCost: number;
  previousPeriodCostNanos: string;
  /** Some events of that period are unpriced: its true cost is higher. */
  previousPeriodIsFloor: boolean;
  changeAmount: number;
  /** `null` when there is nothing to compare with. */
  changePercent: number | null;
}

/** Tokens by what they are paid as. */
export interface TokenBreakdown {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  /** Further buckets by name. */
  other: Record<string, number>;
}

export interface DetailedCostItem extends CostBreakdownItem {
  /** `null` where nothing has a price. */
  averageCostPerEvent: number | null;
  /** Of models and providers. */
  tokens?: TokenBreakdown;
  /** Of end users. */
  endUserId?: string | null;
  externalId?: string | null;
  endUserName?: string | null;
}

export interface DetailedCostResponse extends Totals, Span, PageInfo {
  items: DetailedCostItem[];
  /** The same list. */
  breakdown: DetailedCostItem[];
}

/** Of one end user. */
export interface UserFields {
  endUserId: string | null;
  externalId: string;
}

/** What calls cost, by what they have in common. All of it rejects with a `BearLumenApiError`. */
export class Costs {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  byModel(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-data/by-model', params);
  }

  byProvider(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-data/by-provider', params);
  }

  byFeature(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-data/by-feature', params);
  }

  byAgent(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-data/by-agent', params);
  }

  byWorkflow(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-data/by-workflow', params);
  }

  byEndUser(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-data/by-end-user', params);
  }

  /** Cost over time, each slot of the range. */
  trend(params?: CostTrendParams): Promise<TrendResponse> {
    return this.#service.get('/v1/cost-data/trend', params);
  }

  /** Cost, with the period before to compare. */
  summary(params?: DateRange): Promise<CostSummaryResponse> {
    return this.#service.get('/v1/cost-data/summary', params);
  }

  /** By model, with tokens by kind. Looped over it yields the items of all pages; so do the other detailed ones. */
  detailedByModel(params?: DetailedCostParams): PageOf<DetailedCostResponse, DetailedCostItem> {
    return this.#detailed('by-model', params);
  }

  detailedByProvider(params?: DetailedCostParams): PageOf<DetailedCostResponse, DetailedCostItem> {
    return this.#detailed('by-provider', params);
  }

  detailedByEndUser(params?: DetailedCostParams): PageOf<DetailedCostResponse, DetailedCostItem> {
    return this.#detailed('by-end-user', params);
  }

  /** The same questions about one end user, by your own id. */
  forUser(externalId: string): UserCosts {
    return new UserCosts(this.#service, `/v1/end-user-costs/${segment(externalId)}`);
  }

  #detailed(by: string, params: object | undefined): PageOf<DetailedCostResponse, DetailedCostItem> {
    return this.#service.list(`/v1/cost-data/detailed/${by}`, params, (page) => page.items);
  }
}

/** What the calls of one end user cost. */
export class UserCosts {
  readonly #service: Service;
  readonly #path: string;

  /** @internal */
  constructor(service: Service, path: string) {
    this.#service = service;
    this.#path = path;
  }

  summary(params?: DateRange): Promise<CostSummaryResponse & UserFields> {
    return this.#service.get(`${this.#path}/summary`, params);
  }

  byModel(params?: DateRange): Promise<CostBreakdownResponse & UserFields> {
    return this.#service.get(`${this.#path}/by-model`, params);
  }

  byProvider(params?: DateRange): Promise<CostBreakdownResponse & UserFields> {
    return this.#service.get(`${this.#path}/by-provider`, params);
  }

  byFeature(params?: DateRange): Promise<CostBreakdownResponse & UserFields> {
    return this.#service.get(`${this.#path}/by-feature`, params);
  }

  trend(params?: CostTrendParams): Promise<TrendResponse & UserFields> {
    return this.#service.get(`${this.#path}/trend`, params);
  }
}
