// Runtimes that run a script, as npm packages, and find the package themselves: Deno, which takes the wasm and gives it no
// permission but the network's (the environment is for a provider's SDK), and Bun, which is Node enough to load the addon.
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../bundle.mjs';

const run = promisify(execFile);

export const runDeno = (stage) => runScript(stage, 'deno', ['run', '--no-prompt', '--allow-net=127.0.0.1', '--allow-env']);
export const runBun = (stage) => runScript(stage, 'bun', ['run']);

async function runScript(stage, name, args) {
  const program = join(stage.here, 'project/node_modules/.bin', name);
  if (!existsSync(program)) return `its npm package is not installed`;
  const file = join(stage.clean, `${name}.mjs`);
  writeFileSync(file, await bundle({ ...stage, entry: join(stage.here, 'script.mjs'), conditions: [name], endings: [], external: ['@bearlumen/node-sdk'] }));
  const { stdout } = await run(program, [...args, file], { cwd: stage.clean, maxBuffer: 2 ** 28 });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
