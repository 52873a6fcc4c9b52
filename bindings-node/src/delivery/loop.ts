import { DROPPED, type Batch, type NativeDelivery } from '../native/addon';
import { awaitedTimer, quietTimer } from '../timer';
import type { Transport } from '../transport/transport';
import { forget, remember } from './exit';
import type { Reporter } from './reporter';
import type { DeliveryStats } from './stats';

const PATH = '/v1/usage/events/batch';

/** Losses at `track()` come in crowds: they are told together after this pause. */
const LOSS_PAUSE_MS = 1_000;

/**
 * Carries out what the core's delivery says: asks for the next step, sends or sleeps, reports. Timers and sockets
 * are unreferenced, so that the loop never keeps a process alive; while something is pending, a timer or a request
 * keeps the loop itself.
 */
export class DeliveryLoop {
  /** Takes events; what it answers goes to `note`. */
  readonly delivery: NativeDelivery;
  readonly #transport: Transport;
  readonly #reporter: Reporter;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt = Infinity;
  #lossTimer: NodeJS.Timeout | undefined;
  #sending: AbortController | undefined;
  #stopped = false;
  #waiting = new Set<() => void>();

  constructor(delivery: NativeDelivery, transport: Transport, reporter: Reporter) {
    this.delivery = delivery;
    this.#transport = transport;
    this.#reporter = reporter;
  }

  /** Sees to events that are queued already. */
  wake(): void {
    if (this.stats().pending > 0) this.#step();
  }

  /** Takes note of what `NativeDelivery.track` answered. */
  note(due: number): void {
    if (due === DROPPED) {
      this.#lossTimer ??= quietTimer(() => this.#tellLosses(), LOSS_PAUSE_MS);
      remember(this);
    } else if (due >= 0 && due < this.#wakeAt) {
      this.#sleepUntil(due);
    }
  }

  stats(): DeliveryStats {
    return JSON.parse(this.delivery.stats()) as DeliveryStats;
  }

  /** Resolves when what is queued now is settled, or when the time is up. */
  async flush(timeoutMs: number): Promise<DeliveryStats> {
    this.delivery.flush();
    await this.#settled(timeoutMs);
    return this.stats();
  }

  /** Takes no more events, flushes, and stops. What is still pending then stays so and is told. */
  async shutdown(timeoutMs: number): Promise<DeliveryStats> {
    this.delivery.close();
    await this.#settled(timeoutMs);
    const stats = this.stats();
    if (!this.#stopped && !this.delivery.closeSpool() && stats.pending > 0) {
      this.#tellUndelivered(stats.pending, 'when the client was shut down');
    }
    this.#stopped = true;
    this.#halt();
    return this.stats();
  }

  /** The last flush of a process that ends by itself. */
  async flushAtExit(): Promise<void> {
    const { pending } = await this.flush(this.delivery.exitFlushMs);
    if (pending === 0 || this.delivery.closeSpool()) return;
    this.#tellUndelivered(pending, 'when the process ended');
    this.#halt();
  }

  async #settled(timeoutMs: number): Promise<void> {
    this.#step();
    if (!this.#stopped && !this.delivery.isFlushed()) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(done);
          resolve();
        };
        const timer = awaitedTimer(done, timeoutMs);
        this.#waiting.add(done);
      });
    }
    this.#tellLosses();
  }

  #sleepUntil(instant: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#wakeAt = instant;
    this.#timer = quietTimer(() => this.#step(), instant - Date.now());
    remember(this);
  }

  /** Runs from timers, where an exception would end the user's process. */
  #step(): void {
    clearTimeout(this.#timer);
    this.#wakeAt = Infinity;
    if (this.#stopped) return;
    try {
      this.#takeStep();
    } catch (error) {
      this.#reporter.warn(`Bear Lumen: delivery failed: ${String(error)}`);
    }
  }

  #takeStep(): void {
    const { send, waitUntil } = this.delivery.nextStep(Date.now());
    const spoolError = this.delivery.takeSpoolError();
    if (spoolError !== null) this.#reporter.warn(`Bear Lumen: events could not be written to spoolDir: ${spoolError}`);
    if (send !== undefined) {
      remember(this);
      void this.#send(send);
    } else if (waitUntil !== undefined) {
      this.#sleepUntil(waitUntil);
    } else {
      this.#rest();
    }
    if (this.delivery.isFlushed()) this.#wakeWaiting();
  }

  async #send(batch: Batch): Promise<void> {
    const abort = new AbortController();
    this.#sending = abort;
    const answer = await this.#transport.send({ method: 'POST', path: PATH, body: batch.body, signal: abort.signal, isBackground: true }).then(
      ({ status, retryAfter, body }) => ({ status, body, ...(retryAfter !== null && { retryAfter }) }),
      () => undefined,
    );
    this.#sending = undefined;
    const jitter = Math.floor(Math.random() * 2 ** 32);
    try {
      this.#reporter.tell(this.delivery.report(batch.id, answer, Date.now(), jitter));
    } catch (error) {
      this.#reporter.warn(`Bear Lumen: delivery failed: ${String(error)}`);
    }
    this.#step();
  }

  #tellLosses(): void {
    clearTimeout(this.#lossTimer);
    this.#lossTimer = undefined;
    this.#reporter.tell(this.delivery.takeLosses());
    this.#rest();
  }

  /** With nothing left to do the loop may be collected with its client. */
  #rest(): void {
    if (this.#wakeAt === Infinity && this.#sending === undefined && this.#lossTimer === undefined) forget(this);
  }

  #tellUndelivered(events: number, when: string): void {
    const message = `not delivered ${when}`;
    this.#reporter.tell([{ code: 'not_delivered', message, correlationId: '', status: 0, events }]);
  }

  #halt(): void {
    clearTimeout(this.#timer);
    this.#wakeAt = Infinity;
    this.#sending?.abort();
    forget(this);
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
