import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Settings } from '../config';
import { quietTimer } from '../timer';
import { late, stopped, type Reply, type Request } from './http';
import { routeTo, type Route } from './route';

const { version } = require('../../package.json') as { version: string };

/** Requests to the service. Holds the key, and shows it to nobody. */
export class Transport {
  readonly baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #timeout: number;
  #route: Route | undefined;

  constructor(settings: Settings) {
    this.baseUrl = settings.baseUrl;
    this.#timeout = settings.timeout;
    this.#headers = {
      authorization: `Bearer ${settings.apiKey}`,
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': `bearlumen-node/${version}`,
    };
  }

  /** Rejects when no whole answer came in time. A redirect is an answer: following it would take the key elsewhere. */
  async send(request: Request): Promise<Reply> {
    if (request.signal?.aborted === true) throw stopped();
    const sent = this.#open(request);
    const stop = (): void => void sent.destroy(stopped());
    const timer = quietTimer(() => void sent.destroy(late(this.#timeout)), this.#timeout);
    request.signal?.addEventListener('abort', stop, { once: true });
    try {
      const answer = await answered(sent, request.body);
      return {
        status: answer.statusCode ?? 0,
        retryAfter: answer.headers['retry-after'] ?? null,
        body: await bodyOf(answer),
      };
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
    }
  }

  #open({ method, path, body, isBackground = false }: Request): ClientRequest {
    // The modules for HTTP load when the first request is made, not when a program starts.
    this.#route ??= routeTo(this.baseUrl, process.env);
    const headers = { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) };
    const sent = this.#route.open({ method, path, headers });
    sent.on('socket', (socket) => (isBackground ? socket.unref() : socket.ref()));
    return sent;
  }
}

function answered(sent: ClientRequest, body: Uint8Array | string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

async function bodyOf(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  return answer.headers['content-encoding'] === 'gzip' ? unzipped(body) : body;
}

function unzipped(body: Buffer): Promise<Buffer> {
  const { gunzip } = require('node:zlib') as typeof import('node:zlib');
  return new Promise((resolve, reject) => gunzip(body, (error, text) => (error === null ? resolve(text) : reject(error))));
}
