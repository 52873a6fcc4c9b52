/**
 * What an SDK answers before its stream is read: streams and promises behind getters. Most of them begin to read, or claim,
 * the stream when they are asked for, so none is.
 */
export interface Deferred {
  /** Where the SDK keeps the one stream that all others are taken from. */
  baseStream?: unknown;
}

export function isDeferred(value: unknown): value is Deferred {
  return typeof value === 'object' && value !== null && 'fullStream' in value;
}
