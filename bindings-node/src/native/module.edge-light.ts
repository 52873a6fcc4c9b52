import module from './bearlumen.wasm?module';

/** Vercel's edge runtime compiles modules when a function is built, and none while it runs. */
export function wasmModule(): WebAssembly.Module {
  return module;
}
