import { quietTimer, type Timer } from '../timer';

/** Rings once, at the last instant that it was set to. */
export class Alarm {
  #timer: Timer | undefined;
  #at = Infinity;

  /** When it will ring. */
  get at(): number {
    return this.#at;
  }

  set(at: number, ring: () => void): void {
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = quietTimer(ring, at - Date.now());
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#at = Infinity;
  }
}
