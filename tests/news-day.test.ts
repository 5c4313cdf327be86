/** The news day answers what its truth says, at every instant: whatever else is tested against it stands on this. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { load } from 'cheerio';
import { parseConfig } from '../src/config.ts';
import { discover } from '../src/crawl/read-list.ts';
import { extract } from '../src/page/extract.ts';
import { judge } from '../src/page/judge.ts';
import { type ParsedPage, parsePage } from '../src/page/page.ts';
import type { Site } from '../src/site/address.ts';
import { parseArticleUrl, singlePageUrl } from '../src/site/address.ts';
import {
  type DayArticle,
  type DayVersion,
  type NewsDay,
  type NewsDayOptions,
  openNewsDay,
} from './newspaper/day/news-day.ts';
import { fetchedPage } from './support/fetched-page.ts';

const HOUR = 3_600_000;
const clock = { ms: 0 };
let day: NewsDay;
let site: Site;
before(async () => {
  day = await openNewsDay({ now: () => clock.ms, hidden: 10 });
  site = { www: day.www, community: day.community, images: [day.images] };
});
after(() => day[Symbol.asyncDispose]());

/** The page at an address at an instant, redirects followed. */
async function pageAt(url: string, ms: number): Promise<ParsedPage> {
  clock.ms = ms;
  const response = await fetch(url);
  return parsePage(
    fetchedPage({
      url,
      finalUrl: response.url,
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
      fetchedAt: new Date(ms).toISOString(),
    }),
  );
}

const addressOf = ({ url }: DayArticle) => {
  const address = parseArticleUrl(url, site);
  assert.ok(address);
  return address;
};
const verdictAt = async (article: DayArticle, ms: number) =>
  judge(await pageAt(singlePageUrl(addressOf(article)), ms), site);
const isPost = ({ era }: DayArticle) => era === 'fengwen';
const all = () => [...day.earlier, ...day.articles];
const down = (ms: number) =>
  day.outages.some(({ source, from, to }) => source === null && from <= ms && ms < (to ?? ms + 1));
/** The first instant from `ms` on at which www answers. */
const whenUp = (ms: number): number => (down(ms) ? whenUp(ms + HOUR / 4) : ms);

/** The text of the paragraphs of a body, as the truth has them. */
function paragraphsOf(body: string): string[] {
  const $ = load(body);
  const texts = $('p, li, td')
    .toArray()
    .map((element) => $(element).text().replace(/\s+/g, ' ').trim());
  return texts.filter((text) => text !== '');
}

describe('the plan', () => {
  test('so many are published over the day, changed, withdrawn, moved and hidden as was asked for', () => {
    const { startAt } = day.plan;
    const written = day.articles.filter(({ movedFrom }) => movedFrom === null);
    assert.equal(written.length, 150);
    assert.ok(written.every(({ publishedAt }) => publishedAt >= startAt && publishedAt < startAt + 24 * HOUR));
    assert.ok(day.earlier.every(({ publishedAt }) => publishedAt < startAt && publishedAt >= startAt - 24 * HOUR));
    const count = (is: (article: DayArticle) => boolean) => written.filter(is).length;
    assert.deepEqual(
      [
        count(isPost),
        count(({ versions }) => versions.length > 1),
        count(({ withdrawnAt }) => withdrawnAt !== null),
        count(({ movedAt }) => movedAt !== null),
        count(({ hidden }) => hidden),
        day.articles.length,
      ],
      [12, 30, 5, 8, 10, 158],
    );
    const edits = written.map(({ versions }) => versions.length - 1);
    assert.deepEqual(new Set(edits), new Set([0, 1, 2, 3]));
    const atNight = count(({ publishedAt }) => publishedAt < startAt + 6 * HOUR);
    const inTheMorning = count(
      ({ publishedAt }) => publishedAt >= startAt + 6 * HOUR && publishedAt < startAt + 12 * HOUR,
    );
    assert.ok(atNight > 0 && inTheMorning > 2 * atNight, `${atNight} at night, ${inTheMorning} in the morning`);
  });

  test('ids rise with the time of publication, and some numbers between them are nobody’s', () => {
    const ids = all()
      .filter((article) => !isPost(article))
      .map(({ id }) => Number(id.split(':')[1]));
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
    const between = Array.from({ length: (ids.at(-1) ?? 0) - (ids[0] ?? 0) + 1 }, (_, index) => (ids[0] ?? 0) + index);
    const gaps = between.filter((id) => !ids.includes(id));
    assert.deepEqual(
      gaps,
      day.unpublishedIds.filter((id) => id > (ids[0] ?? 0)),
    );
    assert.ok(gaps.length > 0.05 * between.length && gaps.length < 0.25 * between.length, `${gaps.length}`);
  });

  test('each kind of change changes what its name says and nothing else', () => {
    const seen = new Set<string>();
    const differing = (a: readonly string[], b: readonly string[]) => a.filter((text) => !b.includes(text)).length;
    const signs = (a: DayVersion, b: DayVersion) => ({
      title: a.title !== b.title && a.listTitle !== b.listTitle,
      lost: differing(a.paragraphs, b.paragraphs),
      won: differing(b.paragraphs, a.paragraphs),
      picture: a.images[0]?.src !== b.images[0]?.src,
    });
    for (const { versions, publishedAt } of day.articles) {
      assert.deepEqual([versions[0].from, versions[0].kind, versions[0].updated], [publishedAt, 'published', null]);
      for (const [index, version] of versions.slice(1).entries()) {
        const before = versions[index] ?? versions[0];
        const same = { title: false, lost: 0, won: 0, picture: false };
        const expected = {
          published: same,
          title: { ...same, title: true },
          correction: { ...same, lost: 1, won: 1 },
          addition: { ...same, won: 2 },
          picture: { ...same, picture: true },
        }[version.kind];
        assert.deepEqual(signs(before, version), expected, version.kind);
        assert.ok(version.from > before.from);
        seen.add(version.kind);
      }
    }
    assert.deepEqual(seen, new Set(['title', 'correction', 'addition', 'picture']));
  });

  test('the same seed gives the same day whatever was asked before, another seed another', async () => {
    const instants = [2, 9, 13, 23.9, 40].map((hours) => day.plan.startAt + hours * HOUR);
    const seen = async (seed: number, order: readonly number[]) => {
      let ms = 0;
      await using one = await openNewsDay({ now: () => ms, seed, articles: 20, earlier: 10 });
      const named = (text: string) =>
        text.replaceAll(one.www, 'W').replaceAll(one.community, 'C').replaceAll(one.images, 'I');
      const answers = new Map<number, string>();
      for (const instant of order) {
        ms = instant;
        const pages = [...one.articles.map(({ url }) => url), ...one.lists.map(({ url }) => url)].map((url) => {
          const { origin, pathname, search } = new URL(url);
          return one.read(pathname + search, origin === one.www ? 'www' : 'community');
        });
        answers.set(instant, named(JSON.stringify(pages)));
      }
      return [
        named(JSON.stringify([one.articles, one.earlier, one.unpublishedIds])),
        ...instants.map((at) => answers.get(at)),
      ];
    };
    const forwards = await seen(7, instants);
    assert.deepEqual(await seen(7, instants.toReversed()), forwards);
    assert.equal(new Set(forwards).size, instants.length + 1);
    assert.notDeepEqual(await seen(8, instants), forwards);
  });
});

describe('pages', () => {
  test('every version of every article is judged an article and read as the truth has it, until the next', async () => {
    for (const article of all().filter((each) => !isPost(each))) {
      const end = Math.min(
        article.withdrawnAt ?? Number.POSITIVE_INFINITY,
        article.movedAt ?? Number.POSITIVE_INFINITY,
      );
      for (const [index, version] of article.versions.entries()) {
        const last = (article.versions[index + 1]?.from ?? Math.min(end, version.from + 100 * HOUR)) - 1;
        for (const ms of new Set([whenUp(version.from), whenUp(last)])) {
          if (ms > last) continue;
          const address = addressOf(article);
          const page = await pageAt(singlePageUrl(address), ms);
          const verdict = judge(page, site);
          assert.equal(verdict.kind, 'article', `${article.url}: ${verdict.evidence.join('; ')}`);
          const read = extract([page], address, site);
          assert.deepEqual(
            {
              title: read.title,
              at: Date.parse(read.publishedAt),
              updated: read.clock.updated,
              updatedAt: read.updatedAt === null ? version.from : Date.parse(read.updatedAt),
              paragraphs: paragraphsOf(read.body),
              images: read.images.map(({ src }) => src),
              // Made-up texts need not speak of what their headlines do.
              flags: read.flags.filter(({ code }) => code !== 'body-suspect'),
            },
            {
              title: version.title,
              at: article.publishedAt,
              updated: version.updated,
              updatedAt: version.from,
              paragraphs: version.paragraphs,
              images: version.images.map(({ src }) => src),
              flags: [],
            },
            `${article.url} at ${new Date(ms).toISOString()}`,
          );
        }
      }
    }
  });

  test('posts are read with a time counted from the answer’s; one that was an article has its text', async () => {
    const posts = all().filter(isPost);
    for (const post of posts) {
      const address = addressOf(post);
      for (const [age, within] of [
        [20_000, HOUR / 60],
        [HOUR / 2, HOUR / 60],
        [5 * HOUR, 24 * HOUR],
        [30 * HOUR, HOUR / 60],
      ] as const) {
        const page = await pageAt(singlePageUrl(address), post.publishedAt + age);
        assert.equal(judge(page, site).kind, 'article');
        const read = extract([page], address, site);
        assert.equal(read.precision, 'approximate');
        const off = Math.abs(Date.parse(read.publishedAt) - post.publishedAt);
        assert.ok(off <= within, `${read.clock.published}: ${off} ms`);
        assert.deepEqual([read.title, paragraphsOf(read.body)], [post.versions[0].title, post.versions[0].paragraphs]);
      }
    }
    const moved = posts.filter(({ movedFrom }) => movedFrom !== null);
    assert.equal(moved.length, 8);
    for (const post of moved) {
      const from = day.articles.find(({ id }) => id === post.movedFrom);
      assert.deepEqual([from?.movedTo, from?.movedAt], [post.id, post.publishedAt]);
      assert.deepEqual(post.versions[0].paragraphs, from?.versions[0].paragraphs);
    }
  });

  test('before publication there is nothing; after withdrawal it is gone; what moved leads to its post', async () => {
    for (const article of day.articles) {
      const early = await verdictAt(article, article.publishedAt - 1);
      if (!down(article.publishedAt - 1) || isPost(article)) assert.equal(early.kind, 'gone', article.url);
      const { withdrawnAt, movedAt, movedTo } = article;
      if (withdrawnAt !== null) {
        if (!down(withdrawnAt - 1)) assert.equal((await verdictAt(article, withdrawnAt - 1)).kind, 'article');
        clock.ms = whenUp(withdrawnAt);
        const answer = await fetch(article.url, { redirect: 'manual' });
        assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${day.www}/`]);
        assert.equal((await verdictAt(article, clock.ms)).kind, 'gone');
      }
      if (movedAt !== null) {
        if (!down(movedAt - 1)) assert.equal((await verdictAt(article, movedAt - 1)).kind, 'article');
        const verdict = await verdictAt(article, whenUp(movedAt));
        assert.deepEqual(verdict.kind === 'moved' && verdict.to.id, movedTo);
      }
    }
  });

  test('numbers that were never published lead home', async () => {
    clock.ms = day.plan.startAt + 30 * HOUR;
    for (const id of day.unpublishedIds) {
      const answer = await fetch(`${day.www}/a/2026_09_10_${id}.shtml`, { redirect: 'manual' });
      assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${day.www}/`]);
    }
  });

  test('who knows the version is answered so, by tag and by date, until there is another', async () => {
    const article = day.articles.find(({ versions }) => versions.length > 2);
    assert.ok(article);
    const ask = async (ms: number, headers: Record<string, string> = {}) => {
      clock.ms = ms;
      const answer = await fetch(article.url, { headers });
      return { status: answer.status, body: await answer.text(), headers: answer.headers };
    };
    const tags = new Set<string>();
    for (const { from } of article.versions) {
      const ms = whenUp(from);
      const { headers } = await ask(ms);
      const etag = headers.get('etag') ?? '';
      const modified = headers.get('last-modified') ?? '';
      assert.equal(Date.parse(modified), from);
      const second = 1000;
      const earlier = new Date(from - second).toUTCString();
      const statuses = await Promise.all(
        [
          { 'if-none-match': etag },
          { 'if-none-match': `"other", W/${etag}` },
          { 'if-none-match': '*' },
          { 'if-modified-since': modified },
          { 'if-none-match': '"other"', 'if-modified-since': modified },
          { 'if-none-match': '"other"' },
          { 'if-modified-since': earlier },
          { 'if-modified-since': 'nonsense' },
        ].map(async (known) => {
          const answer = await ask(ms, known as Record<string, string>);
          if (answer.status === 304) assert.deepEqual([answer.body, answer.headers.get('etag')], ['', etag]);
          return answer.status;
        }),
      );
      assert.deepEqual(statuses, [304, 304, 304, 304, 200, 200, 200, 200]);
      tags.add(etag);
    }
    assert.equal(tags.size, article.versions.length);
  });

  test('pictures answer', async () => {
    const sources = day.articles.slice(0, 20).flatMap(({ versions }) => versions.flatMap(({ images }) => images));
    assert.ok(sources.length >= 20);
    for (const { asset } of sources.filter(({ icon }) => !icon)) {
      assert.ok(asset);
      assert.equal((await (await fetch(asset.url)).arrayBuffer()).byteLength, asset.bytes);
    }
  });
});

describe('lists', () => {
  const broken = (list: string, ms: number) =>
    down(ms) || day.outages.some(({ source, from, to }) => source === list && from <= ms && (to === null || ms < to));

  test('each shows what the truth says, newest first, under the title of the hour', async () => {
    const instants = Array.from({ length: 31 }, (_, index) => day.plan.startAt + index * HOUR + index * 97_000);
    let entries = 0;
    for (const ms of instants) {
      for (const { name, url } of day.lists) {
        if (broken(name, ms) && !(name === '风闻')) continue;
        const page = await pageAt(url, ms);
        const found = discover(page, site).entries;
        const truth = all()
          .filter(({ shown }) =>
            shown.some(({ list, from, until }) => list === name && from <= ms && (until === null || ms < until)),
          )
          .toReversed();
        const version = ({ versions }: DayArticle) =>
          versions.findLast(({ from }) => from <= ms)?.listTitle.replace(/\s+/g, ' ');
        const named = found.map(({ address, title }) => [address.id, title]);
        const expected = truth.map((article) => [article.id, version(article)]);
        const order = name === '首页' ? (rows: unknown[][]) => rows.toSorted() : (rows: unknown[][]) => rows;
        assert.deepEqual(order(named), order(expected), `${name} at ${new Date(ms).toISOString()}`);
        assert.ok(named.length > 0, name);
        for (const { time, address } of found) {
          const article = truth.find(({ id }) => id === address.id);
          if (time !== null)
            assert.ok(Math.abs(Date.parse(`${time}+08:00`) - (article?.publishedAt ?? 0)) < 60_000, time);
        }
        entries += named.length;
      }
    }
    assert.ok(entries > 3000, `${entries}`);
  });

  test('who is hidden is on none; everybody else is on one at least, and many on several', () => {
    const www = day.articles.filter((article) => !isPost(article));
    for (const { hidden, shown } of www) assert.equal(shown.length === 0, hidden);
    const times = www
      .filter(({ hidden }) => !hidden)
      .map(({ shown }) => new Set(shown.map(({ list }) => list.replace('新', ''))).size);
    const share = (is: (count: number) => boolean) => times.filter(is).length / times.length;
    assert.ok(share((count) => count === 1) > 0.05 && share((count) => count > 1) > 0.5);
  });

  test('each outage answers as planned from its first instant to its last', async () => {
    const looks: Record<string, (page: ParsedPage) => unknown> = {
      empty: (page) => {
        const { kind, entries } = discover(page, site);
        return page.page.status === 200 && kind === 'latest' && entries.length === 0;
      },
      'error-500': ({ page }) => page.status === 500,
      'home-page': (page) => page.page.finalUrl === page.page.url && discover(page, site).kind === 'home',
      'unavailable-503': ({ page }) => page.status === 503,
      'home-redirect': ({ page }) => page.finalUrl === `${day.www}/`,
      'not-yet': ({ page }) => page.finalUrl === `${day.www}/`,
      retired: ({ page }) => page.finalUrl === `${day.www}/`,
    };
    assert.deepEqual(
      day.outages.map(({ source, kind }) => [source, kind]),
      [
        ['要闻', 'empty'],
        ['头条', 'error-500'],
        ['时评', 'home-page'],
        [null, 'unavailable-503'],
        ['新财经', 'not-yet'],
        ['新国际战略', 'not-yet'],
        ['财经', 'retired'],
        ['国际战略', 'retired'],
      ],
    );
    for (const { source, from, to, kind } of day.outages) {
      const urls = day.lists.filter(({ name, url }) => (source === null ? url.startsWith(day.www) : name === source));
      for (const { url } of urls) {
        const isBroken = async (ms: number) => looks[kind]?.(await pageAt(url, ms));
        assert.equal(await isBroken(from), true, `${url} ${kind}`);
        assert.equal(await isBroken((to ?? from + 7 * HOUR) - 1), true, `${url} ${kind}`);
        if (source === null && broken(day.lists.find((list) => list.url === url)?.name ?? '', from - 1)) continue;
        if (kind !== 'not-yet') assert.equal(await isBroken(from - 1), false, `${url} before ${kind}`);
        if (to !== null) assert.equal(await isBroken(to), false, `${url} after ${kind}`);
      }
    }
    clock.ms = day.plan.startAt + 20.5 * HOUR;
    assert.equal((await fetch(`${day.www}/robots.txt`)).status, 503);
    assert.equal((await fetch(day.articles[0]?.url ?? '')).status, 503);
    assert.equal((await fetch(`${day.community}/robots.txt`)).status, 200);
  });

  test('the configuration is valid and names every list, or those asked for', () => {
    const config = parseConfig(day.config({ archive: './a', politeness: { intervalMs: 4000 } }), 'day');
    assert.deepEqual(
      config.sources.map(({ name, url }) => ({ name, url })),
      day.lists,
    );
    assert.equal(config.politeness.intervalMs, 4000);
    const few = parseConfig(day.config({ archive: './a', lists: ['头条', '风闻'] }), 'day');
    assert.deepEqual(
      few.sources.map(({ name }) => name),
      ['头条', '风闻'],
    );
  });
});

describe('other days', () => {
  const END = Date.parse('2026-09-12T00:00:00+08:00');
  async function other(options: Partial<NewsDayOptions>) {
    return openNewsDay({ now: () => END, articles: 60, earlier: 20, ...options });
  }
  const idsOn = ({ articles }: NewsDay, name: string) =>
    articles.filter(({ shown }) => shown.some(({ list }) => list === name)).map(({ id }) => id);

  test('no entry falls off before the time that lists hold it', async () => {
    await using held = await other({ listSize: 2, listHoldsMs: 3 * HOUR });
    await using short = await other({ listSize: 2 });
    const change = held.plan.cmsChangeAt ?? 0;
    const shortest = ({ articles }: NewsDay) =>
      Math.min(
        ...articles.flatMap(({ shown, withdrawnAt }) =>
          shown.flatMap(({ from, until }) =>
            until === null || until === withdrawnAt || until === change || from === change ? [] : [until - from],
          ),
        ),
      );
    assert.equal(shortest(held), 3 * HOUR);
    assert.ok(shortest(short) < HOUR);
  });

  test('any list can be planned to break in any way', async () => {
    const [from, to] = [END - HOUR, END + HOUR];
    await using one = await other({
      outages: [
        { source: '风闻', from, to, kind: 'home-redirect' },
        { source: '要闻', from, to, kind: 'unavailable-503' },
      ],
    });
    const ask = (name: string) =>
      fetch(one.lists.find((list) => list.name === name)?.url ?? '', { redirect: 'manual' });
    assert.equal((await ask('风闻')).headers.get('location'), `${one.community}/`);
    assert.deepEqual([(await ask('要闻')).status, (await ask('头条')).status], [503, 200]);
  });

  test('old columns may stay as they were, or go on', async () => {
    const status = async (one: NewsDay) =>
      (await fetch(one.lists.find(({ name }) => name === '财经')?.url ?? '', { redirect: 'manual' })).status;
    await using home = await other({});
    await using frozen = await other({ oldColumns: 'frozen' });
    await using live = await other({ oldColumns: 'live' });
    assert.deepEqual(await Promise.all([home, frozen, live].map(status)), [302, 200, 200]);
    assert.deepEqual([idsOn(frozen, '财经'), idsOn(frozen, '新财经')], [idsOn(home, '财经'), idsOn(home, '新财经')]);
    assert.ok(idsOn(live, '财经').length > idsOn(home, '财经').length);
    assert.ok(!frozen.outages.some(({ kind }) => kind === 'retired'));
  });

  test('the counter may start again with the new CMS; without one all is classic', async () => {
    await using restarted = await other({ idRestart: 900_000 });
    const { cmsChangeAt } = restarted.plan;
    for (const { id, era, publishedAt } of restarted.articles.filter((article) => !isPost(article))) {
      const modern = publishedAt >= (cmsChangeAt ?? 0);
      assert.deepEqual([era, Number(id.split(':')[1]) >= 900_000], [modern ? 'cms-2026' : 'classic', modern]);
    }
    await using old = await other({ cmsChangeAt: null });
    assert.deepEqual(new Set(old.articles.map(({ era }) => era)), new Set(['classic', 'fengwen']));
    assert.ok(!old.lists.some(({ name }) => name.startsWith('新')));
  });

  test('pages may go without validators, weigh as much as asked, and print full times', async () => {
    await using one = await other({ conditional: false, pageBytes: 60_000, postTimes: 'full', outages: [] });
    const news = one.articles.find(
      (article) => !isPost(article) && article.withdrawnAt === null && article.movedAt === null,
    );
    const answer = await fetch(news?.url ?? '');
    assert.equal(answer.headers.get('etag'), null);
    const { byteLength } = await answer.arrayBuffer();
    assert.ok(Math.abs(byteLength - 60_000) < 6000, `${byteLength}`);
    await using standard = await other({});
    const light = standard.read(new URL(standard.articles.find(({ id }) => id === news?.id)?.url ?? '').pathname);
    assert.ok(light.includes('all-txt') && Buffer.byteLength(light) < 18_000, `${Buffer.byteLength(light)}`);
    const post = one.articles.find(isPost);
    const text = await (await fetch(post?.url ?? '')).text();
    const [, printed] = /<span class="time1">([^<]*)/.exec(text) ?? [];
    assert.ok(Math.abs(Date.parse(`${printed}+08:00`) - (post?.publishedAt ?? 0)) < 60_000, printed);
  });

  test('requests are dated by the clock', async () => {
    let ms = 1_800_000_000_000;
    await using one = await openNewsDay({ now: () => ms, articles: 2, earlier: 2 });
    await (await fetch(one.www)).text();
    ms += 5000;
    await (await fetch(one.community)).text();
    assert.deepEqual(
      one.requests.map(({ origin, date }) => [origin, date]),
      [
        ['www', 1_800_000_000_000],
        ['community', 1_800_000_005_000],
      ],
    );
  });
});
