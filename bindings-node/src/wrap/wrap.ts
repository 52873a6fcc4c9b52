import { CLIENT } from '../native/addon';
import { addon } from '../native/load';
import type { Tracker } from '../track/tracker';
import { trackCall } from './call';
import { stepOf } from './names';
import { helperOf, holderOf, type Tracked } from './stand-ins';

type Call = (...args: unknown[]) => unknown;

/** Fields in which clients keep where their requests go. */
const URLS = ['baseURL', '_baseURL', 'config.host'];

/** Clients that are wrapped already: each call is tracked once. */
const wrappers = new WeakSet<object>();

/** Stands in front of a client of a provider's SDK and tracks its calls. Everything else is the client's own. */
export class Wrapping {
  readonly #tracker: Tracker;
  /** By the client's own objects, so that each looks the same whenever it is asked for. */
  readonly #wrapped = new WeakMap<object, object>();

  constructor(tracker: Tracker) {
    this.#tracker = tracker;
  }

  wrap<T extends object>(client: T): T {
    return wrappers.has(client) ? client : this.#proxy(client, '', urlOf(client), client);
  }

  #proxy<T extends object>(target: T, path: string, url: string | undefined, client: object): T {
    const before = this.#wrapped.get(target) as T | undefined;
    if (before !== undefined) return before;
    const functions = new Map<string, [own: unknown, seen: unknown]>();
    const proxy: T = new Proxy(target, {
      get: (_target, name) => {
        // Getters and methods of a class may use private fields, which only the client itself has.
        const value: unknown = Reflect.get(target, name, target);
        if (typeof name === 'symbol' || name === 'constructor' || isFixed(target, name)) return value;
        const place = path === '' ? name : `${path}.${name}`;
        if (typeof value === 'object' && value !== null) {
          if (value === client) return this.#wrapped.get(client);
          return (stepOf(place) & CLIENT.leadsOn) === 0 ? value : this.#proxy(value, place, url, client);
        }
        if (typeof value !== 'function') return value;
        const known = functions.get(name);
        if (known !== undefined && known[0] === value) return known[1];
        // What makes calls by itself makes them on the client it finds there.
        const owner = (stepOf(place) & CLIENT.makesCalls) === 0 ? target : proxy;
        const seen = this.#makingCalls(target, name, place, url, client) ?? this.#call(value.bind(owner) as Call, place, url, client);
        functions.set(name, [value, seen]);
        return seen;
      },
    });
    this.#wrapped.set(target, proxy);
    wrappers.add(proxy);
    return proxy;
  }

  /** A function whose own calls are tracked, and not itself. */
  #makingCalls(target: object, name: string, path: string, url: string | undefined, client: object): Call | undefined {
    const tracked: Tracked = (call, of) => {
      const options = this.#tracker.around({});
      return (...args) => trackCall(this.#tracker, { path: of, url }, call, args, options);
    };
    const helper = helperOf(target, path, name, tracked);
    if (helper !== undefined || (stepOf(path) & CLIENT.returnsCalls) === 0) return helper;
    const holder = holderOf(target, client, tracked) as Record<string, Call> | undefined;
    return holder && ((...args) => (holder[name] as Call)(...args));
  }

  #call(call: Call, path: string, url: string | undefined, client: object): Call {
    const step = stepOf(path);
    if ((step & CLIENT.takesCommand) !== 0) {
      return (...args) => {
        const command = addon.commandPath(className(args[0]));
        return command === null ? call(...args) : this.#track(command, url, call, args);
      };
    }
    if ((step & CLIENT.isCall) !== 0) return (...args) => this.#track(path, url, call, args);
    if ((step & CLIENT.returnsCalls) !== 0) return (...args) => this.#follow(call(...args), `${path}()`, url, client);
    if ((step & CLIENT.returnsClient) !== 0) return (...args) => this.#follow(call(...args), '', undefined, undefined);
    return call;
  }

  #track(path: string, url: string | undefined, call: Call, args: readonly unknown[]): unknown {
    return trackCall(this.#tracker, { path, url }, call, args);
  }

  #follow(result: unknown, path: string, url: string | undefined, client: object | undefined): unknown {
    if (typeof result !== 'object' || result === null) return result;
    return this.#proxy(result, path, url ?? urlOf(result), client ?? result);
  }
}

/** Where the client's requests go, if it says so: the host names the provider. */
function urlOf(client: object): string | undefined {
  for (const path of URLS) {
    try {
      const value = path.split('.').reduce<unknown>((owner, name) => (owner as Record<string, unknown> | undefined)?.[name], client);
      if (typeof value === 'string' || value instanceof URL) return String(value);
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** A field that a Proxy must show as it is. */
function isFixed(target: object, name: string): boolean {
  const field = Object.getOwnPropertyDescriptor(target, name);
  return field !== undefined && field.configurable === false && field.writable === false;
}

function className(value: unknown): string {
  return typeof value === 'object' && value !== null ? value.constructor.name : '';
}
