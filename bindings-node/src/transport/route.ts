import type { Agent, ClientRequest } from 'node:http';
import { proxyFor } from './proxy';
import { tunnelAgent } from './tunnel';

interface Head {
  method: string;
  /** From the service's base url on. */
  path: string;
  headers: Record<string, string | number>;
}

/** The way to the service, with its connections. */
export interface Route {
  open(head: Head): ClientRequest;
}

/** Straight, or through the proxy that the environment names. */
export function routeTo(baseUrl: string, env: NodeJS.ProcessEnv): Route {
  const isSecure = baseUrl.startsWith('https:');
  const { Agent, request } = isSecure
    ? (require('node:https') as typeof import('node:https'))
    : (require('node:http') as typeof import('node:http'));
  const proxy = proxyFor(new URL(baseUrl), env);
  const agent: Agent = proxy !== undefined && isSecure ? tunnelAgent(proxy) : new Agent({ keepAlive: true });
  return {
    open({ method, path, headers }) {
      const url = new URL(baseUrl + path);
      if (proxy === undefined || isSecure) return request(url, { method, headers, agent });
      // A proxy for plain HTTP is asked for the whole url.
      const { hostname, port } = proxy.url;
      const way = { host: hostname, port: port === '' ? 80 : Number(port), path: url.href, setHost: false };
      return request({ ...way, method, agent, headers: { host: url.host, ...proxy.headers, ...headers } });
    },
  };
}
