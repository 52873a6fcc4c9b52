import module from './methods.wasm';

export function methodsModule(): WebAssembly.Module {
  return module;
}
