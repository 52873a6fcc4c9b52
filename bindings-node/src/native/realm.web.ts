/**
 * Next.js compiles modules outside of the realm in which functions run, where `instanceof` knows no others than its own;
 * what they are made of is the same.
 */
export function ofThisRealm(module: WebAssembly.Module): WebAssembly.Module {
  if (module instanceof WebAssembly.Module) return module;
  return Object.setPrototypeOf(module, WebAssembly.Module.prototype) as WebAssembly.Module;
}
