import text from './methods.wasm';
import { bytesOfText } from './wasm-text';

export function methodsModule(): WebAssembly.Module {
  return new WebAssembly.Module(bytesOfText(text));
}
