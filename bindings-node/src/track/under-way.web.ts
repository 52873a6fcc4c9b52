import { Pulse } from '../delivery/pulse';
import { poll } from '../poll';
import type { Recorder } from '../stream/recorder';

interface Body {
  readonly pulse: Pulse;
  readonly isWhole: boolean;
}

/**
 * What is tracked and not over yet: streams, and the HTTP bodies that are read beside their readers. Nobody tells of the
 * end here, so a flush waits for both.
 */
export class UnderWay {
  readonly #streams = new Set<Recorder>();
  readonly #bodies = new Map<Promise<void>, Body>();
  /** How far streams had come when a flush gave them up: nobody waits for them again before they move on. */
  readonly #stalled = new WeakMap<Recorder, number>();

  get streams(): readonly Recorder[] {
    return [...this.#streams];
  }

  /** How many events are still to be made. */
  get count(): number {
    return this.#streams.size + [...this.#bodies.values()].filter(({ isWhole, pulse }) => isWhole && pulse.isAlive).length;
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
    const pulse = new Pulse();
    const body = reading.finally(() => {
      pulse.stop();
      this.#bodies.delete(body);
    });
    this.#bodies.set(body, { pulse, isWhole });
  }

  /**
   * Resolves when all of it is over, or nothing has moved for `timeoutMs`, but after `longestMs` at the latest; with the
   * milliseconds of `timeoutMs` that are spent. What begins meanwhile is for the next flush.
   */
  async settled(timeoutMs: number, longestMs: number, withStreams: boolean, meanwhile: () => void): Promise<number> {
    const bodies = [...this.#bodies];
    const streams = withStreams ? this.streams.filter((stream) => this.#stalled.get(stream) !== stream.seen) : [];
    const seen = new Map<Recorder, number>();
    const start = Date.now();
    let movedAt = start;
    const isOver = (): boolean => {
      const left = streams.filter((stream) => this.#streams.has(stream));
      for (const stream of left) {
        if (seen.get(stream) !== stream.seen) movedAt = Date.now();
        seen.set(stream, stream.seen);
      }
      return left.length === 0 && !bodies.some(([body, { pulse }]) => this.#bodies.has(body) && this.#isRead(body, pulse));
    };
    if (isOver()) return 0;
    // Of the longest wait, the last of it is what is there for sending.
    const spent = (): number => Math.max(Date.now() - movedAt, Date.now() - start - (longestMs - timeoutMs));
    await poll(() => {
      meanwhile();
      return isOver() || spent() >= timeoutMs;
    });
    if (isOver()) return Math.max(0, Date.now() - start - (longestMs - timeoutMs));
    for (const stream of streams) this.#stalled.set(stream, stream.seen);
    return spent();
  }

  /** False for a body whose reader went with its request. */
  #isRead(body: Promise<void>, pulse: Pulse): boolean {
    if (!pulse.isAlive) this.#bodies.delete(body);
    return pulse.isAlive;
  }
}
