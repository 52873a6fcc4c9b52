import { answerOf, type CallCost, type CostHints } from './cost-of';
import { writeQuestion } from './record/record';
import { Feeder } from './stream/feeder';
import { isAsyncIterable, isIterable, isReadableStream } from './stream/kinds';
import { piecesOf } from './stream/pieces';
import { isJson } from './record/response';

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
  const record = writeQuestion(undefined, hints);
  const stream = new Feeder();
  if (isJson(chunks)) {
    stream.take(chunks);
  } else if (isIterable(chunks)) {
    for (const chunk of chunks) stream.take(chunk);
  } else if (isReadableStream(chunks)) {
    return feedAll(stream, piecesOf(chunks)).then(() => answerOf(stream.finish(false).cost(record)));
  } else if (isAsyncIterable(chunks)) {
    return feedAll(stream, chunks).then(() => answerOf(stream.finish(false).cost(record)));
  } else {
    throw new TypeError("costOfStream() takes text, bytes or an iterable of a stream's chunks");
  }
  return answerOf(stream.finish(false).cost(record));
}

async function feedAll(stream: Feeder, chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of chunks) stream.take(chunk);
}
