import { ADDS, TAUGHT, USAGE_ALONE, type NativeStream } from '../native/addon';
import { addon } from '../native/load';
import { isBytes } from '../record/bytes';
import { writeHeaders, type HttpHeaders } from '../record/headers';
import { isJson, writeSubject } from '../record/response';
import { Snapshot } from './snapshot';

/** Streams have a handful of kinds of chunks that say nothing of usage. */
const MOST_INERT = 8;

/** The fields of a server-sent event. */
const EVENT_FIELDS = new Set(['data', 'event', 'id', 'retry']);

/** Hands a stream's chunks to the core's fold, and leaves out those that would teach it nothing. */
export class Feeder {
  readonly #stream: NativeStream = new addon.Stream();
  /** The chunk that the fold learned from last. */
  #last: Snapshot | undefined;
  #isLastAlone = false;
  /** Chunks since then of which it learned nothing. */
  #inert: Snapshot[] = [];

  /** True for a chunk that holds nothing but usage that somebody asked for. */
  take(given: unknown): boolean {
    const chunk = dataOf(given);
    if (this.#last?.absorb(chunk) === true) return this.#isLastAlone;
    for (const inert of this.#inert) {
      if (inert.absorb(chunk)) return false;
    }
    return this.#hand(chunk);
  }

  addHeaders(headers: HttpHeaders): void {
    this.#stream.addHeaders(writeHeaders(headers));
  }

  /** The fold of all chunks so far. `isCutShort` says that more would have come. */
  finish(isCutShort: boolean): NativeStream {
    this.#settle();
    if (isCutShort) this.#stream.cutShort();
    return this.#stream;
  }

  #hand(chunk: unknown): boolean {
    this.#settle();
    this.#isLastAlone = false;
    const payload = isJson(chunk) ? undefined : payloadOf(chunk);
    if (isJson(chunk) || payload !== undefined) {
      if (payload === undefined) this.#stream.text(chunk as string | Uint8Array);
      else this.#stream.chunkJson(payload);
      this.#last = undefined;
      this.#inert = [];
      return false;
    }
    const subject = writeSubject(chunk);
    const said = this.#stream.chunk(subject);
    const snapshot = subject.startsWith('o') ? Snapshot.of(chunk) : undefined;
    if ((said & TAUGHT) !== 0) {
      this.#last = (said & ADDS) === 0 ? snapshot : undefined;
      this.#inert = [];
      this.#isLastAlone = (said & USAGE_ALONE) !== 0;
    } else if (snapshot !== undefined && this.#inert.length < MOST_INERT) {
      this.#inert.push(snapshot);
    }
    return (said & USAGE_ALONE) !== 0;
  }

  /** Before another kind of chunk comes, the last one's newest numbers. */
  #settle(): void {
    const changed = this.#last?.takeChanged();
    if (changed !== undefined) this.#stream.chunk(writeSubject(changed));
  }
}

/** What a server-sent event carries, where an SDK hands on the whole event. */
function dataOf(chunk: unknown): unknown {
  if (typeof chunk !== 'object' || chunk === null || !Object.hasOwn(chunk, 'data')) return chunk;
  const { data } = chunk as { data: unknown };
  const isEvent = typeof data === 'object' && data !== null && Object.keys(chunk).every((name) => EVENT_FIELDS.has(name));
  return isEvent ? data : chunk;
}

/** The JSON that an envelope such as `{ chunk: { bytes: Uint8Array } }` carries. */
function payloadOf(chunk: unknown): Uint8Array | undefined {
  try {
    const { chunk: inner = chunk } = chunk as { chunk?: unknown };
    const { bytes } = inner as { bytes?: unknown };
    return isBytes(bytes) ? bytes : undefined;
  } catch {
    return undefined;
  }
}
