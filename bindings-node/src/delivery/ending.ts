/** What tells that a program has nothing left to do. */
export interface Ending {
  once(event: 'beforeExit', listener: () => void): unknown;
}

export function ending(): Ending | undefined {
  return process;
}
