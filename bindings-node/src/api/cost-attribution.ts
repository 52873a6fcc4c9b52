import type { DateRange, Span } from './range';
import type { Service } from './service';
import type { CostBreakdownResponse } from './totals';

export interface AttributionValuesResponse extends Span {
  values: string[];
  /** The same list by its own name. */
  agents?: string[];
  workflows?: string[];
}

/** Costs by agent and workflow. All of it rejects with a `BearLumenApiError`. */
export class CostAttribution {
  readonly #service: Service;

  /** @internal */
  constructor(service: Service) {
    this.#service = service;
  }

  byAgent(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-attribution/by-agent', params);
  }

  byWorkflow(params?: DateRange): Promise<CostBreakdownResponse> {
    return this.#service.get('/v1/cost-attribution/by-workflow', params);
  }

  listAgents(params?: DateRange): Promise<AttributionValuesResponse> {
    return this.#service.get('/v1/cost-attribution/agents', params);
  }

  listWorkflows(params?: DateRange): Promise<AttributionValuesResponse> {
    return this.#service.get('/v1/cost-attribution/workflows', params);
  }
}
