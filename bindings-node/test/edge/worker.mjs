// The suites as a Worker, and what only a Worker meets: requests that are kept apart, and end.
import './shims/spy.mjs';
import { BearLumen, costOf } from '@bearlumen/node-sdk';
import { chatCompletion } from '../support/responses.mjs';

/** One client for all requests of the isolate, made by the first. */
const clients = new Map();
const clientAt = (baseUrl) => {
  if (!clients.has(baseUrl)) clients.set(baseUrl, new BearLumen({ apiKey: 'sk_test_worker', baseUrl, timeout: 10_000 }));
  return clients.get(baseUrl);
};

const cases = {
  /** As the documentation says it. */
  track(bear, _params, context) {
    const { idempotencyKey } = bear.track(chatCompletion());
    context.waitUntil(bear.flush());
    return Response.json({ idempotencyKey });
  },
  forget(bear) {
    const { idempotencyKey } = bear.track(chatCompletion());
    return Response.json({ idempotencyKey, stats: bear.stats() });
  },
  /** Sends, and ends before the answer comes. */
  async abandon(bear) {
    const { idempotencyKey } = bear.track(chatCompletion());
    void bear.flush();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return Response.json({ idempotencyKey });
  },
  stats: (bear) => Response.json(bear.stats()),
  /** A provider's stream, handed on to the client. */
  async proxy(bear, params, context) {
    const answer = await fetch(params.get('provider'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: params.get('body') });
    const response = bear.track(answer);
    context.waitUntil(bear.flush());
    return response;
  },
  /** The same, the body alone. */
  async pipe(bear, params, context) {
    const answer = await fetch(params.get('provider'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: params.get('body') });
    const stream = bear.track(answer.body);
    context.waitUntil(bear.flush());
    return new Response(stream);
  },
  cost: (_bear, params) => Response.json(costOf(params.get('body'), { timestamp: params.get('at') })),
};

export default {
  async fetch(request, _env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/suites') {
      // They make up names when they load, which no Worker may outside of a request.
      const { runAll } = await import('./program.mjs');
      return Response.json(await runAll());
    }
    return cases[pathname.slice(1)](clientAt(searchParams.get('service') ?? 'http://127.0.0.1:9'), searchParams, context);
  },
};
