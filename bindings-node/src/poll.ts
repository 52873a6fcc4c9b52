import { awaitedTimer } from './timer';

const SHORTEST_MS = 1;
const LONGEST_MS = 32;

/** Resolves when `isDone` answers true. It is asked at once, and then again and again. */
export async function poll(isDone: () => boolean): Promise<void> {
  for (let pause = SHORTEST_MS; !isDone(); pause = Math.min(2 * pause, LONGEST_MS)) {
    await new Promise<void>((resolve) => void awaitedTimer(resolve, pause));
  }
}
