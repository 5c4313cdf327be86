/** The reader's eye without a browser: what it compares, what it looks at, what it records, and that nothing waits for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { work } from '../src/crawl/work.ts';
import { ArchiveError } from '../src/errors.ts';
import { compareSeen } from '../src/eye/compare.ts';
import { createEye, type EyePolicy } from '../src/eye/eye.ts';
import { seenOf } from '../src/eye/seen.ts';
import type { ShowPage } from '../src/fetch/show-page.ts';
import { isReaderFlag } from '../src/flags.ts';
import type { Article } from '../src/model.ts';
import { extract } from '../src/page/extract.ts';
import { type AnyNode, oneLine } from '../src/page/html.ts';
import type { ParsedPage } from '../src/page/page.ts';
import type { Site } from '../src/site/address.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { classicPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';
import { flatAppearance } from './support/flat-appearance.ts';
import { answer, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { articleParts, siteOf } from './support/newspaper-pages.ts';

function flagsOf(page: ParsedPage, article: Article, site: Site, but?: Parameters<typeof flatAppearance>[1]) {
  const seen = seenOf(flatAppearance(page, but), { page: page.page, address: article.url, site, sizes: new Map() });
  assert.ok(seen);
  return compareSeen(seen, article);
}

describe('what a reader sees of the newspaper, laid out line by line', () => {
  it('is what was extracted, and each paragraph that is not seen is missed', async () => {
    await using newspaper = await openNewspaper({ articles: 48, pageBytes: 30_000, specials: false });
    const site = siteOf(newspaper);
    let hidden = 0;
    for (const each of newspaper.articles) {
      const { parts, address } = articleParts(newspaper, each);
      const [page, ...others] = parts;
      if (page === undefined || others.length > 0) continue;
      const article = extract(parts, address, site);
      assert.deepEqual(flagsOf(page, article, site), [], each.url);
      for (const text of new Set(each.paragraphs.slice(0, 5))) {
        const isIt = (node: AnyNode) => node.type === 'text' && oneLine(node.data) === text;
        if (!page.$('body').text().includes(text) || !contains(page, isIt)) continue;
        hidden += 1;
        const flags = flagsOf(page, article, site, (node) => (isIt(node) ? null : {}));
        assert.ok(
          flags.some(({ code }) => code === 'reader-sees-less'),
          text,
        );
      }
    }
    assert.ok(hidden > 100, String(hidden));
  });
});

function contains(page: ParsedPage, isIt: (node: AnyNode) => boolean): boolean {
  const rest: AnyNode[] = page.$.root().toArray();
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (isIt(node)) return true;
    if ('children' in node) rest.push(...node.children);
  }
  return false;
}

const NEWS = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' } as const;
const RIGHT = classicPage({ body: '<p>茶馆今天照常开门。</p><p>请坐。</p>' });
/** Its byline is in a form that nobody understands. */
const DOUBTED = classicPage({ body: '<p>【文/】</p><p>茶馆今天照常开门。</p><p>请坐。</p>' });
const hides = (text: string) => (node: AnyNode) => (node.type === 'text' && node.data === text ? null : {});

/** A crawl of one article, visited again and again, with what its readers see each time. */
async function crawlOf(html: string, policy: EyePolicy, stopSignal?: AbortSignal) {
  const { context, clock } = openMemoryCrawl([answer(NEWS_URL.replace('.shtml', '_s.shtml'), html)]);
  const looks: (() => ReturnType<ShowPage>)[] = [];
  let shown = 0;
  const eye = createEye({
    policy,
    show: async () => {
      shown += 1;
      return (looks.shift() ?? (async () => flatAppearance(pageOf(html))))();
    },
    archive: context.services.archive,
    site: SITE,
    now: clock.now,
    stopSignal,
    log: () => {},
  });
  const target = targetOf(NEWS_URL);
  return {
    looks,
    eye,
    shown: () => shown,
    visit: async (): Promise<ArchiveRecord> => {
      const services = { ...context.services, eye };
      const { visit } = await work({ kind: 'repair', target, isArchived: true }, { ...context, services }, OPTIONS);
      assert.ok(['archived', 'unchanged'].includes(visit.outcome.kind), JSON.stringify(visit.outcome));
      await eye.drained();
      const found = await context.services.archive.find(target.id, '2022-01-28');
      assert.ok(found);
      return found.record;
    },
  };
}

const readerFlags = ({ flags }: ArchiveRecord) => flags.filter(isReaderFlag).map(({ code }) => code);

describe('the reader’s eye', () => {
  it('looks at the pages that its policy names', async () => {
    assert.deepEqual(extract([pageOf(RIGHT)], NEWS, SITE).flags, []);
    const cases: readonly (readonly [EyePolicy, html: string, looks: number])[] = [
      ['never', RIGHT, 0],
      ['never', DOUBTED, 0],
      ['new', RIGHT, 0],
      ['new', DOUBTED, 1],
      [{ every: 7 }, RIGHT, 0],
      [{ every: 7 }, DOUBTED, 1],
      [{ every: 100 }, RIGHT, 1],
    ];
    for (const [policy, html, looks] of cases) {
      const crawl = await crawlOf(html, policy);
      const { render } = await crawl.visit();
      assert.equal(crawl.shown(), looks, JSON.stringify([policy, html === RIGHT]));
      assert.equal(render?.result, looks === 0 ? undefined : 'as extracted');
      await crawl.visit();
      assert.equal(crawl.shown(), looks, 'what looked right is not looked at again while nothing changes');
    }
  });

  it('flags a difference without a new version, keeps it by a visit, and takes it back when it is not seen any more', async () => {
    const crawl = await crawlOf(RIGHT, { every: 1 });
    crawl.looks.push(async () => flatAppearance(pageOf(RIGHT), hides('请坐。')));
    const first = await crawl.visit();
    assert.deepEqual(readerFlags(first), ['reader-sees-less']);
    assert.equal(first.render?.result, 'otherwise');
    crawl.looks.push(async () => flatAppearance(pageOf(RIGHT), hides('请坐。')));
    const second = await crawl.visit();
    assert.deepEqual(second, { ...first, capture: second.capture }, 'the same again changes nothing');
    crawl.looks.push(async () => {
      throw new ArchiveError('BROWSER_CRASHED', NEWS_URL);
    });
    assert.deepEqual(readerFlags(await crawl.visit()), ['reader-sees-less'], 'a look that failed takes nothing back');
    const last = await crawl.visit();
    assert.deepEqual([readerFlags(last), last.render?.result], [[], 'as extracted']);
    assert.deepEqual(last.versions, first.versions);
  });

  it('records what it could not look at, with the reason, and fails no article', async () => {
    const crawl = await crawlOf(RIGHT, { every: 1 });
    crawl.looks.push(async () => {
      throw new ArchiveError('ROBOTS_DISALLOWED', 'https://www.guancha.cn/css/main.css');
    });
    const { render, flags } = await crawl.visit();
    assert.equal(render?.result, 'not looked at');
    assert.match(render?.why ?? '', /ROBOTS_DISALLOWED.*main\.css/);
    assert.deepEqual(flags, []);
    assert.equal((await crawl.visit()).render?.result, 'as extracted', 'it is tried again at the next visit');
    const empty = await crawlOf(RIGHT, { every: 1 });
    empty.looks.push(async () => flatAppearance(pageOf('<html></html>')));
    assert.match((await empty.visit()).render?.why ?? '', /EXTRACTION/);
  });

  it('finishes what is in hand when the run is to stop, and leaves what waits', async () => {
    const stop = new AbortController();
    const crawl = await crawlOf(RIGHT, { every: 1 }, stop.signal);
    crawl.looks.push(async () => {
      stop.abort();
      return flatAppearance(pageOf(RIGHT));
    });
    assert.equal((await crawl.visit()).render?.result, 'as extracted');
    const later = await crawlOf(RIGHT, { every: 1 }, stop.signal);
    assert.equal((await later.visit()).render, undefined);
  });

  it('keeps no visit waiting: beyond some dozens, pages are recorded as not looked at', async () => {
    const { context } = openMemoryCrawl([answer(NEWS_URL.replace('.shtml', '_s.shtml'), RIGHT)]);
    await work({ kind: 'repair', target: targetOf(NEWS_URL), isArchived: true }, context, OPTIONS);
    const found = await context.services.archive.find('guancha:900', '2022-01-28');
    assert.ok(found);
    const gate = Promise.withResolvers<void>();
    const noted: (string | undefined)[] = [];
    const eye = createEye({
      policy: { every: 1 },
      show: async () => {
        await gate.promise;
        return flatAppearance(pageOf(RIGHT));
      },
      archive: {
        update: async (_key, change) => {
          const next = await change(found.record);
          if (next !== null && 'record' in next) noted.push(next.record.render?.result);
          return { record: null, wrote: true };
        },
      },
      site: SITE,
      now: Date.now,
      log: () => {},
    });
    const page = pageOf(RIGHT);
    const article = extract([page], NEWS, SITE);
    for (let i = 0; i < 60; i++)
      eye.look({ ...found, wrote: true, article, pages: [page.page], signal: OPTIONS.abortSignal });
    gate.resolve();
    await eye.drained();
    assert.deepEqual(
      ['as extracted', 'not looked at'].map((result) => noted.filter((each) => each === result).length),
      [51, 9],
    );
  });
});
