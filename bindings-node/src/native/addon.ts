/** What the addon exports. Internal: nothing of it is part of the package's surface. */
export interface Addon {
  /** `Vocabulary` as JSON. */
  vocabulary(): string;
  trackResult(record: string): string;
  costOfCall(record: string, json?: string | Uint8Array): string;
  errorCode(code: string, status: number): string;
  retryAfterSeconds(header: string, nowMs: number): number | null;
  Delivery: new (policy?: string) => NativeDelivery;
}

/** The core's tree of wanted fields and its list of options, by which records are written. */
export interface Vocabulary {
  shape: ShapeNode;
  options: string[];
  maxNodes: number;
}

export interface ShapeNode {
  id: number;
  leaf: boolean;
  fields: Record<string, ShapeNode>;
  items: ShapeNode | null;
}

export interface NativeDelivery {
  readonly exitFlushMs: number;
  /** When the next batch is due, or `NOTHING_DUE` or `DROPPED`. */
  track(record: string): number;
  /** What `track` answers, a line feed, and the result as JSON. */
  trackJson(record: string, json: string | Uint8Array): string;
  enqueue(event: string, nowMs: number): string;
  nextStep(nowMs: number): { send?: Batch; waitUntil?: number };
  report(batch: number, answer: Answer | undefined, nowMs: number, jitter: number): Problem[];
  takeLosses(): Problem[];
  flush(): void;
  isFlushed(): boolean;
  close(): void;
  /** `DeliveryStats` as JSON. */
  stats(): string;
}

/** Answers of `NativeDelivery.track` that are no instant. */
export const NOTHING_DUE = -1;
export const DROPPED = -2;

export interface Batch {
  id: number;
  events: number;
  body: Buffer;
}

export interface Answer {
  status: number;
  retryAfter?: string;
  body: Buffer;
}

export interface Problem {
  code: string;
  message: string;
  correlationId: string;
  status: number;
  events: number;
}
