/** Keeps a value for a piece of work and whatever it awaits. */
export interface Store<T> {
  run<R>(value: T, work: () => R): R;
  getStore(): T | undefined;
}
