import { quietTimer, type Timer } from '../timer';

const BEAT_MS = 250;
const SILENCE_MS = 2_000;

/**
 * Says whether somebody who has begun something is still there to finish it. On Cloudflare, what a request has begun and
 * nobody waits for ends with the request, without a word; its timers fall silent with it.
 */
export class Pulse {
  #last = Date.now();
  #timer: Timer | undefined;

  constructor() {
    this.#beat();
  }

  get isAlive(): boolean {
    return Date.now() - this.#last < SILENCE_MS;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #beat(): void {
    this.#last = Date.now();
    this.#timer = quietTimer(() => this.#beat(), BEAT_MS);
  }
}
