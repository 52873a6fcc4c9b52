import assert from 'node:assert/strict';
import test from 'node:test';
import { addon } from '../support/package.mjs';
import { vectors } from '../support/vectors.mjs';

for (const { name, policy, steps } of vectors('delivery')) {
  test(name, () => {
    const delivery = new addon.Delivery(policy && JSON.stringify(policy));
    let sent;
    let flush = 0;
    for (const [position, step] of steps.entries()) {
      const where = `step ${position}: ${JSON.stringify(step)}`;
      const { at } = step;
      if ('enqueue' in step) {
        assert.equal(delivery.enqueue(eventOf(step), at), step.expect, where);
      } else if ('next' in step) {
        const next = delivery.nextStep(at);
        assert.deepEqual(described(next), step.next, where);
        sent = next.send ?? sent;
      } else if ('report' in step) {
        const problems = delivery.report(sent.id, answerOf(step.report), at, jitterOf(step.jitter));
        if (step.problems !== undefined) assert.deepEqual(problems.map(summary), step.problems, where);
      } else if (step.flush) {
        flush = delivery.flush();
      } else if (step.close) {
        flush = delivery.close();
      } else if ('flushed' in step) {
        assert.equal(delivery.isSettled(flush), step.flushed, where);
      } else if ('stats' in step) {
        const stats = JSON.parse(delivery.stats());
        assert.deepEqual({ ...stats, ...step.stats }, stats, where);
      } else if ('losses' in step) {
        assert.deepEqual(delivery.takeLosses().map(summary), step.losses, where);
      } else {
        assert.fail(`${where} is of no known kind`);
      }
    }
  });
}

function eventOf({ enqueue, size }) {
  const event = JSON.stringify({ idempotencyKey: enqueue });
  return size === undefined ? event : event.slice(0, -1) + ' '.repeat(size - event.length) + '}';
}

function described({ send, waitUntil }) {
  if (send !== undefined) {
    const { events } = JSON.parse(new TextDecoder().decode(send.body));
    assert.equal(events.length, send.events);
    return { send: events.map((event) => event.idempotencyKey) };
  }
  return waitUntil === undefined ? 'idle' : { waitUntil };
}

function answerOf(report) {
  if (report === 'unreachable') return undefined;
  const { status, retryAfter, body } = report;
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  return { status, body: bytes, ...(retryAfter !== undefined && { retryAfter }) };
}

function jitterOf(share = 0) {
  return Math.min(Math.floor(share * 2 ** 32), 2 ** 32 - 1);
}

function summary({ code, events }) {
  return { code: code.toUpperCase(), events };
}
