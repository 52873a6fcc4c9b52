import type { Settings } from '../config';
import { errorOfProblem } from '../error-of';
import type { Problem } from '../native/addon';

/** Tells the user's error handler and logger what was given up. Never throws: both are the user's code. */
export class Reporter {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  tell(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const { code, message, events } = problem;
      const what = events === 1 ? '1 event was' : `${events} events were`;
      this.warn(`Bear Lumen: ${what} not delivered (${code}): ${message}`);
      try {
        this.#settings.onError?.(errorOfProblem(problem), { events });
      } catch (error) {
        this.warn(`Bear Lumen: onError threw: ${String(error)}`);
      }
    }
  }

  /** Nothing in `track()` is known to throw. Should it, the caller's work goes on and the handler hears of it. */
  tellFailed(error: unknown): void {
    const message = `track() failed: ${String(error)}`;
    this.tell([{ code: 'internal_error', message, correlationId: '', status: 0, events: 1 }]);
  }

  warn(message: string): void {
    try {
      this.#settings.logger?.warn(message);
    } catch {
      // Nobody is left to tell.
    }
  }
}
