import { errorOfAnswer, errorOfSilence } from '../error-of';
import type { Transport } from '../transport';
import { queryOf } from './query';

/** Asks the service. Every resource of the client is a list of paths over this. */
export class Reader {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws BearLumenApiError */
  async get<T>(path: string, params?: object): Promise<T> {
    const reply = await this.#transport.get(path + queryOf(params)).catch((error: unknown) => {
      throw errorOfSilence(error);
    });
    const body = reply.body.toString('utf8');
    if (reply.status < 200 || reply.status > 299) throw errorOfAnswer(reply.status, reply.retryAfter, body);
    try {
      return JSON.parse(body) as T;
    } catch (error) {
      throw errorOfSilence(error);
    }
  }
}
