/** What a hostile server may answer in place of the right answer, and what an archiver must make of each. */
import type { ServerResponse } from 'node:http';
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../src/errors.ts';
import type { Outcome } from '../../src/model.ts';
import type { Asked, Reply } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';

export interface Fault {
  readonly name: string;
  /** @param right what the newspaper would answer */
  readonly spoil: (right: Reply, asked: Asked) => Reply;
  /** How a visit must end where an article's page is answered so for ever; `archived` where nothing is lost by it. */
  readonly page: readonly [Outcome['kind'], ErrorCode?];
  /** What a list that is answered so for ever is reported as; null where it is read all the same. */
  readonly list: ErrorCode | null;
  /** The page is stored all the same where nothing is archived yet, and flagged. */
  readonly isFlagged?: true;
  /** Why a picture that is answered so for ever is missing; null where it is stored all the same. */
  readonly picture: ErrorCode | null;
}

/** Larger than `pageBytes` and `imageBytes` in the tests. */
export const CAP_BYTES = 2_000_000;
const FAULT_BYTES = 8_000_000;

const ERROR_PAGE =
  '<!DOCTYPE html><html><head><title>系统繁忙</title></head><body><h1>系统繁忙</h1><p>服务暂时不可用，请您稍后重新打开这个页面，给您带来不便敬请谅解。</p></body></html>';
const script = (source: string): Reply => ({
  body: `<!DOCTYPE html><html><head><title>观察者网</title></head><body><ul><li class="left left-main"><div id="app"></div><script>${source}</script></li></ul></body></html>`,
});

const misbehaving = (misbehave: (response: ServerResponse, right: Reply) => void) => (right: Reply) => ({
  misbehave: (response: ServerResponse) => misbehave(response, right),
});
const bytesOf = ({ body = '' }: Reply) => (typeof body === 'string' ? Buffer.from(body) : Buffer.from(body));
const typeOf = ({ headers }: Reply) => headers?.['content-type'] ?? 'text/html; charset=utf-8';
const half = (right: Reply) => bytesOf(right).subarray(0, Math.floor(bytesOf(right).length / 2));
/** Says nothing of the length: the body is chunked. */
const begin = (response: ServerResponse, right: Reply, more: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': typeOf(right), ...more });
const raw = (text: (right: Reply) => readonly (string | Uint8Array)[]) =>
  misbehaving((response, right) => {
    const { socket } = response;
    for (const piece of text(right)) socket?.write(piece);
    socket?.end();
  });
const gone = (location: string) => () => ({ status: 302, headers: { location } });
/** Bytes beyond ASCII alone, so that the markup stays. */
const notUtf8 = (bytes: Uint8Array) => bytes.map((byte, at) => (byte > 0x7f && at % 50 === 49 ? 0xff : byte));

const transport = (code: ErrorCode) =>
  ({ page: ['failed', code] as const, list: 'SOURCE_UNREAD', picture: code }) as const;

/** Chromium gives what came for the whole; the client for pictures does not. */
const brokenTransfer = { page: ['failed', 'TRUNCATED'], list: 'SOURCE_UNREAD', picture: 'NETWORK' } as const;

export const FAULTS: readonly Fault[] = [
  { name: 'status 500', spoil: () => ({ status: 500, body: ERROR_PAGE }), ...transport('HTTP_STATUS') },
  {
    name: 'status 503 with Retry-After',
    spoil: () => ({ status: 503, headers: { 'retry-after': '1' }, body: ERROR_PAGE }),
    ...transport('HTTP_STATUS'),
  },
  {
    name: 'status 429',
    spoil: () => ({ status: 429, body: ERROR_PAGE }),
    page: ['blocked', 'BLOCKED'],
    list: 'BLOCKED',
    picture: 'HTTP_STATUS',
  },
  {
    name: 'status 403',
    spoil: () => ({ status: 403, body: ERROR_PAGE }),
    page: ['blocked', 'BLOCKED'],
    list: 'BLOCKED',
    picture: 'BLOCKED',
  },
  {
    name: 'connection reset',
    spoil: misbehaving((response) => response.socket?.resetAndDestroy()),
    ...transport('NETWORK'),
  },
  { name: 'connection closed', spoil: misbehaving((response) => response.socket?.end()), ...transport('NETWORK') },
  { name: 'no answer', spoil: misbehaving(() => {}), ...transport('TIMEOUT') },
  {
    name: 'slow drip',
    spoil: misbehaving((response, right) => {
      begin(response, right);
      const timer = setInterval(() => response.write('<'), 50);
      response.on('close', () => clearInterval(timer));
    }),
    ...transport('TIMEOUT'),
  },
  {
    name: 'whole body, and then no end',
    spoil: misbehaving((response, right) => begin(response, right).write(bytesOf(right))),
    ...transport('TIMEOUT'),
  },
  {
    name: 'broken off, with the right length promised',
    spoil: (right) => ({ ...right, cutAfterBytes: half(right).length }),
    page: ['failed', 'TRUNCATED'],
    list: 'SOURCE_UNREAD',
    picture: 'NETWORK',
  },
  {
    name: 'broken off, with a wrong length promised',
    spoil: (right) => ({ ...right, body: half(right) }),
    page: ['failed', 'TRUNCATED'],
    list: 'SOURCE_UNREAD',
    picture: null, // what comes the same twice is the site's own
  },
  {
    name: 'a part for the whole',
    spoil: (right) => ({ ...right, status: 206, body: half(right) }),
    page: ['blocked', 'BLOCKED'],
    list: 'BLOCKED',
    picture: 'HTTP_STATUS',
  },
  {
    name: 'endless body',
    spoil: misbehaving((response, right) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      begin(response, right).on('drain', more);
      more();
    }),
    ...transport('TOO_LARGE'),
  },
  {
    name: 'malformed chunks',
    spoil: raw((right) => [
      `HTTP/1.1 200 OK\r\ncontent-type: ${typeOf(right)}\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`,
      half(right),
    ]),
    ...brokenTransfer,
  },
  {
    name: 'chunks without the last one',
    spoil: raw((right) => [
      `HTTP/1.1 200 OK\r\ncontent-type: ${typeOf(right)}\r\ntransfer-encoding: chunked\r\n\r\n${half(right).length.toString(16)}\r\n`,
      half(right),
    ]),
    ...brokenTransfer,
  },
  {
    name: 'no HTTP at all',
    spoil: raw(() => ['SSH-2.0-OpenSSH_9.2\r\n']),
    ...transport('NETWORK'),
  },
  {
    name: 'gzip that is none',
    spoil: (right) => ({ ...right, headers: { 'content-type': typeOf(right), 'content-encoding': 'gzip' } }),
    ...brokenTransfer,
  },
  {
    name: 'gzip broken off',
    spoil: (right) => {
      const packed = gzipSync(bytesOf(right));
      const headers = { 'content-type': typeOf(right), 'content-encoding': 'gzip' };
      return { headers, body: packed.subarray(0, Math.floor(packed.length / 2)) };
    },
    ...brokenTransfer,
    picture: 'IMAGE_TRUNCATED', // the browser reads what there is of it
  },
  {
    name: 'gzip bomb',
    spoil: (right) => ({ headers: { 'content-type': typeOf(right), 'content-encoding': 'gzip' }, body: BOMB }),
    ...transport('TOO_LARGE'),
  },
  {
    name: 'redirect loop',
    spoil: (_, { path }) => ({ status: 302, headers: { location: path } }),
    page: ['failed', 'TOO_MANY_REDIRECTS'],
    list: 'SOURCE_UNREAD',
    picture: 'TOO_MANY_REDIRECTS',
  },
  ...['https://example.org/', 'http://169.254.169.254/latest/meta-data/', 'file:///etc/hostname'].map(
    (location): Fault => ({
      name: `redirect to ${location}`,
      spoil: gone(location),
      page: ['refused', 'OUT_OF_SCOPE'],
      list: 'BLOCKED',
      picture: 'OUT_OF_SCOPE',
    }),
  ),
  {
    name: 'error page with status 200',
    spoil: () => ({ body: ERROR_PAGE }),
    page: ['blocked', 'BLOCKED'],
    list: 'BLOCKED',
    picture: 'IMAGE_TYPE',
  },
  {
    name: 'garbage',
    spoil: (right) => ({ headers: { 'content-type': typeOf(right) }, body: GARBAGE }),
    page: ['failed', 'TRUNCATED'],
    list: 'SOURCE_UNREAD',
    picture: 'IMAGE_TYPE',
  },
  {
    name: 'no bytes',
    spoil: (right) => ({ headers: { 'content-type': typeOf(right), 'content-length': '0' }, body: '' }),
    page: ['blocked', 'BLOCKED'],
    list: 'SOURCE_UNREAD',
    picture: 'IMAGE_TRUNCATED',
  },
  {
    name: 'no content',
    spoil: () => ({ status: 204 }),
    page: ['blocked', 'BLOCKED'],
    list: 'BLOCKED',
    picture: 'HTTP_STATUS',
  },
  {
    name: 'content type that lies',
    spoil: (right) => ({ ...right, headers: { 'content-type': 'application/pdf' } }),
    page: ['archived'],
    list: null,
    picture: null,
  },
  {
    name: 'UTF-8 that is not',
    spoil: (right, { origin }) => (origin === 'images' ? right : { ...right, body: notUtf8(bytesOf(right)) }),
    page: ['archived'], // what comes the same twice is the site's own
    isFlagged: true,
    list: 'SOURCE_UNREAD',
    picture: null, // a picture is no text
  },
  ...(
    [
      ['alert()', 'alert("观察者网"); confirm("?"); prompt("?");', 'NOT_AN_ARTICLE'],
      ['script without end', 'for (;;);', 'TIMEOUT'],
      ['requests without end', 'setInterval(() => fetch("/more.json?" + Math.random()), 20);', 'NOT_AN_ARTICLE'],
      ['window.open and print', 'window.open("/other.html"); print();', 'NOT_AN_ARTICLE'],
    ] as const
  ).map(
    ([name, source, code]): Fault => ({
      name: `a page with ${name}`,
      spoil: () => script(source),
      page: ['failed', code],
      list: 'SOURCE_EMPTY',
      picture: 'IMAGE_TYPE',
    }),
  ),
];

const BOMB = gzipSync(Buffer.alloc(FAULT_BYTES, ' '));
const GARBAGE = deflateRawSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 251)));

/**
 * A fault for one request, by chance that repeats itself: it hangs on the address and on how often it was asked for,
 * never on the order in which requests come.
 * @param rate from 0 to 1
 */
export function faultByChance(seed: number, rate: number, asked: Asked, times: number): Fault | null {
  const random = openRandom(seed, asked.origin, asked.path, times);
  return random.chance(rate) ? random.pick(FAULTS) : null;
}
