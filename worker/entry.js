// What the platform loads. The built module answers through a class that is made anew, behind proxies, for each request;
// here it is called directly. Only after a trap in the wasm the class is used, which starts the module again.
import Built from "./build/index.js";

const state = globalThis.__worker_init_state;
const { fetch } = Built.prototype;

export default {
  fetch(request, env, ctx) {
    if (state.criticalError) return new Built(ctx, env).fetch(request);
    try {
      return fetch.call({ env, ctx }, request);
    } catch (error) {
      state.criticalError ||= error instanceof WebAssembly.RuntimeError;
      throw error;
    }
  },
};

export { Organization } from "./build/index.js";
