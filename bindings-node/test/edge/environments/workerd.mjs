// Cloudflare's runtime, without its Node compatibility.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync, copyFileSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';
import { requests } from '../requests.mjs';

/** What the package's files import. */
const MODULES = ['bearlumen.wasm', 'methods.wasm'];

const SDK = 'node_modules/@bearlumen/node-sdk';

/** As of today, and as of a day before the runtime told of objects that are gone. */
const DATES = ['2026-10-20', '2023-01-01'];

export async function runWorkerd(stage) {
  const program = find(stage.root);
  if (program === undefined) return 'cargo xtask edge-toolchain has not installed workerd';
  const text = await bundle({ ...stage, entry: join(stage.here, 'worker.mjs'), conditions: ['workerd', 'worker', 'browser'], endings: ['.workerd.ts'] });
  const wasm = join(stage.clean, SDK, 'dist/edge');
  const results = [];
  for (const date of DATES) {
    const worker = await start({ program, folder: join(stage.clean, `worker-${date}`), wasm, text, date });
    try {
      const suites = await fetch(`${worker.url}/suites`).then((answer) => answer.json());
      for (const result of [...suites, ...(await requests(worker.url, stage.server.url))]) results.push({ ...result, name: `${result.name} (as of ${date})` });
    } finally {
      await worker.stop();
    }
  }
  return results;
}

/** The runtime itself, which `cargo xtask edge-toolchain` installs. */
function find(root) {
  const scope = join(root, 'tests/edge/node_modules/@cloudflare');
  return existsSync(scope) ? readdirSync(scope).map((folder) => join(scope, folder, 'bin/workerd')).find(existsSync) : undefined;
}

/** Starts a Worker made of `text`; answers its address and how to stop it. */
async function start({ program, folder, wasm, text, date }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.js'), text);
  for (const module of MODULES) copyFileSync(join(wasm, module), join(folder, module));
  writeFileSync(join(folder, 'config.capnp'), config(date));
  const child = spawn(program, ['serve', '--control-fd=3', join(folder, 'config.capnp')], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const lines = createInterface({ input: child.stdio[3] });
  const port = await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const { event, port } = JSON.parse(line);
      if (event === 'listen') resolve(port);
    });
    child.on('exit', (code) => reject(new Error(`workerd ended with ${code}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

const config = (date) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed "main.js"),
${MODULES.map((module) => `    (name = "${module}", wasm = embed "${module}"),\n`).join('')}  ],
  compatibilityDate = "${date}",
);
`;
