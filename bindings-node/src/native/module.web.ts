import text from './bearlumen.wasm';
import { bytesOfText } from './wasm-text';

/**
 * The bytes stand inside the package's one file: only so does it work unchanged in a page, through every bundler and from
 * a CDN, and `costOf()` can answer at once. To fetch them would make importing the package wait, and need a place.
 */
export function wasmModule(): WebAssembly.Module {
  return new WebAssembly.Module(bytesOfText(text));
}
