import type { DeliveryLoop } from './loop';

/** The loops that have something pending. One list for each isolate: workers have their own. */
const active = new Set<DeliveryLoop>();
let listening = false;

/** Sees to it that the loop is flushed once when the process ends by itself. */
export function remember(loop: DeliveryLoop): void {
  active.add(loop);
  if (!listening) {
    listening = true;
    process.once('beforeExit', () => {
      for (const pending of [...active]) void pending.flushAtExit();
    });
  }
}

/** The loop has nothing pending. */
export function forget(loop: DeliveryLoop): void {
  active.delete(loop);
}
