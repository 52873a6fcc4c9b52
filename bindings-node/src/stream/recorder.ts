import type { NativeStream } from '../native/addon';
import type { HttpHeaders } from '../record/headers';
import type { TrackResult } from '../result';
import { Feeder } from './feeder';

/** Makes the event of a stream that is over. Never throws. */
export type Settle = (record: string, stream: NativeStream) => TrackResult;

/**
 * One tracked stream: takes its chunks, each once however many readers it has, and makes its one event at its end.
 * It must not know the stream or its readers, so that those can be found to be gone.
 */
export class Recorder {
  readonly #feeder = new Feeder();
  readonly #settle: Settle;
  /** Usage was asked for on behalf of a caller who did not, and must not see it. */
  readonly isHiding: boolean;
  #record: string;
  #seen = 0;
  #readers = 0;
  /** Where the chunks stood that nobody asked for. */
  #hidden: number[] = [];
  #outcome: TrackResult | undefined;
  #promise: Promise<TrackResult> | undefined;
  #resolve: ((result: TrackResult) => void) | undefined;

  constructor(record: string, settle: Settle, isHiding = false) {
    this.#record = record;
    this.#settle = settle;
    this.isHiding = isHiding;
  }

  /** What the stream cost, once it is over. */
  get result(): Promise<TrackResult> {
    this.#promise ??=
      this.#outcome === undefined
        ? new Promise((resolve) => {
            this.#resolve = resolve;
          })
        : Promise.resolve(this.#outcome);
    return this.#promise;
  }

  /** How many chunks have come. */
  get seen(): number {
    return this.#seen;
  }

  /** What `track()` was told last about the stream. */
  restate(record: string): void {
    this.#record = record;
  }

  addHeaders(headers: HttpHeaders): void {
    this.#feeder.addHeaders(headers);
  }

  /** A reader who starts at the beginning. */
  enter(): void {
    this.#readers += 1;
  }

  /** A reader who left before the end. With the last one the stream is over. */
  leave(): void {
    this.#readers -= 1;
    if (this.#readers <= 0) this.end(true);
  }

  /** The chunk at a position, by whichever reader is there first. True for one to keep from the caller. */
  take(position: number, chunk: unknown): boolean {
    if (position === this.#seen) {
      this.#seen += 1;
      if (this.#outcome === undefined) this.#feed(position, chunk);
    }
    return this.#hidden.length > 0 && this.#hidden.includes(position);
  }

  /** Makes the event, the first time it is called. */
  end(isCutShort: boolean): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = this.#settle(this.#record, this.#feeder.finish(isCutShort));
    this.#resolve?.(this.#outcome);
  }

  #feed(position: number, chunk: unknown): void {
    try {
      if (this.#feeder.take(chunk) && this.isHiding) this.#hidden.push(position);
    } catch {
      // Nothing in there is known to throw; the caller's stream goes on whatever happens.
    }
  }
}
