/** An HTTP message as a WARC record holds it: its headers as they were sent, and its body decoded within limits. */
import { isUtf8 } from 'node:buffer';
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { ArchiveError } from '../errors.ts';
import { headerOf } from '../fetch/exchange.ts';
import type { Header } from '../model.ts';

export interface HttpMessage {
  /** The three parts of the first line: `HTTP/1.1`, `200`, `OK` of an answer, `GET`, `/path`, `HTTP/1.1` of a request. */
  readonly start: readonly [string, string, string];
  readonly headers: readonly Header[];
  /** All that follows the headers, as it lies there. */
  readonly rest: Buffer;
}

/** No server sends more (as much as Chromium takes: net/http/http_stream_parser.h). */
const LONGEST_HEAD = 256 * 1024;

/** Parts a message (RFC 9112, 2.1); a bare line feed ends a line too. Null where it has no first line with three parts. */
export function parseMessage(block: Buffer): HttpMessage | null {
  const end = endOfHead(block);
  if (end === null) return null;
  const [first = '', ...lines] = textOf(block.subarray(0, end.at))
    .replace(/\r?\n[ \t]+/g, ' ') // folded (RFC 9112, 5.2)
    .split(/\r?\n/);
  const [, one, two, three = ''] = /^(\S+) +(\S+) *(.*)$/.exec(first) ?? [];
  if (one === undefined || two === undefined) return null;
  const headers = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
  });
  return { start: [one, two, three], headers, rest: block.subarray(end.at + end.length) };
}

function endOfHead(block: Buffer): { readonly at: number; readonly length: number } | null {
  const head = block.subarray(0, LONGEST_HEAD);
  const ends = ['\r\n\r\n', '\n\n'].map((mark) => ({ at: head.indexOf(mark), length: mark.length }));
  const [first] = ends.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  if (first !== undefined) return first;
  return block.length <= LONGEST_HEAD ? { at: block.length, length: 0 } : null; // an answer without a body may end with its headers
}

/** Bytes are UTF-8 where they are that, else Latin-1, as browsers read headers. */
function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
}

export interface DecodedBody {
  /** After transfer and content decoding. */
  readonly body: Buffer;
  /** The body as its payload digest may be of it: as it lies there, and after transfer decoding. */
  readonly payloads: readonly Buffer[];
  /** Why it is known to be incomplete; null where nothing says so. */
  readonly cut: string | null;
}

/**
 * The body of an answer. Many programs write a body decoded and leave the headers of the wire beside it: what does not look
 * encoded as they say is taken as it is.
 * @throws TOO_LARGE for more than `maxBytes` after decoding; IMPORT_DAMAGED where it cannot be decoded
 */
export function decodeBody({ headers, rest }: HttpMessage, { maxBytes }: { readonly maxBytes: number }): DecodedBody {
  const isChunked = /\bchunked\b/i.test(headerOf(headers, 'transfer-encoding') ?? '');
  const joined = isChunked ? dechunk(rest) : null;
  const payload = joined?.body ?? rest;
  const codings = (headerOf(headers, 'content-encoding') ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  let body = payload;
  let cut = joined?.cut ?? null;
  let isDecodedAlready = false;
  for (const coding of codings.reverse()) {
    const decoded = decode(body, coding, maxBytes);
    isDecodedAlready ||= decoded === null;
    body = decoded?.body ?? body;
    cut ??= decoded?.cut ?? null;
  }
  if (body.length > maxBytes) throw new ArchiveError('TOO_LARGE', `more than ${maxBytes} bytes`);
  if (joined === null && !isDecodedAlready) cut ??= missingBytes(headers, payload.length);
  return { body, payloads: payload === rest ? [rest] : [rest, payload], cut };
}

function missingBytes(headers: readonly Header[], length: number): string | null {
  const declared = headerOf(headers, 'content-length') ?? '';
  return /^\d+$/.test(declared) && Number(declared) > length ? `${length} of ${declared} bytes` : null;
}

/** Joins the chunks of a body (RFC 9112, 7.1); null where it is not chunked, whatever its headers say. */
function dechunk(bytes: Buffer): { readonly body: Buffer; readonly cut: string | null } | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\n', at);
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;[^\n]*)?\r?\n$/i.exec(
      bytes.toString('latin1', at, Math.min(end + 1, at + 1000)),
    )?.[1];
    if (end < 0 || size === undefined) {
      if (parts.length === 0) return null;
      return { body: Buffer.concat(parts), cut: 'the last chunk is missing' };
    }
    const length = Number.parseInt(size, 16);
    if (length === 0) return { body: Buffer.concat(parts), cut: null };
    const chunk = bytes.subarray(end + 1, end + 1 + length);
    parts.push(chunk);
    if (chunk.length < length) return { body: Buffer.concat(parts), cut: 'a chunk is cut short' };
    at = end + 1 + length;
    if (bytes[at] === 0x0d) at += 1;
    if (bytes[at] === 0x0a) at += 1;
  }
}

type Inflate = (bytes: Buffer, options: { readonly maxOutputLength: number; readonly finishFlush?: number }) => Buffer;

/** Null where the bytes are not encoded so. */
function decode(
  bytes: Buffer,
  coding: string,
  maxBytes: number,
): { readonly body: Buffer; readonly cut: string | null } | null {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return bytes[0] === 0x1f && bytes[1] === 0x8b
        ? inflated(gunzipSync, bytes, maxBytes, constants.Z_SYNC_FLUSH)
        : null;
    case 'deflate': {
      const isZlib = ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0;
      if (isZlib) return inflated(inflateSync, bytes, maxBytes, constants.Z_SYNC_FLUSH);
      return looksPlain(bytes) ? null : inflated(inflateRawSync, bytes, maxBytes, constants.Z_SYNC_FLUSH);
    }
    case 'br':
      return looksPlain(bytes)
        ? null
        : inflated(brotliDecompressSync, bytes, maxBytes, constants.BROTLI_OPERATION_FLUSH);
    case 'zstd':
      return bytes.toString('latin1', 0, 4) === '\x28\xb5\x2f\xfd'
        ? inflated(zstdDecompressSync, bytes, maxBytes, undefined)
        : null;
    default:
      throw new ArchiveError('IMPORT_DAMAGED', `content encoding ${coding} is not known`);
  }
}

/** Text that begins as markup or data do is no compressed stream: those hold bytes that no text has within a few. */
function looksPlain(bytes: Buffer): boolean {
  return (
    /^(?:\ufeff|\xef\xbb\xbf)?\s*[<{[]/.test(bytes.toString('latin1', 0, 100)) && !bytes.subarray(0, 100).includes(0)
  );
}

function inflated(
  inflate: Inflate,
  bytes: Buffer,
  maxBytes: number,
  finishFlush: number | undefined,
): { readonly body: Buffer; readonly cut: string | null } {
  try {
    return { body: inflate(bytes, { maxOutputLength: maxBytes }), cut: null };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new ArchiveError('TOO_LARGE', `more than ${maxBytes} bytes`);
    if (code === 'Z_BUF_ERROR' && finishFlush !== undefined) {
      const body = inflate(bytes, { maxOutputLength: maxBytes, finishFlush });
      return { body, cut: 'the compressed body breaks off' };
    }
    throw new ArchiveError('IMPORT_DAMAGED', `the body cannot be decoded: ${message}`, { cause: error });
  }
}
