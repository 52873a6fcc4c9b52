import type { Cost, Usage, Warning } from './cost';
import { addon } from './native/load';

type Inspect = (value: unknown, options: object) => string;

/** What a result says. */
export interface TrackResultFields {
  eventId: string;
  idempotencyKey: string;
  provider: string | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  usage: Usage;
  cost: Cost;
  warnings: Warning[];
  incomplete: boolean;
}

/**
 * What `track()` made of a call. Its fields are worked out when one is first looked at: most callers of
 * `track()` never look, and should not pay for it.
 */
export class TrackResult {
  readonly #source: string;
  readonly #isRecord: boolean;
  #fields: TrackResultFields | undefined;

  private constructor(source: string, isRecord: boolean) {
    this.#source = source;
    this.#isRecord = isRecord;
  }

  /** @internal */
  static ofRecord(record: string): TrackResult {
    return new TrackResult(record, true);
  }

  /** @internal */
  static ofJson(json: string): TrackResult {
    return new TrackResult(json, false);
  }

  get #all(): TrackResultFields {
    this.#fields ??= JSON.parse(this.#isRecord ? addon.trackResult(this.#source) : this.#source) as TrackResultFields;
    return this.#fields;
  }

  /** The event's id at the service. */
  get eventId(): string {
    return this.#all.eventId;
  }

  /** The key that makes sending the event again harmless. */
  get idempotencyKey(): string {
    return this.#all.idempotencyKey;
  }

  /** Who answered, if known. */
  get provider(): string | null {
    return this.#all.provider;
  }

  /** The model, if known. */
  get model(): string | null {
    return this.#all.model;
  }

  /** Tokens sent, cached ones included. */
  get inputTokens(): number {
    return this.#all.inputTokens;
  }

  /** Tokens received, reasoning included. */
  get outputTokens(): number {
    return this.#all.outputTokens;
  }

  /** Both. */
  get totalTokens(): number {
    return this.#all.totalTokens;
  }

  /** Quantities by bucket. */
  get usage(): Usage {
    return this.#all.usage;
  }

  /** What it cost by the public prices. The service prices again with the organisation's own. */
  get cost(): Cost {
    return this.#all.cost;
  }

  /** What was odd about the response or the options. */
  get warnings(): Warning[] {
    return this.#all.warnings;
  }

  /** The stream ended early: what is known is not all. */
  get incomplete(): boolean {
    return this.#all.incomplete;
  }

  /** All fields as a plain object. */
  toJSON(): TrackResultFields {
    return { ...this.#all };
  }

  /** @internal What `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object, inspect: Inspect): string {
    return `TrackResult ${inspect(this.#all, options)}`;
  }
}
