import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test, { afterEach, beforeEach } from 'node:test';
import { Worker } from 'node:worker_threads';
import { faults, startService } from '../support/service.mjs';

let service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.stop());

const program = (name) => fileURLToPath(new URL(`../programs/${name}`, import.meta.url));

async function run(args, during = () => {}) {
  const start = Date.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].on('data', (chunk) => {
      texts[name] += chunk;
      during(child, texts);
    });
  }
  const [code] = await once(child, 'close');
  return { code, took: Date.now() - start, ...texts };
}

test('a program that just ends delivers its events and is not held', async () => {
  const { code, took, stderr } = await run([program('track.mjs'), service.url, 'nothing']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(service.stored.size, 3);
  assert.ok(took < 2_000, `${took} ms`);
});

test('a program that ends while the service is dead ends soon, and says what is lost', async () => {
  const { code, took, stderr } = await run([program('track.mjs'), 'http://127.0.0.1:9', 'nothing']);
  assert.equal(code, 0);
  assert.match(stderr, /3 events were not delivered \(not_delivered\): not delivered when the process ended/);
  assert.ok(took < 4_000, `${took} ms`);
});

test('a program that ends while the service is silent ends soon', async () => {
  service.faults.push(faults.silence());
  const { code, took, stderr } = await run([program('track.mjs'), service.url, 'nothing']);
  assert.equal(code, 0);
  assert.match(stderr, /3 events were not delivered/);
  assert.ok(took < 4_000, `${took} ms`);
});

test('a program that ends in the middle of a stream delivers what the stream said', async () => {
  const { code } = await run([program('track.mjs'), service.url, 'midStream', '0']);
  assert.equal(code, 0);
  const { usage, incomplete } = service.stored.get('stream');
  assert.deepEqual([usage, incomplete], [{ input: 25, output: 1 }, true]);
});

test('a delivery that waits for its answer does not hold a program', async () => {
  service.faults.push(faults.silence());
  const { code, took, stdout, stderr } = await run([program('track.mjs'), service.url, 'whileSending']);
  assert.deepEqual([code, stdout], [0, 'over']);
  assert.equal(service.requests.length, 1, 'it was sent before the program ended');
  assert.match(stderr, /3 events were not delivered \(not_delivered\)/);
  assert.ok(took < 6_000, `${took} ms`);
});

test('shutdown at the end of a program is awaited to the end', async () => {
  service.faults.push(faults.status(503));
  const { code, stdout } = await run([program('track.mjs'), service.url, 'shutdown', '2500']);
  assert.equal(code, 0);
  const { tracked, sent, dropped, pending } = JSON.parse(stdout);
  assert.deepEqual({ tracked, sent, dropped, pending }, { tracked: 2500, sent: 2500, dropped: 0, pending: 0 });
  assert.equal(service.stored.size, 2500);
});

test('a flush that nobody awaits still ends', async () => {
  const { code } = await run([program('track.mjs'), service.url, 'flushLate']);
  assert.equal(code, 0);
  assert.equal(service.stored.size, 3);
});

test('process.exit and an exception keep their exit codes', async () => {
  assert.equal((await run([program('track.mjs'), service.url, 'exit'])).code, 3);
  const failed = await run([program('track.mjs'), service.url, 'throw']);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /the program failed/);
});

test('a handler of SIGTERM can shut down', async () => {
  const { code } = await run([program('track.mjs'), service.url, 'sigterm'], (child, { stdout }) => {
    if (stdout === 'ready') child.kill('SIGTERM');
  });
  assert.equal(code, 0);
  assert.equal(service.stored.size, 3);
});

test('workers have clients of their own, beside each other and one after the other', async () => {
  const work = async (name, ending) => {
    const worker = new Worker(program('worker.mjs'), { workerData: { baseUrl: service.url, name, count: 20, ending } });
    const [said] = await Promise.all([ending === 'nothing' ? undefined : once(worker, 'message'), ending === 'stay' ? undefined : once(worker, 'exit')]);
    if (ending === 'stay') await worker.terminate();
    return said?.[0];
  };
  const said = await Promise.all(['a', 'b', 'c', 'd'].map((name) => work(name, 'shutdown')));
  for (const { isMainThread, stats } of said) assert.deepEqual([isMainThread, stats.sent, stats.pending], [false, 20, 0]);
  await work('left', 'nothing');
  for (let round = 0; round < 5; round += 1) await work(`terminated-${round}`, 'stay');
  assert.equal((await work('last', 'shutdown')).stats.sent, 20);
  assert.equal([...service.stored.keys()].filter((key) => key.startsWith('left-')).length, 20, 'a worker that just ends delivers too');
});

test('processes of a cluster deliver their own', async () => {
  const { code } = await run([program('cluster.mjs'), service.url]);
  assert.equal(code, 0);
  assert.deepEqual([...service.stored.keys()].sort(), ['a-0', 'a-1', 'a-2', 'a-3', 'a-4', 'b-0', 'b-1', 'b-2', 'b-3', 'b-4']);
});
