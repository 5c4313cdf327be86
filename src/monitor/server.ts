/** `GET /healthz` and `GET /metrics` over HTTP, and nothing else. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ArchiveError } from '../errors.ts';
import type { ListenAddress } from '../url/listen-address.ts';
import type { Metrics } from './metrics.ts';
import type { Health } from './state.ts';

export interface MonitorServer extends AsyncDisposable {
  /** `http://127.0.0.1:9464`, with the port that it was given. */
  readonly origin: string;
}

/** Requests of a monitor are small and quick, or none. */
const LIMITS = { maxHeaderSize: 4096, headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 };
const MOST_CONNECTIONS = 50;

/** @throws LISTEN_FAILED */
export async function openServer(
  { host, port }: ListenAddress,
  { health, metrics }: { readonly health: () => Health; readonly metrics: Metrics },
): Promise<MonitorServer> {
  const server = createServer(LIMITS, (request, response) => {
    response.on('error', () => {}); // whoever asked has gone
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      reply(response, 405, 'text/plain', 'only GET and HEAD\n', { allow: 'GET, HEAD' });
      return;
    }
    const path = request.url?.split('?')[0];
    if (path === '/healthz') {
      const now = health();
      reply(response, now.status === 'failing' ? 503 : 200, 'application/json', `${JSON.stringify(now)}\n`);
    } else if (path === '/metrics') {
      metrics.text().then(
        (text) => reply(response, 200, metrics.contentType, text),
        (error: unknown) => reply(response, 500, 'text/plain', `${String(error)}\n`),
      );
    } else reply(response, 404, 'text/plain', 'there is /healthz and /metrics\n');
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening').catch((cause: Error) => {
    throw new ArchiveError('LISTEN_FAILED', cause.message, { cause });
  });
  const given = server.address() as AddressInfo;

  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${given.port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Of a HEAD request Node.js leaves the body out by itself. */
function reply(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    .end(body);
}
