/** The longest delay that `setTimeout` takes; beyond it the delay would be taken as 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** A timer that does not keep the process alive. */
export function quietTimer(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_MS)).unref();
}

/** A timer that somebody awaits. */
export function awaitedTimer(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_MS));
}
