/** What the core answers, be it the addon or wasm. Internal: nothing of it is part of the package's surface. */
export interface Addon {
  /** `Vocabulary` as JSON. */
  vocabulary(): string;
  trackResult(record: string): string;
  /** The answer to a question of `forecast`, `anomalies`, `savings` or `route`, or `{ "error": … }`. */
  advice(name: string, question: string): string;
  /** `headers` as `writeHeaders` writes them. */
  costOfCall(record: string, json?: string | Uint8Array, headers?: string): string;
  /** The words that the first number of a packed cost stands for, as JSON. */
  packedWords(number: number): string;
  /** The same of JSON text without more being known of it. */
  costOfText(json: string, nowMs: number): string;
  /** Whether an HTTP body of this content type is a stream of chunks. */
  isStreamType(contentType: string): boolean;
  /** What a name on a provider's client means: `CLIENT` bits. */
  clientStepBits(path: string): number;
  /** The call that an object of this class asks for. */
  commandPath(className: string): string | null;
  /** The names of the calls that this one makes on its own object. */
  innerCalls(path: string): string[];
  /** `{ helpers: { path, calls }[], madeWith: string[] }` as JSON. */
  clientHelpers(): string;
  /** Whether a stream of this call states its usage only when asked. */
  asksForUsage(path: string, url?: string): boolean;
  isModelParameter(name: string): boolean;
  errorCode(code: string, status: number): string;
  /** When a read is asked again, in milliseconds from now; `null` when its outcome is final. Status 0 is no answer. */
  readAgainMs(status: number, retryAfter: string | null, failures: number, maxRetries: number, nowMs: number, jitter: number): number | null;
  /** How often a read is asked again where nobody says otherwise. */
  readRetries(): number;
  retryAfterSeconds(header: string, nowMs: number): number | null;
  Delivery: new (policy?: string) => NativeDelivery;
  Stream: new () => NativeStream;
}

/** The core's tree of wanted fields and its list of options, by which records are written. */
export interface Vocabulary {
  /** The wanted places of a response, each once; the first is the response itself. */
  nodes: ShapeNode[];
  options: string[];
  maxNodes: number;
}

export interface ShapeNode {
  /** The number of each field's place, by every spelling of its name. */
  fields: Record<string, number>;
  items: number | null;
}

export interface NativeStream {
  /** Takes a chunk as the subject of a record and answers bits: `TAUGHT`, `USAGE_ALONE`, `ADDS`. */
  chunk(subject: string): number;
  chunkJson(json: Uint8Array): void;
  /** Takes a piece of the stream's text. */
  text(piece: string | Uint8Array): void;
  addHeaders(headers: string): void;
  cutShort(): void;
  /** The last thing to be asked. */
  cost(record: string): string;
}

export interface NativeDelivery {
  readonly exitFlushMs: number;
  /** When the next batch is due, or `NOTHING_DUE` or `DROPPED`. */
  track(record: string): number;
  /** What `track` answers, a line feed, and the result as JSON. `headers` as `writeHeaders` writes them. */
  trackWhole(record: string, json?: string | Uint8Array, headers?: string): string;
  /** The same for a stream that is over. It must not be used any more. */
  trackStream(record: string, stream: NativeStream, nowMs: number): string;
  /** Keeps undelivered events in a file, and queues those that earlier processes left. Throws when it cannot. */
  openSpool(folder: string, baseUrl: string, apiKey: string, token: string, nowMs: number): { events: number; damaged: number };
  takeSpoolError(): string | null;
  /** True when events stay for a later start. */
  closeSpool(): boolean;
  enqueue(event: string, nowMs: number): string;
  nextStep(nowMs: number): { send?: Batch; waitUntil?: number };
  report(batch: number, answer: Answer | undefined, nowMs: number, jitter: number): Problem[];
  takeLosses(): Problem[];
  /** Answers what `isSettled` is asked. */
  flush(): number;
  /** True when everything queued before a flush is settled. */
  isSettled(flush: number): boolean;
  close(): number;
  /** `DeliveryStats` as JSON. */
  stats(): string;
}

/** The chunk said something that is kept. */
export const TAUGHT = 1;
/** The chunk holds nothing but usage that somebody asked for. */
export const USAGE_ALONE = 2;
/** Another chunk like it adds to what this one said. */
export const ADDS = 4;

/** What a name on a provider's client may mean. */
export const CLIENT = {
  /** Where it is a function, calling it costs something. */
  isCall: 1,
  /** Where it is an object, it leads to calls. */
  leadsOn: 2,
  /** Where it is a function, what it returns holds calls. */
  returnsCalls: 4,
  /** Where it is a function, what it returns answers the same calls. */
  returnsClient: 8,
  /** Where it is a function, the class of what it is given says the call. */
  takesCommand: 16,
  /** Where it is a function, it makes calls of its client by itself. */
  makesCalls: 32,
} as const;

/** Answers of `NativeDelivery.track` that are no instant. */
export const NOTHING_DUE = -1;
export const DROPPED = -2;

export interface Batch {
  id: number;
  events: number;
  body: Uint8Array;
}

export interface Answer {
  status: number;
  retryAfter?: string;
  body: Uint8Array;
}

export interface Problem {
  code: string;
  message: string;
  correlationId: string;
  status: number;
  events: number;
}
