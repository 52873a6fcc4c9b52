import { Waiting } from '../delivery/waiting';
import type { Recorder } from '../stream/recorder';

/** What is tracked and not over yet: streams, and the HTTP bodies that are read beside their readers. */
export class UnderWay {
  readonly #streams = new Set<Recorder>();
  readonly #bodies = new Set<Promise<void>>();
  #whole = 0;
  readonly #waiting = new Waiting();

  get streams(): readonly Recorder[] {
    return [...this.#streams];
  }

  /** How many events are still to be made. */
  get count(): number {
    return this.#streams.size + this.#whole;
  }

  begin(stream: Recorder): void {
    this.#streams.add(stream);
  }

  /** True when it was the last one. */
  end(stream: Recorder): boolean {
    return this.#streams.delete(stream) && this.#streams.size === 0;
  }

  /** A body is being read; a whole one is no stream's. */
  wait(reading: Promise<void>, isWhole: boolean): void {
    if (isWhole) this.#whole += 1;
    const body = reading.finally(() => {
      this.#bodies.delete(body);
      if (isWhole) this.#whole -= 1;
      this.#waiting.changed();
    });
    this.#bodies.add(body);
  }

  /** Resolves when the bodies under way are read, or the time is up; with the milliseconds of it that are spent. */
  async settled(timeoutMs: number, _longestMs: number, _withStreams: boolean, meanwhile: () => void): Promise<number> {
    if (this.#bodies.size === 0) return 0;
    const start = Date.now();
    const bodies = [...this.#bodies];
    await this.#waiting.until(() => !bodies.some((body) => this.#bodies.has(body)), timeoutMs, meanwhile);
    return Date.now() - start;
  }
}
