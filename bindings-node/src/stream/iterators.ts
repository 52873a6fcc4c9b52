import type { Cursor } from './watch';

type Step = IteratorResult<unknown, unknown>;

/** Passes an asynchronous iterator through, chunk for chunk, and shows each chunk to a cursor first. */
export class ObservedAsyncIterator implements AsyncIterableIterator<unknown> {
  readonly #inner: AsyncIterator<unknown, unknown, unknown>;
  readonly #cursor: Cursor;

  constructor(inner: AsyncIterator<unknown, unknown, unknown>, cursor: Cursor) {
    this.#inner = inner;
    this.#cursor = cursor;
  }

  next(...sent: [] | [unknown]): Promise<Step> {
    const step = this.#inner.next(...sent);
    return (step instanceof Promise ? step : Promise.resolve(step)).then(this.#took, this.#failed);
  }

  return(value?: unknown): Promise<Step> {
    this.#cursor.leave();
    return this.#inner.return?.(value) ?? Promise.resolve({ done: true, value });
  }

  throw(error?: unknown): Promise<Step> {
    this.#cursor.leave();
    return this.#inner.throw?.(error) ?? Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #took = (step: Step): Step | Promise<Step> => {
    if (step.done === true) this.#cursor.end(false);
    else if (this.#cursor.take(step.value)) return this.next();
    return step;
  };

  readonly #failed = (error: unknown): never => {
    this.#cursor.end(true);
    throw error;
  };
}

/** The same for an iterator that waits for nothing. */
export class ObservedIterator implements IterableIterator<unknown> {
  readonly #inner: Iterator<unknown, unknown, unknown>;
  readonly #cursor: Cursor;

  constructor(inner: Iterator<unknown, unknown, unknown>, cursor: Cursor) {
    this.#inner = inner;
    this.#cursor = cursor;
  }

  next(...sent: [] | [unknown]): Step {
    let step: Step;
    do {
      try {
        step = this.#inner.next(...sent);
      } catch (error) {
        this.#cursor.end(true);
        throw error;
      }
      if (step.done === true) this.#cursor.end(false);
    } while (step.done !== true && this.#cursor.take(step.value));
    return step;
  }

  return(value?: unknown): Step {
    this.#cursor.leave();
    return this.#inner.return?.(value) ?? { done: true, value };
  }

  throw(error?: unknown): Step {
    this.#cursor.leave();
    if (this.#inner.throw === undefined) throw error;
    return this.#inner.throw(error);
  }

  [Symbol.iterator](): this {
    return this;
  }
}
