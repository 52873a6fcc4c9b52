/** What kind of stream a value is, if any. Whatever the value does, these return. */

export function isIterable(value: unknown): value is Iterable<unknown> {
  return hasMethod(value, Symbol.iterator);
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return hasMethod(value, Symbol.asyncIterator);
}

/** An iterable whose chunks come one by one, unlike a collection that is there already. */
export function isIterator(value: unknown): value is IterableIterator<unknown> {
  return hasMethod(value, Symbol.iterator) && hasMethod(value, 'next');
}

export function isReadableStream(value: unknown): value is ReadableStream<unknown> {
  return hasMethod(value, 'getReader') && hasMethod(value, 'pipeThrough');
}

/** Node's own streams: their chunks go to one reader. */
export function isNodeReadable(value: unknown): value is NodeReadable {
  return hasMethod(value, 'pipe') && hasMethod(value, 'on');
}

export interface NodeReadable extends AsyncIterable<unknown> {
  readableObjectMode?: boolean;
}

/** Helper objects of SDKs that read a stream themselves and tell of each chunk. */
export function isEmitter(value: unknown): value is Emitter {
  return hasMethod(value, 'on') && !hasMethod(value, 'pipe');
}

export interface Emitter {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  aborted?: boolean;
  errored?: boolean;
}

export function hasMethod(value: unknown, name: string | symbol): boolean {
  try {
    return typeof value === 'object' && value !== null && typeof (value as Record<string | symbol, unknown>)[name] === 'function';
  } catch {
    return false;
  }
}
