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

export function bytesOfText({ characters, marks, order, size, text }: WasmText): Uint8Array<ArrayBuffer> {
  const numbers = new Uint8Array(128);
  for (let at = 0; at < characters.length; at += 1) numbers[characters.charCodeAt(at)] = at;
  const single = characters.length - marks;
  const bytes = new Uint8Array(size);
  for (let from = 0, to = 0; to < size; from += 1, to += 1) {
    let place = numbers[text.charCodeAt(from)] as number;
    if (place >= single) {
      from += 1;
      place = single + (place - single) * characters.length + (numbers[text.charCodeAt(from)] as number);
    }
    bytes[to] = order[place] as number;
  }
  return bytes;
}
