/** Archived articles are visited again at growing ages: what is edited or withdrawn is noticed, and nothing gets worse. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type App, openApp } from '../src/app.ts';
import type { Clock } from '../src/clock.ts';
import { loadConfig } from '../src/config.ts';
import { archiveWaiting, revisitDue } from '../src/crawl/crawl.ts';
import type { Worked } from '../src/crawl/work.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { nextVisit } from '../src/journal/journal.ts';
import type { ArticleId } from '../src/model.ts';
import { noticeOf } from '../src/notify/notice.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const never = new AbortController().signal;

describe('the next visit', () => {
  const ages = fc
    .uniqueArray(fc.integer({ min: 1, max: 10 ** 9 }), { maxLength: 8 })
    .map((list) => list.sort((a, b) => a - b));
  const publishedAt = fc.integer({ min: 0, max: 2 * 10 ** 12 });
  const age = fc.integer({ min: -(10 ** 6), max: 2 * 10 ** 9 });

  it('is at the first age that is not over', () => {
    fc.assert(
      fc.property(ages, publishedAt, age, (agesMs, at, passed) => {
        const next = nextVisit({ publishedAt: at, hasChanged: false }, { agesMs, now: at + passed });
        const expected = agesMs.find((each) => each > passed);
        assert.equal(next?.dueAt, expected === undefined ? undefined : at + expected);
        assert.equal(next?.lastAt, expected === undefined ? undefined : at + (agesMs.at(-1) ?? 0));
      }),
    );
  });

  it('is never later for an article that has changed', () => {
    fc.assert(
      fc.property(ages, publishedAt, age, (agesMs, at, passed) => {
        const now = at + passed;
        const plain = nextVisit({ publishedAt: at, hasChanged: false }, { agesMs, now });
        const changed = nextVisit({ publishedAt: at, hasChanged: true }, { agesMs, now });
        assert.equal(changed === null, plain === null);
        assert.ok(changed === null || plain === null || (changed.dueAt <= plain.dueAt && changed.dueAt > now));
      }),
    );
  });

  it('comes to an end', () => {
    fc.assert(
      fc.property(ages, publishedAt, (agesMs, at) => {
        let visits = 0;
        for (let now = at; ; visits++) {
          const next = nextVisit({ publishedAt: at, hasChanged: true }, { agesMs, now });
          if (next === null) break;
          now = next.dueAt;
        }
        assert.ok(visits >= agesMs.length && visits <= 2 * agesMs.length);
      }),
    );
  });
});

/** What its owner is notified of after a visit; null for nothing. */
function noticeKind(settled: Worked | undefined): string | null {
  assert.ok(settled);
  return noticeOf(settled, { unfinishedSince: null })?.on ?? null;
}

/** An archive with one article in it, and a clock that stands where the article is five minutes old, and was listed at once. */
async function archived(newspaper: Newspaper, article: NewspaperArticle, folder: string) {
  const file = join(folder, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 60_000, attempts: 1, robots: false };
  await writeFile(file, newspaper.config({ archive: './archive', politeness }));
  const config = loadConfig(file);
  let now = Date.parse(`${article.clock.published?.replace(' ', 'T')}+08:00`);
  const clock: Clock = {
    now: () => now,
    sleep: async (timeMs) => {
      now += timeMs;
    },
  };
  const open = () => openApp(config, { command: 'test', log: () => {}, wait: null, clock });
  const options = { ...config.politeness, ...config.revisits, refresh: false, stopSignal: never, abortSignal: never };
  await using app = await open();
  const address = parseArticleUrl(article.url, config.site);
  assert.ok(address);
  app.frontier.add([{ ...address, source: '要闻', via: null, leadPicture: null, listed: null, priority: 1 }]);
  now += 5 * MINUTE;
  await archiveWaiting(app, { ...options, onSettled: () => {}, log: () => {} });
  return {
    file,
    open,
    later: (timeMs: number) => {
      now += timeMs;
    },
    revisits: async (app: App): Promise<Worked[]> => {
      const settled: Worked[] = [];
      for await (const each of revisitDue(app, options)) settled.push(each);
      return settled;
    },
  };
}

describe('an archived article', () => {
  const chosen = (newspaper: Newspaper) => {
    const found = newspaper.articles.find(
      ({ era, wholeForm, outcome, images }) =>
        era === 'cms-2026' && wholeForm && outcome === 'archived' && images.every(({ asset }) => asset !== null),
    );
    assert.ok(found);
    return found;
  };
  const asked = (newspaper: Newspaper, from: number) =>
    newspaper.requests.slice(from).filter(({ origin }) => origin === 'www');

  it('is asked for by what it was known by, until the last age, and edits, withdrawals and failures are distinguished', async () => {
    await using newspaper = await openNewspaper({ specials: false });
    await using folder = await temporaryFolder();
    const article = chosen(newspaper);
    const single = new URL(article.url).pathname.replace('.shtml', '_s.shtml');
    const page = newspaper.read(single);
    let body = page;
    let status = 200;
    newspaper.handle(({ path, headers }) => {
      if (![single, new URL(article.url).pathname].includes(path)) return undefined;
      if (status !== 200) return { status, body: 'no' };
      const etag = `"${body.length}"`;
      if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
      return { headers: { etag }, body };
    });
    const { file, open, later, revisits } = await archived(newspaper, article, folder.path);
    await using app = await open();
    assert.deepEqual(app.journal.revisits.counts(app.services.clock.now()), { planned: 1, due: 0 });
    assert.deepEqual(app.journal.latencies.since(0), [
      { source: '要闻', articles: 1, medianMs: 5 * MINUTE, p95Ms: 5 * MINUTE },
    ]);
    assert.deepEqual(await revisits(app), [], 'nothing is due yet');

    later(10 * MINUTE);
    let from = newspaper.requests.length;
    const [same] = await revisits(app);
    assert.deepEqual([same?.visit.outcome.kind, noticeKind(same)], ['unchanged', null]);
    assert.deepEqual(
      asked(newspaper, from).map((request) => [request.path, request.status]),
      [[single, 304]],
    );

    later(45 * MINUTE);
    const paragraph = article.paragraphs.find((text) => text.length > 20 && page.includes(text));
    assert.ok(paragraph);
    body = page.replace(paragraph, `${paragraph}后来又添了一句。`);
    const [edited] = await revisits(app);
    assert.deepEqual([edited?.visit.outcome.kind, noticeKind(edited)], ['archived', 'edited']);
    assert.equal(edited?.visit.record?.versions.length, 2);
    assert.equal(edited?.visit.record?.source, '要闻', 'what named it stays');

    later(2.5 * HOUR); // midway between the ages of an hour and six
    status = 503;
    const [failed] = await revisits(app);
    assert.equal(failed?.visit.outcome.kind, 'failed');
    assert.ok(failed.againInMs !== null && failed.againInMs >= 30_000 && failed.againInMs <= MINUTE);
    assert.deepEqual(await revisits(app), [], 'it waits');

    later(2 * HOUR);
    status = 404;
    const [gone] = await revisits(app);
    assert.deepEqual([gone?.visit.outcome.kind, noticeKind(gone)], ['gone', 'withdrawn']);
    status = 200;
    later(24 * HOUR);
    const [back] = await revisits(app);
    assert.deepEqual([back?.visit.outcome.kind, noticeKind(back)], ['archived', null]);

    later(20 * 24 * HOUR);
    from = newspaper.requests.length;
    assert.equal((await revisits(app)).length, 1);
    assert.deepEqual(
      asked(newspaper, from).map((request) => request.status),
      [304],
    );
    later(30 * 24 * HOUR);
    from = newspaper.requests.length;
    assert.equal((await revisits(app)).length, 1, 'missed ages are one visit');
    assert.deepEqual(
      asked(newspaper, from).map((request) => request.status),
      [200],
      'the last visit reads the whole page',
    );
    assert.equal(app.journal.revisits.counts(0).planned, 0);

    const changes = await run(['changes', '--json', '--config', file]);
    assert.equal(changes.code, 0, changes.stderr);
    assert.deepEqual(
      changes.lines().map(({ what, id }) => [what, id]),
      [
        ['edited', article.id],
        ['withdrawn', article.id],
        ['returned', article.id],
      ],
    );
    const [edit] = changes.lines();
    assert.deepEqual([edit?.version, edit?.kinds], [2, ['addition']]);
    const [, gonely] = changes.lines();
    const since = await run(['changes', '--json', '--since', String(gonely?.at), '--config', file]);
    assert.deepEqual(
      since.lines().map(({ what }) => what),
      ['withdrawn', 'returned'],
    );
    const wrong = await run(['changes', '--since', 'yesterday', '--config', file]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /error USAGE/);
  });

  it('is given up where it leads elsewhere, and a site that refuses is left alone', async () => {
    await using newspaper = await openNewspaper({ specials: false });
    await using folder = await temporaryFolder();
    const article = chosen(newspaper);
    const { open, later, revisits } = await archived(newspaper, article, folder.path);
    await using app = await open();
    const others = Array.from({ length: 9 }, (_, i) => ({
      id: `guancha:${999_000 + i}` as const,
      url: article.url.replace(/_\d+\.shtml/, `_${999_000 + i}.shtml`),
    }));
    for (const other of others) app.journal.revisits.plan(other, { dueAt: 1, lastAt: 10 ** 15 });
    newspaper.handle(({ origin }) => (origin === 'www' ? { status: 403, body: 'no' } : undefined));
    await assert.rejects(revisits(app), { code: 'BLOCKED' });
    assert.equal(newspaper.requests.filter(({ status }) => status === 403).length, 5);
    later(HOUR);
    const due = app.journal.revisits.due(app.services.clock.now(), 20).filter(({ id }) => id !== article.id);
    assert.deepEqual(
      due.map(({ attempts }) => attempts).sort(),
      [0, 0, 0, 0, 1, 1, 1, 1, 1],
      'the others wait, untouched',
    );
  });
});

it('crawl --revisit visits what is due after what is new, and says so', async () => {
  await using newspaper = await openNewspaper({ articles: 8, specials: false });
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  await writeFile(
    config,
    newspaper.config({ archive: './archive', politeness: { intervalMs: 0, assetIntervalMs: 0 } }),
  );
  const first = await run(['crawl', '--json', '--config', config]);
  assert.equal(first.code, 0, first.stderr);
  const [chosen] = first.lines();
  const article = { id: chosen?.id as ArticleId, url: String(chosen?.url) };
  {
    using operations = openOperations(join(folder.path, 'archive'));
    operations.journal.revisits.plan(article, { dueAt: Date.now() - 1, lastAt: 10 ** 15 });
  }
  assert.deepEqual((await run(['crawl', '--json', '--config', config])).lines(), [], 'only where it is asked for');
  const again = await run(['crawl', '--json', '--revisit', '--config', config]);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(
    again.lines().map(({ outcome, id }) => [outcome, id]),
    [['unchanged', article.id]],
  );
});
