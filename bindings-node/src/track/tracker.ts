import { forget, remember } from '../delivery/exit';
import type { DeliveryLoop } from '../delivery/loop';
import type { Reporter } from '../delivery/reporter';
import type { NativeStream } from '../native/addon';
import { isDeferred, type Deferred } from '../record/deferred';
import { writeHeaders, type HttpHeaders } from '../record/headers';
import { NOTHING_READ, writeRecord } from '../record/record';
import { isJson } from '../record/response';
import { TrackResult } from '../result';
import { canBeFollowed, follow } from '../stream/follow';
import { observe } from '../stream/observe';
import { Recorder } from '../stream/recorder';
import { Watch } from '../stream/watch';
import { merged, type Context } from './context';
import { Whole, copyOf, isHttpResponse, isStreamed, readInto, type HttpResponse } from './http-response';
import { carriedBytes, carrierOf, isStream, mayBeStream } from './subject';
import { UnderWay } from './under-way';

/** What is known of a call beside its response and the caller's options. */
export interface Circumstances {
  headers?: HttpHeaders | undefined;
  /** Usage was asked for on behalf of a caller who did not. */
  isHiding?: boolean;
}

/** What is tracked and not over yet. */
interface Source {
  readonly result: Promise<TrackResult>;
  restate(record: string): void;
}

/** By what the caller reads, so that tracking it again is no second event. */
const sources = new WeakMap<object, Source>();

/** Turns whatever `track()` is given into events. Nothing here throws into the caller's path. */
export class Tracker {
  readonly #loop: DeliveryLoop;
  readonly #reporter: Reporter;
  readonly #context: Context;
  readonly #underWay = new UnderWay();
  readonly #unfinished = { settle: (): void => this.endStreams() };

  constructor(loop: DeliveryLoop, reporter: Reporter, context: Context) {
    this.#loop = loop;
    this.#reporter = reporter;
    this.#context = context;
  }

  /** A result, or what to read instead of a stream. */
  track(response: unknown, own: object | null | undefined, known: Circumstances = {}): unknown {
    try {
      const options = this.#context.over(own);
      if (!mayBeStream(response)) return this.#trackResponse(response, undefined, options, known);
      if (isDeferred(response)) return this.#trackDeferred(response, options, known);
      if (isHttpResponse(response)) return this.#trackHttp(response, options);
      if (isStream(response)) return this.#trackStream(response, options, known);
      const carrier = carrierOf(response);
      return carrier === undefined
        ? this.#trackResponse(response, carriedBytes(response), options, known)
        : this.#trackCarrier(response as Record<string, object>, carrier, options, known);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Options with those of the context that holds now, for a call that is tracked later. */
  around(options: object): object {
    return this.#context.over(options) ?? options;
  }

  /**
   * Resolves when what is under way is over, or the time is up; with the milliseconds of it that are spent. Streams are
   * waited for where nothing else would see to their events: as long as they move, but at most `longestMs`.
   */
  settled(timeoutMs: number, longestMs: number, withStreams: boolean): Promise<number> {
    return this.#underWay.settled(timeoutMs, longestMs, withStreams, () => this.#loop.hurry());
  }

  /** How many events are still to be made, of streams and HTTP bodies that are not over. */
  get underWay(): number {
    return this.#underWay.count;
  }

  /** Makes the events of all streams under way, of what they said until now. */
  endStreams(): void {
    for (const recorder of this.#underWay.streams) recorder.end(true);
  }

  #trackResponse(response: unknown, carried: Uint8Array | undefined, options: object | null | undefined, known: Circumstances): TrackResult {
    const json = isJson(response) ? response : carried;
    if (json === undefined && known.headers === undefined) {
      const record = writeRecord(response, options);
      this.#loop.track(record);
      return TrackResult.ofRecord(record);
    }
    const record = writeRecord(json ?? response, options);
    const headers = known.headers && writeHeaders(known.headers);
    return this.#settled(() => this.#loop.delivery.trackWhole(record, json, headers));
  }

  #trackStream(stream: object, options: object | null | undefined, known: Circumstances): object {
    const before = sources.get(stream);
    if (before !== undefined) {
      before.restate(writeRecord(undefined, options));
      return stream;
    }
    const recorder = this.#recorder(options, known);
    const observed = observe(stream, new Watch(recorder));
    return withResult(observed, recorder);
  }

  /** The output of an SDK with a stream in one of its fields: both the output and the field can be read. */
  #trackCarrier(output: Record<string, object>, name: string, options: object | null | undefined, known: Circumstances): object {
    const stream = this.#trackStream(output[name] as object, options, known);
    if (output[name] !== stream) output[name] = stream;
    const iterate = (): unknown => (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    Object.defineProperty(output, Symbol.asyncIterator, { value: iterate, configurable: true });
    return withResult(output, sources.get(stream) as Source);
  }

  /** What an SDK answers before the stream is read, itself no stream: the caller takes its streams from it as ever. */
  #trackDeferred(result: Deferred, options: object | null | undefined, known: Circumstances): object {
    const before = sources.get(result);
    if (before !== undefined) {
      before.restate(writeRecord(undefined, options));
      return result;
    }
    if (!canBeFollowed(result)) {
      this.#reporter.warn('Bear Lumen: nothing is known of a result whose stream cannot be watched: track its fullStream instead');
      const tracked = this.#trackResponse(result, undefined, options, known);
      return withResult(result, { result: Promise.resolve(tracked), restate: () => {} });
    }
    const recorder = this.#recorder(options, known);
    follow(result, new Watch(recorder));
    return withResult(result, recorder);
  }

  /** The caller's response stays unread: a copy is read beside it. */
  #trackHttp(response: HttpResponse, own: object | null | undefined): object {
    const options = merged(response.url === '' ? undefined : { url: response.url }, own);
    const before = sources.get(response);
    if (before !== undefined) {
      before.restate(writeRecord(undefined, options));
      return response;
    }
    const known = { headers: response.headers };
    const copy = copyOf(response);
    if (copy === undefined) {
      this.#reporter.warn('Bear Lumen: a response was tracked after its body was read: only its headers are known');
    }
    if (copy !== undefined && isStreamed(copy)) {
      const recorder = this.#recorder(options, known);
      this.#underWay.wait(readInto(recorder, copy), false);
      return withResult(response, recorder);
    }
    const whole = new Whole(writeRecord('', options), (record, body) => this.#settleWhole(record, body, known.headers));
    this.#underWay.wait(whole.read(copy), true);
    return withResult(response, whole);
  }

  #recorder(options: object | null | undefined, known: Circumstances): Recorder {
    const settle = (record: string, stream: NativeStream): TrackResult => {
      if (this.#underWay.end(recorder)) forget(this.#unfinished);
      return this.#settled(() => this.#loop.delivery.trackStream(record, stream, Date.now()));
    };
    const recorder = new Recorder(writeRecord(undefined, options), settle, known.isHiding);
    if (known.headers !== undefined) recorder.addHeaders(known.headers);
    this.#underWay.begin(recorder);
    remember(this.#unfinished);
    return recorder;
  }

  #settleWhole(record: string, body: Uint8Array, headers: HttpHeaders): TrackResult {
    return this.#settled(() => this.#loop.delivery.trackWhole(record, body, writeHeaders(headers)));
  }

  /** The answer's first line says when the next batch is due, its second is the result. */
  #settled(make: () => string): TrackResult {
    try {
      const answer = make();
      const line = answer.indexOf('\n');
      this.#loop.note(Number(answer.slice(0, line)));
      return TrackResult.ofJson(answer.slice(line + 1));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): TrackResult {
    this.#reporter.tellFailed(error);
    return TrackResult.ofRecord(NOTHING_READ);
  }
}

function withResult(target: object, source: Source): object {
  sources.set(target, source);
  // Asked for when looked at: most callers never do.
  Object.defineProperty(target, 'result', { get: () => source.result, configurable: true, enumerable: false });
  return target;
}
