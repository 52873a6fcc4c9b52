// Bytes as text that stands in a JavaScript file: printable ASCII, so that no bundler or server can take it for anything
// else, and a character a byte for the common ones, so that gzip finds in it what it finds in the bytes. Base64, which
// moves every byte to another place, would make it a third larger. `src/native/wasm-text.web.ts` reads it.

/** All but those that mean something inside a text or a page. */
const CHARACTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter((char) => !'\\"\'`$<'.includes(char));
/** The last ones say that another character follows. */
const MARKS = 2;
const SINGLE = CHARACTERS.length - MARKS;

/** A module with the text, and the bytes by their places, the commonest first. */
export function wasmText(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte] += 1;
  const order = [...count.keys()].sort((a, b) => count[b] - count[a]);
  const words = new Array(256);
  order.forEach((byte, place) => {
    const beyond = place - SINGLE;
    const mark = CHARACTERS[SINGLE + Math.floor(beyond / CHARACTERS.length)];
    words[byte] = beyond < 0 ? CHARACTERS[place] : mark + CHARACTERS[beyond % CHARACTERS.length];
  });
  const text = Array.from(bytes, (byte) => words[byte]).join('');
  return `export default ${JSON.stringify({ characters: CHARACTERS.join(''), marks: MARKS, order, size: bytes.length, text })};`;
}
