/** Exchanges as the wire carried them: a real Chromium against servers that answer byte by byte. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { headerOf, locationOf, pageOf, plainHeaders } from '../src/fetch/exchange.ts';
import type { Header } from '../src/model.ts';
import { scriptWith } from './support/browser-script.ts';
import { type CappedBrowser, openCappedBrowser } from './support/capped-browser.ts';
import { temporaryFolder } from './support/command.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { straight } from './support/straight.ts';

const never = new AbortController().signal;
const HEADERS: readonly Header[] = [
  ['X-Second', '2'],
  ['x-first', '1'],
  ['Set-Cookie', 'a=1; Path=/'],
  ['X-SECOND', 'two'],
  ['set-cookie', 'b=2; Path=/'],
  ['X-Chinese', '观察'],
  ['X-Empty', ''],
  ['Content-Length', '2'],
];

type Talk = (socket: Socket) => void;

const CAP_BYTES = 1_000_000;
const BODY = Buffer.from('水'.repeat(2000));
const NOISE = randomBytes(30_000);
const ZEROS = Buffer.alloc(50 * CAP_BYTES);

interface BodyCase {
  readonly name: string;
  readonly head: string;
  readonly sent: Uint8Array;
  /** What comes out; the code where nothing does. */
  readonly body: Uint8Array | 'TOO_LARGE';
  readonly cut?: string;
}

const length = (bytes: number | Uint8Array) => `Content-Length: ${typeof bytes === 'number' ? bytes : bytes.length}`;
const gzipped = (sent: Uint8Array) => `Content-Encoding: gzip\r\n${length(sent)}`;
const chunked = Buffer.concat([Buffer.from('1770\r\n'), BODY, Buffer.from('\r\n0\r\n\r\n')]);
const deepBomb = gzipSync(gzipSync(ZEROS));
const smallBomb = gzipSync(ZEROS.subarray(0, 900_000));

/** The length is given or not, true or not; an answer is taken at once or piece by piece, and nobody sees which. */
const BODIES: readonly BodyCase[] = [
  { name: 'as long as promised', head: length(BODY), sent: BODY, body: BODY },
  { name: 'empty', head: length(0), sent: new Uint8Array(), body: new Uint8Array() },
  { name: 'shorter', head: length(9000), sent: BODY, body: BODY, cut: '6000 of 9000 bytes' },
  { name: 'shorter than one over the cap', head: length(2e6), sent: BODY, body: BODY, cut: '6000 of 2000000 bytes' },
  { name: 'longer', head: length(100), sent: BODY, body: BODY.subarray(0, 100) },
  { name: 'longer than the cap, as promised', head: length(1.2e6), sent: ZEROS.subarray(0, 1.2e6), body: 'TOO_LARGE' },
  { name: 'of no length, ended by the connection', head: 'X-Name: a', sent: BODY, body: BODY },
  { name: 'of no length, and over the cap', head: 'X-Name: a', sent: ZEROS.subarray(0, 1.2e6), body: 'TOO_LARGE' },
  { name: 'in chunks', head: 'Transfer-Encoding: chunked', sent: chunked, body: BODY },
  {
    name: 'in chunks, with a length that does not count',
    head: `Transfer-Encoding: chunked\r\n${length(9)}`,
    sent: chunked,
    body: BODY,
  },
  { name: 'gzip', head: gzipped(gzipSync(BODY)), sent: gzipSync(BODY), body: BODY },
  { name: 'gzip that might pass the cap', head: gzipped(gzipSync(NOISE)), sent: gzipSync(NOISE), body: NOISE },
  { name: 'gzip of no length', head: 'Content-Encoding: gzip', sent: gzipSync(BODY), body: BODY },
  {
    name: 'gzip, blown up as far as it can be',
    head: gzipped(smallBomb),
    sent: smallBomb,
    body: ZEROS.subarray(0, 900_000),
  },
  { name: 'a gzip bomb', head: gzipped(gzipSync(ZEROS)), sent: gzipSync(ZEROS), body: 'TOO_LARGE' },
  { name: 'a gzip bomb of no length', head: 'Content-Encoding: gzip', sent: gzipSync(ZEROS), body: 'TOO_LARGE' },
  {
    name: 'a gzip bomb in gzip',
    head: `Content-Encoding: gzip, gzip\r\n${length(deepBomb)}`,
    sent: deepBomb,
    body: 'TOO_LARGE',
  },
  {
    name: 'a brotli bomb',
    head: `Content-Encoding: br\r\n${length(brotliCompressSync(ZEROS))}`,
    sent: brotliCompressSync(ZEROS),
    body: 'TOO_LARGE',
  },
];

describe('an exchange', () => {
  const seen: string[] = [];
  const talks: Record<string, Talk> = {
    '/headers': (socket) =>
      socket.end(`HTTP/1.1 299 Odd But Fine\r\n${HEADERS.map((each) => each.join(': ')).join('\r\n')}\r\n\r\nhi`),
    '/bytes': (socket) =>
      socket.end(
        Buffer.from(
          'HTTP/1.1 200 OK\r\nX-Latin: caf\xe9\r\nSet-Cookie: c=\xc3\xbc\r\nX-Folded: a\r\n b\r\nX-Tight:c\r\nContent-Length: 2\r\n\r\nhi',
          'latin1',
        ),
      ),
    '/old': (socket) => socket.end('HTTP/1.0 200 OK\r\nX-Name: b\r\n\r\nhi'),
    '/redirect': (socket) => socket.end('HTTP/1.1 301 Moved\r\nLocation: /old\r\nContent-Length: 0\r\n\r\n'),
    '/none': (socket) => socket.end('HTTP/1.1 304\r\nETag: "x"\r\n\r\n'),
  };
  for (const [index, { head, sent }] of BODIES.entries()) {
    for (const version of ['1.0', '1.1'])
      talks[`/body-${index}-${version}`] = (socket) => {
        socket.write(`HTTP/${version} 200 OK\r\n${head}\r\n\r\n`);
        socket.end(sent);
      };
  }
  let server: Server;
  let origin: string;
  let browser: CappedBrowser;

  const open = (options: { readonly origins: readonly string[]; readonly executablePath?: string }): CappedBrowser =>
    openCappedBrowser({
      executablePath: options.executablePath ?? null,
      userAgent: 'exchange test',
      product: '',
      timeoutMs: 10_000,
      maxBytes: CAP_BYTES,
      origins: options.origins,
      connections: straight(createAddressGuard(['127.0.0.0/8'])),
      now: Date.now,
      log: () => {},
    });

  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        seen.push(String(bytes));
        talks[String(bytes).split(' ')[1] ?? '']?.(socket);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = open({ origins: [origin, origin.replace('127.0.0.1', 'localhost')] });
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    server.close();
  });

  it('keeps the headers as they came: order, case, doubles, cookies', async () => {
    const { response, protocol } = await browser.get(`${origin}/headers`, never);
    assert.deepEqual(response.headers, HEADERS);
    assert.deepEqual([protocol, response.status, response.statusText], ['HTTP/1.1', 299, 'Odd But Fine']);
    assert.equal(String(Buffer.from(response.body)), 'hi');
  });

  it('keeps what was asked with, names and values', async () => {
    seen.length = 0;
    const { request } = await browser.get(`${origin}/old`, never, { 'If-None-Match': '"é"', cookie: 'a=1; b=2' });
    const [line = '', ...lines] = seen[0]?.trimEnd().split('\r\n') ?? [];
    assert.equal(request.method, line.split(' ')[0]);
    assert.deepEqual(request.headers.map((each) => each.join(': ')).sort(), lines.sort());
    assert.equal(headerOf(request.headers, 'if-none-match'), '"é"');
    assert.equal(headerOf(request.headers, 'cookie'), 'a=1; b=2', 'and nothing of what an answer set before');
  });

  it('names what was connected to, and by which protocol', async () => {
    const { port } = new URL(origin);
    const old = await browser.get(`${origin}/old`, never);
    assert.deepEqual([old.address, old.protocol], [`127.0.0.1:${port}`, 'HTTP/1.0']);
    const named = await browser.get(`http://localhost:${port}/old`, never);
    assert.equal(named.address, `127.0.0.1:${port}`);
  });

  it('is made of a redirect or an answer without a body like of any other', async () => {
    const redirect = await browser.get(`${origin}/redirect`, never);
    assert.deepEqual([redirect.response.status, locationOf(redirect)], [301, `${origin}/old`]);
    const none = await browser.get(`${origin}/none`, never);
    assert.deepEqual([none.response.status, none.response.statusText, none.cut], [304, '', null]);
  });
  it('keeps values that are no UTF-8, but then not where the cookies stood, and joins what is folded', async () => {
    const { response } = await browser.get(`${origin}/bytes`, never);
    assert.deepEqual(response.headers, [
      ['X-Latin', 'café'],
      ['X-Folded', 'a b'],
      ['X-Tight', 'c'],
      ['Content-Length', '2'],
      ['Set-Cookie', 'c=ü'],
    ]);
  });

  for (const [index, { name, head, body, cut }] of BODIES.entries()) {
    const versions = head.includes('chunked') ? ['1.1'] : ['1.0', '1.1'];
    it(`takes a body that is ${name}`, async () => {
      for (const version of versions) {
        const asked = browser.get(`${origin}/body-${index}-${version}`, never);
        if (body === 'TOO_LARGE') {
          await assert.rejects(asked, { code: body });
          continue;
        }
        const exchange = await asked;
        assert.ok(Buffer.from(body).equals(exchange.response.body), `${exchange.response.body.length} bytes`);
        assert.deepEqual([exchange.cut, exchange.protocol], [cut ?? null, `HTTP/${version}`]);
      }
    });
  }

  it('is reported over HTTP/2 as well, which has no status text', async (context) => {
    await using folder = await temporaryFolder();
    const keys = certificate(folder.path);
    if (keys === null) return context.skip('HTTP/2 needs TLS, and there is no openssl to make a certificate with');
    const secure = createSecureServer({ ...keys }, (_, response) => {
      response.writeHead(200, { 'x-name': ['a', 'b'], 'content-length': 2, 'set-cookie': ['a=1', 'b=2'] });
      response.end('longer than promised, which HTTP/2 lets pass');
    });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const { port } = secure.address() as AddressInfo;
    const executablePath = await scriptWith('--ignore-certificate-errors', folder.path);
    await using trusting = open({ origins: [`https://127.0.0.1:${port}`], executablePath });
    const { response, request, protocol, address } = await trusting.get(`https://127.0.0.1:${port}/`, never);
    await trusting[Symbol.asyncDispose](); // a server ends when its last client has gone
    secure.close();
    assert.deepEqual([protocol, response.status, response.statusText], ['HTTP/2', 200, '']);
    assert.equal(address, `127.0.0.1:${port}`);
    const wanted = ['x-name', 'set-cookie'];
    assert.deepEqual(
      response.headers.filter(([name]) => wanted.includes(name)),
      [
        ['x-name', 'a'],
        ['x-name', 'b'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    );
    assert.equal(String(Buffer.from(response.body)), 'longer than promised, which HTTP/2 lets pass');
    assert.equal(headerOf(request.headers, ':authority'), `127.0.0.1:${port}`);
  });
});

describe('exchanges', () => {
  const home = 'https://www.guancha.cn/';
  const redirect = (url: string, location: string) => exchangeOf({ url, status: 302, headers: { Location: location } });

  it('make a page: the redirects, and the answer that holds', () => {
    const last = exchangeOf({ url: `${home}b`, fetchedAt: '2026-12-02T00:00:00.000Z', cut: '1 of 2 bytes' });
    const exchanges = [redirect(`${home}a`, '/b'), last];
    assert.deepEqual(pageOf(`${home}a`, exchanges), {
      url: `${home}a`,
      exchanges,
      finalUrl: `${home}b`,
      redirects: [{ url: `${home}a`, status: 302, location: `${home}b` }],
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: new Uint8Array(),
      cut: '1 of 2 bytes',
      fetchedAt: '2026-12-02T00:00:00.000Z',
      fetchedBy: 'browser',
    });
    assert.throws(() => pageOf(home, []), TypeError);
  });

  it('make a page of a redirect that was not followed', () => {
    const page = pageOf(`${home}a`, [redirect(`${home}a`, home)]);
    assert.deepEqual([page.finalUrl, page.status, page.redirects.length], [home, 302, 1]);
    const nowhere = pageOf(`${home}a`, [redirect(`${home}a`, 'http://')]);
    assert.deepEqual([nowhere.finalUrl, nowhere.redirects.length], [`${home}a`, 0]);
  });

  it('make a page that its scripts had changed, behind the exchange that they changed', () => {
    const source = exchangeOf({ url: home });
    const page = pageOf(home, [source, { ...source, road: 'rendered' }]);
    assert.deepEqual([page.fetchedBy, page.exchanges.length, page.redirects.length], ['browser with scripts', 2, 0]);
  });

  it('give headers by name and as a plain object', () => {
    assert.equal(headerOf(HEADERS, 'X-second'), '2, two');
    assert.equal(headerOf(HEADERS, 'x-empty'), '');
    assert.equal(headerOf(HEADERS, 'x-absent'), null);
    assert.deepEqual(Object.entries(plainHeaders(HEADERS)).slice(0, 3), [
      ['x-second', '2, two'],
      ['x-first', '1'],
      ['set-cookie', 'a=1; Path=/, b=2; Path=/'],
    ]);
    assert.deepEqual(plainHeaders([['__proto__', 'x']]), Object.fromEntries([['__proto__', 'x']]));
  });
});

/** A key and a certificate for loopback; null where this machine has no openssl. */
function certificate(folder: string): { readonly key: Buffer; readonly cert: Buffer } | null {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const wish = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=loopback';
  try {
    execFileSync('openssl', [...wish.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
