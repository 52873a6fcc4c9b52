import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { Proxy } from './proxy';

type Connected = (error: Error | null, socket?: Duplex) => void;

/** Connections to an HTTPS service through a proxy, which sees no more than the host. */
export function tunnelAgent(proxy: Proxy): Agent {
  const http = require('node:http') as typeof import('node:http');
  const https = require('node:https') as typeof import('node:https');
  const tls = require('node:tls') as typeof import('node:tls');
  const toProxy = proxy.url.protocol === 'https:' ? https : http;
  class TunnelAgent extends https.Agent {
    override createConnection(options: ConnectionOptions, done: Connected): undefined {
      const target = `${options.host}:${options.port}`;
      const asked = toProxy.request(proxy.url, { method: 'CONNECT', path: target, agent: false, headers: { host: target, ...proxy.headers } });
      asked.on('error', done);
      asked.on('response', (answer) => done(new Error(`the proxy answered ${answer.statusCode}`)));
      asked.on('connect', (answer, socket) => {
        if (answer.statusCode === 200) return done(null, tls.connect({ ...options, socket }));
        socket.destroy();
        done(new Error(`the proxy answered ${answer.statusCode}`));
      });
      asked.end();
    }
  }
  return new TunnelAgent({ keepAlive: true });
}
