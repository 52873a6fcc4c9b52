// What a `.wasm` file is to those who import it: to the build its text, to Cloudflare and Vercel a module.
declare module '*.wasm' {
  const content: import('./wasm-text.web').WasmText & WebAssembly.Module;
  export default content;
}
declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}
