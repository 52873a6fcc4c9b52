import { entropy } from '../record/entropy';
import type { PageOf } from './page';
import type { DateInput } from './query';
import type { PageInfo, PageParams } from './range';
import type { Service } from './service';

/** What an end user pays for a time; it is spread evenly over it. */
export interface RevenueInput {
  /** Your own id of the end user. */
  userId: string;
  /** US dollars. */
  amount: number;
  currency?: 'USD' | undefined;
  periodStart: DateInput;
  periodEnd: DateInput;
  /** Makes sending it again harmless. One is made up when left out. */
  idempotencyKey?: string | undefined;
  subscriptionId?: string | undefined;
  description?: string | undefined;
}

/** Revenue as it is stored. */
export interface RevenueEvent {
  revenueEventId: string;
  userId: string;
  amount: number;
  amountNanos: string;
  currency: string;
  periodStart: string;
  periodEnd: string;
  subscriptionId: string | null;
  description: string | null;
  createdAt: string;
}

export interface RevenueResponse extends RevenueEvent {
  /** False when the key was known already. */
  recorded: boolean;
}

export interface RevenueListParams extends PageParams {
  userId?: string | undefined;
}

export interface RevenueListResponse extends PageInfo {
  events: RevenueEvent[];
  /** The same list. */
  items: RevenueEvent[];
}

/** Revenue, which turns costs into margins. All of it rejects with a `BearLumenApiError`. */
export class Revenue {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  record(revenue: RevenueInput): Promise<RevenueResponse> {
    return this.#service.writeOnce('/v1/revenue/events', { ...revenue, idempotencyKey: revenue.idempotencyKey ?? entropy() });
  }

  list(params?: RevenueListParams): PageOf<RevenueListResponse, RevenueEvent> {
    return this.#service.list('/v1/revenue/events', params, (page: RevenueListResponse) => page.events);
  }
}
