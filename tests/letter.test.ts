/** The letter of a month says what records, changes and coverage say, counts only what was looked at, and goes out once. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import { type ArticleChange, changesOf } from '../src/archive/changes.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { sha256 } from '../src/archive/record.ts';
import { sendLetters } from '../src/commands/letter.ts';
import { type Config, defaultConfig } from '../src/config.ts';
import { readIdCoverage } from '../src/coverage/read-id-coverage.ts';
import { archiveWaiting, revisitDue } from '../src/crawl/crawl.ts';
import { ArchiveError } from '../src/errors.ts';
import { followExchanges } from '../src/fetch/fetcher.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { type Letter, type Month, monthAfter, monthBefore, monthOf } from '../src/letter/letter.ts';
import { letterLines, letterMarkdown } from '../src/letter/markdown.ts';
import { type RatedArticle, ratesOf, shareOf } from '../src/letter/rates.ts';
import { readLetter } from '../src/letter/read-letter.ts';
import type { ArticleId } from '../src/model.ts';
import { createHook, type Hook } from '../src/notify/hook.ts';
import { createNotifier } from '../src/notify/notifier.ts';
import { onSiteClock } from '../src/site/clock.ts';
import { classicPage, NEWS_URL, SITE } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { captured, documentOf, draft } from './support/drafts.ts';
import { answer, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { openReadingRoom } from './support/reading-room.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight of the site, of the first of the month. */
const OCTOBER = Date.parse('2026-10-01T00:00:00+08:00');
const NOVEMBER = Date.parse('2026-11-01T00:00:00+08:00');

/** What became of an article of the test, in hours: after the beginning of October, or after it was first archived. */
interface Planted {
  readonly number: number;
  readonly publishedAt: number;
  /** Each with what it changes. */
  readonly edits: readonly { readonly after: number; readonly what: 'title' | 'text' }[];
  readonly gone: { readonly after: number; readonly forHours: number | null } | null;
  readonly visits: readonly number[];
}

type Journal = ReturnType<typeof openOperations>['journal'];
type Archive = ReturnType<typeof openArchive>;

/** An archive with one article as it was planted. */
async function plant(archive: Archive, journal: Journal, { number, publishedAt, ...planted }: Planted): Promise<void> {
  const id = `guancha:${number}` as ArticleId;
  const firstAt = OCTOBER + publishedAt * HOUR + 600_000;
  const published = onSiteClock(new Date(OCTOBER + publishedAt * HOUR).toISOString());
  const day = published.slice(0, 10);
  const key = articleKey(id, day);
  const states = [{ after: 0, what: null }, ...planted.edits];
  let [title, text] = ['茶山的雨', '山中的图书馆'];
  for (const [index, { after, what }] of states.entries()) {
    if (what === 'title') title += '续';
    if (what === 'text') text += '又添一句。';
    const at = new Date(firstAt + after * HOUR).toISOString();
    await archive.update(key, () => ({
      document: documentOf(`<p>${text}</p>`, title),
      draft: draft({
        id,
        url: `https://www.guancha.cn/a/${day.replaceAll('-', '_')}_${number}.shtml`,
        source: number % 2 === 0 ? '头条' : '要闻',
        article: { ...draft().article, title, publishedAt: published },
        contentHash: sha256(`${index} ${title} ${text}`),
        capture: captured(at),
      }),
    }));
  }
  const { gone } = planted;
  if (gone !== null) {
    const since = new Date(firstAt + gone.after * HOUR).toISOString();
    const until = gone.forHours === null ? null : new Date(Date.parse(since) + gone.forHours * HOUR).toISOString();
    await archive.note(id, day, (old) => ({
      ...old,
      absences: [{ since, until, evidence: ['HTTP status 404'] }],
    }));
  }
  for (const after of planted.visits) journal.rechecks.note(id, { firstAt, at: firstAt + after * HOUR });
}

const plantedArticle = (number: number): fc.Arbitrary<Planted> =>
  fc.record({
    number: fc.constant(number),
    publishedAt: fc.integer({ min: -400, max: 1100 }),
    edits: fc
      .uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 3 })
      .chain((hours) =>
        fc.tuple(
          ...hours
            .sort((a, b) => a - b)
            .map((after) =>
              fc.record({ after: fc.constant(after), what: fc.constantFrom('title' as const, 'text' as const) }),
            ),
        ),
      ),
    gone: fc.option(
      fc.record({ after: fc.integer({ min: 1, max: 400 }), forHours: fc.option(fc.integer({ min: 1, max: 100 })) }),
    ),
    visits: fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }),
  });

type SummaryOfLetter = Pick<Letter, 'published' | 'rates'> & { readonly edits: number; readonly withdrawn: number };

const octoberAt = (now: number): Month => monthOf('2026-10', now) ?? assert.fail('no month');

describe('a month', () => {
  it('is one of the site’s clock, whole or as far as it has come', () => {
    assert.deepEqual(monthOf('2026-10', NOVEMBER), {
      month: '2026-10',
      days: { since: '2026-10-01', until: '2026-10-31' },
      startsAt: OCTOBER,
      endsAt: NOVEMBER,
      isUnderWay: false,
      asOf: NOVEMBER,
    });
    const under = monthOf('2026-10', NOVEMBER - 1);
    assert.deepEqual([under?.isUnderWay, under?.days.until], [true, '2026-10-31']);
    assert.equal(monthOf('2026-10', OCTOBER)?.days.until, '2026-10-01');
    for (const none of ['2026-10-01', '2026-13', '2026-00', '', 'x', '2026-11'])
      assert.equal(monthOf(none, NOVEMBER - 1), null, none);
    assert.deepEqual(
      [monthAfter('2026-12'), monthBefore('2027-01'), monthAfter('2026-09')],
      ['2027-01', '2026-12', '2026-10'],
    );
  });
});

describe('rates', () => {
  const at = (hours: number) => new Date(OCTOBER + hours * HOUR).toISOString();
  const none = { added: 0, removed: 0 };
  const changed = { title: none, date: null, body: { added: 3, removed: 0 }, images: none };
  const version = (
    hours: number,
    contentHash: string,
    changes: RatedArticle['versions'][number]['changes'] = null,
  ) => ({
    capturedAt: at(hours),
    contentHash,
    changes,
  });
  const rated = (but: Partial<RatedArticle>): RatedArticle => ({
    versions: [version(0, 'a')],
    absences: [],
    movedTo: undefined,
    rechecked: { day: OCTOBER + 24 * HOUR, week: null },
    ...but,
  });
  const ratesAt = (article: RatedArticle, hours = 9999) => ratesOf([article], 'day', { now: OCTOBER + hours * HOUR });

  it('count an article only where it was visited again at that age', () => {
    const never = rated({ rechecked: { day: null, week: null } });
    assert.deepEqual(
      [ratesAt(never).notRevisited, ratesAt(never).edited],
      [1, { count: 0, of: 0, interval: null }],
      'no rate of nothing',
    );
    assert.equal(ratesAt(never, 20).notYet, 1);
    assert.deepEqual(ratesAt(rated({})).edited.of, 1);
  });

  it('compare what it then was with what it was first', () => {
    const edited = (versions: RatedArticle['versions']) => ratesAt(rated({ versions })).edited.count;
    assert.equal(edited([version(0, 'a'), version(2, 'b', changed)]), 1);
    assert.equal(edited([version(0, 'a'), version(25, 'b', changed)]), 0, 'edited after it was looked at');
    assert.equal(edited([version(0, 'a'), version(2, 'b', changed), version(3, 'a', changed)]), 0, 'taken back');
    assert.equal(
      edited([version(0, 'a'), version(2, 'b', { ...changed, body: none, date: { before: 'x', after: 'y' } })]),
      0,
    );
    const unread = ratesAt(rated({ versions: [version(0, 'a'), version(2, 'b')] }));
    assert.deepEqual([unread.notComparable, unread.edited.of, unread.withdrawn.of], [1, 0, 1]);
  });

  it('count as withdrawn what was gone then, and not what had come back', () => {
    const gone = (since: number, until: number | null) =>
      ratesAt(rated({ absences: [{ since: at(since), until: until === null ? null : at(until), evidence: [] }] }))
        .withdrawn.count;
    assert.deepEqual([gone(3, null), gone(3, 30), gone(3, 20), gone(30, null)], [1, 1, 0, 0]);
    const moved = ratesAt(rated({ movedTo: { url: 'u', since: at(3) } }));
    assert.deepEqual([moved.moved.count, moved.withdrawn.count], [1, 0]);
  });

  it('have Wilson’s interval', () => {
    const close = (share: ReturnType<typeof shareOf>, low: number, high: number) => {
      assert.ok(Math.abs((share.interval?.low ?? -1) - low) < 5e-5, JSON.stringify(share));
      assert.ok(Math.abs((share.interval?.high ?? -1) - high) < 5e-5, JSON.stringify(share));
    };
    close(shareOf(0, 10), 0, 0.27753);
    close(shareOf(5, 10), 0.23659, 0.76341);
    close(shareOf(10, 10), 0.72247, 1);
    close(shareOf(81, 263), 0.25529, 0.36621);
    assert.equal(shareOf(0, 0).interval, null);
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
        const [count, of] = [Math.min(a, b), Math.max(a, b, 1)];
        const { low = 2, high = -1 } = shareOf(count, of).interval ?? {};
        assert.ok(low >= 0 && low <= count / of && count / of <= high && high <= 1);
      }),
    );
  });
});

describe('the letter', () => {
  it('has the numbers of changes and coverage, and its rates count no more than was looked at', async () => {
    const articles = fc
      .integer({ min: 0, max: 7 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => plantedArticle(900_100 + i))));
    await fc.assert(
      fc.asyncProperty(articles, fc.integer({ min: 0, max: 1300 }), async (planted, hours) => {
        await using folder = await temporaryFolder();
        const now = OCTOBER + hours * HOUR;
        using operations = openOperations(folder.path, { now: () => NOVEMBER + 900 * HOUR });
        const archive = openArchive(openMemory(), { minFreeBytes: 0 });
        for (const each of planted) await plant(archive, operations.journal, each);
        const month = octoberAt(now);
        const letter = await readLetter({ archive, ...operations }, month);

        const changes: ArticleChange[] = [];
        for await (const stored of archive.records())
          if (!(stored instanceof ArchiveError)) changes.push(...changesOf(stored.record));
        const inOctober = changes.filter(({ at }) => Date.parse(at) >= OCTOBER && Date.parse(at) < NOVEMBER);
        const count = (what: ArticleChange['what']) => inOctober.filter((each) => each.what === what).length;
        assert.deepEqual(
          [letter.edited.edits, letter.withdrawn.count, letter.returned.count],
          [count('edited'), count('withdrawn'), count('returned')],
        );
        const { coverage } = await readIdCoverage({ archive, ...operations }, month.days);
        const archived = coverage.days.reduce((sum, { states }) => sum + states.archived + states.withdrawn, 0);
        const published = planted.map(({ publishedAt }) => OCTOBER + publishedAt * HOUR);
        assert.equal(letter.published.articles, published.filter((at) => at >= OCTOBER && at < NOVEMBER).length);
        if (!letter.isUnderWay) assert.equal(letter.published.articles, archived);
        assert.deepEqual(letter.completeness.completeness, coverage.completeness);
        assert.equal(letter.missed.neverSeen, coverage.neverSeen);
        for (const age of ['day', 'week'] as const) {
          const rates = letter.rates[age];
          assert.equal(rates.revisited + rates.notRevisited + rates.notYet, rates.articles);
          assert.equal(rates.articles, letter.published.articles + letter.published.posts);
          for (const share of [rates.edited, rates.withdrawn, rates.title, rates.text])
            assert.ok(share.of <= rates.revisited && share.count <= share.of);
          assert.ok(rates.edited.count <= rates.title.count + rates.text.count);
        }
        assert.match(letterMarkdown(letter), /^# Guancha, 2026-10\n/);
      }),
      { numRuns: 25 },
    );
  });

  it('agrees with the commands, and knows a month that is none', async () => {
    await using folder = await temporaryFolder();
    const archivePath = `${folder.path}/archive`;
    await mkdir(archivePath);
    {
      using operations = openOperations(archivePath, { now: () => NOVEMBER });
      const archive = openArchive(openDisk(archivePath), { minFreeBytes: 0 });
      const edits = [
        { after: 3, what: 'text' as const },
        { after: 100, what: 'title' as const },
      ];
      const gone = { after: 30, forHours: null };
      await plant(archive, operations.journal, {
        number: 900_100,
        publishedAt: 5,
        edits,
        gone: null,
        visits: [24, 170],
      });
      await plant(archive, operations.journal, { number: 900_102, publishedAt: 9, edits: [], gone, visits: [24] });
      await plant(archive, operations.journal, {
        number: 900_105,
        publishedAt: -20,
        edits: [{ after: 40, what: 'text' }],
        gone: null,
        visits: [],
      });
    }
    const command = (...argv: string[]) => run([...argv, '--archive', archivePath]);
    const lines = async (...argv: string[]) => {
      const answered = await command(...argv, '--json');
      return { lines: answered.lines(), summary: answered.last() as unknown as SummaryOfLetter };
    };
    const { lines: told, summary: letter } = await lines('letter', '2026-10');
    const changes = await lines('changes', '--since', '2026-10-01');
    assert.deepEqual(told, changes.lines);
    assert.deepEqual([letter.edits, letter.withdrawn], [3, 1]);
    const { lines: days } = await lines('coverage', '--since', '2026-10-01');
    const archived = (days as { type: string; day: string; states: Record<string, number> }[])
      .filter(({ type, day }) => type === 'day' && day.startsWith('2026-10'))
      .reduce((sum, { states }) => sum + (states.archived ?? 0) + (states.withdrawn ?? 0), 0);
    assert.deepEqual([letter.published.articles, archived], [2, 2]);
    assert.deepEqual(letter.rates.day.edited, { ...shareOf(1, 2) });
    assert.deepEqual(letter.rates.week.title, { ...shareOf(1, 1) });
    assert.deepEqual(
      [letter.rates.day.revisited, letter.rates.week.revisited, letter.rates.week.notRevisited],
      [2, 1, 1],
    );
    const plain = await command('letter', '2026-10');
    assert.match(plain.stdout, /^# Guancha, 2026-10\n[\s\S]*3 edits of 2 articles[\s\S]*1 withdrawn, 0 returned/);
    for (const wrong of ['2026-13', '2999-01', 'October']) {
      const answered = await command('letter', wrong);
      assert.deepEqual([answered.code, /is not a month that has begun/.test(answered.stderr)], [2, true]);
    }
  });

  it('says that a month is under way, and lists hostile titles as text', async () => {
    await using folder = await temporaryFolder();
    using operations = openOperations(folder.path, { now: () => NOVEMBER });
    const room = await openReadingRoom({ folder: folder.path });
    const title = '[x](https://evil.example) <img src=x onerror=alert(1)> **b** | `c`\n# h';
    const publishedAt = '2026-10-05T10:00:00+08:00';
    await room.put({ title, publishedAt, body: '<p>一</p>', capturedAt: '2026-10-05T03:00:00.000Z' });
    await room.put({ title, publishedAt, body: '<p>一二</p>', capturedAt: '2026-10-05T05:00:00.000Z' });
    const month = octoberAt(Date.parse('2026-10-20T00:00:00Z'));
    const letter = await readLetter({ archive: room.archive, ...operations }, month);
    const markdown = letterMarkdown(letter);
    assert.match(markdown, /The month is under way/);
    assert.equal(letterLines(letter)[0], 'the month is under way');
    const line = markdown.split('\n').find((each) => each.includes('evil')) ?? '';
    const [, name = '['] = /\[(.*)\]\(<https:\/\/www\.guancha\.cn\/[^>]*>\)/.exec(line) ?? [];
    assert.doesNotMatch(name.replace(/\\[!-/:-@[-`{-~]/g, ''), /[!-/:-@[-`{-~]/, 'punctuation without a backslash');
    const page = await room.text('/letters/2026-10?lang=en');
    assert.match(page, /<h1>Letter of the month · 2026-10<\/h1>/);
    assert.match(page, /Edits: 1, of 1 articles\./);
    assert.ok(!page.includes('<img src=x'));
    const chinese = await room.text('/letters/2026-10?lang=zh');
    assert.match(chinese, /月报 · 2026 年 10 月[\s\S]*1 篇，共 1 次。/);
    assert.match(await room.text('/changes?lang=en'), /href="\/letters"/);
    assert.equal((await room.get('/letters')).status, 200);
    for (const none of ['/letters/2999-01', '/letters/2026-13', '/letters/x'])
      assert.equal((await room.get(none)).status, 404, none);
    assert.deepEqual(room.faults, []);
  });
});

describe('visits of a crawl', () => {
  it('at an age of a day and a week are what rates are counted over', async () => {
    const id = targetOf(NEWS_URL).id;
    const site = { body: classicPage(), status: 200 };
    let now = () => 0;
    const { context, clock } = openMemoryCrawl([], {
      fetcher: {
        fetch: (wanted) =>
          followExchanges(wanted, SITE, async (url) => ({
            ...answer(url, site.body, { status: site.status }),
            startedAt: new Date(now()).toISOString(),
          })),
        render: async (exchanges) => exchanges,
        [Symbol.asyncDispose]: async () => {},
      },
    });
    now = clock.now;
    const firstAt = clock.now();
    context.frontier.add([targetOf(NEWS_URL)]);
    const options = {
      ...OPTIONS,
      concurrency: 1,
      refresh: false,
      blockedPauseMs: 1000,
      blockedPauses: 2,
      stopSignal: never,
    };
    await archiveWaiting(context, { ...options, onSettled: () => {}, log: () => {} });
    const revisit = async (hours: number) => {
      clock.advance(hours * HOUR);
      for await (const _each of revisitDue(context, { ...OPTIONS, stopSignal: never }));
    };
    const { rechecks } = context.journal;
    await revisit(2);
    assert.deepEqual(rechecks.of(id), { day: null, week: null });
    await revisit(22);
    const day = rechecks.of(id).day ?? 0;
    assert.ok(day - firstAt >= 0.75 * DAY && day - firstAt <= 1.5 * DAY);
    site.status = 503; // no answer about the article
    await revisit(6 * 24);
    assert.equal(rechecks.of(id).week, null);
    site.status = 200;
    await revisit(12);
    assert.notEqual(rechecks.of(id).week, null);
  });
});

describe('a schedule', () => {
  const wanting: Config['notify'] = [{ on: ['letter'], command: ['true'] }];

  it('sends the letter of the last month once, also after days of being off', async () => {
    await using folder = await temporaryFolder();
    const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
    const sent: { readonly month: string; readonly text: string }[] = [];
    const hook: Hook = {
      ...createHook(wanting[0] ?? assert.fail()),
      hand: async ({ body }) => {
        sent.push(JSON.parse(body) as (typeof sent)[number]);
        return { ok: true, detail: '' };
      },
    };
    let now = OCTOBER + 3 * DAY;
    const clock = { now: () => now, sleep: async () => {} };
    /** A schedule from now on: looks every day for so many days. */
    const runFor = async (days: number, notify = wanting) => {
      using operations = openOperations(folder.path, { now: clock.now, command: 'schedule' });
      const { frontier, journal } = operations;
      const hooks = notify.length === 0 ? [] : [hook];
      const notifier = createNotifier({ hooks, outbox: journal.outbox, clock, log: () => {} });
      const services = { clock, archive } as unknown as Parameters<typeof sendLetters>[0]['services'];
      const config = { ...defaultConfig(), notify };
      const look = sendLetters({ services, frontier, journal }, { config, notifier, onProgress: () => {} });
      for (const end = now + days * DAY; now < end; now += DAY / 2) {
        await look();
        await look();
        await notifier.deliver({ signal: never });
      }
      journal.runs.endRun();
    };
    await runFor(20, []);
    await runFor(5);
    assert.equal(sent.length, 0, 'the archive began in October');
    now = NOVEMBER + 5 * DAY; // off on the first of the month
    await runFor(3);
    assert.deepEqual(
      sent.map(({ month }) => month),
      ['2026-10'],
    );
    await runFor(3);
    await runFor(15);
    assert.equal(sent.length, 1, 'another run knows that it went out');
    now = Date.parse('2026-11-30T23:59:00+08:00');
    await runFor(1);
    now = Date.parse('2027-03-02T00:00:00+08:00');
    await runFor(60);
    assert.deepEqual(
      sent.map(({ month }) => month),
      ['2026-10', '2026-11', '2027-02', '2027-03'],
    );
    for (const { text, month } of sent) assert.ok(text.startsWith(`# Guancha, ${month}\n`));
  });
});
