import * as advice from './advice';
import { Attribution } from './api/attribution';
import { Budgets } from './api/budgets';
import { CostAttribution } from './api/cost-attribution';
import { Costs } from './api/costs';
import { Dimensions } from './api/dimensions';
import { EndUsers } from './api/end-users';
import { Insights } from './api/insights';
import { Margins } from './api/margins';
import { Revenue } from './api/revenue';
import { Service } from './api/service';
import { Subscriptions } from './api/subscriptions';
import { Usage } from './api/usage';
import { settingsOf, type BearLumenConfig } from './config';
import { DeliveryLoop } from './delivery/loop';
import { Reporter } from './delivery/reporter';
import { openSpool } from './delivery/spool';
import type { DeliveryStats } from './delivery/stats';
import { addon } from './native/load';
import type { TrackResult } from './result';
import type { ManualTrackOptions, TrackContext, TrackOptions } from './track-options';
import { Context } from './track/context';
import type { Tracked } from './track/tracked';
import { Tracker } from './track/tracker';
import { Transport } from './transport/transport';
import { Wrapping } from './wrap/wrap';

export interface PingResponse {
  ok: boolean;
  organizationId: string;
}

/** How long to wait, in milliseconds; the client's `timeout` when left out. */
export interface WaitOptions {
  timeout?: number | undefined;
}

/** So many times its `timeout` a client's flush waits for streams that move, where it has to wait for them at all. */
const STREAMS_HOLD_A_FLUSH = 20;

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
  /** The events: recording them one by one, listing and counting them. */
  readonly usage: Usage;
  /** What calls cost, by model, provider, feature, …. */
  readonly costs: Costs;
  /** Costs by your own dimensions, agents, workflows and sessions. */
  readonly attribution: Attribution;
  /** Costs by agent and workflow. */
  readonly costAttribution: CostAttribution;
  /** Your own dimensions, and the numbers in them. */
  readonly dimensions: Dimensions;
  /** Revenue against cost. */
  readonly margins: Margins;
  /** Revenue, which turns costs into margins. */
  readonly revenue: Revenue;
  /** A range at one look. */
  readonly insights: Insights;
  /** Whose usage you track. */
  readonly endUsers: EndUsers;
  /** Which end user is on which plan. */
  readonly subscriptions: Subscriptions;
  /** What may be spent in each billing period. */
  readonly budgets: Budgets;
  readonly #context: Context;
  readonly #loop: DeliveryLoop;
  readonly #service: Service;
  readonly #tracker: Tracker;
  readonly #timeout: number;
  readonly #baseUrl: string;

  /** @throws TypeError when an option is missing or wrong, Error when the `spoolDir` cannot be used */
  constructor(config: BearLumenConfig) {
    const settings = settingsOf(config);
    const transport = new Transport(settings);
    this.#timeout = settings.timeout;
    this.#baseUrl = settings.baseUrl;
    const reporter = new Reporter(settings);
    const delivery = new addon.Delivery();
    if (settings.spoolDir !== undefined) openSpool(delivery, settings.spoolDir, settings, reporter);
    this.#loop = new DeliveryLoop(delivery, transport, reporter, settings.spoolDir !== undefined);
    this.#loop.wake();
    this.#context = new Context((message) => reporter.warn(message));
    this.#tracker = new Tracker(this.#loop, reporter, this.#context);
    this.#service = new Service(transport, settings.maxRetries);
    this.usage = new Usage(this.#service);
    this.costs = new Costs(this.#service);
    this.attribution = new Attribution(this.#service);
    this.costAttribution = new CostAttribution(this.#service);
    this.dimensions = new Dimensions(this.#service);
    this.margins = new Margins(this.#service);
    this.revenue = new Revenue(this.#service);
    this.insights = new Insights(this.#service);
    this.endUsers = new EndUsers(this.#service);
    this.subscriptions = new Subscriptions(this.#service);
    this.budgets = new Budgets(this.#service);
  }

  /**
   * Prices a provider's response and queues its event for delivery in the background: the provider's SDK
   * object, a plain object, JSON text or bytes, or `null` where there is no response and the options say it all.
   * Never throws and never waits.
   *
   * Of a stream it answers what to read instead: the same chunks, unchanged and at once, and a `result` that
   * resolves when the stream is over, however it ends. Of a `fetch` response it answers that response with a
   * `result`; the body stays unread, a copy is read beside it. What hands out its streams, as the results of
   * Vercel's `streamText()` do, it answers itself, with a `result`; what is read of its streams is seen.
   */
  track(response: null | undefined, options: ManualTrackOptions): TrackResult;
  track<T>(response: T extends null | undefined ? never : T, options?: TrackOptions): Tracked<T>;
  track(response: unknown, options?: TrackOptions): unknown {
    return this.#tracker.track(response, options);
  }

  /**
   * Runs `work` with options for every `track()` in it and in whatever it awaits. Contexts nest, and what a call
   * says itself wins.
   */
  withContext<T>(context: TrackContext, work: () => T): T {
    return this.#context.run(context, work);
  }

  /**
   * Answers the client of a provider's SDK with every call tracked, streamed or not. It is used like the client, which
   * stays as it is; `withContext()` says whom calls are for. A call made through it must not be given to `track()` as
   * well.
   *
   * Where a stream states its usage only when asked, it is asked, and the chunk that answers is kept from who did not
   * ask for it.
   *
   * @throws TypeError when `client` is no object
   */
  wrap<T extends object>(client: T): T {
    if (typeof client !== 'object' || client === null) {
      throw new TypeError("wrap() takes the client of a provider's SDK, such as new OpenAI()");
    }
    return new Wrapping(this.#tracker).wrap(client);
  }

  /** Sends what is queued and resolves when it is settled or the time is up. Never rejects. */
  async flush(options: WaitOptions = {}): Promise<DeliveryStats> {
    const timeout = options.timeout ?? this.#timeout;
    const longest = options.timeout ?? this.#timeout * STREAMS_HOLD_A_FLUSH;
    await this.#loop.flush(timeout - (await this.#tracker.settled(timeout, longest, true)));
    return this.stats();
  }

  /**
   * Takes no more events, sends what is queued, and stops. What is pending when the time is up is lost. Streams
   * under way count as far as they went.
   */
  async shutdown(options: WaitOptions = {}): Promise<DeliveryStats> {
    const timeout = options.timeout ?? this.#timeout;
    const spent = await this.#tracker.settled(timeout, timeout, false);
    this.#tracker.endStreams();
    await this.#loop.shutdown(timeout - spent);
    return this.stats();
  }

  /**
   * What the coming days will cost, of the daily costs it is given. Computed here; the service is not asked.
   *
   * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
   */
  forecast(question: advice.ForecastQuestion): advice.Forecast {
    return advice.forecast(question);
  }

  /**
   * What is odd about the series it is given, and whether a budget lasts. Computed here; the service is not asked.
   *
   * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
   */
  anomalies(question: advice.AnomaliesQuestion): advice.Anomalies {
    return advice.anomalies(question);
  }

  /**
   * What the usage it is given would have cost otherwise. Computed here; the service is not asked.
   *
   * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
   */
  savings(question: advice.SavingsQuestion): advice.Savings {
    return advice.savings(question);
  }

  /**
   * Which model should answer. Computed here; the service is not asked, and the prompt goes nowhere.
   *
   * @throws BearLumenApiError with the code `validation_error` when a field is missing or wrong
   */
  route(question: advice.RouteQuestion): advice.Routed {
    return advice.route(question);
  }

  /** What became of all events so far. */
  stats(): DeliveryStats {
    return { ...this.#loop.stats(), underWay: this.#tracker.underWay };
  }

  /**
   * Asks the service whether it is there and knows the key.
   *
   * @throws BearLumenApiError
   */
  ping(): Promise<PingResponse> {
    return this.#service.get('/v1/ping');
  }

  toJSON(): object {
    return { baseUrl: this.#baseUrl, stats: this.stats() };
  }

  /** @internal What `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object, inspect: Inspect): string {
    return `BearLumen ${inspect(this.toJSON(), options)}`;
  }
}
