import { isBytes } from '../record/bytes';
import { isDeferred } from '../record/deferred';
import { hasMethod, isAsyncIterable, isEmitter, isIterator, isReadableStream } from '../stream/kinds';

/** Fields in which the outputs of some SDKs carry what the provider sent. */
const CARRIERS = ['stream', 'body'] as const;
type Carrier = (typeof CARRIERS)[number];

/**
 * A quick look that spares most responses the closer ones: a plain object that is no stream and carries none. An
 * object that refuses to be looked at is none either. What has its streams behind getters is not asked for them.
 */
export function mayBeStream(response: unknown): response is object {
  if (typeof response !== 'object' || response === null) return false;
  try {
    if (isDeferred(response)) return true;
    const { stream, body, [Symbol.asyncIterator]: iterate } = response as Record<string | symbol, unknown>;
    return (
      typeof iterate === 'function' ||
      typeof stream === 'object' ||
      typeof body === 'object' ||
      (Object.getPrototypeOf(response) !== Object.prototype && !Array.isArray(response))
    );
  } catch {
    return false;
  }
}

/** True for what yields the chunks of a stream one after the other. */
export function isStream(response: object): boolean {
  return isAsyncIterable(response) || isIterator(response) || isReadableStream(response) || isHelper(response);
}

/** The field that holds a stream of chunks. */
export function carrierOf(response: object): Carrier | undefined {
  return CARRIERS.find((name) => {
    const carried = (response as Record<Carrier, unknown>)[name];
    return typeof carried === 'object' && carried !== null && isStream(carried);
  });
}

/** The JSON bytes that the output of an SDK carries. */
export function carriedBytes(response: object): Uint8Array | undefined {
  const { body } = response as { body?: unknown };
  return isBytes(body) ? body : undefined;
}

/** An object that reads a stream itself and has events for what it read. */
function isHelper(response: object): boolean {
  return isEmitter(response) && hasMethod(response, 'abort') && hasMethod(response, 'done');
}
