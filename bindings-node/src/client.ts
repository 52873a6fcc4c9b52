import { Costs } from './api/costs';
import { Reader } from './api/reader';
import { settingsOf, type BearLumenConfig } from './config';
import { DeliveryLoop } from './delivery/loop';
import { Reporter } from './delivery/reporter';
import type { DeliveryStats } from './delivery/stats';
import type { NativeDelivery } from './native/addon';
import { addon } from './native/load';
import { isJson } from './record/response';
import { NOTHING_READ, writeRecord } from './record/record';
import { TrackResult } from './result';
import type { ManualTrackOptions, TrackOptions } from './track-options';
import { Transport } from './transport';

export interface PingResponse {
  ok: boolean;
  organizationId: string;
}

/** How long to wait, in milliseconds; the client's `timeout` when left out. */
export interface WaitOptions {
  timeout?: number;
}

type Inspect = (value: unknown, options: object) => string;

/**
 * Records what AI calls cost. One client serves a whole process.
 *
 * ```ts
 * const bear = new BearLumen({ apiKey: process.env.BEAR_LUMEN_API_KEY! });
 * bear.track(await openai.chat.completions.create({ … }), { userId: 'user_123', feature: 'chat' });
 * await bear.shutdown();
 * ```
 */
export class BearLumen {
  /** What calls cost, by model, provider, feature, …. */
  readonly costs: Costs;
  readonly #delivery: NativeDelivery;
  readonly #loop: DeliveryLoop;
  readonly #reader: Reader;
  readonly #reporter: Reporter;
  readonly #timeout: number;
  readonly #baseUrl: string;

  /** @throws TypeError when an option is missing or wrong */
  constructor(config: BearLumenConfig) {
    const settings = settingsOf(config);
    const transport = new Transport(settings);
    this.#timeout = settings.timeout;
    this.#baseUrl = settings.baseUrl;
    this.#reporter = new Reporter(settings);
    this.#delivery = new addon.Delivery();
    this.#loop = new DeliveryLoop(this.#delivery, transport, this.#reporter);
    this.#reader = new Reader(transport);
    this.costs = new Costs(this.#reader);
  }

  /**
   * Prices a provider's response and queues its event for delivery in the background: the provider's SDK
   * object, a plain object, or JSON text or bytes; `null` where there is no response and the options say it
   * all. Never throws and never waits.
   */
  track(response: null | undefined, options: ManualTrackOptions): TrackResult;
  track<T>(response: T extends null | undefined ? never : T, options?: TrackOptions): TrackResult;
  track(response: unknown, options?: TrackOptions): TrackResult {
    try {
      const record = writeRecord(response, options);
      if (isJson(response)) {
        const answer = this.#delivery.trackJson(record, response);
        const line = answer.indexOf('\n');
        this.#loop.note(Number(answer.slice(0, line)));
        return TrackResult.ofJson(answer.slice(line + 1));
      }
      this.#loop.note(this.#delivery.track(record));
      return TrackResult.ofRecord(record);
    } catch (error) {
      // Nothing above is known to throw. Should it, the caller's work goes on and the handler hears of it.
      const message = `track() failed: ${String(error)}`;
      this.#reporter.tell([{ code: 'internal_error', message, correlationId: '', status: 0, events: 1 }]);
      return TrackResult.ofRecord(NOTHING_READ);
    }
  }

  /** Sends what is queued and resolves when it is settled or the time is up. Never rejects. */
  flush(options: WaitOptions = {}): Promise<DeliveryStats> {
    return this.#loop.flush(options.timeout ?? this.#timeout);
  }

  /** Takes no more events, sends what is queued, and stops. What is pending when the time is up is lost. */
  shutdown(options: WaitOptions = {}): Promise<DeliveryStats> {
    return this.#loop.shutdown(options.timeout ?? this.#timeout);
  }

  /** What became of all events so far. */
  stats(): DeliveryStats {
    return this.#loop.stats();
  }

  /**
   * Asks the service whether it is there and knows the key.
   *
   * @throws BearLumenApiError
   */
  ping(): Promise<PingResponse> {
    return this.#reader.get('/v1/ping');
  }

  toJSON(): object {
    return { baseUrl: this.#baseUrl, stats: this.stats() };
  }

  /** @internal What `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object, inspect: Inspect): string {
    return `BearLumen ${inspect(this.toJSON(), options)}`;
  }
}
