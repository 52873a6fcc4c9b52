import type { Deferred } from '../record/deferred';
import { hasMethod, isReadableStream } from './kinds';
import type { Watch } from './watch';
import { webStream } from './web-stream';

type Fields = Record<string, unknown>;

/** True where the result keeps its stream in reach. */
export function canBeFollowed(result: Deferred): boolean {
  return isReadableStream(result.baseStream);
}

/**
 * Lets a watch see what is read of a result's streams. They are all branches of one: a stream in front of it passes on what
 * is read when it is read, so nobody else's pace or end is changed.
 */
export function follow(result: Deferred, watch: Watch): void {
  const { baseStream } = result;
  if (isReadableStream(baseStream) && !baseStream.locked) result.baseStream = webStream(baseStream, watch.reader(), partOf);
  void readEnd(result as Fields, watch);
}

/** The SDK keeps its parts together with what it made of them. */
function partOf(chunk: unknown): unknown {
  return typeof chunk === 'object' && chunk !== null ? ((chunk as { part?: unknown }).part ?? chunk) : chunk;
}

/** Branches that were taken before are not seen. What the result says in the end is, and only they need it. */
async function readEnd(result: Fields, watch: Watch): Promise<void> {
  const total = 'totalUsage' in result ? 'totalUsage' : 'usage';
  try {
    const [steps, usage, ...rest] = await Promise.all(promised(result, ['steps', total, 'response', 'providerMetadata', 'finishReason']));
    if (watch.recorder.seen > 0) return;
    const cursor = watch.reader();
    if (Array.isArray(steps)) for (const step of steps as object[]) cursor.take({ ...step, type: 'finish-step' });
    const isOver = Object.values(usage as object).some((count) => count > 0);
    const [response, providerMetadata, finishReason] = rest;
    if (isOver) cursor.take({ type: 'finish', usage, response, providerMetadata, finishReason });
    cursor.end(!isOver);
  } catch {
    // Nothing is known; the caller meets the error itself.
    if (watch.recorder.seen === 0) watch.recorder.end(true);
  }
}

/** Asks for promises without beginning to read the stream, which most of them would do. */
function promised(result: Fields, names: string[]): unknown[] {
  const asked = (name: string): unknown => {
    const value = result[name];
    // Whatever becomes of the others, a promise that nobody else asked for must not be missed by anybody.
    Promise.resolve(value).catch(() => {});
    return value;
  };
  if (!hasMethod(result, 'consumeStream')) return names.map(asked);
  const own = Object.getOwnPropertyDescriptor(result, 'consumeStream');
  Object.defineProperty(result, 'consumeStream', { value: () => {}, configurable: true });
  try {
    return names.map(asked);
  } finally {
    if (own === undefined) delete result.consumeStream;
    else Object.defineProperty(result, 'consumeStream', own);
  }
}
