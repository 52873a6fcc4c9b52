import type { DateInput } from './query';

/** The service's named ranges of time. A period is a month of the organisation's own. */
export type TimeWindow = 'current-period' | 'last-period' | 'last-7-days' | 'last-30-days';

/**
 * A range of time by its days, or by its name; without either, the current period. A start is inclusive; an end
 * without a time means that whole day. Days are those of the organisation's time zone.
 */
export interface DateRange {
  startDate?: DateInput | undefined;
  endDate?: DateInput | undefined;
  timeWindow?: TimeWindow | undefined;
}

/** How a range is divided. */
export type Granularity = 'hour' | 'day' | 'week' | 'month';

/** Which part of a list. `limit` is 100 when left out, and at most 1000. */
export interface PageParams {
  limit?: number | undefined;
  offset?: number | undefined;
}

/** What time an answer is about, in ISO 8601; the end is the last millisecond inside. */
export interface Span {
  periodStart: string;
  periodEnd: string;
}

/** Which part of a list an answer holds. */
export interface PageInfo {
  total: number;
  limit: number;
  offset: number;
  hasMore: boolean;
}
