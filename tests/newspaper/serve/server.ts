/** One origin of the newspaper: an HTTP server on a port of its own. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Asked, OriginName, Reply, Route, SeenRequest } from './reply.ts';

export interface OriginServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
}

/**
 * @param options `record` takes every request in the order of arrival, before it is answered, dated by `now`: the machine's
 * clock if absent
 */
export async function openServer(
  name: OriginName,
  host: string,
  options: { readonly route: Route; readonly record: SeenRequest[]; readonly now?: () => number },
): Promise<OriginServer> {
  const { now = Date.now } = options;
  const closing = new AbortController();
  const server = createServer((request, response) => {
    const seen = {
      ...read(name, request),
      at: performance.now(),
      date: now(),
      status: 0,
      until: Number.POSITIVE_INFINITY,
    };
    response.once('close', () => {
      seen.until = performance.now();
    });
    options.record.push(seen);
    const reply = options.route(seen);
    const answer = () => {
      seen.status = reply.status ?? 200;
      send(reply, request, response);
    };
    if (reply.after !== undefined) return void reply.after.then(answer);
    if (reply.delayMs === undefined) return answer();
    // A newspaper that closes owes nobody an answer.
    sleep(reply.delayMs, undefined, { signal: closing.signal }).then(answer, () => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function read(origin: OriginName, request: IncomingMessage): Asked {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    origin,
    method: request.method ?? 'GET',
    path: normalPath(request.url ?? '/'),
    headers: Object.fromEntries(headers),
  };
}

/** Path and query in the spelling of the URL parser, so that one address has one spelling. */
export function normalPath(path: string): string {
  const { pathname, search } = new URL(`http://newspaper.invalid${path}`);
  return pathname + search;
}

function send(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (reply.misbehave !== undefined) {
    reply.misbehave(response);
    return;
  }
  if (reply.status === 304) {
    response.writeHead(304, reply.headers).end();
    return;
  }
  const headers: Record<string, string> = { 'content-type': 'text/html; charset=utf-8', ...reply.headers };
  const plain = bytesOf(reply);
  const packed = mayPack(headers, request, reply) ? gzipped(plain) : null;
  if (packed !== null) headers['content-encoding'] = 'gzip';
  const body = packed ?? plain;
  response.writeHead(reply.status ?? 200, { 'content-length': String(body.length), ...headers });
  if (request.method === 'HEAD') {
    response.end();
  } else if (reply.cutAfterBytes === undefined) {
    response.end(body);
  } else {
    response.write(body.subarray(0, reply.cutAfterBytes), () => response.destroy());
  }
}

/** Text is packed for whoever takes it; an answer that is to be cut or says its own length goes as it is. */
function mayPack(headers: Readonly<Record<string, string>>, request: IncomingMessage, reply: Reply): boolean {
  const takesIt = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const isText = /^text\/|javascript|json/.test(headers['content-type'] ?? '');
  return (
    takesIt &&
    isText &&
    reply.cutAfterBytes === undefined &&
    headers['content-length'] === undefined &&
    headers['content-encoding'] === undefined
  );
}

const bytes = new WeakMap<Reply, Buffer>();
const packs = new WeakMap<Buffer, Buffer>();

/** A reply's body, encoded once. */
function bytesOf(reply: Reply): Buffer {
  const known = bytes.get(reply);
  if (known !== undefined) return known;
  const { body = '' } = reply;
  const encoded =
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  bytes.set(reply, encoded);
  return encoded;
}

/** Packed once, and lightly: many tests read a page a single time. */
function gzipped(body: Buffer): Buffer {
  const packed = packs.get(body) ?? gzipSync(body, { level: 1 });
  packs.set(body, packed);
  return packed;
}
