import { poll } from '../poll';

/**
 * Those who wait until something has become true. Each looks by itself: on Cloudflare no request may wake what waits in
 * another one, and each has to do itself what it waits for.
 */
export class Waiting {
  until(isDone: () => boolean, timeoutMs: number, meanwhile: () => void): Promise<void> {
    const end = Date.now() + timeoutMs;
    return poll(() => {
      meanwhile();
      return isDone() || Date.now() >= end;
    });
  }

  changed(): void {}
}
