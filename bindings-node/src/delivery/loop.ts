import { errorOfSilence } from '../error-of';
import { DROPPED, type Answer, type Batch, type NativeDelivery } from '../native/addon';
import { quietTimer, type Timer } from '../timer';
import type { Transport } from '../transport/transport';
import { Alarm } from './alarm';
import { Aside } from './aside';
import { forget, remember } from './exit';
import { Pulse } from './pulse';
import type { Reporter } from './reporter';
import type { EventCounts } from './stats';
import { Waiting } from './waiting';

const PATH = '/v1/usage/events/batch';

/** Losses at `track()` come in crowds: they are told together after this pause. */
const LOSS_PAUSE_MS = 1_000;

/** A batch on its way. */
interface Sending {
  batch: number;
  abort: AbortController;
  pulse: Pulse;
}

/**
 * Carries out what the core's delivery says: asks for the next step, sends or sleeps, reports. Timers and sockets
 * are unreferenced, so that the loop never keeps a process alive; while something is pending, a timer or a request
 * keeps the loop itself.
 */
export class DeliveryLoop {
  readonly #delivery: NativeDelivery;
  readonly #isSpooled: boolean;
  readonly #aside = new Aside((record) => this.#take(record));
  readonly #transport: Transport;
  readonly #reporter: Reporter;
  readonly #alarm = new Alarm();
  readonly #waiting = new Waiting();
  #lossTimer: Timer | undefined;
  #sending: Sending | undefined;
  /** No answer came since the logger heard of it. */
  #isUnreachable = false;
  #stopped = false;

  /** @param isSpooled undelivered events are kept in a file */
  constructor(delivery: NativeDelivery, transport: Transport, reporter: Reporter, isSpooled: boolean) {
    this.#delivery = delivery;
    this.#isSpooled = isSpooled;
    this.#transport = transport;
    this.#reporter = reporter;
  }

  /** Takes events; what it answers goes to `note`. It has taken all that was tracked before. */
  get delivery(): NativeDelivery {
    this.#aside.empty();
    return this.#delivery;
  }

  /** Takes the record of a call, soon. What is to survive the process is written down at once. */
  track(record: string): void {
    if (this.#isSpooled) this.#take(record);
    else this.#aside.put(record);
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
    } else if (due >= 0 && due < this.#alarm.at) {
      this.#sleepUntil(due);
    }
  }

  stats(): EventCounts {
    return JSON.parse(this.delivery.stats()) as EventCounts;
  }

  /** Resolves when what is queued now is settled, or when the time is up. */
  async flush(timeoutMs: number): Promise<EventCounts> {
    await this.#settled(this.delivery.flush(), timeoutMs);
    return this.stats();
  }

  /** Sends what is queued without waiting for company, and waits for nothing. */
  hurry(): void {
    this.delivery.flush();
    this.#step();
  }

  /** Takes no more events, flushes, and stops. What is still pending then stays so and is told. */
  async shutdown(timeoutMs: number): Promise<EventCounts> {
    await this.#settled(this.delivery.close(), timeoutMs);
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

  async #settled(flush: number, timeoutMs: number): Promise<void> {
    this.#step();
    const isDone = (): boolean => this.#stopped || this.delivery.isSettled(flush);
    await this.#waiting.until(isDone, timeoutMs, () => this.#step());
    this.#tellLosses();
  }

  #take(record: string): void {
    try {
      this.note(this.#delivery.track(record));
    } catch (error) {
      this.#reporter.tellFailed(error);
    }
  }

  #sleepUntil(instant: number): void {
    if (this.#stopped) return;
    this.#alarm.set(instant, () => this.#step());
    remember(this);
  }

  /** Runs from timers, where an exception would end the user's process. */
  #step(): void {
    this.#alarm.clear();
    if (this.#stopped) return;
    try {
      this.#takeStep();
    } catch (error) {
      this.#reporter.warn(`Bear Lumen: delivery failed: ${String(error)}`);
    }
  }

  #takeStep(): void {
    if (this.#sending?.pulse.isAlive === false) this.#report(this.#sending, undefined);
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
    this.#waiting.changed();
  }

  async #send(batch: Batch): Promise<void> {
    const abort = new AbortController();
    const sending = { batch: batch.id, abort, pulse: new Pulse() };
    this.#sending = sending;
    const answer = await this.#transport.send({ method: 'POST', path: PATH, body: batch.body, signal: abort.signal, isBackground: true }).then(
      ({ status, retryAfter, body }) => {
        this.#isUnreachable = false;
        return { status, body, ...(retryAfter !== null && { retryAfter }) };
      },
      (error: unknown) => {
        if (!abort.signal.aborted) this.#tellUnreachable(error);
        return undefined;
      },
    );
    this.#report(sending, answer);
    this.#step();
  }

  /** Once, until the service answers again. */
  #tellUnreachable(error: unknown): void {
    if (this.#isUnreachable) return;
    this.#isUnreachable = true;
    this.#reporter.warn(`Bear Lumen: ${errorOfSilence(error).message}; what is tracked is kept and sent again`);
  }

  /** What came of a batch. Of one that was given up meanwhile the core takes no further word. */
  #report(sending: Sending, answer: Answer | undefined): void {
    sending.pulse.stop();
    if (this.#sending === sending) this.#sending = undefined;
    const jitter = Math.floor(Math.random() * 2 ** 32);
    try {
      this.#reporter.tell(this.delivery.report(sending.batch, answer, Date.now(), jitter));
    } catch (error) {
      this.#reporter.warn(`Bear Lumen: delivery failed: ${String(error)}`);
    }
  }

  #tellLosses(): void {
    clearTimeout(this.#lossTimer);
    this.#lossTimer = undefined;
    this.#reporter.tell(this.delivery.takeLosses());
    this.#rest();
  }

  /** With nothing left to do the loop may be collected with its client. */
  #rest(): void {
    if (this.#alarm.at === Infinity && this.#sending === undefined && this.#lossTimer === undefined) forget(this);
  }

  #tellUndelivered(events: number, when: string): void {
    const message = `not delivered ${when}`;
    this.#reporter.tell([{ code: 'not_delivered', message, correlationId: '', status: 0, events }]);
  }

  #halt(): void {
    this.#alarm.clear();
    this.#sending?.abort.abort();
    forget(this);
    this.#waiting.changed();
  }
}
