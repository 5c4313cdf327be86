/** A host in trouble: what is to be had there waits and is not settled, the other host goes on, and nothing waits in silence. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { archiveWaiting, revisitDue } from '../src/crawl/crawl.ts';
import type { CrawlContext, Worked } from '../src/crawl/work.ts';
import { ArchiveError, type ErrorCode } from '../src/errors.ts';
import { createPoliteness, HostAway } from '../src/fetch/politeness.ts';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { openJournal } from '../src/journal/journal.ts';
import { parseArticleUrl, singlePageUrl } from '../src/site/address.ts';
import { openDatabase } from '../src/sqlite.ts';
import { NEWS_URL, SITE } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { answer, HOUR_MS, MINUTE_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const NEVER = new AbortController().signal;
const POST_URL = `${SITE.community}/main/content?id=399176`;
const HOST = new URL(SITE.www).host;

const URLS = Array.from({ length: 40 }, (_, i) => NEWS_URL.replace('_900', `_${900 + i}`));
const missing = (url: string) => {
  const address = parseArticleUrl(url, SITE);
  assert.ok(address);
  return [singlePageUrl(address), address.url].map((form) => answer(form, '', { status: 404 }));
};

/** A queue of many articles and a post, whose www host is away. */
function openAway(code: ErrorCode) {
  const memory = openMemoryCrawl([POST_URL, ...URLS].flatMap(missing));
  const { services } = memory.context;
  let asked = 0;
  let isAway = true;
  const context: CrawlContext = {
    ...memory.context,
    services: {
      ...services,
      fetcher: {
        ...services.fetcher,
        fetch: async (url, options) => {
          if (!isAway || !url.startsWith(SITE.www)) return services.fetcher.fetch(url, options);
          asked += 1;
          throw new HostAway(code, HOST, `${SITE.www}/robots.txt: in trouble`);
        },
      },
    },
  };
  context.frontier.add([...URLS, POST_URL].map((url) => targetOf(url)));
  const crawl = async (only?: readonly string[]) => {
    const settled: Worked[] = [];
    const logged: string[] = [];
    await archiveWaiting(context, {
      ...{ ...OPTIONS, concurrency: 1, refresh: false, blockedPauseMs: MINUTE_MS, blockedPauses: 2, attempts: 3 },
      ...(only === undefined ? {} : { only: only.map((url) => targetOf(url).id) }),
      stopSignal: NEVER,
      onSettled: (worked) => void settled.push(worked),
      log: ({ message }) => void logged.push(message),
    });
    return { settled: settled.map(({ target, visit }) => [target.id, visit.outcome.kind]), logged };
  };
  return {
    context,
    urls: URLS,
    crawl,
    asked: () => asked,
    comeBack: () => {
      isAway = false;
    },
  };
}

describe('a crawl whose one host is away', () => {
  for (const [code, times, outcome] of [
    ['ROBOTS_UNREACHABLE', 3, 'failed'],
    ['ROBOTS_DISALLOWED', 1, 'refused'],
  ] as const) {
    it(`asks it ${times} times, settles nothing of it, visits the other host, and ends: ${code}`, async () => {
      const { context, urls, crawl, asked, comeBack } = openAway(code);
      const { settled, logged } = await crawl();
      assert.equal(asked(), times);
      assert.deepEqual(settled.map(([, kind]) => kind).sort(), ['gone', outcome].sort());
      for (const url of urls) {
        const found = context.frontier.find(targetOf(url).id);
        assert.deepEqual([found?.state, found?.attempts], ['waiting', 0]);
      }
      assert.equal(logged.filter((line) => line.includes('cannot be asked for anything')).length, 1);
      comeBack();
      const after = await crawl();
      assert.equal(after.settled.length, 40);
    });
  }

  it('reports each article that somebody named', async () => {
    const { urls, crawl } = openAway('ROBOTS_UNREACHABLE');
    const [one = '', two = ''] = urls;
    assert.deepEqual((await crawl([one, two])).settled, [
      [targetOf(one).id, 'failed'],
      [targetOf(two).id, 'failed'],
    ]);
  });

  it('leaves due what is to be visited again', async () => {
    const { context, urls } = openAway('ROBOTS_UNREACHABLE');
    const now = context.services.clock.now();
    for (const url of urls.slice(0, 3)) context.journal.revisits.plan(targetOf(url), { dueAt: now, lastAt: now });
    const visits: Worked[] = [];
    for await (const each of revisitDue(context, { ...OPTIONS, stopSignal: NEVER })) visits.push(each);
    assert.deepEqual([visits.length, context.journal.revisits.counts(now).due], [1, 3]);
  });
});

// What a host is to blame for, and for how long it is left alone.

function openPoliteness(stopSignal?: AbortSignal) {
  const clock = openTurnedClock(Date.parse('2026-10-14T08:00:00Z'));
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const { hosts } = openJournal(database, { now: clock.now, command: null, longestPauseMs: 6 * HOUR_MS });
  const logged: string[] = [];
  const politeness = createPoliteness({
    ...{ intervalMs: 0, assetIntervalMs: 0, backoffMs: 30_000, longestPauseMs: 6 * HOUR_MS, hosts, clock, stopSignal },
    log: ({ message }) => void logged.push(message),
  });
  const status =
    (code: number, headers: Readonly<Record<string, string>> = {}) =>
    () =>
      Promise.resolve({ status: code, headers });
  return { clock, hosts, logged, politeness, status };
}

describe('politeness', () => {
  for (const code of ['NETWORK', 'TIMEOUT', 'BROWSER_CRASHED', 'TOO_LARGE', 'NO_BROWSER'] as const)
    it(`${code === 'NETWORK' || code === 'TIMEOUT' ? 'leaves a host alone' : 'blames no host'} for ${code}`, async () => {
      const { politeness, hosts, clock } = openPoliteness();
      const fail = () => Promise.reject(new ArchiveError(code, 'x'));
      await assert.rejects(politeness.page(NEWS_URL, NEVER, fail), { code });
      assert.equal(hosts.nextAt(HOST) > clock.now(), code === 'NETWORK' || code === 'TIMEOUT');
    });

  it('blames no host for what this program ended', async () => {
    const { politeness, hosts } = openPoliteness();
    const ending = new AbortController();
    const request = () => {
      ending.abort();
      return Promise.reject(new ArchiveError('NETWORK', 'x'));
    };
    await assert.rejects(politeness.page(NEWS_URL, ending.signal, request));
    assert.equal(hosts.nextAt(HOST), 0);
  });

  it('slows down for pictures that are refused, and keeps no article in hand for them', async () => {
    const { politeness, clock, logged, status } = openPoliteness();
    const from = clock.now();
    await politeness.asset(NEWS_URL, NEVER, status(429));
    await politeness.asset(NEWS_URL, NEVER, status(200));
    assert.equal(clock.now() - from, 30_000);
    await politeness.asset(NEWS_URL, NEVER, status(404));
    await politeness.asset(NEWS_URL, NEVER, status(503, { 'retry-after': '7200' }));
    assert.equal(clock.now() - from, 30_000);
    await assert.rejects(politeness.asset(NEWS_URL, NEVER, status(200)), { code: 'HOST_PAUSED' });
    assert.equal(logged.filter((line) => line.includes('7200 s, at 2026-10-14 ')).length, 1);
  });

  it('says a long wait once, with its end, and doubles over restarts', async () => {
    const { politeness, clock, logged, hosts, status } = openPoliteness();
    await politeness.page(NEWS_URL, NEVER, status(503, { 'retry-after': '86400' }));
    assert.deepEqual(
      hosts.pauses().map(({ host, reason }) => [host, reason]),
      [[HOST, 'status 503, as it asks']],
    );
    const from = clock.now();
    await politeness.page(NEWS_URL, NEVER, status(503));
    assert.equal(clock.now() - from, 6 * HOUR_MS);
    assert.equal(logged.filter((line) => line.includes('21600 s')).length, 1);
    assert.equal(hosts.nextAt(HOST) - clock.now(), 60_000, 'the second refusal in a row');
  });

  it('ends a long wait at once where the run is asked to stop', async () => {
    const stop = new AbortController();
    const { politeness, clock, status } = openPoliteness(stop.signal);
    await politeness.page(NEWS_URL, NEVER, status(503, { 'retry-after': '7200' }));
    clock.onAdvance(() => stop.abort());
    const from = clock.now();
    await assert.rejects(politeness.page(NEWS_URL, NEVER, status(200)), { code: 'INTERRUPTED' });
    assert.ok(clock.now() - from <= MINUTE_MS);
  });
});

it('status and doctor show why a host is left alone, and retry --host forgets it', async () => {
  await using folder = await temporaryFolder();
  const archive = join(folder.path, 'archive');
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, JSON.stringify({ archive, sources: [], limits: { minFreeBytes: 0 } }));
  {
    using operations = openOperations(archive, { command: 'test' });
    operations.journal.hosts.setPause(HOST, { nextAt: Date.now() + HOUR_MS, reason: 'status 503', failures: 3 });
  }
  const status = await run(['status', '--json', '--config', config]);
  const [said = {}] = status.lines();
  const pauses = said.pauses as readonly { readonly until: string }[];
  assert.deepEqual(
    pauses.map(({ until, ...each }) => [each, Date.parse(until) > Date.now()]),
    [[{ host: HOST, reason: 'status 503' }, true]],
  );
  const told = await run(['retry', '--host', HOST, '--host', 'x.example', '--json', '--config', config]);
  assert.deepEqual(
    [told.code, told.lines()],
    [
      0,
      [
        { schema: 1, type: 'host', host: HOST, known: true },
        { schema: 1, type: 'host', host: 'x.example', known: false },
      ],
    ],
  );
  assert.deepEqual((await run(['status', '--json', '--config', config])).lines()[0]?.pauses, []);
});
