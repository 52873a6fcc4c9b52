// Events on disk outlive their process and are delivered once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BearLumen } from '@bearlumen/node-sdk';
import { startService } from '../support/service.mjs';

const program = fileURLToPath(new URL('../programs/spool.mjs', import.meta.url));
let service;
let folder;
beforeEach(async () => {
  service = await startService();
  folder = mkdtempSync(join(tmpdir(), 'bearlumen-spool-'));
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const client = (config) => new BearLumen({ apiKey: 'sk_test_spool', baseUrl: service.url, spoolDir: folder, ...config });
const spools = () => readdirSync(folder).map((name) => join(folder, name));
const event = (key) => [null, { model: 'm', units: { characters: 1 }, idempotencyKey: key }];
const keys = (name, count) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

function start(name, count, ending) {
  return spawn(process.execPath, [program, service.url, folder, name, count, ending], { stdio: ['ignore', 'pipe', 'inherit'] });
}

for (const ending of ['die', 'exit']) {
  test(`what a process leaves behind that ends by ${ending} is delivered by the next, once`, async () => {
    await once(start('a', 5, ending), 'close');
    await once(start('b', 3, ending), 'close');
    assert.deepEqual([spools().length, service.stored.size], [1, 0], 'the second took over what the first had left');
    const bear = client();
    assert.equal(bear.stats().pending, 8);
    bear.track(...event('own'));
    const stats = await bear.flush();
    assert.deepEqual([stats.tracked, stats.sent, stats.pending], [9, 9, 0]);
    assert.deepEqual([...service.arrivals.keys()].sort(), [...keys('a', 5), ...keys('b', 3), 'own']);
    assert.deepEqual(new Set(service.arrivals.values()), new Set([1]));
    await bear.shutdown();
    assert.deepEqual(spools(), []);
    assert.equal(client().stats().pending, 0);
  });
}

test('what earlier processes left goes out without a flush', async () => {
  await once(start('a', 2, 'die'), 'close');
  const bear = client();
  for (let round = 0; round < 100 && service.stored.size < 2; round += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(service.stored.size, 2);
  await bear.shutdown();
});

test('a process that lives keeps its events to itself', async () => {
  await service.stop();
  const other = start('a', 4, 'stay');
  await once(other.stdout, 'data');
  const bear = client();
  assert.equal(bear.stats().pending, 0);
  other.kill('SIGKILL');
  await once(other, 'close');
  assert.equal(client().stats().pending, 4);
  await bear.shutdown({ timeout: 10 });
  service = await startService();
});

test('what a shutdown cannot deliver stays on disk, and is not told as lost', async () => {
  const told = [];
  const { url } = service;
  await service.stop();
  const bear = client({ baseUrl: url, onError: (error) => told.push(error) });
  bear.track(...event('late'));
  assert.equal((await bear.shutdown({ timeout: 50 })).pending, 1);
  assert.deepEqual([told, spools().length], [[], 1]);
  service = await startService();
  assert.equal(client({ baseUrl: url }).stats().pending, 1);
});

test("another key's events, and those for another service, stay where they are", async () => {
  await once(start('a', 2, 'die'), 'close');
  assert.equal(client({ apiKey: 'sk_test_other' }).stats().pending, 0);
  assert.equal(client({ baseUrl: 'http://127.0.0.1:9' }).stats().pending, 0);
  for (const path of spools()) assert.doesNotMatch(path, /sk_test/);
  assert.equal(client().stats().pending, 2);
});

test('a torn end costs one event, and the logger hears of it', async () => {
  await once(start('a', 5, 'die'), 'close');
  const [path] = spools();
  truncateSync(path, statSync(path).size - 10);
  const warnings = [];
  assert.equal(client({ logger: { warn: (text) => warnings.push(text) } }).stats().pending, 4);
  assert.match(warnings[0], /1 lines in spoolDir could not be read/);
});

test('files of others in the folder are left alone', async () => {
  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'mine');
  await once(start('a', 1, 'die'), 'close');
  const bear = client();
  await bear.shutdown();
  assert.deepEqual([spools(), readFileSync(notes, 'utf8')], [[notes], 'mine']);
});

test('the file does not grow with what was delivered', async () => {
  const bear = client();
  for (let round = 0; round < 5; round += 1) {
    for (const key of keys(`round${round}`, 200)) bear.track(...event(key));
    await bear.flush();
    assert.equal(spools().reduce((size, path) => size + statSync(path).size, 0), 0);
  }
  await bear.shutdown();
});

test('a folder that cannot be used is said at once', () => {
  const file = join(folder, 'file');
  appendFileSync(file, '');
  assert.throws(() => client({ spoolDir: join(file, 'below') }), /spoolDir cannot be used/);
  assert.throws(() => client({ spoolDir: '' }), TypeError);
});
