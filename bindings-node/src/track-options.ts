/** Who used it, for what, and what the response does not say. */
export interface TrackOptions {
  /** Your end user. */
  userId?: string | number;
  feature?: string;
  agentId?: string;
  workflowId?: string;
  sessionId?: string;
  sessionType?: string;
  /** Your own labels and measurements. */
  dimensions?: Record<string, string | number | boolean>;
  /** When the call was made; now when left out. */
  timestamp?: Date | number | string;
  /** Makes two calls of `track()` one event. One is made up when left out. */
  idempotencyKey?: string;
  subscriptionId?: string;
  /** Your own JSON object, kept with the event. */
  metadata?: Record<string, unknown>;
  /** Names the provider where the response does not show it. */
  provider?: string;
  /** Names the model where the response does not. */
  model?: string;
  /** The url of the request; its host names the provider. */
  url?: string;
  /** Usage beyond the response's own: characters, seconds, images, …. */
  units?: Record<string, number>;
  /** What the call cost in US dollars, when you know. */
  cost?: number;
}

/** The options where there is no response to read. */
export interface ManualTrackOptions extends TrackOptions {
  model: string;
}

/** The options that `withContext()` takes: whom the work inside is for. */
export type TrackContext = Pick<
  TrackOptions,
  | 'userId'
  | 'feature'
  | 'agentId'
  | 'workflowId'
  | 'sessionId'
  | 'sessionType'
  | 'subscriptionId'
  | 'dimensions'
  | 'metadata'
>;
