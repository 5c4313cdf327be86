/** Nothing but the site is connected to, and only at addresses that are allowed: the guard, the proxy, a real Chromium. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type LookupFunction, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type AddressGuard, createAddressGuard } from '../src/fetch/address-guard.ts';
import { openSocksProxy, type SocksProxy } from '../src/fetch/socks-proxy.ts';
import type { LogEvent } from '../src/log.ts';
import { type CappedBrowser, openCappedBrowser } from './support/capped-browser.ts';
import { commandOf, descendantsOf, socketsOf } from './support/processes.ts';
import { straight } from './support/straight.ts';

const never = new AbortController().signal;

/** A server that counts who comes. */
interface Door extends AsyncDisposable {
  readonly port: number;
  readonly paths: string[];
  connections: number;
}

async function openDoor(host = '127.0.0.1', page = (_path: string) => ({ status: 200, location: '', body: 'in' })) {
  const server = createServer((request, response) => {
    door.paths.push(request.url ?? '');
    const { status, location, body } = page(request.url ?? '');
    response.writeHead(status, { 'content-type': 'text/html', ...(location === '' ? {} : { location }) }).end(body);
  });
  server.on('connection', () => {
    door.connections += 1;
  });
  server.listen(0, host);
  await once(server, 'listening');
  const door: Door = {
    port: (server.address() as AddressInfo).port,
    paths: [],
    connections: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return door;
}

/** Answers every name with the next of these, and the last for good. */
function answering(...answers: readonly (readonly string[])[]): { readonly lookup: LookupFunction; asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = (host, _options, done) => {
    const found = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(host);
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked };
}

describe('the guard', () => {
  const look = (guard: AddressGuard, all: boolean) =>
    new Promise((resolve, reject) =>
      guard.lookup('name.example', { all }, (error, address, family) =>
        error === null ? resolve(all ? address : [address, family]) : reject(error),
      ),
    );

  it('gives of a name’s addresses those that are allowed', async () => {
    const names = answering(['10.0.0.1', '8.8.8.8', '::1', '2400:3200::1']);
    const [public4, public6] = [
      { address: '8.8.8.8', family: 4 },
      { address: '2400:3200::1', family: 6 },
    ];
    assert.deepEqual(await look(createAddressGuard([], names), true), [public4, public6]);
    assert.deepEqual(await look(createAddressGuard([], names), false), ['8.8.8.8', 4]);
    const allowing = createAddressGuard(['::1'], names);
    assert.deepEqual(await look(allowing, true), [public4, { address: '::1', family: 6 }, public6]);
  });

  it('refuses a name that has no other, and says what it is', async () => {
    const guard = createAddressGuard(['127.0.0.1'], answering(['169.254.169.254', '::ffff:127.0.0.1']));
    await assert.rejects(look(guard, true), {
      code: 'ADDRESS_REFUSED',
      detail:
        'name.example is 169.254.169.254, link-local, cloud metadata (169.254.0.0/16); ::ffff:127.0.0.1, an IPv4 address in disguise (IPv4-mapped) (::ffff:0:0/96)',
    });
  });

  it('hands on that a name is unknown', async () => {
    const unknown: LookupFunction = (_host, _options, done) => done(new Error('ENOTFOUND'), '');
    await assert.rejects(look(createAddressGuard([], { lookup: unknown }), true), /ENOTFOUND/);
  });

  it('refuses addresses in place of names, in every spelling that a URL has for them', () => {
    const guard = createAddressGuard([]);
    for (const host of [
      '127.0.0.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '169.254.169.254',
    ])
      assert.throws(() => guard.requireHost(new URL(`http://${host}/`).hostname), { code: 'ADDRESS_REFUSED' }, host);
    for (const host of ['8.8.8.8', '[2400:3200::1]', 'localhost', 'www.guancha.cn']) guard.requireHost(host);
  });
});

/** What a SOCKS5 client gets: the code of the reply, and the connection. */
async function ask(
  proxy: SocksProxy,
  host: string,
  port: number,
  command = 1,
): Promise<{ code: number; socket: Socket }> {
  const socket = connect(Number(new URL(proxy.proxy).port), '127.0.0.1');
  socket.on('error', () => {});
  const name = Buffer.from(host);
  const greeting = Buffer.of(5, 1, 0);
  const wish = Buffer.concat([Buffer.of(5, command, 0, 3, name.length), name, Buffer.of(port >> 8, port & 255)]);
  for (const byte of Buffer.concat([greeting, wish])) socket.write(Buffer.of(byte)); // in pieces, as a network may bring it
  let heard = Buffer.alloc(0);
  while (heard.length < 12) {
    const [piece] = (await once(socket, 'data')) as [Buffer];
    heard = Buffer.concat([heard, piece]);
  }
  assert.deepEqual([...heard.subarray(0, 3)], [5, 0, 5]);
  return { code: heard[3] ?? -1, socket };
}

describe('the proxy', () => {
  it('connects to the origins it was given and to nothing else', async () => {
    await using door = await openDoor();
    await using other = await openDoor();
    const said: LogEvent[] = [];
    const origins = [`http://127.0.0.1:${door.port}`];
    const guard = createAddressGuard(['127.0.0.0/8']);
    await using proxy = await openSocksProxy({
      origins,
      connections: straight(guard),
      log: (event) => said.push(event),
    });
    assert.equal((await ask(proxy, '127.0.0.1', door.port)).code, 0);
    const refused: readonly [string, number][] = [
      ['127.0.0.1', other.port],
      ['localhost', door.port],
      ['127.0.0.2', door.port],
      ['169.254.169.254', 80],
      ['www.example.com', 443],
      ['', 80],
    ];
    for (const [host, port] of refused) assert.notEqual((await ask(proxy, host, port)).code, 0, host);
    assert.equal((await ask(proxy, '127.0.0.1', door.port, 2)).code, 7, 'BIND');
    assert.equal((await ask(proxy, '127.0.0.1', door.port, 3)).code, 7, 'UDP ASSOCIATE');
    assert.deepEqual([door.connections, other.connections], [1, 0]);
    assert.match(said[0]?.message ?? '', new RegExp(`^the browser wanted 127\\.0\\.0\\.1:${other.port}, `));
    assert.equal(said.length, 5, 'a host that is none is not reported');
  });

  it('connects to the very address that was checked, whatever the name says next', async () => {
    await using door = await openDoor('127.0.0.1');
    const names = answering(['127.0.0.1'], ['127.0.0.2']);
    const origins = [`http://name.example:${door.port}`];
    await using proxy = await openSocksProxy({
      origins,
      connections: straight(createAddressGuard(['127.0.0.1'], names)),
      log: () => {},
    });
    assert.equal((await ask(proxy, 'name.example', door.port)).code, 0);
    assert.deepEqual(names.asked, ['name.example']);
    assert.equal((await ask(proxy, 'name.example', door.port)).code, 2);
    const failure = proxy.failureOf(`http://name.example:${door.port}/a`);
    assert.equal(failure?.code, 'ADDRESS_REFUSED');
    assert.equal(failure.detail, 'name.example is 127.0.0.2, loopback (127.0.0.0/8)');
    assert.equal(door.connections, 1);
  });

  it('says why a connection failed, until one does not', async () => {
    const door = await openDoor();
    const { port } = door;
    await door[Symbol.asyncDispose]();
    const origins = [`http://127.0.0.1:${port}`];
    await using proxy = await openSocksProxy({
      origins,
      connections: straight(createAddressGuard(['127.0.0.1'])),
      log: () => {},
    });
    assert.equal((await ask(proxy, '127.0.0.1', port)).code, 4);
    assert.match(proxy.failureOf(`http://127.0.0.1:${port}/`)?.message ?? '', /could not be reached: .*ECONNREFUSED/);
    const server = createTcpServer((socket) => socket.end()).listen(port, '127.0.0.1');
    await once(server, 'listening');
    assert.equal((await ask(proxy, '127.0.0.1', port)).code, 0);
    assert.equal(proxy.failureOf(`http://127.0.0.1:${port}/`), null);
    server.close();
  });

  it('hands on an end as an end, and a reset as a reset', async () => {
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', (said) => (String(said) === 'end' ? socket.end('bye') : socket.resetAndDestroy()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const guard = createAddressGuard(['127.0.0.1']);
    await using proxy = await openSocksProxy({
      origins: [`http://127.0.0.1:${port}`],
      connections: straight(guard),
      log: () => {},
    });
    const ended = (await ask(proxy, '127.0.0.1', port)).socket;
    ended.write('end');
    assert.equal(String((await once(ended, 'data'))[0]), 'bye');
    await once(ended, 'end');
    const reset = (await ask(proxy, '127.0.0.1', port)).socket;
    reset.write('reset');
    const [error] = (await once(reset, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
    server.close();
  });

  it('hangs up on whoever speaks something else', async () => {
    await using proxy = await openSocksProxy({
      origins: [],
      connections: straight(createAddressGuard([])),
      log: () => {},
    });
    for (const nonsense of ['GET / HTTP/1.1\r\n\r\n', '\x04\x01', '\x05']) {
      const socket = connect(Number(new URL(proxy.proxy).port), '127.0.0.1');
      socket.on('error', () => {}).resume();
      socket.end(nonsense, 'latin1');
      await once(socket, 'close');
    }
  });
});

describe('a real Chromium behind the proxy', () => {
  const said: string[] = [];
  let door: Door;
  let elsewhere: Door;
  let origin: string;
  before(async () => {
    elsewhere = await openDoor();
    const away = `http://127.0.0.1:${elsewhere.port}`;
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    udp.on('message', () => (elsewhere.connections += 1)).unref();
    const wish = `<script>
      const all = [fetch('${away}/fetch').catch(() => {}), fetch('/away').catch(() => {}), fetch('http://localhost:${elsewhere.port}/').catch(() => {})];
      const ended = (it, ...names) => all.push(new Promise((resolve) => names.forEach((name) => it.addEventListener(name, resolve))));
      ended(new WebSocket('${away.replace('http', 'ws')}/socket'), 'open', 'error');
      for (const [tag, key] of [['img', 'src'], ['iframe', 'src'], ['script', 'src'], ['link', 'href'], ['video', 'src']]) {
        const element = Object.assign(document.createElement(tag), { rel: 'stylesheet', [key]: '${away}/' + tag });
        ended(element, 'load', 'error');
        document.documentElement.append(element);
      }
      for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'prerender'])
        document.documentElement.append(Object.assign(document.createElement('link'), { rel, href: '${away}/' + rel }));
      navigator.sendBeacon('${away}/beacon');
      const call = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udp.address().port}' }] });
      call.createDataChannel('x');
      call.createOffer().then((offer) => call.setLocalDescription(offer));
      Promise.all(all).then(() => document.documentElement.setAttribute('class', 'tried'));
    </script>`;
    door = await openDoor('127.0.0.1', (path) =>
      path === '/away'
        ? { status: 302, location: `${away}/redirected`, body: '' }
        : { status: 200, location: '', body: path === '/wishes' ? wish : 'in' },
    );
    origin = `http://127.0.0.1:${door.port}`;
  });
  after(async () => {
    await door[Symbol.asyncDispose]();
    await elsewhere[Symbol.asyncDispose]();
  });

  const open = (allowAddresses: readonly string[], origins: readonly string[] = [origin]): CappedBrowser =>
    openCappedBrowser({
      executablePath: null,
      userAgent: null,
      product: 'guancha-archive/test',
      timeoutMs: 10_000,
      maxBytes: 1_000_000,
      origins,
      connections: straight(createAddressGuard(allowAddresses)),
      now: Date.now,
      log: ({ level, message }) => void (level === 'warn' && said.push(message)),
    });

  it('asks for nothing by itself, and holds no connection but to the proxy', async (context) => {
    said.length = 0;
    const others = new Set(descendantsOf(process.pid));
    await using browser = open(['127.0.0.1']);
    for (const path of ['/a', '/b']) await browser.get(origin + path, never);
    assert.deepEqual(door.paths, ['/a', '/b']);
    assert.deepEqual(said, []);
    if (process.platform !== 'linux') return context.skip('finds the browser’s sockets by /proc');
    const mine = descendantsOf(process.pid).filter((pid) => !others.has(pid));
    const proxy = mine
      .map((pid) => /--proxy-server=socks5:\/\/127\.0\.0\.1:(\d+)/.exec(commandOf(pid))?.[1])
      .find(Boolean);
    assert.ok(mine.length > 1 && proxy !== undefined);
    const sockets = mine.flatMap((pid) => socketsOf(pid));
    assert.ok(sockets.length > 0);
    for (const socket of sockets) assert.deepEqual(socket, { kind: 'tcp', remotePort: Number(proxy) });
  });

  it('reaches nothing else whatever a page’s scripts try', async () => {
    said.length = 0;
    await using browser = open(['127.0.0.0/8', '::1']);
    const page = await browser.get(`${origin}/wishes`, never);
    const wanted: string[] = [];
    const refuse = async (url: string) => {
      wanted.push(url);
      throw new Error('not allowed');
    };
    const shown = Buffer.from((await browser.render(page, never, refuse)).response.body).toString();
    assert.match(shown, /^<html class="tried">/);
    assert.ok(wanted.length > 0);
    assert.deepEqual(elsewhere.paths, []);
    assert.equal(elsewhere.connections, 0);
    assert.deepEqual(said, [], 'nothing came as far as the proxy');
  });

  it('is refused the site itself at an address that is not allowed', async () => {
    const before = door.connections;
    const local = `http://localhost:${door.port}`;
    await using browser = open(['10.0.0.0/8'], [origin, local]);
    await assert.rejects(browser.get(`${origin}/`, never), {
      code: 'ADDRESS_REFUSED',
      detail: `${origin}/: 127.0.0.1 is loopback (127.0.0.0/8)`,
    });
    await assert.rejects(browser.get(`${local}/`, never), { code: 'ADDRESS_REFUSED' });
    assert.equal(door.connections, before);
  });

  it('is given the reason why the site cannot be reached', async () => {
    const closed = await openDoor();
    await closed[Symbol.asyncDispose]();
    await using browser = open(['127.0.0.1'], [`http://127.0.0.1:${closed.port}`, 'http://unknown.invalid']);
    const refused = { code: 'NETWORK', detail: new RegExp(`ECONNREFUSED 127\\.0\\.0\\.1:${closed.port}`) };
    await assert.rejects(browser.get(`http://127.0.0.1:${closed.port}/`, never), refused);
    await assert.rejects(browser.get('http://unknown.invalid/', never), {
      code: 'NETWORK',
      detail: /unknown\.invalid/,
    });
    await assert.rejects(browser.get('http://elsewhere.invalid/', never), { code: 'NETWORK' });
  });
});
