// Everything that the runtimes under test talk to, at one address, so that a page may as well:
//   /scripted/<name>/…    a service of its own for each name, which misbehaves as told (PUT faults) and tells what it holds (GET
//                         state); one whose name begins with `slow` takes its time
//   /real/…               the real service, where there is one
//   /providers/…          stand-ins for the providers
//   anything else         the files of a page
import { createServer, request as ask } from 'node:http';
import { startProviders } from '../support/providers.mjs';
import { faults, answer, startService } from '../support/service.mjs';

export async function startAll(realUrl, files) {
  const services = new Map();
  const providers = await startProviders();
  const serviceOf = async (name) => {
    if (!services.has(name)) services.set(name, startService());
    return services.get(name);
  };

  const server = createServer(async (request, response) => {
    const [, where, ...rest] = request.url.split('/');
    if (where === 'providers') return forward(request, response, providers.url, rest.join('/'));
    if (where === 'real') return forward(request, response, realUrl, rest.join('/'));
    if (where !== 'scripted') return serve(request, response, files);
    const [name, ...path] = rest;
    const service = await serviceOf(name);
    if (path[0] === 'state') return answer(response, 200, stateOf(service));
    if (path[0] === 'faults') return readBody(request).then((body) => {
      service.faults.push(...JSON.parse(body).map((fault) => faultOf(fault, service)));
      answer(response, 200, {});
    });
    if (name.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 30));
    return forward(request, response, service.url, path.join('/'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      for (const service of services.values()) await (await service).stop();
      await providers.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const stateOf = ({ stored, arrivals, requests }) => ({
  stored: [...stored.values()],
  arrivals: Object.fromEntries(arrivals),
  requests: requests.map(({ method, path, authorization }) => ({ method, path, authorization })),
});

/** A number is a status; anything else goes by its name, or is a whole answer. */
function faultOf(fault, service) {
  if (typeof fault === 'number') return faults.status(fault);
  if (typeof fault === 'object') return faults.status(fault.status, fault.body, fault.headers);
  return fault === 'lostAnswer' ? faults.lostAnswer(service) : faults[fault]();
}

function serve(request, response, files) {
  const file = files.get(new URL(request.url, 'http://x').pathname);
  if (file === undefined) return answer(response, 404, {});
  response.writeHead(200, { 'content-type': file.type });
  response.end(file.content);
}

/** Byte for byte, and with the same end. */
function forward(request, response, base, path) {
  const { host, connection, ...headers } = request.headers;
  const sent = ask(`${base}/${path}`, { method: request.method, headers }, (found) => {
    response.writeHead(found.statusCode, found.headers);
    found.on('error', () => response.destroy());
    found.pipe(response);
  });
  sent.on('error', () => response.destroy());
  response.on('close', () => sent.destroy());
  request.pipe(sent);
}

async function readBody(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}
