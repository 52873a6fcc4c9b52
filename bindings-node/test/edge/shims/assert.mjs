// As much of `node:assert/strict` as the suites use.
class AssertionError extends Error {}

const shown = (value) => {
  try {
    return JSON.stringify(value, (_name, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner === undefined ? '(undefined)' : inner)) ?? String(value);
  } catch {
    return String(value);
  }
};

function fail(message) {
  throw message instanceof Error ? message : new AssertionError(message ?? 'failed');
}

const check = (holds, message, otherwise) => {
  if (!holds) fail(message instanceof Error ? message : `${message === undefined ? '' : `${message}: `}${otherwise}`);
};

/** By name: a runtime may make its objects in another realm than that of the program. */
const classOf = (value) => Object.getPrototypeOf(value)?.constructor?.name;

function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (classOf(a) !== classOf(b)) return false;
  if (a instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Map || a instanceof Set) return same([...a], [...b]);
  const [names, others] = [Object.keys(a), Object.keys(b)];
  return names.length === others.length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
}

function fits(error, expected, message) {
  if (expected === undefined) return;
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && error instanceof expected) return;
    if (expected.prototype instanceof Error || expected === Error) fail(`${error} is no ${expected.name}`);
    return check(expected(error) === true, message, `${error} is not what was expected`);
  }
  if (expected instanceof RegExp) return check(expected.test(String(error)), message, `${error} does not match ${expected}`);
  if (expected instanceof Error) return check(error === expected || error?.message === expected.message, message, `${error} is not ${expected}`);
  for (const [name, value] of Object.entries(expected)) {
    const holds = value instanceof RegExp ? value.test(String(error?.[name])) : same(error?.[name], value);
    check(holds, message, `${name} of the error is ${shown(error?.[name])}, not ${value instanceof RegExp ? value : shown(value)}`);
  }
}

const assert = (value, message) => check(Boolean(value), message, `${shown(value)} is not truthy`);

export default Object.assign(assert, {
  AssertionError,
  fail,
  ok: assert,
  equal: (a, b, message) => check(Object.is(a, b), message, `${shown(a)} is not ${shown(b)}`),
  notEqual: (a, b, message) => check(!Object.is(a, b), message, `both are ${shown(a)}`),
  deepEqual: (a, b, message) => check(same(a, b), message, `${shown(a)} is not ${shown(b)}`),
  notDeepEqual: (a, b, message) => check(!same(a, b), message, `both are ${shown(a)}`),
  match: (text, pattern, message) => check(pattern.test(text), message, `${shown(text)} does not match ${pattern}`),
  throws(work, expected, message) {
    let thrown;
    try {
      work();
    } catch (error) {
      thrown = { error };
    }
    check(thrown !== undefined, message, 'nothing was thrown');
    fits(thrown.error, expected, message);
  },
  async rejects(work, expected, message) {
    let thrown;
    try {
      await (typeof work === 'function' ? work() : work);
    } catch (error) {
      thrown = { error };
    }
    check(thrown !== undefined, message, 'nothing was rejected');
    fits(thrown.error, expected, message);
  },
});
