import module from './bearlumen.wasm';

/** Cloudflare compiles modules when a Worker is deployed, and none while it runs. */
export function wasmModule(): WebAssembly.Module {
  return module;
}
