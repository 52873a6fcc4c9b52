export { BearLumen, type PingResponse, type WaitOptions } from './client';
export type { BearLumenConfig, BearLumenLogger, DeliveryErrorContext } from './config';
export { BearLumenApiError, type BearLumenApiErrorFields } from './error';
export { anomalies, forecast, route, savings } from './advice';
export type * from './advice';
export { costOf, type CallCost, type CostHints } from './cost-of';
export { costOfStream, type StreamCostHints } from './cost-of-stream';
export type { Cost, CostBasis, CostLine, Usage, Warning } from './cost';
export type { HttpHeaders } from './record/headers';
export { Provider } from './provider';
export type { TrackResult, TrackResultFields } from './result';
export type { ManualTrackOptions, TrackContext, TrackOptions } from './track-options';
export type { CarriedStream, StreamSource, Tracked, TrackedStream } from './track/tracked';
export type { DeliveryStats } from './delivery/stats';
export type * from './api/totals';
export type * from './api/range';
export type {
  CostSummaryResponse,
  CostTrendParams,
  Costs,
  DetailedCostItem,
  DetailedCostParams,
  DetailedCostResponse,
  TokenBreakdown,
  UserCosts,
  UserFields,
} from './api/costs';
export type {
  Usage as UsageResource,
  UsageAggregationItem,
  UsageAggregationParams,
  UsageAggregationResponse,
  UsageBatchResponse,
  UsageBatchResult,
  UsageEvent,
  UsageEventsParams,
  UsageEventsResponse,
  UsageRecordInput,
  UsageRecordResponse,
  UsageSummaryParams,
  UsageSummaryResponse,
} from './api/usage';
export type * from './api/attribution';
export type * from './api/cost-attribution';
export type * from './api/dimensions';
export type * from './api/margins';
export type * from './api/revenue';
export type * from './api/insights';
export type * from './api/end-users';
export type * from './api/subscriptions';
export type * from './api/budgets';
export type { PageOf } from './api/page';
export type { DateInput } from './api/query';
