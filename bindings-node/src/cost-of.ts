import type { Cost, Usage, Warning } from './cost';
import { unpack } from './cost-packed';
import { addon } from './native/load';
import { isDeferred } from './record/deferred';
import { writeHeaders, type HttpHeaders } from './record/headers';
import { isJson } from './record/response';
import { writeQuestion } from './record/record';

/** What is known of a response beside its body. */
export interface CostHints {
  provider?: string | undefined;
  model?: string | undefined;
  /** The url of the request; its host names the provider. */
  url?: string | undefined;
  /** When the call was made; prices have dates. Now when left out. */
  timestamp?: Date | number | string | undefined;
  /** The HTTP headers of the response; some providers count in them, some are known by them. */
  headers?: HttpHeaders | undefined;
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
  /** What it would cost at list prices, where `cost` is what the provider states it charged. */
  computedCost?: Cost;
  /** The response ended early: what is known is not all. */
  incomplete: boolean;
}

/**
 * Prices a provider's response without recording anything: the provider's SDK object, a plain object, or JSON
 * text or bytes.
 *
 * @throws Error when the response is of no known format, TypeError when it is still being streamed
 */
export function costOf(response: unknown, hints?: CostHints): CallCost {
  if (typeof response === 'string' && hints === undefined) return answerOf(addon.costOfText(response, Date.now()));
  if (isDeferred(response)) throw new TypeError('costOf() takes a response that is complete: give costOfStream() the fullStream of this one');
  const record = writeQuestion(response, hints);
  const headers = hints?.headers ? writeHeaders(hints.headers) : undefined;
  return answerOf(addon.costOfCall(record, isJson(response) ? response : undefined, headers));
}

/** @internal */
export function answerOf(text: string): CallCost {
  // Of a cost there are numbers first, of an error an object.
  if (text.startsWith('{')) throw new Error((JSON.parse(text) as { error: string }).error);
  return unpack(text);
}
