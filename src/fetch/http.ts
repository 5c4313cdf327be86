/**
 * Plain requests, without a page: robots.txt and picture downloads. Node.js makes them; where it cannot read an answer,
 * the browser asks again, so that whatever a browser bears is borne for these as well. The one door to got.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Got } from 'got';
import { ArchiveError } from '../errors.ts';
import type { Exchange, Header } from '../model.ts';
import { BrokenOff, keepBroken } from './broken-off.ts';
import type { PageBrowser } from './browser.ts';
import type { Budget } from './budget.ts';
import type { Connections } from './connections.ts';
import type { Cookies } from './cookies.ts';
import { type Caps, type Door, followRedirects, type KeepExchange, type RequestKind, UNENCODED } from './door.ts';
import { locationOf, plainHeaders, setCookiesOf } from './exchange.ts';
import type { Answered } from './politeness.ts';
import { tlsOfSocket } from './tls.ts';

/** Each request passes the door, and so does what it redirects to. */
export interface Http {
  /** The beginning of a robots.txt. Throws NETWORK, TIMEOUT, TOO_MANY_REDIRECTS, TRUNCATED, and what `Door.pass` throws. */
  text(url: string, signal: AbortSignal): Promise<{ readonly text: string; readonly status: number }>;
  /**
   * Hashes a picture on its way into the stream that `open` gives, whose last one holds the bytes.
   * @param budget is charged with each request and its bytes; the caller ends it by `signal`
   * @param onBegun gets each answer without its body, before that is taken
   * @throws what `text` throws, TOO_LARGE, and BUDGET_SPENT; once a picture began, as a BrokenOff, whose body is in the last
   *   stream or in its exchange
   */
  download(
    url: string,
    open: () => Writable,
    signal: AbortSignal,
    budget?: Budget,
    onBegun?: (exchange: Exchange) => void,
  ): Promise<Download>;
}

export interface WaybackHttp {
  /** An answer of the Wayback Machine. Throws what `Http.text` throws, and TOO_LARGE. */
  wayback(url: string, signal: AbortSignal): Promise<WaybackAnswer>;
}

/** A whole one. */
export interface WaybackAnswer extends Answered {
  /** Where redirects ended. */
  readonly url: string;
  readonly body: Buffer;
}

export interface Download {
  /** Without its body; what redirected to it is kept already. Absent where nobody was asked. */
  readonly exchange?: Exchange;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What an origin answers that Node.js could not read is asked for by the browser alone for so long. */
const LEFT_TO_BROWSER_MS = 3_600_000;
/** As much of headers as Chromium takes (net/http/http_stream_parser.h, kMaxHeaderBufSize). */
const HEADER_BYTES = 256 * 1024;

export function createHttp(options: {
  readonly browser: Pick<PageBrowser, 'userAgent' | 'get'>;
  readonly door: Door;
  readonly cookies: Cookies;
  readonly connections: Connections;
  /** True if bodies are asked for without an encoding. */
  readonly exact?: boolean | undefined;
  /** Ms since 1970. */
  readonly now?: () => number;
  /** Nothing is kept without it; of a picture the redirects alone are. */
  readonly keep?: KeepExchange | undefined;
}): Http & WaybackHttp {
  const { browser, door, cookies, connections, now = Date.now, keep } = options;
  const encoding = options.exact === true ? UNENCODED : {};
  const leftToBrowser = new Map<string, number>(); // origin → until when, of `performance.now()`
  // Loaded while the browser starts: nothing is asked for before that.
  const client: Promise<Got> = import('got').then(({ default: got }) =>
    got.extend({
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
      agent: connections.agents,
      maxHeaderSize: HEADER_BYTES,
    }),
  );

  return {
    text: async (url, signal) => {
      let chunks: Buffer[] = [];
      const { bytes, isWhole, exchange, status } = await ask(url, {
        kind: 'robots.txt',
        signal,
        accept: {},
        take: async (stream, { maxBytes }) => {
          chunks = [];
          let length = 0;
          for await (const chunk of stream) {
            chunks.push(chunk as Buffer);
            length += (chunk as Buffer).length;
            if (length > maxBytes) break;
          }
          return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isWhole: length <= maxBytes };
        },
        taken: () => Buffer.concat(chunks),
      });
      const cut = isWhole ? null : `only the first ${bytes.length} bytes were read`;
      await keep?.({ ...exchange, response: { ...exchange.response, body: bytes }, cut }, 'robots.txt');
      return { text: bytes.toString('utf8'), status };
    },
    wayback: (url, signal) =>
      ask(url, {
        kind: 'wayback',
        signal,
        accept: {},
        take: async (stream, { maxBytes }) => {
          const chunks: Buffer[] = [];
          let length = 0;
          for await (const chunk of stream) {
            length += (chunk as Buffer).length;
            if (length > maxBytes) throw new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes`);
            chunks.push(chunk as Buffer);
          }
          return { body: Buffer.concat(chunks) };
        },
      }),
    download: (url, open, signal, budget, onBegun) =>
      ask(url, {
        kind: 'picture',
        signal,
        budget,
        onBegun,
        accept: { accept: 'image/*,*/*;q=0.8' },
        take: async (stream, { maxBytes }) => {
          const hash = createHash('sha256');
          let bytes = 0;
          let failure: unknown = null;
          // What came goes to its end in any case; then it is a failure.
          await pipeline(async function* () {
            try {
              for await (const chunk of stream as AsyncIterable<Buffer>) {
                yield chunk.subarray(0, maxBytes - bytes);
                bytes += chunk.length;
                budget?.take(chunk.length);
                if (bytes > maxBytes) throw new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes`);
                hash.update(chunk);
              }
            } catch (error) {
              failure = error;
            }
          }, open());
          if (failure !== null) throw failure;
          return { sha256: hash.digest('hex'), bytes };
        },
      }),
  };

  /** Asks for an address and what it redirects to; `take` reads the body of the last answer. */
  async function ask<T>(
    url: string,
    wish: Wish<T>,
  ): Promise<Answered & { readonly url: string; readonly exchange: Exchange } & T> {
    let reached = url;
    const { last } = await followRedirects(url, async (address) => {
      reached = address;
      const answer = await askOnce(address, wish);
      if (answer.location !== null && wish.kind !== 'wayback') await keep?.(answer.exchange, wish.kind);
      return { answer, location: answer.location };
    });
    if (last.taken === null) throw new TypeError(`${url}: nothing was taken of the last answer`);
    const { status, headers, exchange } = last;
    return { ...last.taken, url: reached, status, headers, exchange };
  }

  /** Both requests, where there are two, pass the door in a turn of their own. */
  async function askOnce<T>(url: string, wish: Wish<T>): Promise<Came<T>> {
    const { kind, signal, budget } = wish;
    const charged = <R>(request: () => Promise<R>) => (budget === undefined ? request() : budget.during(request));
    const { origin } = new URL(url);
    let unreadable: ArchiveError | null = null;
    if ((leftToBrowser.get(origin) ?? 0) < performance.now()) {
      const answer = await keptIfBroken(kind, () =>
        door.pass({ url, kind, signal }, (caps) => charged(() => askByNode(url, wish, caps))),
      );
      if (!('unreadable' in answer)) return answer;
      unreadable = answer.unreadable;
      if (unreadable instanceof BrokenOff && kind !== 'wayback') await keep?.(unreadable.exchange, kind);
      leftToBrowser.set(origin, performance.now() + LEFT_TO_BROWSER_MS);
    }
    return keptIfBroken(kind, () =>
      door.pass({ url, kind, signal }, (caps) => charged(() => askByBrowser(url, wish, caps, unreadable))),
    );
  }

  /** A picture's exchange is its caller's to keep, who has its bytes; nothing of the Wayback Machine's is kept before it is whole. */
  function keptIfBroken<T>(kind: RequestKind, work: () => Promise<T>): Promise<T> {
    if (kind === 'picture') return work();
    return keepBroken(kind === 'wayback' ? undefined : (broken) => keep?.(broken, kind) ?? Promise.resolve(), work);
  }

  /** One request; nothing is taken of a redirect. */
  async function askByNode<T>(
    url: string,
    { signal, accept, take, taken, onBegun }: Wish<T>,
    caps: Caps,
  ): Promise<Came<T> | Unreadable> {
    let begun: Exchange | null = null;
    try {
      const { timeoutMs } = caps;
      const stream = (await client).stream(url, {
        headers: { 'user-agent': await browser.userAgent(), ...accept, ...encoding, ...cookies.headersFor(url) },
        signal,
        timeout: { response: timeoutMs, request: timeoutMs * 4 },
      });
      stream.on('error', () => {}); // it is thrown to whoever waits; a moment in which nobody does must not end the program
      await once(stream, 'response');
      const { response } = stream;
      if (response === undefined) throw new ArchiveError('NETWORK', `${url}: no answer`);
      const status = response.statusCode;
      const headers = headersOf(response.headers);
      const exchange = describe(url, response, {
        startedAt: new Date(now()).toISOString(),
        address: addressOf(url, response.ip),
      });
      begun = exchange;
      onBegun?.(exchange);
      cookies.keep(url, response.headers['set-cookie'] ?? []);
      const isRedirect = status >= 300 && status < 400;
      const location = isRedirect ? (URL.parse(headers.location ?? '', url)?.href ?? null) : null;
      const answer = { status, headers, exchange, location };
      if (location === null) return { ...answer, taken: await take(stream, caps) };
      stream.destroy();
      return { ...answer, taken: null };
    } catch (error) {
      const failure = knownError(url, error);
      const isRead = !isUnreadable(error);
      const body = taken?.() ?? NOTHING;
      const known =
        begun === null
          ? failure
          : new BrokenOff(
              failure,
              { ...begun, response: { ...begun.response, body } },
              isRead ? undefined : 'unspecified',
            );
      if (isRead) throw known;
      return { status: 0, headers: {}, unreadable: known };
    }
  }

  /** What was connected to for a URL; null where that is a proxy, or not known. */
  function addressOf(url: string, ip: string | undefined): string | null {
    const { hostname: host, port, protocol } = new URL(url);
    const isSecure = protocol === 'https:';
    const destination = { host, port: Number(port) || (isSecure ? 443 : 80), isSecure };
    if (ip === undefined || connections.proxyOf(destination) !== null) return null;
    return `${ip.includes(':') ? `[${ip}]` : ip}:${destination.port}`;
  }

  /** @param unreadable what Node.js said to the same answer; null where it was not asked */
  async function askByBrowser<T>(
    url: string,
    { signal, accept, take }: Wish<T>,
    caps: Caps,
    unreadable: ArchiveError | null,
  ): Promise<Came<T>> {
    const exchange = await browser.get(url, { ...caps, signal, headers: { ...accept, ...cookies.headersFor(url) } });
    const { body, ...head } = exchange.response;
    const { status, headers } = head;
    cookies.keep(url, setCookiesOf(exchange));
    const location = locationOf(exchange);
    const bodyless = { ...exchange, response: { ...head, body: NOTHING } };
    const answer = { status, headers: plainHeaders(headers), exchange: bodyless, location };
    if (location !== null) return { ...answer, taken: null };
    requireWhole(exchange, unreadable);
    try {
      return { ...answer, taken: await take(Readable.from([body]), caps) };
    } catch (error) {
      throw knownError(url, error);
    }
  }
}

/** A browser gives what came as the whole: nothing where it could read nothing of the body. Throws TRUNCATED, NETWORK. */
function requireWhole(exchange: Exchange, unreadable: ArchiveError | null): void {
  const { url, response, cut } = exchange;
  if (cut !== null) throw new BrokenOff(new ArchiveError('TRUNCATED', `${url}: ${cut}`), exchange);
  if (response.status !== 200 || response.body.length > 0) return;
  const { detail } = unreadable ?? { detail: `${url}: the answer has no body that can be read` };
  throw new BrokenOff(new ArchiveError('NETWORK', detail), exchange, 'unspecified');
}

/** What is asked for, and how a body is read. */
interface Wish<T> {
  readonly kind: RequestKind;
  readonly signal: AbortSignal;
  readonly budget?: Budget | undefined;
  readonly onBegun?: ((exchange: Exchange) => void) | undefined;
  readonly accept: { readonly accept?: string };
  readonly take: (stream: Readable, caps: Caps) => Promise<T>;
  /** What was taken so far; absent where it lies elsewhere. */
  readonly taken?: () => Uint8Array;
}

interface Came<T> extends Answered {
  /** Without its body. */
  readonly exchange: Exchange;
  /** Where a redirect leads. */
  readonly location: string | null;
  /** Null for a redirect. */
  readonly taken: T | null;
}

/** An answer that came and could not be read; nothing else is known of it. */
interface Unreadable extends Answered {
  readonly unreadable: ArchiveError;
}

const NOTHING = new Uint8Array();

/** What is known of an exchange but for its body. */
function describe(
  url: string,
  response: IncomingMessage & { readonly req?: ClientRequest },
  { startedAt, address }: Pick<Exchange, 'startedAt' | 'address'>,
): Exchange {
  const { statusCode: status = 0, statusMessage: statusText = '', httpVersion, rawHeaders, req, socket } = response;
  const tls = tlsOfSocket((socket as Socket | null) ?? req?.socket ?? null); // a short answer may be over by now
  return {
    url,
    startedAt,
    address,
    protocol: `HTTP/${httpVersion}`,
    ...(tls && { tls }),
    request: { method: 'GET', headers: req === undefined ? [] : headersSentBy(req) },
    response: { status, statusText: textOf(statusText), headers: pairsOf(rawHeaders), body: NOTHING },
    cut: null,
    road: 'browser',
  };
}

/** What Node.js wrote; it adds some only while it writes, and says so in no other place. */
function headersSentBy(request: ClientRequest & { readonly _header?: unknown }): Header[] {
  const { _header: head } = request;
  const [, ...lines] = typeof head === 'string' ? head.trimEnd().split('\r\n') : [];
  return lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), textOf(line.slice(colon + 1).trim())];
  });
}

function pairsOf(raw: readonly string[]): Header[] {
  const names = raw.filter((_, index) => index % 2 === 0);
  return names.map((name, index) => [name, textOf(raw[index * 2 + 1] ?? '')]);
}

/** Values are bytes: UTF-8 where they are that, as Chromium reads them, else Latin-1. */
function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      textOf(Array.isArray(value) ? value.join(', ') : value),
    ]),
  );
}

function textOf(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

/** True where bytes came that Node.js does not take for HTTP/1, or could not decode. */
function isUnreadable(error: unknown): boolean {
  const { code = '', cause } = error as NodeJS.ErrnoException;
  const { code: inner = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  return [code, inner].some((each) => /^(?:HPE_|Z_|ZSTD_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(each));
}

/** got's and the sockets' errors as known failures; an abort, and what is no failure of the network, stay what they are. */
function knownError(url: string, error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const { name, code, message, cause } = error as NodeJS.ErrnoException;
  if (cause instanceof ArchiveError) return cause; // where it could not be connected to
  if (name === 'AbortError') throw error;
  if (name === 'TimeoutError' || code === 'ETIMEDOUT')
    return new ArchiveError('TIMEOUT', `${url}: ${message}`, { cause: error });
  if (code === 'ENOSPC') return new ArchiveError('ARCHIVE_FULL', `${url}: ${message}`, { cause: error });
  if (name === 'RequestError' || name === 'ReadError' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new ArchiveError('NETWORK', `${url}: ${message}`, { cause: error });
  throw error;
}
