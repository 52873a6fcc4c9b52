import { awaitedTimer } from '../timer';

/** Those who wait until something has become true. */
export class Waiting {
  readonly #looks = new Set<() => void>();

  /** Resolves when `isDone` answers true, which is asked whenever something has changed, or when the time is up. */
  until(isDone: () => boolean, timeoutMs: number, _meanwhile: () => void): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isDone()) end();
      };
      const timer = awaitedTimer(end, timeoutMs);
      this.#looks.add(look);
    });
  }

  changed(): void {
    for (const look of [...this.#looks]) look();
  }
}
