import type { Settings } from './config';
import { quietTimer } from './timer';

const { version } = require('../package.json') as { version: string };

/** A whole answer. */
export interface Reply {
  status: number;
  retryAfter: string | null;
  body: Buffer;
}

/** One request to the service. Holds the key, and shows it to nobody. */
export class Transport {
  readonly baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #timeout: number;

  constructor(settings: Settings) {
    this.baseUrl = settings.baseUrl;
    this.#timeout = settings.timeout;
    this.#headers = {
      authorization: `Bearer ${settings.apiKey}`,
      accept: 'application/json',
      'user-agent': `bearlumen-node/${version}`,
    };
  }

  get(path: string, signal?: AbortSignal): Promise<Reply> {
    return this.#request(path, { method: 'GET', headers: this.#headers }, signal);
  }

  post(path: string, body: Buffer, signal?: AbortSignal): Promise<Reply> {
    const headers = { ...this.#headers, 'content-type': 'application/json' };
    return this.#request(path, { method: 'POST', headers, body }, signal);
  }

  /** Rejects when no whole answer came in time. */
  async #request(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Reply> {
    const abort = new AbortController();
    const stop = (): void => abort.abort(new Error('the client was stopped'));
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    const late = new Error(`no answer within ${this.#timeout} ms`);
    const timer = quietTimer(() => abort.abort(late), this.#timeout);
    try {
      // A redirect would take the key elsewhere: it is an answer like any other, and no success.
      const response = await fetch(this.baseUrl + path, { ...init, redirect: 'manual', signal: abort.signal });
      const body = Buffer.from(await response.arrayBuffer());
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }
}
