import { ObservedAsyncIterator } from './iterators';
import type { NodeReadable } from './kinds';
import type { Watch } from './watch';

/** A stream of Node's own kind in front of another. */
export function nodeStream(stream: NodeReadable, watch: Watch): object | undefined {
  const { Readable } = require('node:stream') as typeof import('node:stream');
  const { readableObjectMode = false } = stream;
  const observed = new ObservedAsyncIterator(stream[Symbol.asyncIterator](), watch.reader());
  return Readable.from(observed, { objectMode: readableObjectMode, highWaterMark: 1 });
}
