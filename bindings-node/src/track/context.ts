import type { TrackContext } from '../track-options';
import { makeStore } from './storage';
import type { Store } from './store';

/** The options that apply to every `track()` inside a function and whatever it awaits. */
export class Context {
  readonly #warn: (message: string) => void;
  #storage: Store<TrackContext> | undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  run<T>(options: TrackContext, work: () => T): T {
    // Made when first needed: following every promise costs programs that have no context.
    this.#storage ??= makeStore(this.#warn);
    return this.#storage.run(merged(this.#storage.getStore(), options) as TrackContext, work);
  }

  /** A call's own options over those around it. */
  over(options: object | null | undefined): object | null | undefined {
    const around = this.#storage?.getStore();
    return around === undefined ? options : merged(around, options);
  }
}

/** What is said nearer to the call wins; dimensions and metadata add up by their keys. */
export function merged(outer: object | null | undefined, inner: object | null | undefined): object {
  const all: Record<string, unknown> = { ...outer };
  for (const [name, value] of Object.entries(inner ?? {})) {
    if (value === undefined) continue;
    const before = all[name];
    all[name] = (name === 'dimensions' || name === 'metadata') && isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
  }
  return all;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
