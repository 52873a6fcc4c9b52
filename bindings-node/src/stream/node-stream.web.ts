import type { NodeReadable } from './kinds';
import type { Watch } from './watch';

/** None can be made here; such a stream is watched where it is looped over. */
export function nodeStream(_stream: NodeReadable, _watch: Watch): object | undefined {
  return undefined;
}
