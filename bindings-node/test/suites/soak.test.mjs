// Hours of a busy process in short: memory stays flat, and every event is accounted for. BEARLUMEN_SOAK_SECONDS says for
// how long, six by default; `make soak` takes half an hour.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'node:test';
import { answer, faults, problem } from '../support/service.mjs';

const seconds = Number(process.env.BEARLUMEN_SOAK_SECONDS ?? 6);
const program = fileURLToPath(new URL('../programs/soak.mjs', import.meta.url));

/** A service that counts what is new, and now and then fails in one way or another. */
async function startCounting() {
  const keys = new Set();
  const store = (events) => events.map(({ idempotencyKey }, index) => ({ index, recorded: keys.size !== keys.add(idempotencyKey).size }));
  const service = { keys, store };
  const troubles = [
    faults.status(500, problem('INTERNAL_ERROR', 'again')),
    faults.status(429, problem('RATE_LIMIT_EXCEEDED', 'slower'), { 'retry-after': '0' }),
    faults.reset(),
    faults.halfAnswer(service),
  ];
  let count = 0;
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('error', () => {});
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { events } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      count += 1;
      if (count % 10 === 3) return troubles[((count / 10) | 0) % troubles.length](request, response, events);
      answer(response, 201, { results: store(events) });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  service.url = `http://127.0.0.1:${server.address().port}`;
  service.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return service;
}

test('memory stays flat and nothing is lost', { timeout: (seconds * 3 + 120) * 1000 }, async (t) => {
  const service = await startCounting();
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, service.url, String(seconds)]);
    const { turns, stats, sent, samples } = JSON.parse(stdout);
    assert.deepEqual([stats.tracked, stats.dropped, stats.pending], [stats.sent, 0, 0]);
    assert.equal(stats.tracked, turns * 29);
    assert.equal(sent, service.keys.size);
    // The first third warms the engine and its caches up.
    const rest = samples.slice(Math.floor(samples.length / 3));
    t.diagnostic(`${turns} turns, ${stats.tracked} events: ${[samples[0], rest[0], samples.at(-1)].map((mb) => mb.toFixed(1)).join(', ')} MB`);
    assert.ok(Math.max(...rest) - rest[0] < 16, `${samples}`);
  } finally {
    service.stop();
  }
});
