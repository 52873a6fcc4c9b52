/** The longest delay that `setTimeout` takes; beyond it the delay would be taken as 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

export type Timer = ReturnType<typeof setTimeout>;

/** A timer that does not keep the process alive, where that can be said. */
export function quietTimer(callback: () => void, delayMs: number): Timer {
  const timer = awaitedTimer(callback, delayMs);
  (timer as { unref?(): void }).unref?.();
  return timer;
}

/** A timer that somebody awaits. */
export function awaitedTimer(callback: () => void, delayMs: number): Timer {
  return setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_MS));
}
