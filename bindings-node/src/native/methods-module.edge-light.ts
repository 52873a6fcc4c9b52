import module from './methods.wasm?module';
import { ofThisRealm } from './realm';

export function methodsModule(): WebAssembly.Module {
  return ofThisRealm(module);
}
