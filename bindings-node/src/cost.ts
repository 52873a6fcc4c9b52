/** How well a cost is known. */
export type CostBasis = 'reported' | 'exact' | 'estimated' | 'unpriced';

/** One bucket's part of a cost. */
export interface CostLine {
  bucket: string;
  quantity: number;
  /** US dollars for one unit, as exact decimal text. */
  rate: string;
  /** What changed the rate, such as `service_tier=flex`. */
  modifiers: string[];
  amountNanos: number;
}

/** What a call cost, and why. */
export interface Cost {
  /** US dollars; `null` when no price is known, never 0 for that reason. */
  amount: number | null;
  /** The same in billionths of a dollar, exact. */
  amountNanos: number | null;
  currency: 'USD';
  basis: CostBasis;
  /** The least it can be, where it is estimated. */
  low: number | null;
  /** The most it can be, where it is estimated. */
  high: number | null;
  priceId: string | null;
  lines: CostLine[];
}

/** Something a reader of the numbers should know. The code is stable. */
export interface Warning {
  code: string;
  message: string;
}

/** Quantities by bucket. No two buckets overlap: a cached token is in one of them. */
export type Usage = Record<string, number>;
