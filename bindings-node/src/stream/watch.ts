import { Recorder } from './recorder';

let abandoned: FinalizationRegistry<Recorder> | undefined;

/** Ends the recorder when its watch is nobody's any more, where the runtime tells. */
function endWhenAbandoned(watch: Watch, recorder: Recorder): void {
  if (typeof FinalizationRegistry === 'undefined') return;
  abandoned ??= new FinalizationRegistry((left) => left.end(true));
  abandoned.register(watch, recorder);
}

/** What all readers of a tracked stream hold. When nobody holds it any more, the rest is never read. */
export class Watch {
  readonly recorder: Recorder;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
    endWhenAbandoned(this, recorder);
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
