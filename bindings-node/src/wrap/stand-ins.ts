import { addon } from '../native/load';

type Call = (...args: unknown[]) => unknown;
type Members = Record<string, unknown>;

/** Turns a call into a tracked one, as of now: whom it is for is known when its helper is called. */
export type Tracked = (call: Call, path: string) => Call;

interface Helper {
  group: string;
  path: string;
  calls: string[];
}

let read: { helpers: Helper[]; madeWith: string[] } | undefined;

function known(): { helpers: Helper[]; madeWith: string[] } {
  if (read === undefined) {
    const { helpers, madeWith } = JSON.parse(addon.clientHelpers()) as { helpers: { path: string; calls: string[] }[]; madeWith: string[] };
    read = { helpers: helpers.map((helper) => ({ ...helper, group: helper.path.slice(0, Math.max(helper.path.lastIndexOf('.'), 0)) })), madeWith };
  }
  return read;
}

/**
 * A function of a group whose functions call others of the group, so that each of those is tracked; `undefined` where it
 * has to be tracked from outside, as one call. It runs on an object like the group, which stays as it is.
 */
export function helperOf(target: object, path: string, name: string, tracked: Tracked): Call | undefined {
  const inner = addon.innerCalls(path).filter((own) => typeof (target as Members)[own] === 'function');
  if (inner.length === 0 || madeAnew(target) === undefined) return undefined;
  return (...args) => {
    const standIn = madeAnew(target) as Members;
    for (const own of inner) standIn[own] = tracked(((target as Members)[own] as Call).bind(target), path);
    return (standIn[name] as Call)(...args);
  };
}

/** A copy of an object that holds a group with helpers, with those tracked; `undefined` where it holds none. */
export function holderOf(target: object, client: object, tracked: Tracked): object | undefined {
  const kept: Members = {};
  for (const [name, value] of Object.entries(target)) {
    const group = typeof value === 'object' && value !== null ? withHelpers(value, client, tracked) : undefined;
    if (group !== undefined) kept[name] = group;
  }
  if (Object.keys(kept).length === 0) return undefined;
  return Object.assign(Object.create(Object.getPrototypeOf(target) as object) as object, target, kept);
}

function withHelpers(value: object, client: object, tracked: Tracked): object | undefined {
  const helpers = known().helpers.filter(({ group }) => reached(client, group) === value);
  const calls: Members = {};
  for (const name of Object.keys(value)) {
    const group = helpers[0]?.group;
    if (group === undefined || typeof (value as Members)[name] !== 'function') continue;
    const helper = helperOf(value, `${group}.${name}`, name, tracked);
    if (helper !== undefined) calls[name] = helper;
  }
  return Object.keys(calls).length === 0 ? undefined : Object.assign(Object.create(value) as object, calls);
}

/**
 * An object of the same class: functions that hold on to the object they were made with go along only so. `undefined`
 * when it would not be the same.
 */
function madeAnew(target: object): object | undefined {
  const given = known().madeWith.map((name) => (target as Members)[name]);
  try {
    const made = Reflect.construct(target.constructor as new (...given: unknown[]) => object, given);
    return Object.keys(target).every((name) => name in made) ? made : undefined;
  } catch {
    return undefined;
  }
}

function reached(client: object, path: string): unknown {
  return path.split('.').reduce<unknown>((owner, name) => (owner as Members | null | undefined)?.[name], client);
}
