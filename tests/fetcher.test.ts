/** The two fetchers, held to what both promise. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { systemClock } from '../src/clock.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openBrowser } from '../src/fetch/browser.ts';
import { createBrowserFetcher } from '../src/fetch/browser-fetcher.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor } from '../src/fetch/door.ts';
import { fetchPage } from '../src/fetch/fetcher.ts';
import { createHttp } from '../src/fetch/http.ts';
import { createPoliteness, type HostPause } from '../src/fetch/politeness.ts';
import { createReplay } from '../src/fetch/replay.ts';
import { createRobots, type Robots } from '../src/fetch/robots.ts';
import type { Exchange } from '../src/model.ts';
import { listOriginsOf } from '../src/site/address.ts';
import { type Given, type OpenFetcher, testFetcher } from './fetcher.contract.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { straight } from './support/straight.ts';

testFetcher('browser', openBrowserFetcher);
testFetcher('replay', openReplay, {
  cannot: {
    conditions: 'what was kept is what comes: it does not ask whether anything changed',
    robots: 'nobody is asked, and so nobody has to allow it',
  },
});

async function openBrowserFetcher(answers: Readonly<Record<string, Given>>): Promise<OpenFetcher> {
  const server = createServer((request, response) => {
    const given = answers[request.url ?? ''];
    if (given === undefined) return response.destroy();
    const { status = 200, headers = [], body = '' } = given;
    const etag = headers.find(([name]) => name === 'ETag')?.[1];
    if (etag !== undefined && request.headers['if-none-match'] === etag) return response.writeHead(304).end();
    response.writeHead(status, headers.flat()).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const www = `http://127.0.0.1:${port}`;
  const lists = [`http://localhost:${port}`] as const;
  const site = { www, community: www, images: [], lists };
  const guard = createAddressGuard(['127.0.0.0/8', '::1']);
  const times = new Map<string, HostPause>();
  const log = () => {};
  const politeness = createPoliteness({
    intervalMs: 0,
    assetIntervalMs: 0,
    backoffMs: 0,
    longestPauseMs: 1000,
    hosts: {
      pause: (host) => times.get(host) ?? { nextAt: 0, reason: null, failures: 0 },
      setPause: (host, pause) => void times.set(host, pause),
    },
    clock: systemClock,
    log,
  });
  const limits = { timeoutMs: 10_000, pageBytes: 1_000_000, imageBytes: 1_000_000 };
  const door = createDoor({ site, guard, politeness, robots: (): Robots | null => robots, ...limits });
  const browser = openBrowser({
    executablePath: null,
    userAgent: null,
    product: 'guancha-archive/test',
    origins: listOriginsOf(site),
    connections: straight(guard),
    now: Date.now,
    log,
  });
  const cookies = openCookies();
  const http = createHttp({ browser, door, cookies, connections: straight(guard) });
  const robots = createRobots({
    load: http.text,
    remembered: { robots: () => null, setRobots: () => {} },
    politeness,
    longestPauseMs: 1000,
    clock: systemClock,
    log,
  });
  const fetcher = createBrowserFetcher({ browser, door, cookies, site });
  return {
    fetcher,
    site,
    [Symbol.asyncDispose]: async () => {
      await fetcher[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function openReplay(answers: Readonly<Record<string, Given>>): Promise<OpenFetcher> {
  const site = { ...REPLAYED, lists: ['https://app.guancha.cn'] as const };
  const kept = Object.entries(answers).flatMap(([path, given]) =>
    [site.www, ...site.lists].flatMap((origin) => exchangesOf(origin + path, given)),
  );
  const fetcher = createReplay(kept, site);
  return { fetcher, site, [Symbol.asyncDispose]: () => fetcher[Symbol.asyncDispose]() };
}

const REPLAYED = { www: 'https://www.guancha.cn', community: 'https://user.guancha.cn', images: [] };

function exchangesOf(url: string, { status = 200, headers = [], body = '', rendered }: Given): Exchange[] {
  const one = exchangeOf({ url, status });
  const exchange = { ...one, response: { ...one.response, headers, body: Buffer.from(body) } };
  if (rendered === undefined) return [exchange];
  return [exchange, { ...exchange, road: 'rendered', response: { ...exchange.response, body: Buffer.from(rendered) } }];
}

it('a replay gives several answers of one address one after another, and the last for good', async () => {
  const url = `${REPLAYED.www}/a`;
  const kept = ['first', 'second'].map((body) => exchangeOf({ url, body: Buffer.from(body) }));
  await using fetcher = createReplay(kept, REPLAYED);
  const signal = new AbortController().signal;
  const bodies: string[] = [];
  for (const _ of [1, 2, 3]) bodies.push(Buffer.from((await fetchPage(fetcher, url, { signal })).body).toString());
  assert.deepEqual(bodies, ['first', 'second', 'second']);
});
