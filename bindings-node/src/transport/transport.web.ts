import type { Settings } from '../config';
import { quietTimer } from '../timer';
import { late, stopped, type Reply, type Request } from './http';

/** A redirect whose status a browser keeps to itself. */
const SOME_REDIRECT = 302;

/** Requests to the service by `fetch`. Holds the key, and shows it to nobody. */
export class Transport {
  readonly baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #timeout: number;

  constructor(settings: Settings) {
    this.baseUrl = settings.baseUrl;
    this.#timeout = settings.timeout;
    this.#headers = { authorization: `Bearer ${settings.apiKey}`, accept: 'application/json' };
  }

  /** Rejects when no whole answer came in time. A redirect is an answer: following it would take the key elsewhere. */
  async send({ method, path, body, signal }: Request): Promise<Reply> {
    if (signal?.aborted === true) throw stopped();
    const abort = new AbortController();
    let why: Error | undefined;
    const give = (up: Error): void => {
      why = up;
      abort.abort();
    };
    const stop = (): void => give(stopped());
    const timer = quietTimer(() => give(late(this.#timeout)), this.#timeout);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const headers = { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) };
      const sent = { method, headers, redirect: 'manual', signal: abort.signal, ...(body !== undefined && { body }) };
      const answer = await fetch(this.baseUrl + path, sent as RequestInit);
      return {
        status: answer.type === 'opaqueredirect' ? SOME_REDIRECT : answer.status,
        retryAfter: answer.headers.get('retry-after'),
        body: new Uint8Array(await answer.arrayBuffer()),
      };
    } catch (error) {
      throw why ?? error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }
}
