import { ObservedAsyncIterator, ObservedIterator } from './iterators';
import { hasMethod, isAsyncIterable, isEmitter, isNodeReadable, isReadableStream, type Emitter } from './kinds';
import { nodeStream } from './node-stream';
import type { Cursor, Watch } from './watch';
import { webStream } from './web-stream';

type Methods = Record<string | symbol, (...args: unknown[]) => unknown>;

/** The events by which helper objects of SDKs hand on the chunks they read. */
const CHUNK_EVENTS = ['streamEvent', 'chunk', 'event'];

/**
 * Lets a watch see what is read from a stream. Answers what to read from: the stream itself wherever its own methods
 * can be watched, so that everything else about it stays as it is; a new one in front of a web or Node stream.
 */
export function observe(stream: object, watch: Watch): object {
  if (isReadableStream(stream)) return webStream(stream, watch.reader());
  if (isNodeReadable(stream)) {
    const observed = nodeStream(stream, watch);
    if (observed !== undefined) return observed;
  }
  if (isEmitter(stream)) {
    listen(stream, watch);
    // Who loops over a helper sees no more than was asked for.
    if (watch.recorder.isHiding) coverIterators(stream as unknown as Methods, stream as unknown as Methods, () => watch.reader());
    return stream;
  }
  return iterable(stream, () => watch.reader());
}

function iterable(stream: object, reader: () => Cursor): object {
  const source = stream as Methods;
  const target = (Object.isExtensible(stream) ? stream : {}) as Methods;
  if (hasMethod(stream, 'next')) {
    const inner = {
      next: bound(source, 'next'),
      return: bound(source, 'return'),
      throw: bound(source, 'throw'),
    };
    const observed = isAsyncIterable(stream)
      ? new ObservedAsyncIterator(inner as AsyncIterator<unknown>, reader())
      : new ObservedIterator(inner as Iterator<unknown>, reader());
    for (const name of ['next', 'return', 'throw'] as const) define(target, name, bound(observed, name));
  }
  coverIterators(target, source, reader);
  if (typeof source.tee === 'function') {
    const tee = bound(source, 'tee');
    define(target, 'tee', () => {
      const branches = tee();
      return Array.isArray(branches) ? branches.map((branch) => branchOf(branch as object, reader())) : branches;
    });
  }
  return target;
}

/** A branch is read from its beginning once. */
function branchOf(branch: object, cursor: Cursor): object {
  return isReadableStream(branch) ? webStream(branch, cursor) : iterable(branch, () => cursor);
}

function coverIterators(target: Methods, source: Methods, reader: () => Cursor): void {
  cover(target, source, Symbol.asyncIterator, (inner) => new ObservedAsyncIterator(inner as AsyncIterator<unknown>, reader()));
  cover(target, source, Symbol.iterator, (inner) => new ObservedIterator(inner as Iterator<unknown>, reader()));
}

/** Watches the iterators that a method makes. A stream that is its own iterator is watched already. */
function cover(target: Methods, source: Methods, name: symbol, watched: (inner: unknown) => unknown): void {
  if (typeof source[name] !== 'function') return;
  const iterate = bound(source, name);
  define(target, name, () => {
    const inner = iterate();
    return inner === source ? target : watched(inner);
  });
}

function listen(stream: Emitter, watch: Watch): void {
  const cursor = watch.reader();
  for (const event of CHUNK_EVENTS) stream.on(event, (chunk) => void cursor.take(chunk));
  stream.on('end', () => cursor.end(stream.aborted === true || stream.errored === true));
}

function bound(owner: object, name: string | symbol): (...args: unknown[]) => unknown {
  const method = (owner as Methods)[name];
  return typeof method === 'function' ? method.bind(owner) : (undefined as never);
}

function define(target: object, name: string | symbol, value: unknown): void {
  if (value !== undefined) Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
