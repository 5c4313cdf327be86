/** A process that is stopped between its claim of a host and the bytes of its request sends nothing when it wakes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { systemClock } from '../src/clock.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openBrowser } from '../src/fetch/browser.ts';
import { createBrowserFetcher } from '../src/fetch/browser-fetcher.ts';
import { type Connections, openConnections } from '../src/fetch/connections.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor } from '../src/fetch/door.ts';
import { createHttp } from '../src/fetch/http.ts';
import { createPoliteness, type HostClaims } from '../src/fetch/politeness.ts';
import { moment, openTurns } from '../src/fetch/turns.ts';

const LEASE_MS = 1000;
const YOUNG_MS = LEASE_MS / 2;

/** As SIGSTOP does it, for longer than a claim lasts; other processes go on meanwhile. */
function stopThisProcess(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LEASE_MS + 100);
}

/** Where the process is stopped, the first time that it gets there. */
const PLACES = ['after the claim', 'once connected', 'as it writes'] as const;
type Place = (typeof PLACES)[number];

const ROADS = ['a page by the browser', 'a picture by a download', 'a robots.txt'] as const;

describe('a request whose process was stopped after the claim', () => {
  const cases = ROADS.flatMap((road) => [
    ...PLACES.map((place) => ({ road, place, how: place, isUsed: false })),
    { road, place: 'as it writes' as const, how: 'as it writes to a connection that was used', isUsed: true },
  ]);
  for (const { road, place, how, isUsed } of cases)
    it(`is not sent late, but claimed again: ${road}, stopped ${how}`, async () => {
      await using site = await openSite();
      await using client = openClient(site);
      const ask = async () => {
        const { signal } = new AbortController();
        if (road === 'a page by the browser') await client.fetcher.fetch(`${site.origin}/page`, { signal });
        else if (road === 'a robots.txt') await client.http.text(`${site.origin}/robots.txt`, signal);
        else await client.http.download(`${site.origin}/picture.png`, () => new PassThrough().resume(), signal);
      };
      if (isUsed) await ask();
      const [before, claimed] = [site.requests(), client.claims().length];
      client.stopAt(place);
      await ask();
      assert.equal(site.requests() - before, 1, 'sent once');
      const claims = client.claims().slice(claimed);
      assert.ok(claims.length > 1, 'claimed again');
      assert.ok(
        claims.every(({ requests }) => requests === before),
        'nothing was sent by the first claim',
      );
      assert.ok(client.wasStopped());
    });
});

describe('a connection that asks for its turn', () => {
  it('is written to before any turn, within one, and after one that was answered', async () => {
    await using pair = await openPair();
    const turns = openTurns({ youngMs: 60_000 });
    const socket = turns.gated(pair.socket, 'host');
    socket.write('a');
    const turn = turns.begin('host', moment());
    socket.write('b');
    turn.end(true);
    socket.write('c');
    assert.equal(turn.isMissed(), false);
    await pair.hears('abc');
  });

  it('is cut where a turn ends without an answer, and a new one may be used once a turn has begun', async () => {
    await using pair = await openPair();
    await using other = await openPair();
    const turns = openTurns({ youngMs: 60_000 });
    const socket = turns.gated(pair.socket, 'host');
    turns.begin('host', moment()).end(false);
    assert.equal(socket.destroyed, true);
    const next = turns.gated(other.socket, 'host');
    next.on('error', () => {});
    const turn = turns.begin('host', moment());
    next.write('in turn');
    await other.hears('in turn');
    turn.end(false);
    assert.equal(next.destroyed, true);
  });

  it('is not written to with a claim that is too old by either clock, and again once it was given anew', async () => {
    const now = moment();
    for (const since of [
      { ...now, monotonicMs: now.monotonicMs - 2000 },
      { ...now, wallMs: now.wallMs - 2000 },
    ]) {
      await using pair = await openPair();
      await using other = await openPair();
      const turns = openTurns({ youngMs: 1000 });
      const socket = turns.gated(pair.socket, 'host');
      const failed = once(socket, 'error');
      const turn = turns.begin('host', since);
      socket.write('late');
      assert.match(String(await failed), /time for this request had passed/);
      assert.equal(turn.isMissed(), true);
      turn.renew({ monotonicMs: performance.now() + 60_000, wallMs: Date.now() + 60_000 });
      turns.gated(other.socket, 'host').write('in time');
      await other.hears('in time');
      assert.equal(pair.heard(), '');
      turn.end(true);
    }
  });

  it('asks for its own host alone', async () => {
    await using pair = await openPair();
    const turns = openTurns({ youngMs: 60_000 });
    const socket = turns.gated(pair.socket, 'host');
    turns.begin('another', moment()).end(false);
    socket.write('free');
    await pair.hears('free');
  });
});

async function openSite() {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const type = request.url === '/picture.png' ? 'image/png' : 'text/html';
    response.writeHead(200, { 'content-type': type }).end('<html>what was asked for</html>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function openClient({ origin: www, requests }: { readonly origin: string; readonly requests: () => number }) {
  let place: Place | null = null;
  let lost = ''; // token of the claim in which the process was stopped
  const stopHere = (here: Place) => {
    if (place !== here) return;
    place = null;
    lost = String(claims.length);
    stopThisProcess();
  };
  const claims: { readonly requests: number }[] = [];
  const granted: HostClaims = {
    claim: () => {
      claims.push({ requests: requests() });
      stopHere('after the claim');
      return { token: String(claims.length) };
    },
    extend: (_key, token) => token !== lost, // whoever waited for the host has it by then
    release: () => {},
  };
  const guard = createAddressGuard(['127.0.0.0/8']);
  const log = () => {};
  const turns = openTurns({ youngMs: YOUNG_MS });
  const network = { proxy: 'direct', certificates: [], environment: {}, guard, timeoutMs: 10_000, log };
  const gated = openConnections({ ...network, turns });
  /** Stops where the process itself would be stopped by a signal. */
  const connections: Connections = { ...gated, open: async (to) => watched(await gated.open(to)) };
  const open = gated.agents.http.createConnection.bind(gated.agents.http);
  gated.agents.http.createConnection = (wish, done) =>
    open(wish, (error, socket) => done?.(error, error === null ? (watched(socket as Socket) as Duplex) : socket));
  const site = { www, community: www, images: [], lists: [] };
  const politeness = createPoliteness({
    intervalMs: 1,
    assetIntervalMs: 1,
    backoffMs: 0,
    longestPauseMs: 1000,
    hosts: { pause: () => ({ nextAt: 0, reason: null, failures: 0 }), setPause: () => {} },
    claims: granted,
    leaseMs: LEASE_MS,
    turns,
    clock: systemClock,
    log,
  });
  const limits = { timeoutMs: 20_000, pageBytes: 1_000_000, imageBytes: 1_000_000 };
  const door = createDoor({ site, guard, politeness, robots: () => null, ...limits });
  const origins = [www];
  const browser = openBrowser({
    executablePath: null,
    userAgent: 'test',
    product: 'guancha-archive/test',
    origins,
    connections,
    now: Date.now,
    log,
  });
  const cookies = openCookies();
  return {
    http: createHttp({ browser, door, cookies, connections }),
    fetcher: createBrowserFetcher({ browser, door, cookies, site }),
    claims: () => claims,
    stopAt: (next: Place) => {
      place = next;
    },
    wasStopped: () => lost !== '',
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]();
      for (const agent of [gated.agents.http, gated.agents.https]) agent.destroy();
    },
  };

  function watched(socket: Socket): Socket {
    stopHere('once connected');
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      stopHere('as it writes');
      return write(...args);
    };
    return socket;
  }
}

/** Two ends of a connection over loopback. */
async function openPair() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const [end] = await accepted;
  let heard = '';
  end.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  end.on('error', () => {}); // it is cut
  return {
    socket,
    heard: () => heard,
    hears: async (text: string) => {
      while (heard !== text) await once(end, 'data');
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
