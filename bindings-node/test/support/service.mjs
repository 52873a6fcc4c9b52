// A service that misbehaves as told, and otherwise stores events as the real one does.
import { createServer } from 'node:http';

export async function startService() {
  const service = {
    /** Events by idempotency key: what the service holds. */
    stored: new Map(),
    /** How often each key arrived. */
    arrivals: new Map(),
    /** `{ at, method, path, body, authorization, events }` of every request. */
    requests: [],
    /** What the next requests meet: `(request, response, events) => void`, each used once. */
    faults: [],
    /** Answers by path, and for what is no GET by method and path: `POST /v1/end-users`. */
    pages: new Map(),
    store(events) {
      return events.map((event, index) => {
        const recorded = !service.stored.has(event.idempotencyKey);
        if (recorded) service.stored.set(event.idempotencyKey, event);
        return { index, eventId: `evt_${index}`, recorded };
      });
    },
  };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('error', () => {});
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const body = text === '' ? undefined : JSON.parse(text);
      const { method } = request;
      const events = body?.events ?? [];
      for (const event of events) {
        service.arrivals.set(event.idempotencyKey, (service.arrivals.get(event.idempotencyKey) ?? 0) + 1);
      }
      const { authorization } = request.headers;
      service.requests.push({ at: Date.now(), method, path: request.url, body, authorization, agent: request.headers['user-agent'], events });
      const fault = service.faults.shift();
      if (fault !== undefined) return fault(request, response, events);
      const page = service.pages.get(method === 'GET' ? request.url : `${method} ${request.url}`);
      if (method === 'GET' || page !== undefined) {
        return answer(response, page === undefined ? 404 : 200, page ?? problem('NOT_FOUND', 'No such route'));
      }
      return answer(response, 201, { results: service.store(events) });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  service.url = `http://127.0.0.1:${server.address().port}`;
  service.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return service;
}

export function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function problem(code, message, details = {}) {
  return { success: false, error: { code, message, correlationId: 'OLIVE-DINOSAUR-1b2fE4', details } };
}

export const faults = {
  status: (status, body = '', headers = {}) => (_request, response) => answer(response, status, body, headers),
  reset: () => (request) => request.socket.resetAndDestroy(),
  silence: () => () => {},
  /** Stores the events, and the answer gets lost. */
  lostAnswer: (service) => (request, _response, events) => {
    service.store(events);
    request.socket.destroy();
  },
  /** Stores the events, and half of the answer arrives. */
  halfAnswer: (service) => (request, response, events) => {
    const body = JSON.stringify({ results: service.store(events) });
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(body.slice(0, body.length / 2), () => request.socket.destroy());
  },
};
