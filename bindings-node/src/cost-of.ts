import type { Cost, Usage, Warning } from './cost';
import { addon } from './native/load';
import { isJson } from './record/response';
import { writeRecord } from './record/record';

/** What is known of a response beside its body. */
export interface CostHints {
  provider?: string;
  model?: string;
  /** The url of the request; its host names the provider. */
  url?: string;
  /** When the call was made; prices have dates. Now when left out. */
  timestamp?: Date | number | string;
}

/** What one call used and cost. */
export interface CallCost {
  provider: string;
  format: string;
  confidence: 'certain' | 'likely' | 'ambiguous';
  candidates: string[];
  model: string | null;
  usage: Usage;
  totals: {
    inputTokens: number;
    outputTokens: number;
    totalTokens: number;
    /** What the provider itself called the total. */
    statedTotalTokens: number | null;
  };
  warnings: Warning[];
  cost: Cost;
  incomplete: boolean;
}

/**
 * Prices a provider's response without recording anything: the provider's SDK object, a plain object, or JSON
 * text or bytes.
 *
 * @throws Error when the response is of no known format
 */
export function costOf(response: unknown, hints?: CostHints): CallCost {
  const record = writeRecord(response, hints);
  const json = isJson(response) ? addon.costOfCall(record, response) : addon.costOfCall(record);
  const answer = JSON.parse(json) as CallCost | { error: string };
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}
