import type { TrackResult } from '../result';

/** A stream or HTTP response that is tracked. */
export interface TrackedStream {
  /** What it cost, once it is over. Read the stream to its end, or leave it: this waits for either. Never rejects. */
  readonly result: Promise<TrackResult>;
}

/** What yields the chunks of a stream, hands out streams of them, or is an HTTP response. */
export type StreamSource =
  | AsyncIterable<unknown>
  | IterableIterator<unknown>
  | { readonly fullStream: unknown }
  | { clone(): unknown; arrayBuffer(): unknown };

/** The stream in the output of an SDK. */
export type CarriedStream<T> = T extends { stream?: infer Stream } | { body?: infer Stream }
  ? Extract<Stream, AsyncIterable<unknown>>
  : never;

/** What `track()` answers: of a stream what to read instead, of any other response its result. */
export type Tracked<T> = T extends StreamSource
  ? T & TrackedStream
  : [CarriedStream<T>] extends [never]
    ? TrackResult
    : CarriedStream<T> extends AsyncIterable<infer Chunk>
      ? T & TrackedStream & AsyncIterable<Chunk>
      : TrackResult;
