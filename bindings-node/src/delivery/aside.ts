/** Taken while the modules load: who replaces the timers in a test replaces no delivery. */
const afterwards = setImmediate;

/** What may wait: taking so many takes a tenth of a millisecond. */
const MOST_RECORDS = 32;
const MOST_CHARACTERS = 65_536;

/**
 * Records of calls whose events are made and priced when the caller's own work is done, or when there are many. A
 * record holds the call's numbers, options, time and key: nothing that happens meanwhile changes its event.
 */
export class Aside {
  readonly #take: (record: string) => void;
  #records: string[] = [];
  #characters = 0;
  readonly #empty = (): void => this.empty();

  constructor(take: (record: string) => void) {
    this.#take = take;
  }

  put(record: string): void {
    if (this.#records.push(record) === 1) afterwards(this.#empty);
    this.#characters += record.length;
    if (this.#records.length >= MOST_RECORDS || this.#characters > MOST_CHARACTERS) this.empty();
  }

  /** Takes them all, in their order. */
  empty(): void {
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    this.#characters = 0;
    for (const record of records) this.#take(record);
  }
}
