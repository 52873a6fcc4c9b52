// Reads and writes: what is tried again, pages, and the way to the service.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BearLumen } from '@bearlumen/node-sdk';
import { answer, faults, problem, startService } from '../support/service.mjs';

let service;
let bear;
before(async () => {
  service = await startService();
  bear = new BearLumen({ apiKey: 'sk_test_requests', baseUrl: service.url });
  service.pages.set('/v1/ping', { ok: true, organizationId: 'org_1' });
});
beforeEach(() => {
  service.requests.length = 0;
  service.faults.length = 0;
});
after(() => service.stop());

for (const [name, fault] of Object.entries({
  '500': () => faults.status(500),
  '429': () => faults.status(429, problem('RATE_LIMIT_EXCEEDED', 'later')),
  'a reset': () => faults.reset(),
  'half an answer': () => (request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"ok"', () => request.socket.destroy());
  },
})) {
  test(`after ${name} a read is tried again`, async () => {
    service.faults.push(fault());
    assert.equal((await bear.ping()).ok, true);
    assert.equal(service.requests.length, 2);
  });
}

test('a read waits as it is asked to', async () => {
  service.faults.push(faults.status(429, '', { 'retry-after': '1' }));
  const start = Date.now();
  await bear.ping();
  assert.ok(Date.now() - start >= 1_000);
});

test('a pause that is too long is the answer', async () => {
  service.faults.push(faults.status(429, problem('RATE_LIMIT_EXCEEDED', 'later'), { 'retry-after': '3600' }));
  await assert.rejects(bear.ping(), { code: 'rate_limit_exceeded', retryAfter: 3600 });
  assert.equal(service.requests.length, 1);
});

test('retries end, and what no time can mend is not tried again', async () => {
  service.faults.push(faults.status(500), faults.status(502), faults.status(503));
  await assert.rejects(bear.ping(), { status: 503 });
  assert.equal(service.requests.length, 3);
  service.faults.push(faults.status(403));
  await assert.rejects(bear.ping(), { status: 403 });
  assert.equal(service.requests.length, 4);
  const once = new BearLumen({ apiKey: 'sk_test_requests', baseUrl: service.url, maxRetries: 0 });
  service.faults.push(faults.status(500));
  await assert.rejects(once.ping(), { status: 500 });
  assert.equal(service.requests.length, 5);
});

test('a write is not tried again, unless it has a key', async () => {
  service.faults.push(faults.status(500));
  await assert.rejects(bear.endUsers.create({ externalId: 'u' }), { status: 500 });
  assert.equal(service.requests.length, 1);
  service.pages.set('POST /v1/usage/events', { eventId: 'evt_1', recorded: true });
  service.faults.push(faults.status(500));
  const recorded = await bear.usage.record({ eventType: 'token_usage', metricName: 'llm_tokens', quantity: 1, agent_id: 'a' });
  assert.deepEqual(recorded, { eventId: 'evt_1', recorded: true });
  const [first, second] = service.requests.slice(1).map(({ body }) => body);
  assert.deepEqual(second, first);
  assert.match(first.idempotencyKey, /^[0-9a-f]{32}$/);
});

test('a list can be looped over to its end, page by page', async () => {
  const page = (events, more) => ({ events, hasMore: more !== undefined, nextCursor: more ?? null });
  const query = 'start_date=2026-01-01&limit=2';
  service.pages.set(`/v1/usage/events?${query}`, page([1, 2], 'c1'));
  service.pages.set(`/v1/usage/events?${query}&cursor=c1`, page([3, 4], 'c2'));
  service.pages.set(`/v1/usage/events?${query}&cursor=c2`, page([5]));
  const list = bear.usage.events({ startDate: '2026-01-01', limit: 2 });
  assert.deepEqual((await list).events, [1, 2]);
  assert.equal(service.requests.length, 1, 'one page is asked for at first');
  const all = [];
  for await (const event of list) all.push(event);
  assert.deepEqual(all, [1, 2, 3, 4, 5]);
  for await (const _event of bear.usage.events({ startDate: '2026-01-01', limit: 2 })) break;
  assert.equal(service.requests.length, 4, 'no page that nobody needs');
});

test('a list without cursors goes by offsets, and an empty page ends it', async () => {
  service.pages.set('/v1/end-users?offset=4', { endUsers: ['a', 'b'], hasMore: true });
  service.pages.set('/v1/end-users?offset=6', { endUsers: [], hasMore: true });
  const all = [];
  for await (const user of bear.endUsers.list({ offset: 4 })) all.push(user);
  assert.deepEqual(all, ['a', 'b']);
});

test('an error on a later page is thrown in the loop', async () => {
  service.pages.set('/v1/end-users', { endUsers: ['a'], hasMore: true });
  await assert.rejects(
    (async () => {
      for await (const _user of bear.endUsers.list());
    })(),
    { code: 'not_found' },
  );
});

test('an id stays in its place in the path', async () => {
  service.pages.set('/v1/attribution/sessions/a%2Fb%3Fc', { session: {} });
  assert.deepEqual(await bear.attribution.sessionDetail('a/b?c'), { session: {} });
  assert.throws(() => bear.costs.forUser(''), TypeError);
  await assert.rejects(async () => bear.endUsers.update(undefined, {}), TypeError);
});

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'programs', 'track.mjs');

/** Runs a program that tracks three events, and answers what it printed. */
async function run(baseUrl, env) {
  const child = spawn(process.execPath, [program, baseUrl, 'shutdown'], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  return JSON.parse(text);
}

async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

test('a proxy that the environment names is used, with its login, unless the host is exempt', async () => {
  const seen = [];
  const proxy = createServer((request, response) => {
    seen.push([request.url, request.headers['proxy-authorization']]);
    const onward = httpRequest(request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  const port = await listening(proxy);
  const http_proxy = `http://user:p%40ss@127.0.0.1:${port}`;
  assert.equal((await run(service.url, { http_proxy })).sent, 3);
  assert.deepEqual(seen, [[`${service.url}/v1/usage/events/batch`, `Basic ${Buffer.from('user:p@ss').toString('base64')}`]]);
  for (const NO_PROXY of ['127.0.0.1', '*', `example.com,127.0.0.1:${new URL(service.url).port}`]) {
    assert.equal((await run(service.url, { http_proxy, NO_PROXY })).sent, 3);
  }
  assert.equal(seen.length, 1);
  proxy.closeAllConnections();
  proxy.close();
});

test('a private authority is trusted when Node is told to, and a proxy tunnels to it', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'bearlumen-tls-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
  } catch {
    return context.skip('openssl is not there');
  }
  const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => answer(response, 201, { results: service.store(JSON.parse(Buffer.concat(chunks)).events) }));
  });
  const tunnels = [];
  const proxy = createServer().on('connect', (request, socket) => {
    tunnels.push(request.url);
    const onward = connect(Number(request.url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    for (const end of [socket, onward]) end.on('error', () => {});
  });
  const url = `https://localhost:${await listening(secure)}`;
  const https_proxy = `http://127.0.0.1:${await listening(proxy)}`;
  const trusted = { NODE_EXTRA_CA_CERTS: cert };
  assert.equal((await run(url, trusted)).sent, 3);
  assert.deepEqual(tunnels, []);
  assert.equal((await run(url, { ...trusted, https_proxy })).sent, 3);
  assert.deepEqual(tunnels, [url.slice('https://'.length)]);
  for (const server of [secure, proxy]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});
