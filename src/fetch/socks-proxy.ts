/**
 * Chromium's only way out: a SOCKS5 proxy (RFC 1928) in this process, which connects to the origins of the site alone, as
 * `connections.ts` does for every request. Where authorities are trusted that Chromium does not know, the site's
 * certificate is checked here, and Chromium trusts the one key of this process instead.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Tls } from '../model.ts';
import { createIdentity } from './certificates.ts';
import type { Connections } from './connections.ts';
import { tlsOfSocket } from './tls.ts';

export interface SocksProxy extends AsyncDisposable {
  /** `socks5://127.0.0.1:PORT`. */
  readonly proxy: string;
  /** The one key that the browser has to trust, SHA-256 of its SPKI in base64; null where it checks the site's own. */
  readonly trustedKey: string | null;
  /** Why the last connection for a URL's origin failed, which a browser does not say; null where it did not. */
  failureOf(url: string): ArchiveError | null;
  /**
   * What answers for a URL's origin came from, `IP:PORT` with an IPv6 address in brackets.
   * @param sinceMs of `performance.now()`
   * @returns null where nothing came since then, or from several addresses
   */
  addressOf(url: string, sinceMs: number): string | null;
  /**
   * What secured the connection from which answers for a URL's origin came, where that was checked here.
   * @param sinceMs of `performance.now()`
   * @returns undefined where nothing came since then, or from connections that differ in it
   */
  tlsOf(url: string, sinceMs: number): Tls | undefined;
}

/** What a reply says (RFC 1928, 6). */
const REPLY = { granted: 0, failed: 1, notAllowed: 2, unreachable: 4, noSuchCommand: 7 } as const;
const VERSION = 5;
const CONNECT = 1;

/** @param options `origins` such as `https://www.guancha.cn`; `log` is called for every connection that is no site's */
export async function openSocksProxy(options: {
  readonly origins: readonly string[];
  readonly connections: Connections;
  readonly log: Log;
}): Promise<SocksProxy> {
  const { connections, log } = options;
  const allowed = new Map(options.origins.map((origin) => [destinationOf(origin), origin.startsWith('https:')]));
  const identity = connections.authorities > 0 && [...allowed.values()].includes(true) ? createIdentity() : null;
  const failures = new Map<string, ArchiveError>();
  const sockets = new Set<Socket>();
  const heard = new Map<string, Map<string, number>>(); // destination → address → when bytes last came from it
  const secured = new Map<string, Map<string, number>>(); // destination → its TLS as JSON → when bytes last came by it

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    keep(client);
    serve(client).catch(() => client.destroy()); // whoever speaks no SOCKS, or hangs up, gets nothing
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    proxy: `socks5://127.0.0.1:${port}`,
    trustedKey: identity?.fingerprint ?? null,
    failureOf: (url) => failures.get(destinationOf(url)) ?? null,
    addressOf: (url, sinceMs) => {
      return onlyOne(heard.get(destinationOf(url)), sinceMs);
    },
    tlsOf: (url, sinceMs) => {
      const one = onlyOne(secured.get(destinationOf(url)), sinceMs);
      return one === null ? undefined : (JSON.parse(one) as Tls);
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // `join` sees to the other side
  }

  async function serve(client: Socket): Promise<void> {
    const wanted = await greet(client);
    if (wanted === null) return answer(client, REPLY.noSuchCommand);
    const destination = `${wanted.host}:${wanted.port}`;
    const isSecure = allowed.get(destination);
    if (isSecure === undefined) {
      log({
        level: 'warn',
        stage: 'fetch',
        message: `the browser wanted ${destination}, which does not belong to the site: refused`,
      });
      return answer(client, REPLY.notAllowed);
    }
    try {
      const isDirect = connections.proxyOf({ ...wanted, isSecure }) === null;
      const straight = await connections.open({ ...wanted, isSecure });
      keep(straight);
      const upstream = identity !== null && isSecure ? await secure(straight, wanted) : straight;
      failures.delete(destination);
      client.write(replyOf(REPLY.granted));
      if (isDirect) listen(upstream, heard, destination, addressOf(upstream)); // of a proxy nobody knows where they come from
      const tls = upstream === straight ? undefined : tlsOfSocket(upstream as TLSSocket);
      if (tls !== undefined) listen(upstream, secured, destination, JSON.stringify(tls));
      join(upstream === straight ? client : trusted(client, upstream as TLSSocket), upstream);
    } catch (error) {
      const known =
        error instanceof ArchiveError
          ? error
          : new ArchiveError('NETWORK', `${destination}: ${(error as Error).message}`, { cause: error });
      failures.set(destination, known);
      answer(client, known.code === 'ADDRESS_REFUSED' ? REPLY.notAllowed : REPLY.unreachable);
    }
  }

  /** Notes when bytes come by a connection. */
  function listen(upstream: Socket, into: Map<string, Map<string, number>>, destination: string, what: string): void {
    const noted = into.get(destination) ?? new Map<string, number>();
    into.set(destination, noted);
    upstream.on('data', () => noted.set(what, performance.now()));
  }

  async function secure(straight: Socket, { host }: Destination): Promise<TLSSocket> {
    const upstream = await connections.secure(straight, host, ['h2', 'http/1.1']);
    keep(upstream);
    return upstream;
  }

  /** The client's end of a connection whose other end was checked: it speaks the protocol that the server chose. */
  function trusted(client: Socket, { alpnProtocol }: TLSSocket): Socket {
    const { key, certificate } = identity ?? createIdentity();
    const socket = new TLSSocket(client, {
      isServer: true,
      key,
      cert: certificate,
      ALPNProtocols: [alpnProtocol || 'http/1.1'],
    });
    keep(socket);
    return socket;
  }
}

function addressOf({ remoteAddress = '', remotePort, remoteFamily }: Socket): string {
  return `${remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}

/** The one that was noted since then; null where there are none, or several. */
function onlyOne(noted: ReadonlyMap<string, number> | undefined, sinceMs: number): string | null {
  const [one = null, ...others] = [...(noted ?? [])].filter(([, at]) => at >= sinceMs).map(([what]) => what);
  return others.length === 0 ? one : null;
}

/** `host` as a URL spells it: an IPv6 address stands in brackets. */
interface Destination {
  readonly host: string;
  readonly port: number;
}

/** Reads what the client wants; null where it is no connection. Throws where the client hangs up, or speaks no SOCKS5. */
async function greet(client: Socket): Promise<Destination | null> {
  const take = takerOf(client);
  const [version, methods = 0] = await take(2);
  if (version !== VERSION) throw new TypeError('not SOCKS5');
  await take(methods);
  client.write(Buffer.of(VERSION, 0)); // no authentication: nothing but the site can be had here
  const [, command, , form] = await take(4);
  const host = await takeHost(take, form);
  const port = (await take(2)).readUInt16BE();
  return command === CONNECT && host !== null ? { host, port } : null;
}

/** The host in one of its three forms, as a URL spells it: IPv4 address, name, IPv6 address. */
async function takeHost(take: Taker, form: number | undefined): Promise<string | null> {
  if (form === 1) return (await take(4)).join('.');
  if (form === 3) {
    const [length = 0] = await take(1);
    return urlHost((await take(length)).toString('latin1'));
  }
  if (form !== 4) return null;
  const groups = (await take(16)).toString('hex').match(/.{4}/g) ?? [];
  return urlHost(`[${groups.join(':')}]`);
}

function urlHost(host: string): string | null {
  return URL.parse(`http://${host}`)?.hostname ?? null;
}

type Taker = (length: number) => Promise<Buffer>;

/** Takes so many bytes, whatever pieces they come in. A client says nothing ahead of a reply, so that none is left over. */
function takerOf(socket: Socket): Taker {
  let held: Buffer = Buffer.alloc(0);
  return async (length) => {
    while (held.length < length) held = Buffer.concat([held, await nextPiece(socket)]);
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
}

/** Throws where nothing more comes. The socket is paused before and after. */
function nextPiece(socket: Socket): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const take = (piece: Buffer) => {
    socket.pause();
    resolve(piece);
  };
  const end = () => reject(new Error('hung up'));
  socket.on('data', take).on('end', end).on('close', end).resume();
  return promise.finally(() => socket.off('data', take).off('end', end).off('close', end));
}

/** Bytes go both ways; each side ends as the other one ended. */
function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream);
  upstream.pipe(client);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => (other instanceof TLSSocket ? other.destroy() : other.resetAndDestroy()));
    one.on('close', () => other.destroySoon());
  }
}

function answer(client: Socket, code: number): void {
  client.end(replyOf(code));
}

/** The address that was connected from is of no interest to a browser. */
function replyOf(code: number): Buffer {
  return Buffer.of(VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0);
}

/** `host:port`, the port named in any case. */
function destinationOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
