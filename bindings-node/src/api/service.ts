import { errorOfAnswer, errorOfSilence } from '../error-of';
import { addon } from '../native/load';
import type { Reply, Request } from '../transport/http';
import type { Transport } from '../transport/transport';
import { awaitedTimer } from '../timer';
import { Page, type PageOf } from './page';
import { queryOf } from './query';

/** Asks the service. Every resource of the client is a list of paths over this. */
export class Service {
  readonly #transport: Transport;
  readonly #maxRetries: number;

  constructor(transport: Transport, maxRetries: number) {
    this.#transport = transport;
    this.#maxRetries = maxRetries;
  }

  /** Reads; a failure that may pass is tried again. @throws BearLumenApiError */
  get<T>(path: string, params?: object): Promise<T> {
    return this.#again({ method: 'GET', path: path + queryOf(params) });
  }

  /** Reads a list; what is answered is its first page, and can be looped over to the end of the last one. */
  list<P extends object, Item>(path: string, params: object | undefined, items: (page: P) => readonly Item[]): PageOf<P, Item> {
    return Page.of((from) => this.get<P>(path, { ...params, ...from }), params, items);
  }

  /** Writes; not tried again, since only the caller knows whether it may be. @throws BearLumenApiError */
  async write<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body: object = {}): Promise<T> {
    return contentOf(await this.#send({ method, path, body: JSON.stringify(body) }));
  }

  /** Writes what has a key of its own, so that doing it again is harmless. @throws BearLumenApiError */
  writeOnce<T>(path: string, body: object): Promise<T> {
    return this.#again({ method: 'POST', path, body: JSON.stringify(body) });
  }

  async #again<T>(request: Request): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      const reply = await this.#send(request);
      const wait = this.#mayAskAgain(reply, failures);
      if (wait === null) return contentOf(reply);
      await new Promise<void>((resolve) => void awaitedTimer(resolve, wait));
    }
  }

  #send(request: Request): Promise<Reply | Error> {
    return this.#transport.send(request).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  }

  #mayAskAgain(reply: Reply | Error, failures: number): number | null {
    const [status, retryAfter] = reply instanceof Error ? [0, null] : [reply.status, reply.retryAfter];
    if (status >= 200 && status < 300) return null;
    const jitter = Math.floor(Math.random() * 2 ** 32);
    return addon.readAgainMs(status, retryAfter, failures, this.#maxRetries, Date.now(), jitter);
  }
}

function contentOf<T>(reply: Reply | Error): T {
  if (reply instanceof Error) throw errorOfSilence(reply);
  const body = new TextDecoder().decode(reply.body);
  if (reply.status < 200 || reply.status > 299) throw errorOfAnswer(reply.status, reply.retryAfter, body);
  try {
    return JSON.parse(body) as T;
  } catch (error) {
    throw errorOfSilence(error);
  }
}

/** A part of a path, whatever it holds. */
export function segment(text: string): string {
  if (typeof text !== 'string' || text === '') throw new TypeError('an id is a text that is not empty');
  return encodeURIComponent(text);
}
