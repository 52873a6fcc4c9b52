// Stands before the built Worker, on the real runtime, and has things fail that the runtime may let fail at any time.
// A request says in a header what is to happen to it: nothing else reaches the front door and its object alike.
import Worker, { Organization as Real } from "entry.js";

const fault = (request) => request.headers.get("x-fault");

// The next moment that is waited for comes so many milliseconds late.
let late = 0;
const wait = scheduler.wait.bind(scheduler);
Object.defineProperty(globalThis, "scheduler", {
  value: {
    wait(ms) {
      const delay = ms + late;
      late = 0;
      return wait(delay);
    },
  },
});

// As a request, what ends the wasm that looks at it as a panic would.
const trap = (request) =>
  new Proxy(request, {
    get() {
      throw new WebAssembly.RuntimeError("unreachable on purpose");
    },
  });

// Objects that cannot be made the next time.
const unmakable = new Set();

export class Organization {
  constructor(state, env) {
    if (unmakable.delete(state.id.toString())) throw new Error("no object on purpose");
    this.state = state;
    this.real = new Real(state, env);
  }

  alarm() {
    return this.real.alarm();
  }

  async fetch(request) {
    switch (fault(request)) {
      case "throws":
        throw new Error("thrown on purpose");
      case "overloaded":
        throw Object.assign(new Error("Durable Object is overloaded on purpose"), { overloaded: true });
      case "cannot be made again":
        unmakable.add(this.state.id.toString());
        this.state.abort("reset on purpose");
        break;
      case "reset before it writes": {
        const answer = this.real.fetch(request);
        this.state.abort("reset on purpose");
        return answer;
      }
      case "throws after it wrote":
        await this.real.fetch(request);
        throw new Error("thrown on purpose");
      case "traps":
        return this.real.fetch(trap(request));
      case "waits long":
        late = 3000;
    }
    return this.real.fetch(request);
  }
}

let unreachable = false;

const reached = (objects) => ({
  getByName(name) {
    if (unreachable) throw new Error("unreachable on purpose");
    return objects.getByName(name);
  },
});

export default {
  fetch(request, env, ctx) {
    unreachable = fault(request) === "unreachable";
    return Worker.fetch(request, { ...env, ORGANIZATION: reached(env.ORGANIZATION) }, ctx);
  },
};
