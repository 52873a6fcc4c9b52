import { AsyncLocalStorage } from 'node:async_hooks';

import type { Store } from './store';

/** `warn` hears where a value may have been lost on the way; here none is. */
export function makeStore<T>(_warn: (message: string) => void): Store<T> {
  return new AsyncLocalStorage();
}
