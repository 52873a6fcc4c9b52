/** Who used it, for what, and what the response does not say. */
export interface TrackOptions {
  /** Your end user. */
  userId?: string | number | undefined;
  feature?: string | undefined;
  agentId?: string | undefined;
  workflowId?: string | undefined;
  sessionId?: string | undefined;
  sessionType?: string | undefined;
  /** Your own labels and measurements. */
  dimensions?: Record<string, string | number | boolean | undefined> | undefined;
  /** When the call was made; now when left out. */
  timestamp?: Date | number | string | undefined;
  /** Makes two calls of `track()` one event. One is made up when left out. */
  idempotencyKey?: string | undefined;
  subscriptionId?: string | undefined;
  /** Your own JSON object, kept with the event. */
  metadata?: Record<string, unknown> | undefined;
  /** Names the provider where the response does not show it. */
  provider?: string | undefined;
  /** Names the model where the response does not. */
  model?: string | undefined;
  /** The url of the request; its host names the provider. */
  url?: string | undefined;
  /** Usage beyond the response's own: characters, seconds, images, …. */
  units?: Record<string, number> | undefined;
  /** What the call cost in US dollars, when you know. */
  cost?: number | undefined;
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
