/** By a proxy, and past a middle box with an authority of its own: browser and downloads alike, and nothing else is trusted. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openBrowser } from '../src/fetch/browser.ts';
import { createIdentity, readAuthorities } from '../src/fetch/certificates.ts';
import { openConnections } from '../src/fetch/connections.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor } from '../src/fetch/door.ts';
import { createHttp } from '../src/fetch/http.ts';
import { destinationOf, type Environment, isProxySetting, proxyFor } from '../src/fetch/proxies.ts';
import { openSocksProxy } from '../src/fetch/socks-proxy.ts';
import { temporaryFolder } from './support/command.ts';
import { straight } from './support/straight.ts';

const { signal } = new AbortController();
const HTTPS = 'https://www.guancha.cn';

describe('the proxy of an origin', () => {
  const named = (url: string, environment: Environment, setting: string | null = null) =>
    proxyFor(destinationOf(url), setting, environment)?.name ?? null;

  it('is read off the environment as curl reads it', () => {
    const cases: readonly [url: string, environment: Environment, name: string | null][] = [
      [HTTPS, {}, null],
      [HTTPS, { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128 (HTTPS_PROXY)'],
      [HTTPS, { https_proxy: 'http://q:1', HTTPS_PROXY: 'http://p:3128' }, 'http://q:1 (https_proxy)'],
      [HTTPS, { https_proxy: '', HTTPS_PROXY: ' p:3128 ' }, 'http://p:3128 (HTTPS_PROXY)'],
      [HTTPS, { HTTP_PROXY: 'http://p:3128' }, null],
      ['http://www.guancha.cn', { HTTP_PROXY: 'http://p' }, 'http://p:80 (HTTP_PROXY)'],
      [HTTPS, { ALL_PROXY: 'socks5h://p' }, 'socks5://p:1080 (ALL_PROXY)'],
      [HTTPS, { all_proxy: 'socks5://u:secret@[::1]:9' }, 'socks5://[::1]:9 (all_proxy)'],
      [HTTPS, { HTTPS_PROXY: 'https://p/' }, 'https://p:443 (HTTPS_PROXY)'],
      ['http://127.0.0.1:80', { ALL_PROXY: 'http://p' }, null],
      ['https://localhost', { ALL_PROXY: 'http://p' }, null],
      ['https://[::1]', { ALL_PROXY: 'http://p' }, null],
    ];
    for (const [url, environment, name] of cases)
      assert.equal(named(url, environment), name, `${url} ${JSON.stringify(environment)}`);
  });

  it('is none for what NO_PROXY excepts', () => {
    const all = { ALL_PROXY: 'http://p' };
    for (const list of ['*', 'guancha.cn', '.guancha.cn', '*.guancha.cn', 'a, www.guancha.cn', 'x GUANCHA.CN:443'])
      assert.equal(named(HTTPS, { ...all, NO_PROXY: list }), null, list);
    for (const list of ['cha.cn', 'guancha.cn:80', 'i.guancha.cn', ',', '.'])
      assert.notEqual(named(HTTPS, { ...all, no_proxy: list }), null, list);
    assert.equal(named('https://10.1.2.3', { ...all, NO_PROXY: '10.0.0.0/8' }), null);
    assert.equal(named('https://[fd00::1]', { ...all, NO_PROXY: 'fd00::/8' }), null);
    assert.notEqual(named('https://11.1.2.3', { ...all, NO_PROXY: '10.0.0.0/8,10' }), null);
  });

  it('is the configured one before the environment', () => {
    const environment = { HTTPS_PROXY: 'http://p', NO_PROXY: '*' };
    assert.equal(named(HTTPS, environment, 'direct'), null);
    assert.equal(named(HTTPS, environment, 'socks5://q:2'), 'socks5://q:2 (network.proxy)');
    assert.equal(named('http://127.0.0.1', {}, 'http://q:2'), 'http://q:2 (network.proxy)');
    for (const good of ['direct', 'http://h', 'https://u:p@h:1', 'socks5h://h:1/'])
      assert.ok(isProxySetting(good), good);
    for (const bad of ['', 'h:1', 'ftp://h', 'http://', 'http://h/path', 'http://h?x', 'socks4://h', 'http://h:99999'])
      assert.ok(!isProxySetting(bad), bad);
  });

  it('says that the environment names none, and never a password', () => {
    const environment = { HTTPS_PROXY: 'ftp://user:secret@p' };
    assert.throws(
      () => named(HTTPS, environment),
      ({ code, message }: { code: string; message: string }) => code === 'CONFIG_INVALID' && !/secret/.test(message),
    );
  });

  it('is given a name and a password as they are meant', () => {
    const proxy = proxyFor(destinationOf(HTTPS), 'http://me%40home:p%3A%25@p', {});
    assert.deepEqual([proxy?.user, proxy?.password], ['me@home', 'p:%']);
  });
});

/** Browser and downloads over the same connections, asked for the same address. */
async function bothWays(
  url: string,
  network: { readonly proxy?: string; readonly certificates?: readonly string[]; readonly environment?: Environment },
): Promise<{ readonly page: () => Promise<string>; readonly picture: () => Promise<number> } & AsyncDisposable> {
  const guard = createAddressGuard(['127.0.0.0/8', '::1']);
  const { proxy = null, certificates = [], environment = {} } = network;
  const log = () => {};
  const connections = openConnections({ proxy, certificates, environment, guard, timeoutMs: 8000, log });
  const { origin } = new URL(url);
  const browser = openBrowser({
    executablePath: null,
    userAgent: null,
    product: 'guancha-archive/test',
    origins: [origin],
    connections,
    now: Date.now,
    log,
  });
  const limits = { timeoutMs: 8000, pageBytes: 1_000_000, imageBytes: 1_000_000 };
  const site = { www: origin, community: origin, images: [] };
  const door = createDoor({ site, guard, robots: () => null, politeness: null, ...limits });
  const http = createHttp({ browser, door, cookies: openCookies(), connections });
  return {
    page: async () => {
      const { response } = await browser.get(url, { timeoutMs: 8000, maxBytes: 1_000_000, signal, headers: {} });
      return Buffer.from(response.body).toString();
    },
    picture: async () => {
      const open = () => new Writable({ write: (_chunk, _encoding, done) => done() });
      return (await http.download(url, open, signal)).bytes;
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

describe('by a proxy', () => {
  const site = createServer((_request, response) => response.end('by proxy'));
  const seen: string[] = [];
  let refuses = false;
  /** Sends every name to the site: what it says is resolved nowhere else. */
  const proxy = createServer().on('connect', (request: IncomingMessage, socket: Socket) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    socket.on('error', () => {});
    if (refuses) return socket.end('HTTP/1.1 407 Who are you\r\n\r\n');
    const to = connect((site.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Go\r\n\r\n');
      socket.pipe(to).pipe(socket);
    });
    to.on('error', () => socket.destroy());
  });
  before(async () => {
    for (const server of [site, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => {
    for (const server of [site, proxy]) server.close().closeAllConnections();
  });
  const at = () => `127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  it('browser and downloads reach a name that this machine does not know', async () => {
    seen.length = 0;
    const environment = { http_proxy: `http://me:secret@${at()}` };
    await using ways = await bothWays('http://news.invalid/a', { environment });
    assert.equal(await ways.page(), 'by proxy');
    assert.equal(await ways.picture(), 8);
    const credentials = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    assert.deepEqual(seen, Array(2).fill(`news.invalid:80 ${credentials}`));
  });

  it('SOCKS5 serves as well as CONNECT', async () => {
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    await using socks = await openSocksProxy({ origins: [origin], connections: straight(), log: () => {} });
    await using ways = await bothWays(`${origin}/a`, { proxy: socks.proxy });
    assert.equal(await ways.page(), 'by proxy');
    assert.equal(await ways.picture(), 8);
    await using others = await bothWays('http://elsewhere.invalid/a', { proxy: socks.proxy });
    for (const way of [others.page, others.picture]) await assert.rejects(way(), { code: 'PROXY_UNREACHABLE' });
  });

  it('that refuses or is not there is named as what it is, without its password', async () => {
    refuses = true;
    const host = at();
    await using ways = await bothWays('http://news.invalid/a', { proxy: `http://me:secret@${host}` });
    const named = ({ code, message }: { readonly code: string; readonly message: string }, why: RegExp) =>
      code === 'PROXY_UNREACHABLE' && message.includes(host) && why.test(message) && !message.includes('secret');
    for (const way of [ways.page, ways.picture]) await assert.rejects(way(), (error: never) => named(error, /407/));
    refuses = false;
    await using dead = await bothWays('http://news.invalid/a', { proxy: 'http://127.0.0.1:9' });
    for (const way of [dead.page, dead.picture])
      await assert.rejects(way(), { code: 'PROXY_UNREACHABLE', message: /127\.0\.0\.1:9 .*ECONNREFUSED/ });
  });

  it('no address is reached that would be refused without one', async () => {
    seen.length = 0;
    await using ways = await bothWays('http://169.254.169.254/meta', { proxy: `http://${at()}` });
    for (const way of [ways.page, ways.picture]) await assert.rejects(way(), { code: 'ADDRESS_REFUSED' });
    assert.deepEqual(seen, []);
  });
});

describe('an authority of one’s own', () => {
  const identity = createIdentity('localhost');
  const protocols: string[] = [];
  const server = createSecureServer(
    { key: identity.key, cert: identity.certificate, allowHTTP1: true },
    (request, response) => {
      protocols.push(request.httpVersion);
      response.end('by TLS');
    },
  );
  let url: string;
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `https://localhost:${(server.address() as AddressInfo).port}/a`;
  });
  after(() => server.close());

  it('is trusted by browser and downloads where its file is named, and by neither where it is not', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'authority.pem');
    await writeFile(file, `an authority\n${identity.certificate}`);
    for (const network of [{ certificates: [file] }, { environment: { NODE_EXTRA_CA_CERTS: file } }]) {
      protocols.length = 0;
      await using ways = await bothWays(url, network);
      assert.equal(await ways.page(), 'by TLS');
      assert.equal(await ways.picture(), 6);
      assert.deepEqual(protocols, ['2.0', '1.1']);
    }
    await using untrusting = await bothWays(url, {});
    for (const way of [untrusting.page, untrusting.picture])
      await assert.rejects(way(), { code: 'CERTIFICATE_REFUSED' });
  });

  it('makes nobody trust another, or another name', async () => {
    await using folder = await temporaryFolder();
    const [other, own] = [join(folder.path, 'other.pem'), join(folder.path, 'own.pem')];
    await writeFile(other, createIdentity('localhost').certificate);
    await writeFile(own, identity.certificate);
    const elsewhere = url.replace('localhost', '127.0.0.1');
    for (const [address, file] of [
      [url, other],
      [elsewhere, own],
    ] as const) {
      await using ways = await bothWays(address, { certificates: [file] });
      for (const way of [ways.page, ways.picture]) await assert.rejects(way(), { code: 'CERTIFICATE_REFUSED' });
    }
  });

  it('is read from its file, or the file is said to be wrong', async () => {
    await using folder = await temporaryFolder();
    const said: string[] = [];
    const read = (files: readonly string[], environment: Environment = {}) =>
      readAuthorities(files, { environment, log: ({ message }) => void said.push(message) });
    const bad = join(folder.path, 'bad.pem');
    for (const text of ['', 'nothing', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      await writeFile(bad, text);
      assert.throws(() => read([bad]), { code: 'CONFIG_INVALID' }, text);
    }
    assert.throws(() => read([join(folder.path, 'none.pem')]), { code: 'CONFIG_INVALID' });
    assert.deepEqual([read([], { NODE_EXTRA_CA_CERTS: bad }), said.length], [[], 1]);
  });
});
