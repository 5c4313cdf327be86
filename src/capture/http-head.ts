/**
 * HTTP heads as blocks of records hold them, and back. Whatever is no HTTP/1 is written as HTTP/1.1, which every reader of
 * WARC files knows; WARC-Protocol says what it was.
 */
import { isUtf8 } from 'node:buffer';
import type { Exchange, Header } from '../model.ts';

/** @param bytes of the payload that stands behind it */
export function responseHead(exchange: Exchange, bytes: number): Buffer {
  const { status, statusText } = exchange.response;
  return httpHead(`${versionOf(exchange)} ${status} ${statusText}`, forPayload(exchange, bytes));
}

export function requestHead(exchange: Exchange): Buffer {
  const { method, headers } = exchange.request;
  const { host, pathname, search } = new URL(exchange.url);
  const plain = headers.filter(([name]) => !name.startsWith(':'));
  const hasHost = plain.some(([name]) => name.toLowerCase() === 'host');
  return httpHead(
    `${method} ${pathname}${search} ${versionOf(exchange)}`,
    hasHost ? plain : [['Host', host], ...plain],
  );
}

/** @throws RangeError */
export function parseHead(block: Uint8Array): {
  readonly line: string;
  readonly headers: Header[];
  readonly bodyAt: number;
} {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) throw new RangeError('no HTTP head');
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = lines.map((each): Header => {
    const colon = each.indexOf(':');
    if (colon < 0) throw new RangeError(`no HTTP header: ${each.slice(0, 100)}`);
    return [textOf(each.slice(0, colon)), textOf(each.slice(colon + 1).replace(/^ /, ''))];
  });
  return { line: textOf(line), headers, bodyAt: end + 4 };
}

/** The headers as they came: takes back what `responseHead` changed. */
export function asSent(headers: readonly Header[]): Header[] {
  const originals = OF_BODY.map((name) => `${PREFIX.toLowerCase()}${name}`);
  const isChanged = headers.some(([name]) => originals.includes(name.toLowerCase()));
  const sent = isChanged ? headers.slice(0, -1) : headers;
  return sent.map(([name, value]) => [name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name, value]);
}

function versionOf({ protocol }: Exchange): string {
  return protocol !== null && /^HTTP\/1\.\d$/.test(protocol) ? protocol : 'HTTP/1.1';
}

function httpHead(line: string, headers: readonly Header[]): Buffer {
  const lines = headers.flatMap(([name, value]) => [bytesOf(`${name}: `), bytesOf(value), CRLF]);
  return Buffer.concat([bytesOf(line), CRLF, ...lines, CRLF]);
}

const CRLF = Buffer.from('\r\n');

/** Bytes of a head, one character each, as text: UTF-8 where they are that, else Latin-1 (RFC 9110, 5.5). */
function textOf(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : latin1;
}

/** The bytes that are read as this text: single bytes where those are no UTF-8, as the site's GBK would be. */
function bytesOf(text: string): Buffer {
  const line = text.replace(/[\r\n]+/g, ' ');
  const single = Buffer.from(line, 'latin1');
  return !isUtf8(single) && single.toString('latin1') === line ? single : Buffer.from(line);
}

// Headers that speak of a body on its way.

const PREFIX = 'X-Archive-Orig-';
const OF_BODY = ['content-encoding', 'transfer-encoding', 'content-length'] as const;
/** What Chromium and Node.js decode. A body of any other coding stays as it came. */
const DECODED = /^(?:gzip|x-gzip|deflate|br|zstd)$/i;

/** Headers for a payload of so many bytes. A name that begins like a changed one is changed too, so that `asSent` can tell. */
function forPayload({ response }: Exchange, bytes: number): Header[] {
  const changed = changedNames(response, bytes);
  const headers = response.headers.map(([name, value]): Header => {
    const isChanged = changed.has(name.toLowerCase()) || name.toLowerCase().startsWith(PREFIX.toLowerCase());
    return [isChanged ? `${PREFIX}${name}` : name, value];
  });
  return changed.size === 0 ? headers : [...headers, ['Content-Length', String(bytes)]];
}

function changedNames(response: Exchange['response'], bytes: number): ReadonlySet<string> {
  if (response.status === 304) return new Set(); // it speaks of what has not changed (RFC 9110, 15.4.5)
  const of = (wanted: string) =>
    response.headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const codings = of('content-encoding')
    .flatMap((value) => value.split(','))
    .map((each) => each.trim());
  const isDecoded = codings.length > 0 && codings.every((each) => DECODED.test(each));
  const isFramed = of('transfer-encoding').length > 0;
  const isOtherLength = of('content-length').some((value) => value !== String(bytes));
  return new Set([
    ...(isDecoded ? [OF_BODY[0], OF_BODY[2]] : []),
    ...(isFramed ? [OF_BODY[1], OF_BODY[2]] : []),
    ...(isOtherLength ? [OF_BODY[2]] : []),
  ]);
}
