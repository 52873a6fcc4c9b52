/** What `scripts/wasm-text.mjs` writes. */
export interface WasmText {
  /** Every character that occurs, in the order of their numbers. */
  characters: string;
  /** So many of the last ones say that another one follows. */
  marks: number;
  /** The bytes by their places: those of single characters, then those behind each mark. */
  order: number[];
  /** How many bytes the text stands for. */
  size: number;
  text: string;
}

const ASCII = 128;
const BYTES = 256;

export function bytesOfText({ characters, marks, order, size, text }: WasmText): Uint8Array<ArrayBuffer> {
  const single = characters.length - marks;
  // By character: its byte, or where in `second` the bytes behind this mark begin. The loop runs before anything has
  // been compiled for it, so it has as little to do as can be.
  const first = new Uint16Array(ASCII);
  const second = new Uint8Array(marks * ASCII);
  for (let at = 0; at < characters.length; at += 1) {
    const char = characters.charCodeAt(at);
    first[char] = at < single ? (order[at] as number) : BYTES + (at - single) * ASCII;
    for (let mark = 0; mark < marks; mark += 1) second[mark * ASCII + char] = order[single + mark * characters.length + at] ?? 0;
  }
  const bytes = new Uint8Array(size);
  for (let from = 0, to = 0; to < size; to += 1) {
    const byte = first[text.charCodeAt(from++)] as number;
    bytes[to] = byte < BYTES ? byte : (second[byte - BYTES + text.charCodeAt(from++)] as number);
  }
  return bytes;
}
