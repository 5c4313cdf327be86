/** Whatever names an article agrees where all is of one truth, and any part of another article is flagged. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Flag, FlagCode } from '../src/flags.ts';
import { namesTitle } from '../src/page/checks-agreement.ts';
import { extract } from '../src/page/extract.ts';
import { onSiteClock } from '../src/site/clock.ts';
import { classicPage, cmsPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';

/** What the places of a page say of an article. */
interface Truth {
  readonly title: string;
  readonly columnist: string;
  readonly summary: string;
  readonly number: number;
  /** The instants in ms since 1970. */
  readonly published: number;
  readonly updated: number;
  readonly picture: string;
}

const TRUTH: Truth = {
  title: '茶馆开门了',
  columnist: '石砚',
  summary: '茶馆今天照常开门，老街坊都来坐一坐。',
  number: 903_180,
  published: Date.parse('2026-10-04T15:10:53+08:00'),
  updated: Date.parse('2026-10-04T15:40:21+08:00'),
  picture: 'https://i.guancha.cn/news/2026/10/04/20261004150143123.jpg',
};
const OTHER: Truth = {
  title: '渡船停航三天',
  columnist: '石砚',
  summary: '码头上的渡船每逢初一十五停航检修，渔民补网晒鱼。',
  number: 903_144,
  published: Date.parse('2026-10-03T09:05:10+08:00'),
  updated: Date.parse('2026-10-03T11:02:00+08:00'),
  picture: 'https://i.guancha.cn/news/2026/10/03/20261003084411321.jpg',
};

const clock = (at: number) => onSiteClock(new Date(at).toISOString()).slice(0, 19).replace('T', ' ');
const path = ({ number, published }: Truth) =>
  `/ShiYan/${clock(published).slice(0, 10).replaceAll('-', '_')}_${number}.shtml`;

/** Each place of a page that names the article: its markup, where it stands, and the flag for another article's. */
const PLACES: Readonly<
  Record<string, readonly [where: 'head' | 'foot', code: FlagCode, markup: (truth: Truth) => string]>
> = {
  'og:title': ['head', 'title-mismatch', ({ title }) => `<meta property="og:title" content="${title}">`],
  headline: [
    'head',
    'title-mismatch',
    ({ title, columnist }) => `<meta itemprop="headline" content="${columnist}：${title}">`,
  ],
  'og:description': [
    'head',
    'summary-disagrees',
    ({ summary }) => `<meta property="og:description" content="${summary}">`,
  ],
  'og:url': [
    'head',
    'address-disagrees',
    (truth) => `<meta property="og:url" content="https://www.guancha.cn${path(truth)}">`,
  ],
  'og:image': ['head', 'picture-disagrees', ({ picture }) => `<meta property="og:image" content="${picture}!m.jpg">`],
  published: [
    'head',
    'time-disagrees',
    ({ published }) => `<meta property="article:published_time" content="${new Date(published).toISOString()}">`,
  ],
  modified: [
    'head',
    'time-disagrees',
    ({ updated }) => `<meta property="article:modified_time" content="${new Date(updated).toISOString()}">`,
  ],
  'mobile-agent': [
    'head',
    'address-disagrees',
    (truth) => `<meta name="mobile-agent" content="format=html5;url=https://m.guancha.cn${path(truth)}">`,
  ],
  alternate: [
    'head',
    'address-disagrees',
    (truth) => `<link rel="alternate" media="only screen" href="https://m.guancha.cn${path(truth)}">`,
  ],
  canonical: ['head', 'address-disagrees', (truth) => `<link rel="canonical" href="${path(truth)}">`],
  '@id': ['foot', 'address-disagrees', (truth) => data({ '@id': `http://www.guancha.cn${path(truth)} ` })],
  'JSON-LD title': ['foot', 'title-mismatch', ({ title, columnist }) => data({ title: `${columnist}：${title}` })],
  pubDate: ['foot', 'time-disagrees', ({ updated }) => data({ pubDate: clock(updated).replace(' ', 'T') })],
  images: ['foot', 'picture-disagrees', ({ picture }) => data({ images: [picture] })],
  bdText: [
    'foot',
    'title-mismatch',
    ({ title, columnist }) => `<script>x = {\n\tbdText : '${title}-${columnist}-观察者网',\n}</script>`,
  ],
  bdDesc: [
    'foot',
    'summary-disagrees',
    ({ summary }) => `<script>x = { bdDesc: "${summary}", bdUrl: window.location.href }</script>`,
  ],
  _DOC_ID: ['head', 'address-disagrees', ({ number }) => `<script>var _DOC_ID="${number}";</script>`],
  'link of the foot': [
    'foot',
    'address-disagrees',
    (truth) => `<ul class="article-other"><li id="context_endf">请：<a href="${path(truth)}">这里</a></li></ul>`,
  ],
};

function data(value: unknown): string {
  return `<script type="application/ld+json">${JSON.stringify(value)}</script>`;
}

/** A page of `TRUTH` with some places, each of the truth that is given for it. */
function page(places: readonly (readonly [name: string, truth: Truth])[]): string {
  const at = (where: 'head' | 'foot') =>
    places.map(([name, truth]) => (PLACES[name]?.[0] === where ? PLACES[name][2](truth) : '')).join('\n');
  const times = `<div class="time fix"><span>${clock(TRUTH.published)}</span><span class="postpage-view"></span></div><div class="time fix"><span>最后更新: ${clock(TRUTH.updated)}</span></div>`;
  return cmsPage({
    title: `${TRUTH.columnist}：${TRUTH.title}`,
    head: `<meta name="Description" content="${TRUTH.summary}"><script>x = { bdPic: '${TRUTH.picture}' }</script>${at('head')}`,
    times,
    body: `<p>${TRUTH.summary}</p><p><img src="${TRUTH.picture}"></p><p>请坐。</p>`,
    foot: at('foot'),
  }).replace('data-id="1"', `data-id="${TRUTH.number}"`);
}

function flagsOf(html: string): readonly Flag[] {
  const url = `https://www.guancha.cn${path(TRUTH)}`;
  const read = pageOf(html, { url, fetchedAt: '2026-10-05T04:00:00.000Z' });
  return extract([read], { id: `guancha:${TRUTH.number}`, url, date: '2026-10-04' }, SITE).flags;
}

const NAMES = Object.keys(PLACES);
/** The page shows one JSON-LD only: it may hold any one of these. */
const DATA = NAMES.filter((name) => PLACES[name]?.[2](TRUTH).includes('ld+json'));

describe('witnesses of an article', () => {
  it('of one truth raise nothing, whichever of them are there', () => {
    fc.assert(
      fc.property(fc.subarray(NAMES.filter((name) => !DATA.includes(name))), fc.constantFrom(...DATA), (names, one) => {
        assert.deepEqual(flagsOf(page([...names, one].map((name) => [name, TRUTH]))), []);
      }),
    );
  });

  for (const [name, [, code]] of Object.entries(PLACES)) {
    it(`${name} of another article: ${code}, with both values`, () => {
      const others = NAMES.filter((each) => each !== name && !DATA.includes(each));
      for (const rest of [[], others]) {
        const flags = flagsOf(page([[name, OTHER], ...rest.map((each) => [each, TRUTH] as const)]));
        assert.ok(flags.length > 0 && flags.every((each) => each.code === code), JSON.stringify(flags));
      }
    });
  }

  it('that say nothing are none, and what cannot be read is flagged once', () => {
    const codes = (head: string) => flagsOf(page([]).replace('<title>', `${head}<title>`)).map((each) => each.code);
    assert.deepEqual(
      codes('<meta property="og:title" content=""><script>x = { bdText : "", bdUrl : here }</script>'),
      [],
    );
    assert.deepEqual(codes('<meta property="og:url" content="/">'), ['witness-unreadable']);
    assert.deepEqual(codes('<script>x = { bdText : title() }</script>'), ['witness-unreadable']);
    assert.deepEqual(codes('<script type="application/ld+json">{ "pubDate": "gestern" }</script>'), [
      'witness-unreadable',
    ]);
    assert.deepEqual(codes('<script>var _DOC_ID="{{id}}";</script>').includes('witness-unreadable'), true);
  });

  it('a title with quotes that nobody escaped is read to the end of its line', () => {
    const title = `${TRUTH.columnist}：${TRUTH.title}`;
    const settings = (text: string) =>
      page([]).replace('<title>', `<script>x = {\n bdText : '${text}-石砚-观察者网',\n bdDesc : '' }</script><title>`);
    assert.deepEqual(flagsOf(settings("茶'馆'开门了")), []);
    assert.equal(flagsOf(settings("酒'馆'关门了"))[0]?.code, 'title-mismatch');
    const broken = (text: string) =>
      page([]).replace(
        '<title>',
        `<script type="application/ld+json">{\n"title": "${text}",\n"x": 1\n}</script><title>`,
      );
    assert.deepEqual(flagsOf(broken(`石砚："茶馆"开门了`)), []);
    assert.equal(flagsOf(broken(`${title}"真的"`))[0]?.code, 'title-mismatch');
  });
});

describe('what a page says at great length', () => {
  for (const unit of ['…', '.', 'T', '1x ']) {
    it(`is read in one pass: ${unit}`, () => {
      const text = `${unit.repeat(300_000 / unit.length)}!`;
      const head = `<meta name="Description" content="${text}"><meta property="article:published_time" content="${text}">`;
      const body = `<p>茶馆今天照常开门。</p><p><img srcset="/a.jpg ${'1'.repeat(300_000)}y"></p>`;
      assert.ok(
        extract([pageOf(classicPage({ head, body }))], { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' }, SITE)
          .flags.length > 0,
      );
    });
  }
});

describe('a headline', () => {
  const titled = (title: string) => ({
    title,
    columnists: [{ name: '石砚', title: null, url: null }],
    staff: [],
    byline: null,
  });

  it('may have the columnist in front and behind, and the site behind', () => {
    for (const [text, headline] of [
      ['茶馆开门了', '石砚：茶馆开门了'],
      ['石砚：茶馆开门了', '茶馆开门了'],
      ['石砚教授：茶馆开门了', '茶馆开门了'],
      ['茶馆开门了-观察者网', '茶馆开门了'],
      ['茶馆开门了-石砚-观察者网', '石砚：茶馆开门了'],
      ['茶馆开门了_观察者网', '茶馆开门了'],
      ['"茶馆"开门了', '“茶馆”开门了'],
      ['C&amp;A旧事', 'C&A旧事'],
    ] as const)
      assert.ok(namesTitle(text, titled(headline)), text);
    for (const text of [
      '茶馆开门',
      '柳青：茶馆开门了',
      '茶馆开门了-柳青-观察者网',
      '茶馆开门了吗',
      '茶馆开门了，真的',
      '今天，石砚：茶馆开门了',
      '',
      '观察者网',
    ])
      assert.ok(!namesTitle(text, titled('石砚：茶馆开门了')), text);
  });
});

describe('the picture of a columnist', () => {
  it('has the columnist’s name', () => {
    const flagsWith = (alt: string) => {
      const people = `<ul class="author fix"><li><div class="author-intro fix"><a><img alt="${alt}" src="/a.png"></a><p><a href="../ShiYan">石砚</a><span></span></p></div></li></ul>`;
      const url = 'https://www.guancha.cn/ZaoCha/2022_01_28_900.shtml';
      return extract([pageOf(classicPage({ people }))], { id: 'guancha:900', url, date: '2022-01-28' }, SITE).flags;
    };
    assert.deepEqual([flagsWith('石砚'), flagsWith('')], [[], []]);
    assert.deepEqual(
      flagsWith('柳青').map(({ code }) => code),
      ['byline-disagrees'],
    );
  });
});

describe('the clock of a page and the names of its pictures', () => {
  const flagsAt = (published: string, stamp: string, updated = '') => {
    const times = `<div class="time fix"><span>${published}</span></div>${updated && `<div class="time fix"><span>最后更新: ${updated}</span></div>`}`;
    const body = `<p>茶。</p><p><img src="https://i.guancha.cn/news/origin/2022/01/28/${stamp}123.jpg"></p><p>请坐。</p>`;
    return extract(
      [pageOf(classicPage({ times, body }))],
      { id: 'guancha:900', url: 'https://www.guancha.cn/ZaoCha/2022_01_28_900.shtml', date: '2022-01-28' },
      SITE,
    ).flags;
  };

  it('agree where the picture was uploaded before, long ago, or soon after', () => {
    for (const stamp of ['20220128094000', '20220127230000', '20150101000000', '20220128105000', '99999999999999'])
      assert.deepEqual(flagsAt('2022-01-28 10:30:43', stamp), [], stamp);
    assert.deepEqual(flagsAt('2022-01-28 10:30:43', '20220128111500', '2022-01-28 14:31:00'), []);
  });

  it('show another article’s pictures, and none from before the publication', () => {
    const codes = (stamp: string, updated = '') =>
      flagsAt('2022-01-28 10:30:43', stamp, updated).map((each) => each.code);
    assert.deepEqual(
      codes('20150101000000123.jpg"><img src="https://i.guancha.cn/news/origin/2015/01/01/20150101000001'),
      ['time-disagrees'],
    );
    assert.deepEqual(codes('20220128143000', '2022-01-28 14:31:00'), ['time-disagrees']);
  });

  it('show a clock of twelve hours, and one of Greenwich', () => {
    for (const printed of ['2022-01-28 03:10:53', '2022-01-28 07:10:53'])
      assert.deepEqual(
        flagsAt(printed, '20220128145000').map((each) => each.code),
        ['time-disagrees'],
        printed,
      );
  });
});
