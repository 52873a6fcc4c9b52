// `node:test` where there is no Node: collects the tests, and runs them one after the other.
const tests = [];
const firsts = [];
const lasts = [];

export default function test(name, ...rest) {
  const work = rest.pop();
  const { skip = false } = rest[0] ?? {};
  tests.push({ name, skip, work });
}
test.skip = (name) => tests.push({ name, skip: true });

export const before = (work) => firsts.push(work);
export const after = (work) => lasts.push(work);
export { test };

/** `{ name, error?, skipped? }` for each. */
export async function runAll() {
  const results = [];
  for (const work of firsts) await work();
  for (const { name, skip, work } of tests) {
    if (skip !== false) {
      results.push({ name, skipped: String(skip) });
      continue;
    }
    try {
      await work({ after: (cleanup) => lasts.push(cleanup) });
      results.push({ name });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) });
    }
  }
  for (const work of lasts) await work();
  return results;
}
