import { quietTimer } from '../timer';

/** How late a timer may be before it is taken for one that went with its request. */
const LATE_MS = 1_000;

/**
 * Rings at every instant that it was set to, unless the request that set it is over by then. No other request may stop
 * its timer, so nobody does: ringing for nothing is harmless.
 */
export class Alarm {
  #at = Infinity;
  /** The last instant for which there is a timer that has not rung. */
  #timed = -Infinity;

  /** When it will ring. */
  get at(): number {
    return this.#at + LATE_MS < Date.now() ? Infinity : this.#at;
  }

  set(at: number, ring: () => void): void {
    this.#at = at;
    if (at === this.#timed) return;
    this.#timed = at;
    quietTimer(() => this.#ring(at, ring), at - Date.now());
  }

  clear(): void {
    this.#at = Infinity;
  }

  /** A timer may ring a little before its instant, which is then set again. */
  #ring(at: number, ring: () => void): void {
    if (this.#timed === at) this.#timed = -Infinity;
    ring();
  }
}
