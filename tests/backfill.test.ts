/** Backfill and coverage through the real command: lists walked backwards, numbers asked for, and the coverage against the truth. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'cheerio';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { type DayArticle, type NewsDay, openNewsDay } from './newspaper/day/news-day.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Ended, run, start, temporaryFolder } from './support/command.ts';

const PACE = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 4, attempts: 1 };
const CLOCK = { preload: [join(import.meta.dirname, 'support/fixed-clock.ts')] };
const numberOf = (id: string) => Number(id.split(':')[1]);
const rows = (ended: Ended, type: string) => ended.lines().filter((line) => line.type === type);
const summaryOf = (ended: Ended) => ended.last() as Record<string, never>;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
});
after(() => folder[Symbol.asyncDispose]());

describe('a backfill of lists', () => {
  let newspaper: Newspaper;
  before(async () => {
    newspaper = await openNewspaper({
      articles: 32,
      imagesPerArticle: 0,
      specials: false,
      listSize: 3,
      pageBytes: 9000,
    });
  });
  after(() => newspaper[Symbol.asyncDispose]());

  const configFor = async (name: string) => {
    const file = join(folder.path, `${name}.yaml`);
    await writeFile(file, newspaper.config({ archive: `./${name}`, politeness: PACE, feeds: true }));
    return file;
  };
  const backfill = async (name: string, ...args: string[]) =>
    run(['backfill', '--json', '--config', await configFor(name), ...args], CLOCK);
  const asked = (from: number) => newspaper.requests.slice(from).map(({ path }) => path);
  const onList = (name: string, from: string, to: string) =>
    newspaper.articles.filter(({ lists, clock }) => {
      const day = clock.published?.slice(0, 10) ?? '';
      return lists.includes(name) && day >= from && day <= to;
    });

  it('archives what the list shows of the days, and asks for no page beyond them', async () => {
    const before = newspaper.requests.length;
    const ended = await backfill('days', '--from', '2026-10-14', '--to', '2026-10-14', '--source', '要闻');
    assert.equal(ended.code, 0, ended.stderr);
    const expected = onList('要闻', '2026-10-14', '2026-10-14').map(({ id }) => id);
    assert.ok(expected.length > 6, 'several pages of it');
    assert.deepEqual(
      ended
        .lines()
        .map(({ id }) => id)
        .sort(),
      expected.sort(),
    );
    assert.match(ended.stderr, /the end, older from here/);
    const pages = asked(before).filter((path) => path.startsWith('/mainnews-yw/'));
    const last = Math.ceil(newspaper.articles.filter(({ lists }) => lists.includes('要闻')).length / 3);
    assert.ok(pages.length < last, `${pages.length} of ${last} pages`);
    assert.deepEqual(pages, [...new Set(pages)]);
  });

  it('goes to the list’s end, which may be an empty page, its last page again, or the home page', async () => {
    const lists = { 要闻: '/mainnews-yw', 时评: '/mainnews-sp', 财经: '/economy' } as const;
    const lastOf = (name: string) =>
      Math.ceil(newspaper.articles.filter((each) => each.lists.includes(name)).length / 3);
    const past = (name: keyof typeof lists) => `${lists[name]}/list_${lastOf(name) + 1}.shtml`;
    const none = 'a page with none of its articles';
    const ends = { 要闻: none, 时评: 'its last page again', 财经: none } as const;
    const again = newspaper.read(`${lists.时评}/list_${lastOf('时评')}.shtml`);
    newspaper.put(past('时评'), { headers: { 'content-type': 'text/html; charset=utf-8' }, body: again });
    newspaper.put(past('财经'), {
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: newspaper.read('/'),
    });
    const names = Object.keys(ends).flatMap((name) => ['--source', name]);
    const ended = await backfill('ends', '--from', '2012-01-01', '--to', '2026-11-01', '--dry-run', ...names);
    assert.equal(ended.code, 0, ended.stderr);
    for (const [name, end] of Object.entries(ends)) {
      assert.match(
        ended.stderr,
        new RegExp(`${name}, \\S*${lists[name as keyof typeof lists]}/list_1.shtml: the end, ${end}`),
      );
    }
    const found = new Set(ended.lines().map(({ id }) => id));
    const all = newspaper.articles.filter((each) => each.lists.some((name) => name in ends)).map(({ id }) => id);
    assert.deepEqual([...found].sort(), all.sort());
  });

  it('knows the day of a post although its list prints no year', async () => {
    const feed = newspaper.feeds.find(({ name }) => name === '风闻');
    assert.ok(feed);
    const printed = newspaper
      .read(feed.path, 'community')
      .matchAll(/class="time">(\d\d-\d\d) [\s\S]*?content\?id=(\d+)/g);
    const ids = Map.groupBy(printed, ([, day]) => day).get('10-14') ?? [];
    assert.ok(ids.length > 1);
    const ended = await backfill(
      'posts',
      '--from',
      '2026-10-14',
      '--to',
      '2026-10-14',
      '--dry-run',
      '--source',
      '风闻',
    );
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(
      ended.lines().map(({ id }) => id),
      ids.map(([, , id]) => `fengwen:${id}`),
    );
  });

  it('reads each part of a page that several sources share', async () => {
    const parts = { 评论: 'review', 风闻热议: 'posts' } as const;
    const sources = Object.entries(parts).map(
      ([name, part]) => `  - { name: ${name}, url: "${newspaper.www}/", part: ${part} }`,
    );
    const file = await configFor('parts');
    const config = await readFile(file, 'utf8');
    await writeFile(file, config.replace('sources:\n', `sources:\n${sources.join('\n')}\n`));
    const names = Object.keys(parts).flatMap((name) => ['--source', name]);
    const days = ['--from', '2026-10-14', '--to', '2026-10-14'];
    const ended = await run(['backfill', '--json', '--config', file, ...days, ...names], CLOCK);
    assert.equal(ended.code, 0, ended.stderr);
    for (const name of Object.keys(parts)) assert.match(ended.stderr, new RegExp(`${name}, \\S+: [1-9]\\d* articles`));
  });

  it('goes on where it was killed, and begins anew after it came to its end', async () => {
    const file = await configFor('killed');
    const args = [
      'backfill',
      '--json',
      '--config',
      file,
      '--from',
      '2012-01-01',
      '--to',
      '2026-11-01',
      '--source',
      '要闻',
    ];
    let held = true;
    newspaper.handle(({ path }) => (held && path === '/mainnews-yw/list_4.shtml' ? { delayMs: 20_000 } : undefined));
    const earlier = newspaper.requests.length;
    const first = start(args, CLOCK);
    while (!asked(earlier).includes('/mainnews-yw/list_4.shtml')) await sleep(20);
    first.child.kill('SIGKILL');
    await first.ended;
    held = false;

    const pagesOf = async () => {
      const before = newspaper.requests.length;
      const ended = await run(args, CLOCK);
      assert.equal(ended.code, 0, ended.stderr);
      return { pages: asked(before).filter((path) => path.startsWith('/mainnews-yw/')), lines: ended.lines() };
    };
    const second = await pagesOf();
    assert.equal(second.pages[0], '/mainnews-yw/list_4.shtml');
    assert.deepEqual(
      second.lines.map(({ id }) => id).sort(),
      onList('要闻', '2012-01-01', '2026-11-01')
        .map(({ id }) => id)
        .sort(),
    );
    const third = await pagesOf();
    assert.equal(third.pages[0], '/mainnews-yw/list_1.shtml');
    assert.deepEqual(third.lines, []);
  });

  it('says of bad days what is wrong with them', async () => {
    for (const [from, to, why] of [
      ['2026-10-14', '2026-10-13', /--from lies after --to/],
      ['2026-02-30', '2026-10-13', /--from: 2026-02-30 is not a day/],
      ['2026-10-14', 'today', /--to: today is not a day/],
    ] as const) {
      const ended = await backfill('bad', '--from', from, '--to', to);
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, why);
    }
  });

  it('asks for no number where the site sends all such addresses home, and stops where it refuses', async () => {
    const days = ['--from', '2026-10-14', '--to', '2026-10-14', '--source', '要闻'];
    let answer: (path: string) => object | undefined = () => ({ status: 302, headers: { location: '/' } });
    newspaper.handle(({ path }) => (path.startsWith('/a/') ? answer(path) : undefined));
    const home = await backfill('days', ...days, '--ids');
    assert.equal(home.code, 3, home.stderr);
    assert.match(home.stderr, /error NUMBERS_UNANSWERED/);

    const before = newspaper.requests.length;
    let controls = 1;
    answer = () => (controls-- > 0 ? undefined : { status: 403 });
    const refused = await backfill('days', ...days, '--ids');
    assert.equal(refused.code, 5, refused.stderr);
    assert.match(refused.stderr, /error BLOCKED/);
    assert.equal(asked(before).filter((path) => path.startsWith('/a/')).length, 2);

    // The site ends answering numbers after the first control: what it said of them is not believed.
    controls = 1;
    answer = () => (controls-- > 0 ? undefined : { status: 302, headers: { location: '/' } });
    const lied = await backfill('days', ...days, '--ids', '--limit', '2');
    assert.equal(lied.code, 3, lied.stderr);
    assert.match(lied.stderr, /error NUMBERS_UNANSWERED/);
    answer = () => undefined;
    const dry = await backfill('days', ...days, '--ids', '--limit', '2', '--dry-run');
    assert.match(dry.stderr, /2 of \d+ never-seen numbers are asked for: up to 12 requests/);
  });
});

describe('a day with ten articles that no list shows', () => {
  let day: NewsDay;
  let config: string;
  const days = ['--from', '2026-09-09', '--to', '2026-09-10'];
  const NOW = Date.parse('2026-09-11T06:00:00+08:00');
  before(async () => {
    day = await openNewsDay({
      now: () => NOW,
      seed: 6, // the last article is on a list: what lies behind the last that is known nobody can know of
      articles: 40,
      earlier: 10,
      hidden: 10,
      listSize: 100,
      moved: 0.05,
    });
    config = join(folder.path, 'day.yaml');
    await writeFile(config, day.config({ archive: './day', politeness: PACE }));
  });
  after(() => day[Symbol.asyncDispose]());

  const command = (...args: string[]) => run([...args, '--json', '--config', config], CLOCK);
  const coverage = () => command('coverage', '--since', '2026-09-09');
  const www = () => [...day.earlier, ...day.articles].filter(({ id }) => id.startsWith('guancha:'));
  const probes = () => day.requests.map(({ path }) => path).filter((path) => path.startsWith('/a/'));
  /** Numbers of www articles that no list shows now: hidden, or withdrawn since. */
  const isGone = ({ withdrawnAt }: DayArticle) => withdrawnAt !== null && withdrawnAt <= NOW;
  const unseen = () => www().filter((article) => article.hidden || isGone(article));
  const publishedOf = (ended: Ended) => {
    const { published, elsewhere } = summaryOf(ended) as unknown as {
      readonly published: { readonly low: number; readonly high: number };
      readonly elsewhere: number;
    };
    return { low: published.low + elsewhere, high: published.high + elsewhere };
  };

  it('names their numbers as gaps, with their day, and holds them possible', async () => {
    const walked = await command('backfill', ...days);
    assert.equal(walked.code, 0, walked.stderr);
    const ended = await coverage();
    assert.equal(ended.code, 0, ended.stderr);
    const gaps = new Map(
      rows(ended, 'gap').flatMap(({ from, to, fromDay, toDay }) =>
        Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => [Number(from) + i, [fromDay, toDay]] as const),
      ),
    );
    const known = www().filter((article) => !unseen().includes(article));
    const [first = 0, last = 0] = [known[0], known.at(-1)].map((each) => numberOf(each?.id ?? ''));
    const missed = [...unseen().map(({ id }) => numberOf(id)), ...day.unpublishedIds]
      .filter((id) => id > first && id < last)
      .sort((a, b) => a - b);
    assert.deepEqual([...gaps.keys()], missed);
    for (const { id, publishedAt } of unseen()) {
      const date = new Date(publishedAt + 8 * 3_600_000).toISOString().slice(0, 10);
      assert.ok(gaps.get(numberOf(id))?.includes(date) ?? true, id);
    }
    const { low, high } = publishedOf(ended);
    assert.ok(low <= www().length && www().length <= high, `${low} to ${high}`);
    const archived = rows(ended, 'day').reduce(
      (sum, { states }) => sum + Number((states as Record<string, number>).archived),
      0,
    );
    assert.equal(archived, known.filter(({ movedAt }) => movedAt === null || movedAt > NOW).length);
  });

  it('says what asking costs, asks for some, and knows more', async () => {
    const wide = publishedOf(await coverage());
    const dry = await command('backfill', ...days, '--ids', '--limit', '6', '--dry-run');
    assert.match(dry.stderr, /6 of \d+ never-seen numbers are asked for: up to 32 requests/);
    assert.deepEqual(probes(), []);
    const some = await command('backfill', ...days, '--ids', '--limit', '6');
    assert.equal(some.code, 0, some.stderr);
    assert.equal(some.lines().filter(({ type }) => type === 'number').length, 6);
    const narrow = publishedOf(await coverage());
    assert.ok(narrow.low <= www().length && www().length <= narrow.high, `${narrow.low} to ${narrow.high}`);
    assert.ok(narrow.high - narrow.low < wide.high - wide.low);
  });

  it('finds them under the addresses that their pages name, asks nothing twice, and then knows all', async () => {
    const all = await command('backfill', ...days, '--ids');
    assert.equal(all.code, 0, all.stderr);
    const ended = await coverage();
    assert.deepEqual(rows(ended, 'gap'), []);
    const { low, high } = publishedOf(ended);
    assert.equal(low, high);
    const withdrawn = www().filter(isGone).length;
    assert.equal(low, www().length - withdrawn); // what was withdrawn before anybody looked cannot be distinguished from nobody's

    for (const { id, url } of www().filter((article) => article.hidden && !isGone(article))) {
      const [, path] = /^guancha:(\d+)$/.exec(id) ?? [];
      const name = `records/2026/09/2026_09_10_${path}.json`;
      const record = JSON.parse(await readFile(join(folder.path, 'day', name), 'utf8')) as ArchiveRecord;
      assert.equal(record.url, url);
      assert.equal(record.via, `${day.www}/a/2026_09_10_${path}.shtml`);
    }
    const control = probes().filter((path) => probes().indexOf(path) !== probes().lastIndexOf(path));
    assert.ok(new Set(control).size <= 1, 'only the archived article by which the site shows that it answers');
    const before = probes().length;
    const again = await command('backfill', ...days, '--ids');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /0 of 0 never-seen numbers/);
    assert.equal(probes().length, before);
  });

  it('shows people the same in a table and a sentence, and on a page that loads nothing', async () => {
    const page = join(folder.path, 'coverage.html');
    const ended = await run(['coverage', '--since', '2026-09-09', '--config', config, '--html', page], CLOCK);
    assert.match(ended.stdout, /^2026-09-10 {2}█+/m);
    assert.match(ended.stdout, /^\d+ of \d+ articles published since 2026-09-09 are archived, 100 % \(95 % interval/m);
    const $ = load(await readFile(page, 'utf8'));
    assert.equal($('h1').text(), '100 % archived');
    assert.ok(ended.stdout.includes($('.lead').text()));
    assert.equal($('.days tbody tr').length, 2);
    assert.equal($('script, link, img, iframe, [style], [src]').length, 0);
    assert.match($('meta[http-equiv]').attr('content') ?? '', /^default-src 'none'/);
    const inside = ['coverage', '--config', config, '--html', join(folder.path, 'day/coverage.html')];
    assert.equal((await run(inside, CLOCK)).code, 2);
    const later = await run(['coverage', '--since', '2026-11-01', '--config', config], CLOCK);
    assert.equal(later.stdout, 'nothing is known since 2026-11-01\n');
    assert.equal((await run(['coverage', '--since', 'monday', '--config', config], CLOCK)).code, 2);
  });
});
