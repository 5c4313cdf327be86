/** Robots.txt and pictures come as pages come: what Chromium bears of an answer is borne for them, cookies included. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openBrowser, type PageBrowser } from '../src/fetch/browser.ts';
import { createBrowserFetcher } from '../src/fetch/browser-fetcher.ts';
import { type Cookies, openCookies } from '../src/fetch/cookies.ts';
import { createDoor } from '../src/fetch/door.ts';
import { fetchPage } from '../src/fetch/fetcher.ts';
import { createHttp, type Http } from '../src/fetch/http.ts';
import { straight } from './support/straight.ts';

const { signal } = new AbortController();
const BODY = Buffer.from('User-agent: *\nDisallow: /shed/\n');
const LENGTH = `Content-Length: ${BODY.length}`;
const OK = 'HTTP/1.1 200 OK';

/** An answer as its bytes; a head that ends with a body ends the connection. */
const answer = (head: readonly string[], body: Uint8Array | string = BODY) =>
  Buffer.concat([Buffer.from([...head, 'Connection: close', '', ''].join('\r\n'), 'latin1'), Buffer.from(body)]);
const encoded = (coding: string, body: Uint8Array) =>
  answer([OK, `Content-Encoding: ${coding}`, `Content-Length: ${body.length}`], body);
const chunked = (body: string, more: readonly string[] = []) =>
  answer([OK, 'Transfer-Encoding: chunked', ...more], body);
const size = BODY.length.toString(16);

/** What Chromium gives the body of. */
const BORNE: Readonly<Record<string, Buffer>> = {
  'two equal lengths': answer([OK, LENGTH, LENGTH]),
  'two equal lengths in one line': answer([OK, `${LENGTH}, ${BODY.length}`]),
  'a length with a sign': answer([OK, `Content-Length: +${BODY.length}`]),
  'a length that is none': answer([OK, 'Content-Length: some']),
  'a length that no number holds': answer([OK, 'Content-Length: 99999999999999999999']),
  'no length': answer([OK]),
  'more than was promised': answer([OK, LENGTH], `${BODY}more`),
  'control characters': answer([OK, LENGTH, 'X-Cache: \x01HIT\x7f']),
  'bytes beyond ASCII': answer([OK, LENGTH, 'X-Name: \xe9\xff', 'X\xe9: v']),
  '70 KB in a header': answer([OK, LENGTH, `X-Long: ${'a'.repeat(70_000)}`]),
  '200 KB in a header': answer([OK, LENGTH, `X-Long: ${'a'.repeat(200_000)}`]),
  '3000 headers': answer([OK, LENGTH, ...Array.from({ length: 3000 }, (_, i) => `X-${i}: v`)]),
  'a folded line': answer([OK, 'X-Long: one', '  two', LENGTH]),
  'a line that is no header': answer([OK, 'some words', LENGTH]),
  'a header without a name': answer([OK, ': v', LENGTH]),
  'a space before the colon': answer([OK, `Content-Length : ${BODY.length}`]),
  'names in any case': answer([OK, `cOnTeNt-LeNgTh: ${BODY.length}`]),
  'line feeds alone': Buffer.from(`${OK}\n${LENGTH}\n\n${BODY}`),
  'no reason': answer(['HTTP/1.1 200', LENGTH]),
  'HTTP/1.0': answer(['HTTP/1.0 200 OK']),
  'a version that is none': answer(['HTTP/2 200 OK', LENGTH]),
  'a version in small letters': answer(['http/1.1 200 OK', LENGTH]),
  'two spaces before the status': answer(['HTTP/1.1  200 OK', LENGTH]),
  'bytes before the status': Buffer.concat([Buffer.from('\r\n\r\n'), answer([OK, LENGTH])]),
  'early hints': Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), answer([OK, LENGTH])]),
  chunks: chunked(`${size}\r\n${BODY}\r\n0\r\n\r\n`),
  'chunks and a length': chunked(`${size}\r\n${BODY}\r\n0\r\n\r\n`, ['Content-Length: 5']),
  'chunks with spaces': chunked(`${size}  \r\n${BODY}\r\n0\r\n\r\n`),
  'chunks with line feeds alone': chunked(`${size}\n${BODY}\n0\n\n`),
  'chunks with a strange extension': chunked(`${size};\x01 ==\r\n${BODY}\r\n0\r\n\r\n`),
  deflate: encoded('deflate', deflateSync(BODY)),
  'raw deflate': encoded('deflate', deflateRawSync(BODY)),
  'raw deflate, stored': encoded('deflate', deflateRawSync(BODY, { level: 0 })),
  gzip: encoded('gzip', gzipSync(BODY)),
  'x-gzip': encoded('X-GZIP', gzipSync(BODY)),
  'gzip and more': encoded('gzip', Buffer.concat([gzipSync(BODY), Buffer.from('more')])),
  'gzip without its checksum': encoded('gzip', gzipSync(BODY).subarray(0, -8)),
  brotli: encoded('br', brotliCompressSync(BODY)),
  zstd: encoded('zstd', zstdCompressSync(BODY)),
  'a coding that nobody knows': encoded('rot13', BODY),
};

/** What Chromium refuses, or gives nothing of. */
const REFUSED: Readonly<Record<string, Buffer>> = {
  'two lengths that differ': answer([OK, LENGTH, 'Content-Length: 5']),
  'a NUL in a header': answer([OK, LENGTH, 'X-Name: a\0b']),
  '300 KB in a header': answer([OK, LENGTH, `X-Long: ${'a'.repeat(300_000)}`]),
  'another protocol': Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
  'no bytes': Buffer.alloc(0),
  'a size of a chunk that is none': chunked(`0x${size}\r\n${BODY}\r\n0\r\n\r\n`),
  'gzip that is none': encoded('gzip', BODY),
  'brotli that is none': encoded('br', BODY),
};

describe('a robots.txt and a picture', () => {
  const asked: string[] = [];
  const answers = new Map<string, (head: string) => Buffer>();
  let server: Server;
  let origin: string;
  let browser: PageBrowser;
  before(async () => {
    server = createServer((socket) => {
      let head = '';
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        head += bytes.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        const path = head.split(' ')[1] ?? '';
        asked.push(path);
        socket.end(answers.get(path)?.(head) ?? Buffer.alloc(0));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = openBrowser({
      executablePath: null,
      userAgent: null,
      product: 'guancha-archive/test',
      origins: [origin],
      connections: straight(),
      now: Date.now,
      log: () => {},
    });
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    server.close();
  });

  /** What a run has of its own: nothing is known of the origin yet. */
  function open(cookies: Cookies = openCookies()) {
    const guard = createAddressGuard(['127.0.0.1']);
    const site = { www: origin, community: origin, images: [] };
    const limits = { timeoutMs: 10_000, pageBytes: 1_000_000, imageBytes: 1_000_000 };
    const door = createDoor({ site, guard, robots: () => null, politeness: null, ...limits });
    const http = createHttp({ browser, door, cookies, connections: straight(guard) });
    return { http, fetcher: createBrowserFetcher({ browser, door, cookies, site }) };
  }
  const put = (path: string, bytes: Buffer | ((head: string) => Buffer)) =>
    answers.set(path, typeof bytes === 'function' ? bytes : () => bytes);
  const nothing = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const both = async (http: Http, path: string) => {
    const { text } = await http.text(origin + path, signal);
    const { sha256, bytes, status } = await http.download(origin + path, nothing, signal);
    return { text, sha256, bytes, status };
  };

  for (const [name, bytes] of Object.entries(BORNE)) {
    it(`is read with ${name}`, async () => {
      put('/it', bytes);
      const sha256 = createHash('sha256').update(BODY).digest('hex');
      assert.deepEqual(await both(open().http, '/it'), {
        text: BODY.toString(),
        sha256,
        bytes: BODY.length,
        status: 200,
      });
    });
  }

  for (const [name, bytes] of Object.entries(REFUSED)) {
    it(`is refused as a failure of the network with ${name}`, async () => {
      put('/it', bytes);
      const { http } = open();
      await assert.rejects(http.text(`${origin}/it`, signal), { code: 'NETWORK' });
      await assert.rejects(http.download(`${origin}/it`, nothing, signal), { code: 'NETWORK' });
    });
  }

  it('costs a second request once, where its origin answers as Node.js cannot read', async () => {
    put('/it', answer([OK, LENGTH, LENGTH]));
    const { http } = open();
    asked.length = 0;
    for (const _ of [1, 2, 3]) await http.text(`${origin}/it`, signal);
    assert.equal(asked.length, 4);
  });

  it('is said to be cut where it is, by whichever way', async () => {
    put('/it', answer([OK, 'Content-Length: 999', 'X-Cache: \x01HIT']));
    await assert.rejects(open().http.text(`${origin}/it`, signal), { code: 'TRUNCATED' });
  });

  it('is followed to an address that is spelt in UTF-8', async () => {
    put('/it', answer(['HTTP/1.1 302 Found', `Location: ${Buffer.from('/闸').toString('latin1')}`], ''));
    put('/%E9%97%B8', answer([OK, LENGTH]));
    assert.equal((await both(open().http, '/it')).text, BODY.toString());
  });

  describe('and a page', () => {
    const needsCookie = (name: string) => (head: string) =>
      /^cookie: .*seen=1/im.test(head)
        ? answer([OK, LENGTH])
        : answer(['HTTP/1.1 302 Found', `Location: ${name}`, 'Set-Cookie: seen=1; Path=/'], '');

    it('give the cookie back that was set by a redirect to itself', async () => {
      put('/gate', needsCookie('/gate'));
      assert.equal((await open().http.text(`${origin}/gate`, signal)).text, BODY.toString());
      const page = await fetchPage(open().fetcher, `${origin}/gate`, { signal });
      assert.deepEqual([page.redirects.length, Buffer.from(page.body).toString()], [1, BODY.toString()]);
    });

    it('have one jar, whoever was given the cookie', async () => {
      put('/gate', needsCookie('/gate'));
      for (const first of ['page', 'text'] as const) {
        const { http, fetcher } = open();
        const page = () => fetchPage(fetcher, `${origin}/gate`, { signal });
        const text = () => http.text(`${origin}/gate`, signal);
        asked.length = 0;
        if (first === 'page') await page();
        await text();
        await page();
        await page();
        assert.equal(asked.length, first === 'page' ? 5 : 4, `${first} first`);
      }
    });

    it('leave nothing of it to another run in the same browser', async () => {
      put('/gate', needsCookie('/gate'));
      for (const _ of [1, 2]) {
        const page = await fetchPage(open().fetcher, `${origin}/gate`, { signal });
        assert.equal(page.redirects.length, 1);
      }
    });
  });
});

describe('the jar', () => {
  const url = 'https://www.guancha.cn/politics/';

  it('keeps what a host may set, and gives it where it belongs', () => {
    const cookies = openCookies();
    cookies.keep(url, ['a=1', 'b=2; Domain=guancha.cn; Path=/', 'c=3; Domain=example.org', 'd=4; Domain=cn', '=', '']);
    assert.deepEqual(cookies.headersFor(`${url}x`), { cookie: 'a=1; b=2' });
    assert.deepEqual(cookies.headersFor('https://i.guancha.cn/a.jpg'), { cookie: 'b=2' });
    assert.deepEqual(cookies.headersFor('https://www.example.org/'), {});
    cookies.keep(url, ['a=1; Max-Age=0']);
    assert.deepEqual(cookies.headersFor(`${url}x`), { cookie: 'b=2' });
  });

  it('passes over what no header could carry', () => {
    const cookies = openCookies();
    cookies.keep(url, ['a=水', 'b=\u0001', `c=${'x'.repeat(5000)}`, 'd=4\r\nX: y']);
    assert.deepEqual(cookies.headersFor(url), {});
  });

  it('does not grow with what a site sets anew each time: the newest are given', () => {
    const cookies = openCookies();
    for (let i = 0; i < 1000; i++) cookies.keep(url, [`n${i}=${'x'.repeat(300)}; Path=/`]);
    const { cookie = '' } = cookies.headersFor(url);
    assert.ok(cookie.length < 8000 && cookie.includes('n999='), `${cookie.length}`);
    assert.ok(!cookie.includes('n900='));
  });
});
