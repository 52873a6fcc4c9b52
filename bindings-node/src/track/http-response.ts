import { addon } from '../native/load';
import type { HttpHeaders } from '../record/headers';
import type { TrackResult } from '../result';
import { hasMethod, isReadableStream } from '../stream/kinds';
import { piecesOf } from '../stream/pieces';
import type { Recorder } from '../stream/recorder';

/** An HTTP response as `fetch` gives it. */
export interface HttpResponse {
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]> & { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
  clone(): HttpResponse;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export function isHttpResponse(response: object): response is HttpResponse {
  return hasMethod(response, 'clone') && hasMethod(response, 'arrayBuffer') && hasMethod((response as HttpResponse).headers, 'get');
}

/** What an HTTP response says beside its body. */
export function headersOf(response: unknown): HttpHeaders | undefined {
  return hasMethod((response as HttpResponse | undefined)?.headers, 'get') ? (response as HttpResponse).headers : undefined;
}

/** True when the body is a stream of chunks. */
export function isStreamed(response: HttpResponse): boolean {
  return addon.isStreamType(response.headers.get('content-type') ?? '');
}

/** The same response with a body of its own; `undefined` when the body was read already. */
export function copyOf(response: HttpResponse): HttpResponse | undefined {
  try {
    return response.clone();
  } catch {
    return undefined;
  }
}

/** Reads a streamed body to its end. Never rejects. */
export async function readInto(recorder: Recorder, copy: HttpResponse): Promise<void> {
  let position = 0;
  try {
    const { body } = copy;
    for await (const piece of isReadableStream(body) ? piecesOf(body) : (body ?? [])) recorder.take(position++, piece);
    recorder.end(false);
  } catch {
    // The caller, who reads the same body, meets the error itself.
    recorder.end(true);
  }
}

/** A body that is one JSON text. */
export class Whole {
  readonly result: Promise<TrackResult>;
  readonly #settle: (record: string, body: Uint8Array) => TrackResult;
  #record: string;
  #resolve: (result: TrackResult) => void = () => {};

  constructor(record: string, settle: (record: string, body: Uint8Array) => TrackResult) {
    this.#record = record;
    this.#settle = settle;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  restate(record: string): void {
    this.#record = record;
  }

  /** Never rejects: of a body that cannot be read, there is nothing to be said. */
  async read(copy: HttpResponse | undefined): Promise<void> {
    const body = await copy?.arrayBuffer().catch(() => undefined);
    this.#resolve(this.#settle(this.#record, body === undefined ? new Uint8Array() : new Uint8Array(body)));
  }
}
