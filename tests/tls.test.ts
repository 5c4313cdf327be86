/** What secured a connection, as both ways to the site know it, and as the captures keep it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import type { SecureVersion } from 'node:tls';
import { recordsOf } from '../src/capture/records.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openBrowser } from '../src/fetch/browser.ts';
import { createIdentity } from '../src/fetch/certificates.ts';
import { type Connections, openConnections } from '../src/fetch/connections.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor } from '../src/fetch/door.ts';
import { createHttp } from '../src/fetch/http.ts';
import { tlsOfBrowser } from '../src/fetch/tls.ts';
import type { Exchange, Header } from '../src/model.ts';
import { scriptWith } from './support/browser-script.ts';
import { temporaryFolder } from './support/command.ts';
import { exchangeOf } from './support/fetched-page.ts';

const { signal } = new AbortController();
const identity = createIdentity('localhost');
const CERTIFICATE = {
  validFrom: '2000-01-01T00:00:00.000Z',
  validTo: '2100-01-01T00:00:00.000Z',
  sha256: new X509Certificate(identity.certificate).fingerprint256.replaceAll(':', '').toLowerCase(),
};
const LARGE = 3_000_000;

async function listen(maxVersion: SecureVersion): Promise<{ readonly server: Server; readonly origin: string }> {
  const options = { key: identity.key, cert: identity.certificate, maxVersion };
  const server = createServer(options, ({ url }, response) => {
    const status = Number(/\d+/.exec(url ?? '')?.[0] ?? 200);
    const body = status === 304 ? '' : url === '/large' ? Buffer.alloc(LARGE, 'a') : 'by TLS';
    const length = url === '/pieces' ? {} : { 'content-length': body.length };
    response.writeHead(status, {
      ...length,
      ...(status === 302 ? { location: '/200' } : { 'content-type': 'text/html' }),
    });
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, origin: `https://localhost:${(server.address() as AddressInfo).port}` };
}

async function openWays(
  origin: string,
  { connections, executablePath }: { readonly connections: Connections; readonly executablePath: string | null },
) {
  const guard = createAddressGuard(['127.0.0.0/8', '::1']);
  const now = Date.now;
  const browser = openBrowser({
    executablePath,
    userAgent: 'test',
    product: '',
    origins: [origin],
    connections,
    now,
    log: () => {},
  });
  const site = { www: origin, community: origin, images: [] };
  const limits = { timeoutMs: 20_000, pageBytes: 2 * LARGE, imageBytes: 2 * LARGE };
  const door = createDoor({ site, guard, robots: () => null, politeness: null, ...limits });
  const http = createHttp({ browser, door, cookies: openCookies(), connections });
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    page: (path: string, maxBytes = 2 * LARGE): Promise<Exchange> =>
      browser.get(`${origin}${path}`, { maxBytes, timeoutMs: 20_000, signal, headers: {} }),
    picture: async (): Promise<Exchange | undefined> => (await http.download(`${origin}/200`, sink, signal)).exchange,
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

const connect = (certificates: readonly string[]) =>
  openConnections({
    proxy: null,
    certificates,
    environment: {},
    guard: createAddressGuard(['127.0.0.0/8', '::1']),
    timeoutMs: 10_000,
    log: () => {},
  });

describe('what secured a connection', () => {
  for (const [version, maxVersion] of [
    ['tls/1.2', 'TLSv1.2'],
    ['tls/1.3', 'TLSv1.3'],
  ] as const)
    it(`is known of a page and a picture, whoever checks the certificate, over ${version}`, async () => {
      await using folder = await temporaryFolder();
      const { server, origin } = await listen(maxVersion);
      using opened = new DisposableStack();
      opened.defer(() => server.close());
      const file = join(folder.path, 'authority.pem');
      writeFileSync(file, identity.certificate);
      let cipher: string | null | undefined;
      {
        await using checkedHere = await openWays(origin, { connections: connect([file]), executablePath: null });
        const page = await checkedHere.page('/200');
        const picture = await checkedHere.picture();
        const certificate = { ...CERTIFICATE, subject: 'CN=localhost', issuer: 'CN=localhost' };
        cipher = page.tls?.cipher;
        assert.match(cipher ?? '', /^TLS_[A-Z0-9_]+$/);
        assert.deepEqual(page.tls, { version, cipher, certificate });
        assert.deepEqual([picture?.tls?.version, picture?.tls?.certificate], [version, certificate]);
        assert.deepEqual([page.protocol, picture?.protocol], ['HTTP/1.1', 'HTTP/1.1']);
      }
      {
        const executablePath = await scriptWith('--ignore-certificate-errors', folder.path);
        await using checkedByBrowser = await openWays(origin, { connections: connect([]), executablePath });
        const certificate = { ...CERTIFICATE, subject: 'localhost', issuer: 'localhost', sha256: null };
        for (const path of ['/200', '/302', '/304', '/404', '/large', '/pieces', '/200']) {
          const page = await checkedByBrowser.page(path);
          assert.equal(page.response.status, Number(/\d+/.exec(path)?.[0] ?? 200));
          if (path === '/large') assert.equal(page.response.body.length, LARGE);
          if (path === '/pieces' || path === '/302') {
            assert.equal(page.tls, undefined, 'DevTools does not say it of a redirect, or of what is taken in pieces');
            continue;
          }
          assert.deepEqual(page.tls?.certificate, certificate, path);
          assert.equal(page.tls?.version, version);
          assert.match(
            page.tls?.cipher ?? '',
            version === 'tls/1.2' ? /^TLS_ECDHE_ECDSA_WITH_/ : /^TLS_(?:AES|CHACHA)/,
          );
        }
        await assert.rejects(checkedByBrowser.page('/large', 1000), { code: 'TOO_LARGE' });
      }
    });

  it('has the names of IANA, or none', () => {
    const details = { subjectName: 'a', issuer: 'b', validFrom: 0, validTo: 0, keyExchange: '', cipher: '' };
    const cipherOf = (protocol: string, given: Partial<typeof details & { mac: string }>) =>
      tlsOfBrowser({ ...details, protocol, ...given }).cipher;
    assert.deepEqual(
      [
        cipherOf('TLS 1.3', { cipher: 'AES_128_GCM' }),
        cipherOf('TLS 1.3', { cipher: 'AES_256_GCM' }),
        cipherOf('TLS 1.3', { cipher: 'CHACHA20_POLY1305' }),
        cipherOf('TLS 1.2', { keyExchange: 'ECDHE_RSA', cipher: 'AES_128_GCM' }),
        cipherOf('TLS 1.2', { keyExchange: 'RSA', cipher: 'AES_256_CBC', mac: 'HMAC-SHA1' }),
        cipherOf('TLS 1.2', { keyExchange: 'ECDHE_RSA', cipher: 'AES_256_CBC', mac: 'HMAC-SHA384' }),
        cipherOf('TLS 1.2', { cipher: 'AES_128_GCM' }),
        cipherOf('TLS 1.4', { cipher: 'NEW' }),
      ],
      [
        'TLS_AES_128_GCM_SHA256',
        'TLS_AES_256_GCM_SHA384',
        'TLS_CHACHA20_POLY1305_SHA256',
        'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
        'TLS_RSA_WITH_AES_256_CBC_SHA',
        'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
        null,
        null,
      ],
    );
  });

  it('stands in the headers of the records, and is nothing where nothing secured it', () => {
    const plain: Exchange = { ...exchangeOf({ url: 'https://www.guancha.cn/a' }), protocol: 'HTTP/2' };
    const tls = { version: 'tls/1.3', cipher: 'TLS_AES_128_GCM_SHA256', certificate: null };
    const headersOf = (exchange: Exchange) =>
      recordsOf(exchange, { kind: 'page', warcinfo: '' }).map(({ headers }) =>
        headers.filter(([name]) => /^WARC-(?:Protocol|Cipher)/.test(name)),
      );
    const secured: Header[] = [
      ['WARC-Protocol', 'h2'],
      ['WARC-Protocol', 'tls/1.3'],
      ['WARC-Cipher-Suite', 'TLS_AES_128_GCM_SHA256'],
    ];
    assert.deepEqual(headersOf({ ...plain, tls }), [secured, secured, secured]);
    assert.deepEqual(headersOf(plain), Array(3).fill([['WARC-Protocol', 'h2']]));
  });
});
