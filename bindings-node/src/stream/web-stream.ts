import type { Cursor } from './watch';

/** A web stream of the same kind in front of another. `shown` is what of a chunk the cursor sees. */
export function webStream<T>(stream: ReadableStream<T>, cursor: Cursor, shown: (chunk: T) => unknown = (chunk) => chunk): ReadableStream<T> {
  const reader = stream.getReader();
  const source = {
    async pull(controller: { enqueue(chunk: T): void; close(): void }): Promise<void> {
      for (;;) {
        const step = await reader.read().catch((error: unknown) => {
          cursor.end(true);
          throw error;
        });
        if (step.done) {
          cursor.end(false);
          return controller.close();
        }
        if (!cursor.take(shown(step.value))) return controller.enqueue(step.value);
      }
    },
    cancel(reason?: unknown): Promise<void> {
      cursor.leave();
      return reader.cancel(reason);
    },
  };
  // Nothing is read ahead of the caller.
  const observed = new ReadableStream(source, { highWaterMark: 0 });
  return Object.setPrototypeOf(observed, Object.getPrototypeOf(stream) as object) as ReadableStream<T>;
}
