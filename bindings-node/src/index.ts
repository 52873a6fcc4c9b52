export { BearLumen, type PingResponse, type WaitOptions } from './client';
export type { BearLumenConfig, BearLumenLogger, DeliveryErrorContext } from './config';
export { BearLumenApiError, type BearLumenApiErrorFields } from './error';
export { costOf, type CallCost, type CostHints } from './cost-of';
export { costOfStream, type StreamCostHints } from './cost-of-stream';
export type { Cost, CostBasis, CostLine, Usage, Warning } from './cost';
export type { HttpHeaders } from './record/headers';
export { Provider } from './provider';
export type { TrackResult } from './result';
export type { ManualTrackOptions, TrackContext, TrackOptions } from './track-options';
export type { Tracked, TrackedStream } from './track/tracked';
export type { DeliveryStats } from './delivery/stats';
export type {
  CostBreakdownItem,
  CostBreakdownResponse,
  CostParams,
  CostSummaryParams,
  CostSummaryResponse,
} from './api/costs';
export type { DateInput } from './api/query';
