import { Recorder } from './recorder';

const abandoned = new FinalizationRegistry<Recorder>((recorder) => recorder.end(true));

/** What all readers of a tracked stream hold. When nobody holds it any more, the rest is never read. */
export class Watch {
  readonly recorder: Recorder;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
    abandoned.register(this, recorder);
  }

  reader(): Cursor {
    return new Cursor(this);
  }
}

/** One reader's place in a stream. */
export class Cursor {
  readonly #watch: Watch;
  #position = 0;
  #isDone = false;

  constructor(watch: Watch) {
    this.#watch = watch;
    watch.recorder.enter();
  }

  /** True for a chunk to keep from the caller. */
  take(chunk: unknown): boolean {
    const position = this.#position;
    this.#position += 1;
    return this.#watch.recorder.take(position, chunk);
  }

  /** The stream is over; `isCutShort` when it broke off. */
  end(isCutShort: boolean): void {
    this.#isDone = true;
    this.#watch.recorder.end(isCutShort);
  }

  leave(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#watch.recorder.leave();
  }
}
