import { BearLumenApiError } from './error';
import { addon } from './native/load';

/** A day, `2026-01-31`. */
export type Day = string;
/** A time: ISO 8601, or a `Date`. */
export type Moment = string | Date;
/** Whole nano-dollars (10^-9 US dollars); beyond 2^53 as a bigint or as decimal text. */
export type NanoDollars = number | bigint | string;
/** Where a vendor places its model, from least to most capable. */
export type QualityClass = 'basic' | 'standard' | 'high' | 'top';
/** A class, or the requirement that stands for it. */
export type QualityRequirement = QualityClass | 'low' | 'medium' | 'highest';

/** What whole days in a row cost. A day that is not over stays out. */
export interface DailyCosts {
  /** The first day. */
  start: Day;
  dailyNanos: readonly NanoDollars[];
}

/** US dollars and the interval around them; exactly, as decimal text of nano-dollars. */
export interface CostRange {
  cost: number;
  costNanos: string;
  low: number;
  lowNanos: string;
  high: number;
  highNanos: string;
}

export interface ForecastQuestion extends DailyCosts {
  /** Days ahead, 1 to 90; 30 when left out. */
  horizonDays?: number | undefined;
  /** What per cent of truths an interval is meant to hold; 80 when left out. */
  level?: 50 | 80 | 90 | 95 | 99 | undefined;
}

/** What the coming days will cost. */
export interface Forecast {
  status: 'ok' | 'too_little_data';
  /** Why there is none. */
  reason: string | null;
  historyDays: number;
  horizonDays: number;
  level: number;
  /** The sum of all days ahead. */
  projected: CostRange | null;
  next7Days: CostRange | null;
  next30Days: CostRange | null;
  /** 0 to 99: how narrow the interval of the next 30 days is beside their sum. */
  confidence: number | null;
  trend: 'increasing' | 'decreasing' | 'stable' | null;
  /** What was found, with its figures. */
  factors: { code: string; message: string }[];
  daily: (CostRange & { date: Day })[];
}

/** The days of a model, an end user, a feature. */
export interface WatchedSeries extends DailyCosts {
  kind: string;
  value?: string | undefined;
}

export interface AnomaliesQuestion {
  series?: readonly WatchedSeries[] | undefined;
  /** Calls without a price. */
  unpriced?:
    | readonly { provider?: string | undefined; model?: string | undefined; firstSeen?: Day | undefined; events?: number | undefined }[]
    | undefined;
  budget?: {
    nanos: NanoDollars;
    /** The last day of its period. */
    until: Day;
    /** Spent in the period up to yesterday, and today so far. */
    spentNanos: NanoDollars;
    todayNanos?: NanoDollars | undefined;
    /** What it is for, where it is not for everything. */
    kind?: string | undefined;
    value?: string | undefined;
    /** Up to yesterday. */
    series: DailyCosts;
  } | undefined;
  /** How many of the latest days are judged, 1 to 7; 1 when left out. */
  checkDays?: number | undefined;
  /** Differences below are not told; a cent when left out. */
  leastNanos?: NanoDollars | undefined;
}

/** Something to look at. */
export interface SpendAlert {
  type: 'spike' | 'drop' | 'step' | 'trend' | 'new' | 'unpriced' | 'budget';
  level: 'critical' | 'warning' | 'info';
  message: string;
  /** Of what, where it is of one thing. */
  kind: string | null;
  value: string | null;
  date: Day | null;
  /** What it was, and what was expected instead, where those were compared. */
  actual: number | null;
  actualNanos: string | null;
  expected: CostRange | null;
}

/** What is odd, the weightiest first. */
export interface Anomalies {
  alerts: SpendAlert[];
  budget: { budgetNanos: string; spentNanos: string; until: Day; period: CostRange | null; exhaustedOn: Day | null } | null;
  checked: number;
  /** Series that are too short to judge. */
  skipped: { kind: string; value: string; reason: string }[];
}

/** Quantities by bucket, such as `{ input: 1000, cache_read: 500, output: 20 }`. */
export type Buckets = Record<string, number | string>;

export interface SavingsQuestion {
  /** Sums by model. */
  usage?: readonly {
    provider: string;
    model: string;
    events: number;
    costNanos?: NanoDollars | undefined;
    modifiers?: Record<string, string> | undefined;
    buckets: Buckets;
  }[] | undefined;
  /** Single calls. */
  events?: readonly {
    provider: string;
    model: string;
    at: Moment;
    costNanos?: NanoDollars | undefined;
    modifiers?: Record<string, string> | undefined;
    buckets: Buckets;
  }[] | undefined;
  /** The time whose prices hold; now when left out. */
  at?: Moment | undefined;
  /** The days that the usage is of: said back. */
  from?: Day | undefined;
  to?: Day | undefined;
  /** Compare with models of these alone. */
  providers?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  /** The share of input to suppose cached. */
  cachePercent?: number | undefined;
  sameQualityOnly?: boolean | undefined;
  limit?: number | undefined;
  /** The caller's own rates and discounts. */
  ownPrices?: object | undefined;
}

/** What would have been cheaper, by how much, and under which assumptions. */
export interface Recommendation {
  kind: 'model' | 'batch' | 'flex' | 'cache';
  provider: string;
  model: string;
  toProvider: string;
  toModel: string;
  quality: { from: QualityClass | null; to: QualityClass | null; change: 'same' | 'higher' | 'lower' | 'unknown' };
  /** US dollars. */
  saved: number;
  savedNanos: string;
  savedPercent: number;
  baselineNanos: string;
  alternativeNanos: string;
  basis: 'exact' | 'estimated';
  assumptions: string[];
  message: string;
  computedFrom: { events: number; from: Day | null; to: Day | null; days: number | null; buckets: Record<string, number>; method: string };
}

/** Alternatives, the greatest saving first. Those of one row exclude each other. */
export interface Savings {
  recommendations: Recommendation[];
  /** The best of each row that keeps the quality, added up. */
  potentialNanos: string;
  actualNanos: string;
  skipped: { provider: string; model: string; reason: string }[];
}

export interface RouteQuestion {
  /** Measured for its tokens, unless `inputTokens` says how many they are. */
  prompt?: string | undefined;
  inputTokens?: number | undefined;
  /** How long the answer may be; 500 when left out. */
  outputTokens?: number | undefined;
  /** What the prompt holds. */
  modalities?: readonly ('text' | 'image' | 'audio' | 'video')[] | undefined;
  /** What decides among adequate models; `cost` when left out. */
  priority?: 'cost' | 'quality' | 'latency' | 'balanced' | undefined;
  /** The least class; that of `current` when left out, else `standard`. */
  qualityRequirement?: QualityRequirement | undefined;
  maxLatencyMs?: number | undefined;
  maxCostNanos?: NanoDollars | undefined;
  /** Choose among models of these alone. */
  providers?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  /** The caller's own. */
  latencies?: readonly { provider: string; model: string; latencyMs: number }[] | undefined;
  /** The model in use, which the decision is compared with. */
  current?: { provider: string; model: string } | undefined;
  ownPrices?: object | undefined;
  /** The time whose prices hold; now when left out. */
  at?: Moment | undefined;
}

/** What a call would cost, at its likely tokens and at their bounds. */
export interface EstimatedCost {
  cost: number;
  costNanos: string;
  lowNanos: string;
  highNanos: string;
}

export interface RoutingDecision {
  provider: string;
  model: string;
  quality: QualityClass;
  reason: string;
  estimatedCost: EstimatedCost | null;
  latencyMs: number | null;
}

/** A model and how it fares. */
export interface ConsideredModel {
  provider: string;
  model: string;
  quality: QualityClass;
  /** The vendor's page that says so. */
  qualityFrom: string;
  estimatedCost: EstimatedCost | null;
  latencyMs: number | null;
  outcome: 'chosen' | 'adequate' | 'rejected';
  /** What it lacks, or what is not known of it. */
  reasons: string[];
}

/** Which model should answer. */
export interface Routed {
  /** `null` when no model is adequate. */
  decision: RoutingDecision | null;
  reason: string;
  priority: 'cost' | 'quality' | 'latency' | 'balanced';
  requirement: { quality: QualityClass; from: 'asked' | 'current' | 'default' };
  tokens: { input: number; inputLow: number; inputHigh: number; output: number; isEstimate: boolean };
  considered: ConsideredModel[];
  /** How the decision lies to `current`. */
  against: {
    provider: string;
    model: string;
    quality: QualityClass | null;
    estimatedCost: EstimatedCost | null;
    savedNanos: string | null;
    change: 'none' | 'unknown' | 'quality_upgrade' | 'cost_downgrade' | 'sideways';
  } | null;
  limitsFrom: string;
}

/**
 * What the coming days will cost, with intervals, a confidence and the reasons. Computed here; nothing is sent.
 *
 * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
 */
export function forecast(question: ForecastQuestion): Forecast {
  return answer('forecast', question) as Forecast;
}

/**
 * Days that were not to be expected, steps, trends, first costs, calls without a price, and a budget's course.
 * Computed here; nothing is sent.
 *
 * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
 */
export function anomalies(question: AnomaliesQuestion): Anomalies {
  return answer('anomalies', question) as Anomalies;
}

/**
 * What the same usage would have cost on other models, in batches or with a cache. Computed here; nothing is sent.
 *
 * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
 */
export function savings(question: SavingsQuestion): Savings {
  return answer('savings', priced(question)) as Savings;
}

/**
 * The cheapest adequate model for a prompt, and all that were considered. Computed here; the prompt goes nowhere.
 *
 * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
 */
export function route(question: RouteQuestion): Routed {
  return answer('route', priced(question)) as Routed;
}

/** Prices have dates: those of now hold where no time is given. */
function priced<T extends { at?: Moment | undefined }>(question: T): T {
  return typeof question === 'object' && question !== null ? { ...question, at: question.at ?? new Date() } : question;
}

function answer(name: string, question: object): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(question, sayable);
  } catch (error) {
    throw refused(`Invalid question: ${error instanceof Error ? error.message : String(error)}`);
  }
  const said = JSON.parse(addon.advice(name, text ?? 'null')) as object | { error: string };
  if ('error' in said) throw refused(said.error);
  return said;
}

/** What JSON would turn into something else in silence. */
function sayable(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name} is ${value}`);
  return value;
}

function refused(message: string): BearLumenApiError {
  return new BearLumenApiError({ code: 'validation_error', message });
}
