/** Shows the engine's state to whoever watches it: over HTTP, as a file, or both. */

import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { type ListenAddress, type Listening, listen } from '../listen.ts';
import type { Log } from '../log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Health, MonitorState } from './state.ts';

export interface Monitor extends AsyncDisposable {
  /** `http://127.0.0.1:9464`; null if it does not listen. */
  readonly origin: string | null;
}

/**
 * Answers as long as the process can: an engine that waits for ever is recognised by the age of its last beat, a process that hangs
 * altogether by no answer and by a file that is old.
 * @param options `file` is an absolute path; null for what is not wanted
 * @throws LISTEN_FAILED
 */
export async function openMonitor(options: {
  readonly listen: ListenAddress | null;
  readonly file: string | null;
  readonly state: MonitorState;
  readonly log: Log;
}): Promise<Monitor> {
  const { listen, file, state, log } = options;
  const { health } = state;
  await using opened = new AsyncDisposableStack();
  const server =
    listen === null ? null : opened.use(await openServer(listen, { health, metrics: createMetrics(state) }));
  if (file !== null) opened.use(await keepHealthFile(file, { health, log }));
  const open = opened.move();
  return { origin: server?.origin ?? null, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

// `GET /healthz` and `GET /metrics` over HTTP, and nothing else.

/** Requests of a monitor are small and quick, or none. */
const LIMITS = {
  maxHeaderSize: 4096,
  headersTimeout: 5000,
  requestTimeout: 5000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const MOST_CONNECTIONS = 50;

/** @throws LISTEN_FAILED */
async function openServer(
  address: ListenAddress,
  { health, metrics }: { readonly health: () => Health; readonly metrics: Metrics },
): Promise<Listening> {
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
  return listen(server, address, { mostConnections: MOST_CONNECTIONS });
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

// The health as a file, complete at every moment. It is no file of the archive: it is not synced, and a power failure may lose it.

const EVERY_MS = 15_000;

/** Writes it now and every 15 seconds. A disk that refuses is reported once, until it accepts it again. Disposed, it writes a last time. */
async function keepHealthFile(
  path: string,
  { health, log }: { readonly health: () => Health; readonly log: Log },
): Promise<AsyncDisposable> {
  const [folder, name] = [dirname(path), basename(path)];
  let isRefused = false;
  await sweep();
  let writing = write();
  await writing;
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, EVERY_MS).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await writing;
      await write();
    },
  };

  /** A killed process may have left a file; a folder that is not there is met by the first write. */
  async function sweep(): Promise<void> {
    for (const other of await readdir(folder).catch(() => []))
      if (other.startsWith(`.${name}.`) && /\.[0-9a-f]{12}\.tmp$/.test(other))
        await rm(join(folder, other), { force: true }).catch(() => {}); // it lies there, and that is all
  }

  async function write(): Promise<void> {
    const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeFile(temporary, `${JSON.stringify(health())}\n`, { flag: 'wx' });
      await rename(temporary, path);
      isRefused = false;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {}); // what refuses is said below
      if (!isRefused) log({ level: 'warn', stage: 'monitor', message: `${path}: ${(error as Error).message}` });
      isRefused = true;
    }
  }
}
