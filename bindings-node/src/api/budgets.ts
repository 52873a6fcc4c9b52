import type { PageOf } from './page';
import type { PageInfo, PageParams } from './range';
import { segment, type Service } from './service';

/** A budget to be set: for everything, or for one of `model` to `workflowId`. */
export interface BudgetCreateInput {
  /** US dollars for each billing period, above 0, of at most 9 decimals; decimal text is exact. */
  amount: number | string;
  /** For people. */
  name?: string | undefined;
  model?: string | undefined;
  userId?: string | undefined;
  feature?: string | undefined;
  agentId?: string | undefined;
  workflowId?: string | undefined;
}

export type BudgetKind = 'total' | 'model' | 'user' | 'feature' | 'agent' | 'workflow';

/** A budget, and the billing period that it is now. Amounts are US dollars. */
export interface Budget {
  /** `bud_…` */
  id: string;
  name: string | null;
  kind: BudgetKind;
  /** Of what of its kind; `null` for everything. */
  value: string | null;
  amount: number;
  amountNanos: string;
  createdAt: string;
  /** The period's first day. */
  periodStart: string;
  /** Its last day. */
  periodEnd: string;
  /** Since the period began, today included. */
  spent: number;
  spentNanos: string;
  percentUsed: number;
  /** Events of the period without a price, which `spent` lacks. */
  unpricedEventCount: number;
  /** More was spent than is known. */
  isFloor: boolean;
  /** What the whole period is expected to come to; `null` with too little data. */
  projected: number | null;
  /** The interval that holds it in 80 of 100 cases. */
  projectedLow: number | null;
  projectedHigh: number | null;
  /** The day on which more than the budget is expected to be spent; `null` when it lasts. */
  exhaustedOn: string | null;
  /** `critical` when it is spent or expected to be passed, `warning` when it may be; `null` while it lasts. */
  level: 'critical' | 'warning' | null;
  /** The same in a sentence. */
  message: string | null;
}

export interface BudgetListResponse extends PageInfo {
  budgets: Budget[];
}

/** What may be spent in each billing period. Nothing is stopped when it is. All of it rejects with a `BearLumenApiError`. */
export class Budgets {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  create(budget: BudgetCreateInput): Promise<Budget> {
    return this.#service.write('POST', '/v1/budgets', budget);
  }

  /** The oldest first. Looped over it yields the budgets of all pages. */
  list(params?: PageParams): PageOf<BudgetListResponse, Budget> {
    return this.#service.list('/v1/budgets', params, (page: BudgetListResponse) => page.budgets);
  }

  /** Answers the budget as it was. */
  delete(id: string): Promise<Budget> {
    return this.#service.write('DELETE', `/v1/budgets/${segment(id)}`);
  }
}
