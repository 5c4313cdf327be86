/** Plain HTTP, without the browser: robots.txt and picture downloads. The one door to got. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Got, Request } from 'got';
import { ArchiveError } from '../errors.ts';
import type { AddressGuard } from './address-guard.ts';
import { type Caps, type Door, followRedirects, type RequestKind } from './door.ts';
import type { Answered } from './politeness.ts';

/** Each request passes the door, and so does what it redirects to. */
export interface Http {
  /** The beginning of a robots.txt. Throws NETWORK, TIMEOUT, TOO_MANY_REDIRECTS, and what `Door.pass` throws. */
  text(url: string, signal: AbortSignal): Promise<{ readonly text: string; readonly status: number }>;
  /** Hashes a picture on its way into the stream that `open` gives. Throws what `text` throws, and TRUNCATED, TOO_LARGE. */
  download(url: string, open: () => Writable, signal: AbortSignal): Promise<Download>;
}

interface Download {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** @param options `lookup` resolves the names that are connected to */
export function createHttp(options: {
  readonly userAgent: () => Promise<string>;
  readonly door: Door;
  readonly lookup: AddressGuard['lookup'];
}): Http {
  const { door, userAgent, lookup } = options;
  // Loaded while the browser starts: nothing is asked for before that.
  const client: Promise<Got> = import('got').then(({ default: got }) =>
    got.extend({ retry: { limit: 0 }, throwHttpErrors: false, followRedirect: false, dnsLookup: lookup }),
  );

  return {
    text: (url, signal) =>
      ask(url, {
        kind: 'robots.txt',
        signal,
        accept: {},
        take: async (stream, _headers, { maxBytes }) => {
          const chunks: Buffer[] = [];
          let length = 0;
          for await (const chunk of stream) {
            chunks.push(chunk as Buffer);
            length += (chunk as Buffer).length;
            if (length > maxBytes) break;
          }
          return { text: Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8') };
        },
      }),
    download: (url, open, signal) =>
      ask(url, {
        kind: 'picture',
        signal,
        accept: { accept: 'image/*,*/*;q=0.8' },
        take: async (stream, headers, { maxBytes }) => {
          const hash = createHash('sha256');
          let bytes = 0;
          const meter = new Transform({
            transform: (chunk: Buffer, _encoding, done) => {
              bytes += chunk.length;
              hash.update(chunk);
              done(
                bytes > maxBytes ? new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes`) : null,
                chunk,
              );
            },
          });
          await pipeline(stream, meter, open(), { signal });
          const promised =
            headers['content-encoding'] === undefined ? Number(headers['content-length'] ?? bytes) : bytes;
          if (promised !== bytes) throw new ArchiveError('TRUNCATED', `${url}: ${bytes} of ${promised} bytes`);
          return { sha256: hash.digest('hex'), bytes };
        },
      }),
  };

  /** Asks for an address and what it redirects to; `take` reads the body of the last answer. */
  async function ask<T>(url: string, wish: Wish<T>): Promise<Pick<Answered, 'status' | 'headers'> & T> {
    const { last } = await followRedirects(url, async (address) => {
      const { kind, signal } = wish;
      const answer = await door.pass({ url: address, kind, signal }, (caps) => request(address, wish, caps));
      return { answer, location: answer.location };
    });
    if (last.taken === null) throw new TypeError(`${url}: nothing was taken of the last answer`);
    return { ...last.taken, status: last.status, headers: last.headers };
  }

  /** One request; nothing is taken of a redirect. */
  async function request<T>(
    url: string,
    { signal, accept, take }: Wish<T>,
    caps: Caps,
  ): Promise<Answered & { readonly location: string | null; readonly taken: T | null }> {
    return named(url, async () => {
      const { timeoutMs } = caps;
      const stream = (await client).stream(url, {
        headers: { 'user-agent': await userAgent(), ...accept },
        signal,
        timeout: { connect: timeoutMs, response: timeoutMs, request: timeoutMs * 4 },
      });
      stream.on('error', () => {}); // it is thrown to whoever waits; a moment in which nobody does must not end the program
      await once(stream, 'response');
      const { response } = stream;
      if (response === undefined) throw new ArchiveError('NETWORK', `${url}: no answer`);
      const status = response.statusCode;
      const headers = plainHeaders(response.headers);
      const isRedirect = status >= 300 && status < 400;
      const location = isRedirect ? (URL.parse(headers.location ?? '', url)?.href ?? null) : null;
      if (location === null) return { status, headers, location, taken: await take(stream, headers, caps) };
      stream.destroy();
      return { status, headers, location, taken: null };
    });
  }
}

/** What is asked for, and how a body is read. */
interface Wish<T> {
  readonly kind: RequestKind;
  readonly signal: AbortSignal;
  readonly accept: { readonly accept?: string };
  readonly take: (stream: Request, headers: Answered['headers'], caps: Caps) => Promise<T>;
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** got's and the sockets' errors as known failures; an abort stays what it is. */
async function named<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const { name, code, message, cause } = error as NodeJS.ErrnoException;
    if (cause instanceof ArchiveError) throw cause; // thrown by the guard
    if (name === 'AbortError') throw error;
    if (name === 'TimeoutError' || code === 'ETIMEDOUT')
      throw new ArchiveError('TIMEOUT', `${url}: ${message}`, { cause: error });
    if (code === 'ENOSPC') throw new ArchiveError('ARCHIVE_FULL', `${url}: ${message}`, { cause: error });
    if (name === 'RequestError' || name === 'ReadError' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
      throw new ArchiveError('NETWORK', `${url}: ${message}`, { cause: error });
    }
    throw error;
  }
}
