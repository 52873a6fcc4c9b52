import type { PageOf } from './page';
import type { DateInput } from './query';
import type { PageInfo, PageParams } from './range';
import { segment, type Service } from './service';

export type SubscriptionStatus = 'ACTIVE' | 'CANCELED';
export type BillingCycle = 'weekly' | 'monthly' | 'quarterly' | 'yearly';

export interface Subscription {
  id: string;
  userId: string;
  /** The same as `userId`. */
  organizationId: string;
  /** Your own id of the end user. */
  externalId: string;
  pricingPlanId: string;
  /** The same as `pricingPlanId`. */
  planId: string;
  billingCycle: BillingCycle | null;
  status: SubscriptionStatus;
  currentPeriodStart: string;
  currentPeriodEnd: string;
  stripeSubscriptionId: string | null;
  metadata: Record<string, unknown> | null;
  createdAt: string;
  updatedAt: string;
  canceledAt: string | null;
}

interface Extras {
  stripeSubscriptionId?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** A subscription by its period. `userId` is an end user's id, or your own. */
export interface SubscriptionPeriodInput extends Extras {
  userId: string;
  pricingPlanId: string;
  currentPeriodStart: DateInput;
  currentPeriodEnd: DateInput;
}

/** A subscription by its cycle, from which the period follows. */
export interface SubscriptionCycleInput extends Extras {
  organizationId: string;
  planId: string;
  billingCycle: BillingCycle;
  startDate: DateInput;
}

export type SubscriptionCreateInput = SubscriptionPeriodInput | SubscriptionCycleInput;
type Changed = Omit<SubscriptionPeriodInput, 'userId'>;
export type SubscriptionUpdateInput = { [Name in keyof Changed]?: Changed[Name] | undefined };

export interface SubscriptionListParams extends PageParams {
  userId?: string | undefined;
  status?: SubscriptionStatus | undefined;
}

export interface SubscriptionListResponse extends PageInfo {
  data: Subscription[];
  /** The same list. */
  subscriptions: Subscription[];
  /** The same list. */
  items: Subscription[];
}

/** Which end user is on which plan. All of it rejects with a `BearLumenApiError`. */
export class Subscriptions {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  create(data: SubscriptionCreateInput): Promise<Subscription> {
    return this.#service.write('POST', '/v1/subscriptions', data);
  }

  retrieve(id: string): Promise<Subscription> {
    return this.#service.get(`/v1/subscriptions/${segment(id)}`);
  }

  update(id: string, data: SubscriptionUpdateInput): Promise<Subscription> {
    return this.#service.write('PATCH', `/v1/subscriptions/${segment(id)}`, data);
  }

  cancel(id: string): Promise<Subscription> {
    return this.#service.write('POST', `/v1/subscriptions/${segment(id)}/cancel`);
  }

  /** Looped over it yields the subscriptions of all pages. */
  list(params?: SubscriptionListParams): PageOf<SubscriptionListResponse, Subscription> {
    return this.#service.list('/v1/subscriptions', params, (page: SubscriptionListResponse) => page.data);
  }
}
