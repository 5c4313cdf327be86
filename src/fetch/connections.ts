/**
 * How the site is connected to, by browser and downloads alike: straight, at an address that is allowed, or by a proxy,
 * which then resolves the names. TLS is checked here wherever an authority is trusted that the browser does not know.
 */
import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls';
import { SocksClient } from 'socks';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import type { AddressGuard } from './address-guard.ts';
import { readAuthorities } from './certificates.ts';
import { type Destination, type Environment, proxyFor, type UpstreamProxy } from './proxies.ts';
import { tlsOfSocket } from './tls.ts';
import type { Turns } from './turns.ts';

export interface Connections {
  /** A connection to a server. Throws ADDRESS_REFUSED, NETWORK, TIMEOUT, PROXY_UNREACHABLE. */
  open(destination: Destination): Promise<Socket>;
  /** TLS over such a connection, the server's certificate checked. Throws CERTIFICATE_REFUSED, NETWORK, TIMEOUT. */
  secure(socket: Socket, host: string, protocols: readonly string[]): Promise<TLSSocket>;
  /** For people: the proxy that an origin is reached by; null for a straight way. */
  proxyOf(destination: Destination): string | null;
  /** How many authorities are trusted that a browser does not know. */
  readonly authorities: number;
  /** Connect in this way for `node:http` and `node:https`. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
}

/**
 * @param options `proxy` and `certificates` as configured; `timeoutMs` is for each step
 * @throws CONFIG_INVALID for certificates that cannot be read, and an environment that names what is no proxy
 */
export function openConnections(options: {
  readonly proxy: string | null;
  readonly certificates: readonly string[];
  readonly environment: Environment;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  /** Asked before each write. Absent where one machine alone asks the site. */
  readonly turns?: Turns | undefined;
  readonly log: Log;
}): Connections {
  const { guard, environment, timeoutMs, turns } = options;
  const authorities = readAuthorities(options.certificates, options);
  const trusted = authorities.length === 0 ? {} : { ca: [...getCACertificates('default'), ...authorities] };
  const proxyTo = (destination: Destination) => proxyFor(destination, options.proxy, environment);
  for (const isSecure of [true, false]) proxyTo({ host: 'any.invalid', port: 1, isSecure }); // what is wrong is said now

  const hosts = new WeakMap<Socket, string>(); // by what was opened
  const open = async (destination: Destination) => {
    const socket = await openFor(destination);
    if (turns === undefined) return socket;
    const { host, port, isSecure } = destination;
    const asSpelt = new URL(`${isSecure ? 'https' : 'http'}://${host}:${port}`).host;
    hosts.set(socket, asSpelt);
    return turns.gated(socket, asSpelt);
  };

  const secure = async (socket: Socket, host: string, protocols: readonly string[]) => {
    const name = plain(host);
    // An address is no server name (RFC 6066, 3); the certificate is checked against `host` all the same.
    const servername = host === name && !/^[\d.]+$/.test(name) ? { servername: name } : {};
    const tls = connectTls({ socket, host: name, ...servername, ...trusted, ALPNProtocols: [...protocols] });
    await known(name, tls, () => once(tls, 'secureConnect'));
    tlsOfSocket(tls); // while it can say it
    const asSpelt = hosts.get(socket); // TLS writes to it by ways of its own
    return turns === undefined || asSpelt === undefined ? tls : turns.gated(tls, asSpelt);
  };

  const agentOptions = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;
  const http = new HttpAgent(agentOptions);
  const https = new HttpsAgent(agentOptions);
  http.createConnection = (wish, done) => {
    open(wishOf(wish, false)).then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, null as never),
    );
    return undefined;
  };
  https.createConnection = (wish, done) => {
    const destination = wishOf(wish, true);
    open(destination)
      .then((socket) => secure(socket, destination.host, ['http/1.1']))
      .then(
        (socket) => done?.(null, socket),
        (error: Error) => done?.(error, null as never),
      );
    return undefined;
  };

  return {
    open,
    secure,
    proxyOf: (destination) => proxyTo(destination)?.name ?? null,
    authorities: authorities.length,
    agents: { http, https },
  };

  async function openFor(destination: Destination): Promise<Socket> {
    guard.requireHost(destination.host);
    const proxy = proxyTo(destination);
    if (proxy === null) return straight(destination);
    try {
      return await (proxy.kind === 'socks5' ? bySocks(proxy, destination) : byConnect(proxy, destination));
    } catch (error) {
      throw new ArchiveError('PROXY_UNREACHABLE', `${proxy.name}: ${messageOf(error)}`, { cause: error });
    }
  }

  function straight({ host, port }: Destination): Promise<Socket> {
    const socket = connect({ host: plain(host), port, lookup: guard.lookup, allowHalfOpen: true, noDelay: true });
    return known(`${host}:${port}`, socket, () => once(socket, 'connect').then(() => socket));
  }

  /** Waits for a socket to come to something, and no longer than it may take; its failures as known ones. */
  async function known<T>(name: string, socket: Socket, work: () => Promise<T>): Promise<T> {
    const late = () => socket.destroy(new ArchiveError('TIMEOUT', `${name}: not connected within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    try {
      return await work();
    } catch (error) {
      socket.destroy();
      if (error instanceof ArchiveError) throw error;
      throw new ArchiveError(meaningOf(error), `${name}: ${messageOf(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async function bySocks(proxy: UpstreamProxy, { host, port }: Destination): Promise<Socket> {
    const { user, password } = proxy;
    const { socket } = await SocksClient.createConnection({
      command: 'connect',
      timeout: timeoutMs,
      destination: { host: plain(host), port },
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: 5,
        ...(user === null ? {} : { userId: user, password: password ?? '' }),
      },
    });
    return socket;
  }

  /** RFC 9110, 9.3.6. */
  async function byConnect(proxy: UpstreamProxy, { host, port }: Destination): Promise<Socket> {
    const authority = `${host}:${port}`;
    const credentials = Buffer.from(`${proxy.user}:${proxy.password}`).toString('base64');
    const request = (proxy.kind === 'https' ? httpsRequest : httpRequest)({
      method: 'CONNECT',
      host: proxy.host,
      port: proxy.port,
      path: authority,
      agent: false,
      ...trusted,
      headers: {
        host: authority,
        ...(proxy.user === null ? {} : { 'proxy-authorization': `Basic ${credentials}` }),
      },
    });
    const late = () => request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    try {
      request.end();
      const [answer, socket, head] = (await once(request, 'connect')) as [
        { readonly statusCode: number; readonly statusMessage: string },
        Socket,
        Buffer,
      ];
      if (Math.trunc(answer.statusCode / 100) !== 2) {
        socket.destroy();
        throw new Error(`answers ${answer.statusCode} ${answer.statusMessage} to CONNECT ${authority}`);
      }
      if (head.length > 0) socket.unshift(head);
      return socket.setNoDelay(true);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What an agent is asked for, as a URL spells it. */
function wishOf(
  { host, port }: { readonly host?: string | null | undefined; readonly port?: string | number | null | undefined },
  isSecure: boolean,
): Destination {
  const name = host ?? '';
  return { host: name.includes(':') && !name.startsWith('[') ? `[${name}]` : name, port: Number(port), isSecure };
}

function plain(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** Codes of OpenSSL's and Node.js's checks of a certificate (Node.js, tls, "X509 certificate error codes"). */
const OF_CERTIFICATE = /CERT|^(?:CRL|ERROR_IN|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|UNABLE_TO)/;

function meaningOf(error: unknown): ErrorCode {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') return 'TIMEOUT';
  return OF_CERTIFICATE.test(code) ? 'CERTIFICATE_REFUSED' : 'NETWORK';
}

/** Where a name has several addresses, each failed in its own way. */
function messageOf(error: unknown): string {
  return error instanceof AggregateError
    ? error.errors.map((each: Error) => each.message).join('; ')
    : (error as Error).message;
}
