// Runs the suites where there is no Node: in workerd, Chromium, Vercel's edge runtime, Deno and Bun, with the packed package.
// `node test/edge/run.mjs [workerd|chromium|edge-light|deno|bun]…`; what is not on the machine is skipped by name.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { home, inCleanProject, installed, vectors } from '../clean.mjs';
import { runWorkerd } from './environments/workerd.mjs';
import { runChromium } from './environments/chromium.mjs';
import { runEdgeLight } from './environments/edge-light.mjs';
import { runBun, runDeno } from './environments/scripts.mjs';
import { startAll } from './service.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, 'project');
const { BEARLUMEN_TEST_BASE_URL: realUrl, BEARLUMEN_TEST_API_KEY: apiKey } = process.env;

const ENVIRONMENTS = { workerd: runWorkerd, chromium: runChromium, 'edge-light': runEdgeLight, deno: runDeno, bun: runBun };
const wanted = process.argv.slice(2);

installed(project);
await inCleanProject([], async (clean) => {
  const files = new Map();
  const server = await startAll(realUrl, files);
  const environment = {
    BEARLUMEN_TEST_SERVER: server.url,
    BEARLUMEN_TEST_PROVIDERS: `${server.url}/providers`,
    ...(realUrl !== undefined && { BEARLUMEN_TEST_BASE_URL: `${server.url}/real`, BEARLUMEN_TEST_API_KEY: apiKey }),
  };
  const stage = { here, home, root: dirname(home), clean, vectors, server, files, environment, require: createRequire(join(project, 'package.json')) };
  try {
    for (const [name, run] of Object.entries(ENVIRONMENTS)) {
      if (wanted.length === 0 || wanted.includes(name)) report(name, await run(stage));
    }
  } finally {
    await server.stop();
  }
});

/** `results` is a list of `{ name, error?, skipped? }`, or why there is none. */
function report(where, results) {
  if (typeof results === 'string') return console.log(`${where}: skipped, ${results}`);
  const failed = results.filter(({ error }) => error !== undefined);
  const skipped = results.filter(({ skipped }) => skipped !== undefined);
  for (const { name, error } of failed) console.log(`${where}: FAILED ${name}\n  ${error.replaceAll('\n', '\n  ')}`);
  for (const reason of new Set(skipped.map(({ skipped }) => skipped))) console.log(`${where}: skipped, ${reason}`);
  console.log(`${where}: ${results.length - failed.length - skipped.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
  if (failed.length > 0 || results.length === 0) process.exitCode = 1;
}
