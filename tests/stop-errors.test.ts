/** What ends a run ends it: no stage takes an error whose `next` is `stop` for one that passes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemory } from '../src/archive/memory.ts';
import { createAssets } from '../src/archive/pictures.ts';
import { openTrash } from '../src/archive/trash.ts';
import { probeIds } from '../src/crawl/probe-ids.ts';
import { readOften } from '../src/crawl/read-source.ts';
import { discoverAll } from '../src/crawl/read-sources.ts';
import { work } from '../src/crawl/work.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../src/errors.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { createBrowserFetcher } from '../src/fetch/browser-fetcher.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor } from '../src/fetch/door.ts';
import type { Fetcher } from '../src/fetch/fetcher.ts';
import { createHttp } from '../src/fetch/http.ts';
import { createPoliteness } from '../src/fetch/politeness.ts';
import { createRobots } from '../src/fetch/robots.ts';
import { SITE } from './support/article-page.ts';
import { OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { straight } from './support/straight.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const URL_ = `${SITE.www}/politics/2022_01_28_623950.shtml`;
const signal = new AbortController().signal;
const clock = openTurnedClock(Date.parse('2022-01-28T04:00:00Z'));
const log = () => {};

type Fail = () => Promise<never>;

const inMemory = () => {
  const storage = openMemory();
  return { storage, trash: openTrash(storage, { now: new Date(0) }) };
};

const hosts = { pause: () => ({ nextAt: 0, reason: null, failures: 0 }), setPause: () => {} };
const politeness = () =>
  createPoliteness({ intervalMs: 0, assetIntervalMs: 0, backoffMs: 1000, longestPauseMs: 1000, hosts, clock, log });
const guard = createAddressGuard(['127.0.0.0/8']);

const robotsOver = (load: Fail) =>
  createRobots({
    load,
    remembered: { robots: () => null, setRobots: () => {} },
    politeness: politeness(),
    longestPauseMs: 1000,
    clock,
    log,
  });

const doorOver = (load: Fail | null) => {
  const robots = load === null ? null : robotsOver(load);
  const caps = { timeoutMs: 1000, pageBytes: 1000, imageBytes: 1000 };
  return createDoor({ site: SITE, guard, politeness: politeness(), robots: () => robots, ...caps });
};

const fetcherOver = (fail: Fail): Fetcher => ({ fetch: fail, render: fail, [Symbol.asyncDispose]: async () => {} });

/** Every stage that something else may fail in, with that failing in it. */
const STAGES: Readonly<Record<string, (fail: Fail) => Promise<unknown>>> = {
  'robots.txt': (fail) => robotsOver(fail).require(URL_, signal),
  'the door, by its robots.txt': (fail) =>
    doorOver(fail).pass({ url: URL_, kind: 'page', signal }, () => assert.fail()),
  'the turn of a page': (fail) => politeness().page(URL_, signal, fail),
  'the turn of a picture': (fail) => politeness().asset(URL_, signal, fail),
  'the turn of a robots.txt': (fail) => politeness().rules(URL_, signal, fail),
  'plain HTTP, by its user agent': (fail) =>
    createHttp({
      browser: { userAgent: fail, get: fail },
      door: doorOver(null),
      cookies: openCookies(),
      connections: straight(guard),
    }).text(`${SITE.www}/robots.txt`, signal),
  'the fetcher, by its browser': (fail) =>
    createBrowserFetcher({
      browser: {
        warmUp: async () => {},
        userAgent: fail,
        get: fail,
        render: fail,
        show: fail,
        [Symbol.asyncDispose]: async () => {},
      },
      door: doorOver(null),
      cookies: openCookies(),
      site: SITE,
    }).fetch(URL_, { signal }),
  'a page of a list': (fail) =>
    readOften(
      `${SITE.www}/mainnews-yw/`,
      { fetcher: fetcherOver(fail), politeness: politeness(), site: SITE },
      { attempts: 2, signal, part: null, blankEnds: false },
    ),
  'all sources': async (fail) => {
    const sources = [{ name: 'a', url: `${SITE.www}/mainnews-yw/`, pages: 2, part: null, follow: 1 }];
    const options = { attempts: 2, signal, now: clock.now, turns: { next: () => [], note: () => {} } };
    for await (const _ of discoverAll(
      sources,
      { fetcher: fetcherOver(fail), politeness: politeness(), site: SITE },
      () => 0,
      options,
    ));
  },
  pictures: (fail) =>
    createAssets({
      http: { text: fail, download: fail },
      ...inMemory(),
      allows: () => true,
      maxPerArticle: 9,
      limits: { visitMs: 900_000, visitBytes: 1e9, visitRequests: 2000 },
      attempts: 2,
      backoffMs: 1,
      log: () => {},
      clock,
    }).collect([`${SITE.images[0]}/news/a.jpg`], [], signal),
  'the work on an article': async (fail) => {
    const { context } = openMemoryCrawl([]);
    const target = targetOf(URL_);
    context.frontier.add([target]);
    const lease = context.frontier.take() ?? assert.fail();
    const services = { ...context.services, fetcher: fetcherOver(fail) };
    try {
      return await work({ kind: 'queued', lease, refresh: false }, { ...context, services }, OPTIONS);
    } finally {
      assert.equal(context.frontier.waiting(), 1, 'it waits as if it had not been taken');
      assert.equal(context.frontier.take()?.attempt, 1);
    }
  },
  'the numbers that nothing showed': async (fail) => {
    const { context } = openMemoryCrawl([]);
    const services = { ...context.services, fetcher: fetcherOver(fail) };
    const numbers = [{ number: 623951, day: '2022-01-28', days: ['2022-01-28'] }];
    const control = { number: 623950, url: URL_ };
    const options = { control, stopSignal: signal, abortSignal: signal };
    for await (const _ of probeIds(numbers, { ...context, services }, options));
  },
};

describe('an error that stops the run', () => {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].next === 'stop');

  for (const [stage, attempt] of Object.entries(STAGES))
    it(`comes through ${stage} as it is, whichever it is`, async () => {
      assert.ok(codes.length > 10);
      for (const code of codes) {
        const error = new ArchiveError(code, 'the detail');
        await assert.rejects(
          attempt(() => Promise.reject(error)),
          (thrown) => thrown === error,
          code,
        );
      }
    });
});
