/** Plain HTTP, without the browser: robots.txt and picture downloads. The one door to got. */
import { createHash } from 'node:crypto';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Got } from 'got';
import { ArchiveError } from '../errors.ts';
import type { AddressGuard } from './address-guard.ts';

export interface Http {
  /** A small text, at most 500 KiB of it (RFC 9309, 2.5). Throws NETWORK, TIMEOUT, OUT_OF_SCOPE, ADDRESS_REFUSED, TOO_MANY_REDIRECTS. */
  text(url: string, signal: AbortSignal): Promise<{ readonly text: string; readonly status: number }>;
  /** Hashes an answer's body on its way into the stream that `open` gives. Throws what `text` throws, and TRUNCATED, TOO_LARGE. */
  download(url: string, open: () => Writable, signal: AbortSignal): Promise<Download>;
}

interface Download {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

const TEXT_BYTES = 500 * 1024;

/**
 * @param options `allows` is asked for every address, redirects included; `maxBytes` caps a download after decoding
 */
export function createHttp(options: {
  readonly userAgent: () => Promise<string>;
  readonly allows: (url: string) => boolean;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}): Http {
  // Loaded while the browser starts: nothing is asked for before that.
  const client: Promise<Got> = import('got').then(({ default: got }) =>
    got.extend({
      retry: { limit: 0 },
      throwHttpErrors: false,
      maxRedirects: 5,
      dnsLookup: options.guard.lookup,
      timeout: { connect: options.timeoutMs, response: options.timeoutMs, request: options.timeoutMs * 4 },
      hooks: { beforeRedirect: [({ url }) => requireAllowed(String(url))] },
    }),
  );

  return {
    text: (url, signal) =>
      named(url, async () => {
        requireAllowed(url);
        const headers = { 'user-agent': await options.userAgent() };
        const stream = (await client).stream(url, { headers, signal });
        const chunks: Buffer[] = [];
        let length = 0;
        for await (const chunk of stream) {
          chunks.push(chunk as Buffer);
          length += (chunk as Buffer).length;
          if (length > TEXT_BYTES) break;
        }
        return {
          text: Buffer.concat(chunks).subarray(0, TEXT_BYTES).toString('utf8'),
          status: stream.response?.statusCode ?? 0,
        };
      }),
    download: (url, open, signal) =>
      named(url, async () => {
        requireAllowed(url);
        const headers = { 'user-agent': await options.userAgent(), accept: 'image/*,*/*;q=0.8' };
        const stream = (await client).stream(url, { headers, signal });
        const hash = createHash('sha256');
        let bytes = 0;
        const meter = new Transform({
          transform: (chunk: Buffer, _encoding, done) => {
            bytes += chunk.length;
            hash.update(chunk);
            done(
              bytes > options.maxBytes
                ? new ArchiveError('TOO_LARGE', `${url}: more than ${options.maxBytes} bytes`)
                : null,
              chunk,
            );
          },
        });
        await pipeline(stream, meter, open(), { signal });
        const { response } = stream;
        if (response === undefined) throw new ArchiveError('NETWORK', `${url}: no answer`);
        const answered = plainHeaders(response.headers);
        const promised =
          answered['content-encoding'] === undefined ? Number(answered['content-length'] ?? bytes) : bytes;
        if (promised !== bytes) throw new ArchiveError('TRUNCATED', `${url}: ${bytes} of ${promised} bytes`);
        return { status: response.statusCode, headers: answered, sha256: hash.digest('hex'), bytes };
      }),
  };

  function requireAllowed(url: string): void {
    if (!options.allows(url)) throw new ArchiveError('OUT_OF_SCOPE', url);
    options.guard.requireHost(new URL(url).hostname);
  }
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
    if (cause instanceof ArchiveError) throw cause; // thrown by a hook of ours, or by the guard
    if (name === 'AbortError') throw error;
    if (name === 'TimeoutError' || code === 'ETIMEDOUT')
      throw new ArchiveError('TIMEOUT', `${url}: ${message}`, { cause: error });
    if (code === 'ERR_UNSUPPORTED_PROTOCOL')
      throw new ArchiveError('OUT_OF_SCOPE', `${url}: ${message}`, { cause: error }); // of a redirect
    if (name === 'MaxRedirectsError')
      throw new ArchiveError('TOO_MANY_REDIRECTS', `${url}: ${message}`, { cause: error });
    if (code === 'ENOSPC') throw new ArchiveError('ARCHIVE_FULL', `${url}: ${message}`, { cause: error });
    if (name === 'RequestError' || name === 'ReadError' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
      throw new ArchiveError('NETWORK', `${url}: ${message}`, { cause: error });
    }
    throw error;
  }
}
