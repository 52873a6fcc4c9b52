import { Waiting } from '../delivery/waiting';
import type { Recorder } from '../stream/recorder';

/** What is tracked and not over yet: streams, and the HTTP bodies that are read beside their readers. */
export class UnderWay {
  readonly #streams = new Set<Recorder>();
  readonly #bodies = new Set<Promise<void>>();
  readonly #waiting = new Waiting();

  get streams(): readonly Recorder[] {
    return [...this.#streams];
  }

  begin(stream: Recorder): void {
    this.#streams.add(stream);
  }

  /** True when it was the last one. */
  end(stream: Recorder): boolean {
    return this.#streams.delete(stream) && this.#streams.size === 0;
  }

  /** A body is being read. */
  wait(reading: Promise<void>): void {
    const body = reading.finally(() => {
      this.#bodies.delete(body);
      this.#waiting.changed();
    });
    this.#bodies.add(body);
  }

  /** Resolves when the bodies under way are read, or the time is up; with the milliseconds of it that are spent. */
  async settled(timeoutMs: number, _withStreams: boolean, meanwhile: () => void): Promise<number> {
    if (this.#bodies.size === 0) return 0;
    const start = Date.now();
    const bodies = [...this.#bodies];
    await this.#waiting.until(() => !bodies.some((body) => this.#bodies.has(body)), timeoutMs, meanwhile);
    return Date.now() - start;
  }
}
