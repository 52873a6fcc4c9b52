import { ending } from './ending';
import type { Unfinished } from './unfinished';

/** One list for each isolate: workers have their own. */
const active = new Set<Unfinished>();
let listening = false;

/** Sees to it that it is finished once when the process ends by itself. */
export function remember(unfinished: Unfinished): void {
  const end = ending();
  if (end === undefined) return;
  active.add(unfinished);
  if (!listening) {
    listening = true;
    end.once('beforeExit', finish);
  }
}

/** It has nothing left to finish. */
export function forget(unfinished: Unfinished): void {
  active.delete(unfinished);
}

function finish(): void {
  // Streams become events, and those have to be delivered.
  for (const unfinished of [...active]) unfinished.settle?.();
  for (const unfinished of [...active]) void unfinished.flushAtExit?.();
}
