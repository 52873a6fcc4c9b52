import module from './bearlumen.wasm?module';
import { ofThisRealm } from './realm';

/** Vercel's edge runtime compiles modules when a function is built, and none while it runs. */
export function wasmModule(): WebAssembly.Module {
  return ofThisRealm(module);
}
