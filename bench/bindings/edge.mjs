// The least time of a costOf() in workerd or Chromium, in nanoseconds. The files are the package's own, loaded as they are.
// In Chromium the line before says after how many nanoseconds the first one is there once the module is, in the middle of
// several new pages.
import { createServer } from 'node:http';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const edge = join(root, 'target/bindings/node_modules/@bearlumen/node-sdk/dist/edge');
const response = process.env.BENCH_RESPONSE;
const folder = mkdtempSync(join(tmpdir(), 'bearlumen-bench-'));
const ROUNDS = 20;
const CALLS = 2_000;
const PAGES = 9;

console.log(await { workerd, chromium }[process.argv[2]]());
rmSync(folder, { recursive: true, force: true });
process.exit(0);

/** The clock stands still inside a Worker: it is looked at from outside. */
async function workerd() {
  const scope = join(root, 'tests/edge/node_modules/@cloudflare');
  const program = join(scope, readdirSync(scope)[0], 'bin/workerd');
  copyFileSync(join(edge, 'workerd.mjs'), join(folder, 'sdk.mjs'));
  copyFileSync(join(edge, 'bearlumen.wasm'), join(folder, 'bearlumen.wasm'));
  writeFileSync(
    join(folder, 'main.js'),
    `import { costOf } from './sdk.mjs';
    export default { fetch(request) {
      const calls = Number(new URL(request.url).searchParams.get('calls'));
      const response = ${JSON.stringify(response)};
      for (let call = 0; call < calls; call += 1) costOf(response);
      return new Response('done');
    } };`,
  );
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (
        modules = [
          (name = "main.js", esModule = embed "main.js"),
          (name = "sdk.mjs", esModule = embed "sdk.mjs"),
          (name = "bearlumen.wasm", wasm = embed "bearlumen.wasm"),
        ],
        compatibilityDate = "2026-10-20",
      ))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );`,
  );
  const child = spawn(program, ['serve', '--control-fd=3', join(folder, 'config.capnp')], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const port = await new Promise((resolve) => createInterface({ input: child.stdio[3] }).on('line', (line) => JSON.parse(line).event === 'listen' && resolve(JSON.parse(line).port)));
  const timed = async (calls) => {
    const started = process.hrtime.bigint();
    await fetch(`http://127.0.0.1:${port}/?calls=${calls}`).then((answer) => answer.text());
    return Number(process.hrtime.bigint() - started);
  };
  let best = Infinity;
  let bare = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    bare = Math.min(bare, await timed(0));
    best = Math.min(best, await timed(CALLS));
  }
  child.kill();
  return (best - bare) / CALLS;
}

async function chromium() {
  const { chromium: browser } = createRequire(join(root, 'bindings-node/test/edge/project/package.json'))('playwright-core');
  const sdk = readFileSync(join(edge, 'inline.mjs'));
  const server = createServer((request, answer) => {
    const isModule = request.url === '/sdk.mjs';
    answer.writeHead(200, { 'content-type': isModule ? 'text/javascript' : 'text/html' });
    answer.end(isModule ? sdk : '<!doctype html><title>bench</title>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  mkdirSync(join(folder, 'profile'));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const context = await browser.launchPersistentContext(join(folder, 'profile'), { executablePath: '/usr/bin/chromium', headless: true, args });
  const opened = async () => {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return page;
  };
  const first = [];
  for (let number = 0; number < PAGES; number += 1) {
    const page = await opened();
    first.push(
      await page.evaluate(async (response) => {
        const { costOf } = await import('/sdk.mjs');
        const started = performance.now();
        costOf(response);
        return (performance.now() - started) * 1e6;
      }, response),
    );
    await page.close();
  }
  console.log(first.sort((a, b) => a - b)[PAGES >> 1]);
  const page = await opened();
  const best = await page.evaluate(
    async ([response, rounds, calls]) => {
      const { costOf } = await import('/sdk.mjs');
      let best = Infinity;
      for (let round = 0; round < rounds; round += 1) {
        const started = performance.now();
        for (let call = 0; call < calls; call += 1) costOf(response);
        best = Math.min(best, ((performance.now() - started) * 1e6) / calls);
      }
      return best;
    },
    [response, ROUNDS, CALLS],
  );
  await context.close();
  server.close();
  return best;
}
