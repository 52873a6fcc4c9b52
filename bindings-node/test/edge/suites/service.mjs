// A scripted service of a test's own.
import { BearLumen } from '@bearlumen/node-sdk';

const { BEARLUMEN_TEST_SERVER: server } = process.env;

/** For what is said of the edge alone: Bun loads the addon, and is as Node is. */
export const atTheEdge = { skip: 'Bun' in globalThis && 'Bun loads the addon: as in Node' };

export async function scripted(options = {}, faults = []) {
  const baseUrl = `${server}/scripted/${options.name ?? crypto.randomUUID()}`;
  const script = (more) => fetch(`${baseUrl}/faults`, { method: 'PUT', body: JSON.stringify(more) }).then((answer) => answer.text());
  if (faults.length > 0) await script(faults);
  const told = [];
  const warned = [];
  const bear = new BearLumen({
    apiKey: 'sk_test_edge',
    baseUrl,
    timeout: 10_000,
    onError: ({ code }, { events }) => told.push([code, events]),
    logger: { warn: (message) => warned.push(message) },
    ...options,
  });
  return { bear, baseUrl, told, warned, script, state: () => fetch(`${baseUrl}/state`).then((answer) => answer.json()) };
}
