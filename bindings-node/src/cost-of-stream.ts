import { types } from 'node:util';
import { answerOf, type CallCost, type CostHints } from './cost-of';
import type { NativeStream } from './native/addon';
import { addon } from './native/load';
import { writeRecord } from './record/record';
import { isJson, writeSubject } from './record/response';

/** What is known of a stream beside its chunks. */
export type StreamCostHints = Omit<CostHints, 'headers'>;

/**
 * Prices a streamed response without recording anything: the chunks that the provider's SDK yields, or the
 * stream's text, whole or in pieces cut anywhere. Pieces are joined as they are: lines need their line ends.
 *
 * The chunks are gone through once; an async iterable, such as an SDK's stream or a `fetch` body, makes it a
 * promise. A stream that broke off answers what was stated until then, with `incomplete` true. What the iterable
 * throws is thrown.
 *
 * @throws Error when no chunk is of a known format, TypeError when `chunks` is no stream
 */
export function costOfStream(chunks: string | Uint8Array | Iterable<unknown>, hints?: StreamCostHints): CallCost;
export function costOfStream(chunks: AsyncIterable<unknown>, hints?: StreamCostHints): Promise<CallCost>;
export function costOfStream(chunks: unknown, hints?: StreamCostHints): CallCost | Promise<CallCost> {
  // Prices have dates: the call's is nearer to the first chunk than to the last.
  const record = writeRecord(undefined, hints);
  const stream = new addon.Stream();
  if (isJson(chunks)) {
    stream.text(chunks);
  } else if (isIterable(chunks)) {
    for (const chunk of chunks) feed(stream, chunk);
  } else if (isAsyncIterable(chunks)) {
    return feedAll(stream, chunks).then(() => answerOf(stream.cost(record)));
  } else {
    throw new TypeError("costOfStream() takes text, bytes or an iterable of a stream's chunks");
  }
  return answerOf(stream.cost(record));
}

async function feedAll(stream: NativeStream, chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of chunks) feed(stream, chunk);
}

function feed(stream: NativeStream, chunk: unknown): void {
  if (isJson(chunk)) return stream.text(chunk);
  const payload = payloadOf(chunk);
  if (payload === undefined) stream.chunk(writeSubject(chunk));
  else stream.chunkJson(payload);
}

/** The JSON that an envelope such as `{ chunk: { bytes: Uint8Array } }` carries. */
function payloadOf(chunk: unknown): Uint8Array | undefined {
  try {
    const { chunk: inner = chunk } = chunk as { chunk?: unknown };
    const { bytes } = inner as { bytes?: unknown };
    return types.isUint8Array(bytes) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function';
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] === 'function';
}
