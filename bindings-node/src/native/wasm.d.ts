// What a `.wasm` file is to those who import it: to the build its bytes in base64, to Cloudflare and Vercel a module.
declare module '*.wasm' {
  const content: string & WebAssembly.Module;
  export default content;
}
declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}
