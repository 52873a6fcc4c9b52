import type { Store } from './store';

/** What runtimes other than browsers have, each in its own place. */
interface Runtime {
  AsyncLocalStorage?: new <T>() => Store<T>;
  process?: { getBuiltinModule?(name: string): { AsyncLocalStorage?: new <T>() => Store<T> } | undefined };
}

/** Keeps a value for a piece of work, and for whatever it awaits where the runtime can follow that. */
export function makeStore<T>(warn: (message: string) => void): Store<T> {
  const { AsyncLocalStorage, process } = globalThis as Runtime;
  const Following = AsyncLocalStorage ?? process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage;
  return Following === undefined ? new SynchronousStore(warn) : new Following<T>();
}

/** Holds until the work first waits for something: nobody can tell afterwards which work goes on. */
class SynchronousStore<T> implements Store<T> {
  readonly #warn: (message: string) => void;
  #value: T | undefined;
  /** Work that waits for something. */
  #waiting = 0;
  #hasWarned = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  run<R>(value: T, work: () => R): R {
    const before = this.#value;
    this.#value = value;
    try {
      const result = work();
      if (result instanceof Promise) this.#follow(result);
      return result;
    } finally {
      this.#value = before;
    }
  }

  getStore(): T | undefined {
    if (this.#value === undefined && this.#waiting > 0 && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#warn(
        'Bear Lumen: a call was tracked while the work of a withContext() was waiting. This runtime has no AsyncLocalStorage, ' +
          'so a context ends where its work first waits: give track() its options itself',
      );
    }
    return this.#value;
  }

  #follow(work: Promise<unknown>): void {
    this.#waiting += 1;
    const end = (): void => void (this.#waiting -= 1);
    work.then(end, end);
  }
}
