const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get as () => unknown;

/** Unlike `instanceof` this runs no code of the value's, and knows arrays of other realms. */
export function isBytes(value: unknown): value is Uint8Array {
  return tag.call(value) === 'Uint8Array';
}
