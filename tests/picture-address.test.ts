/** Where a picture's address stands: extraction, document and audit give one answer, for every form that pages have. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readDocument } from '../src/archive/document.ts';
import { picturesOf } from '../src/archive/document-pictures.ts';
import { documentKey } from '../src/archive/keys.ts';
import { mergeRecord, sha256 } from '../src/archive/record.ts';
import { ask, auditDocument } from '../src/audit/articles.ts';
import { PAIR_CHECKS } from '../src/audit/checks.ts';
import { planVersion } from '../src/crawl/plan.ts';
import type { Article } from '../src/model.ts';
import { explain } from '../src/page/extract.ts';
import { candidatesOf } from '../src/page/picture-address.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { classicPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';
import { captured } from './support/drafts.ts';
import { targetOf } from './support/memory-crawl.ts';

const address = parseArticleUrl(NEWS_URL, SITE);
assert.ok(address);
const CATEGORIES = ['新媒体', '观察者网'] as const;
const DOCUMENT = { categories: CATEGORIES, onDemand: '单篇', author: '观察者网', date: 'site-clock' } as const;
/** A picture in a page's own text. */
const DATA = `data:image/png;base64,${Buffer.alloc(90, 'tea').toString('base64')}`;
const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

/** What a capture of a page stores, shows, and would be found by an audit right after it. */
function capture(body: string, head = '') {
  const { article, account } = explain([pageOf(classicPage({ body, head }))], address as never, SITE);
  const options = { target: targetOf(NEWS_URL), site: SITE, document: DOCUMENT, archived: null };
  const read = { article, address: address as never, aliases: [], evidence: ['a body'], requests: [], captured: null };
  const plan = planVersion(read, null, options);
  const key = plan.key;
  const assets = plan.pictures.map((src) => ({ src, missing: 'IMAGE_MISSING' }));
  const draft = {
    ...plan.record(assets, captured('2022-01-29T04:00:00.000Z')),
    capture: captured('2022-01-29T04:00:00.000Z'),
  };
  const described = { path: documentKey(key), bytes: Buffer.byteLength(plan.document), sha256: sha256(plan.document) };
  const record = mergeRecord(null, draft, { document: described, versions: [] });
  const { breaches, document } = auditDocument(Buffer.from(plan.document), { path: described.path, record });
  assert.ok(document, 'the document has its frame');
  const own = { path: '', key, id: article.id, record };
  const { headimg, body: written } = readDocument(plan.document);
  return {
    article: article as Article,
    stored: plan.pictures,
    shown: picturesOf(written, NEWS_URL),
    headimg,
    written,
    account,
    found: [...breaches, ...ask(PAIR_CHECKS, (check) => check(document, own))],
  };
}

/** The form of a picture, and where its address is then; `null` where it shows none. */
const FORMS: readonly (readonly [name: string, markup: string, address: string | null])[] = [
  ['src', '<img src="/p/tea.jpg">', '/p/tea.jpg'],
  ['an address with an apostrophe', `<img src="/p/tea's.jpg">`, "/p/tea's.jpg"],
  ['white space round it', '<img src="\n /p/tea.jpg\t">', '/p/tea.jpg'],
  ['the site’s lazy attribute', '<img class="lazy" data-original="/p/tea.jpg">', '/p/tea.jpg'],
  ['one beside a small picture', '<img src="/p/small.jpg" data-original="/p/tea.jpg">', '/p/tea.jpg'],
  ['two lazy attributes', '<img data-src="/p/b.jpg" data-original="/p/tea.jpg" src="/p/c.jpg">', '/p/tea.jpg'],
  ['a lazy attribute with a placeholder of its own', '<img data-src="/i/blank.gif" src="/p/tea.jpg">', '/p/tea.jpg'],
  ['a flag in a lazy attribute', '<img original="1" data-src="true" src="/p/tea.jpg">', '/p/tea.jpg'],
  ['an empty src', '<img src="" file-path="/p/tea.png">', '/p/tea.png'],
  ['a fragment as src', '<img src="#" data-pic="/p/tea.webp">', '/p/tea.webp'],
  ['a pixel as src', `<img src="${PIXEL}" data-the-picture="/p/tea.jpg">`, '/p/tea.jpg'],
  ['a blurred preview as src', `<img src="${DATA}" data-full="/p/tea.jpg">`, '/p/tea.jpg'],
  ['a placeholder file', '<img src="/i/placeholder.png" data-anything="/p/tea.jpeg">', '/p/tea.jpeg'],
  ['a placeholder with a number', '<img src="/i/loading-2.gif" data-pagespeed-high-res="/p/tea.jpg">', '/p/tea.jpg'],
  ['a placeholder of an unknown name', '<img src="/i/x7.gif" data-lazy-load-src="/p/tea.jpg">', '/p/tea.jpg'],
  ['a lazy attribute without an ending', '<img src="/i/grey.gif" data-echo="/pic?id=5">', '/pic?id=5'],
  ['a picture called by a colour', '<img src="/i/grey.gif" data-original="/p/white-tea.jpg">', '/p/white-tea.jpg'],
  ['a larger one to zoom into', '<img src="/p/tea.jpg" data-zoom="/p/tea-large.jpg">', '/p/tea.jpg'],
  ['a description that ends like a picture', '<img src="" alt="/x.jpg" title="/y.jpg">', null],
  ['a set of densities', '<img srcset="/p/tea.jpg, /p/tea2.jpg 2x">', '/p/tea.jpg'],
  ['densities above one alone', '<img srcset="/p/c.jpg 3x, /p/tea.jpg 1.5x">', '/p/tea.jpg'],
  ['a set of widths', '<img sizes="50vw" srcset="/p/s.jpg 320w, /p/tea.jpg 1280w, /p/m.jpg 640w">', '/p/tea.jpg'],
  ['a set beside src', '<img src="/p/tea.jpg" srcset="/p/tea2.jpg 2x">', '/p/tea.jpg'],
  ['a set beside a pixel', `<img src="${PIXEL}" srcset="/p/tea.jpg 1x">`, '/p/tea.jpg'],
  ['a lazy set', `<img src="${PIXEL}" data-srcset="/p/s.jpg 100w, /p/tea.jpg 900w">`, '/p/tea.jpg'],
  ['a set in a lazy attribute', '<img src="" data-src="/p/s.jpg 100w, /p/tea.jpg 900w">', '/p/tea.jpg'],
  ['commas in a set', '<img srcset="/p/tea,1.jpg 1x,/p/b.jpg 2x">', '/p/tea,1.jpg'],
  [
    'picture and source',
    '<picture><source srcset="/p/tea.webp 1x" type="image/webp"><img src=""></picture>',
    '/p/tea.webp',
  ],
  ['picture with its own img', '<picture><source srcset="/p/b.webp"><img src="/p/tea.jpg"></picture>', '/p/tea.jpg'],
  ['a lazy source', '<picture><source data-srcset="/p/tea.jpg"><img class="lazy"></picture>', '/p/tea.jpg'],
  ['noscript alone', '<noscript><img src="/p/tea.jpg"></noscript>', '/p/tea.jpg'],
  ['noscript again', '<img data-src="/p/tea.jpg"><noscript><img src="/p/tea.jpg"></noscript>', '/p/tea.jpg'],
  [
    'noscript beside a placeholder',
    '<img src="/i/loading.gif"><noscript><img src="/p/tea.jpg"></noscript>',
    '/p/tea.jpg',
  ],
  ['noscript in noscript', '<noscript><noscript><img src="/p/tea.jpg"></noscript></noscript>', '/p/tea.jpg'],
  [
    'noscript that sends away',
    '<noscript><meta http-equiv="refresh" content="0;url=/x"><img src="/p/tea.jpg"></noscript>',
    '/p/tea.jpg',
  ],
  ['a picture in the text', `<img src="${DATA}">`, DATA],
  [
    'a drawing in the text',
    '<img src="data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27%3E%3Crect width=%279%27/%3E%3C/svg%3E">',
    'data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27%3E%3Crect width=%279%27/%3E%3C/svg%3E',
  ],
  ['a pixel alone', `<img src="${PIXEL}">`, null],
  ['data that is no picture', '<img src="data:text/html,<b>a</b>">', null],
  ['an address that is none', '<img src="http://[a">', null],
  ['another scheme', '<img src="blob:https://www.guancha.cn/1">', null],
  ['a button', '<input type="image" src="/p/tea.png">', '/p/tea.png'],
  ['a field of text', '<input type="text" src="/p/tea.png">', null],
  ['a poster', '<video src="/v/a.mp4" poster="/p/tea.jpg"></video>', '/p/tea.jpg'],
  ['an object', '<object type="image/jpeg" data="/p/tea"></object>', '/p/tea'],
  ['an object by its ending', '<object data="/p/tea.png"></object>', '/p/tea.png'],
  ['an embedded picture', '<embed src="/p/tea.gif">', '/p/tea.gif'],
  ['an embedded player', '<embed src="/p/player.swf">', null],
];

const absolute = (src: string) => new URL(src, NEWS_URL).href;
const asWritten = (src: string) => absolute(src).replaceAll("'", '%27');
const inText = (markup: string) => `<p>茶山今天下雨，茶馆照常开门。</p><p>${markup}</p><p>明天放晴。</p>`;

describe('the address of a picture', () => {
  for (const [name, markup, expected] of FORMS)
    it(`stands where it does: ${name}`, () => {
      const { stored, shown, headimg, found, account, written } = capture(inText(markup));
      assert.deepEqual(stored, expected === null ? [] : [absolute(expected)], written);
      assert.deepEqual(shown, expected === null ? [] : [asWritten(expected)], written);
      assert.match(headimg, /^(?:https?:\/\/[^'\s]+)?$/);
      assert.deepEqual(found, []);
      assert.deepEqual(account.missing, { characters: 0, pictures: 0 });
    });

  it('is resolved against the base of the page', () => {
    const body = inText(
      '<img src="a.jpg"><img class="lazy" data-original="b.jpg"><img srcset="c.jpg 1x"><a href="d">丁</a>',
    );
    const { stored, shown, written, found } = capture(
      body,
      '<base target="_blank"><base href="//i.guancha.cn/news/1/"><base href="/no/">',
    );
    const expected = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => `https://i.guancha.cn/news/1/${name}`);
    assert.deepEqual([stored, shown], [expected, expected]);
    assert.ok(written.includes('href="https://i.guancha.cn/news/1/d"'), written);
    assert.deepEqual(found, []);
  });

  it('never heads the document where it is no address of the web', () => {
    const bad = `http://[a'\npermalink: /x/\n---\n`;
    for (const src of [DATA, bad, `javascript:'`, PIXEL]) {
      const { headimg } = capture(inText(`<img src="${src}"><img src="/p/tea.jpg">`));
      assert.equal(headimg, 'https://www.guancha.cn/p/tea.jpg');
      assert.equal(capture(inText(`<img src="${src}">`)).headimg, '');
    }
  });

  it('is one for all, whatever forms stand together, and each picture is stored once', () => {
    const form = fc.constantFrom(...FORMS);
    fc.assert(
      fc.property(fc.array(form, { minLength: 1, maxLength: 8 }), fc.boolean(), (forms, isInOne) => {
        const body = isInOne
          ? inText(forms.map(([, markup]) => markup).join(' 茶 '))
          : forms.map(([, markup]) => inText(markup)).join('');
        const { stored, shown, found, account } = capture(body);
        const expected = new Set(forms.flatMap(([, , src]) => (src === null ? [] : [absolute(src)])));
        assert.deepEqual(new Set(stored), expected, body);
        assert.equal(stored.length, expected.size, body);
        assert.deepEqual(new Set(shown), new Set([...expected].map(asWritten)), body);
        assert.deepEqual(found, [], body);
        assert.deepEqual(account.missing, { characters: 0, pictures: 0 }, body);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same in the document as in the page that it came from, whatever attributes there are', () => {
    const value = fc.constantFrom(
      '',
      '/p/a.jpg',
      '/p/b.png 1x, /p/c.png 2x',
      '/i/loading.gif',
      PIXEL,
      DATA,
      '#',
      '甲',
      '1',
      'http://[',
    );
    const name = fc.constantFrom(
      'src',
      'srcset',
      'data-src',
      'data-original',
      'original',
      'url',
      '_src',
      'data-lazy',
      'data-x',
      'data-srcset',
      'alt',
      'title',
      'class',
    );
    const attributes = fc.array(fc.tuple(name, value), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(attributes, { minLength: 1, maxLength: 4 }), (images) => {
        const markup = images
          .map((each) => `<img ${each.map(([key, text]) => `${key}="${text}"`).join(' ')}>`)
          .join('茶');
        const { article, stored, shown, found } = capture(inText(markup));
        const named = article.images.map(({ src }) => src);
        assert.deepEqual(shown, named, markup);
        assert.deepEqual(stored, [...new Set(named)], markup);
        assert.deepEqual(found, [], markup);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a set of candidates', () => {
  it('is read as the standard says', () => {
    const read = (text: string) =>
      candidatesOf(text).map(({ url, width, density }) => `${url} ${width ?? `${density}x`}`);
    assert.deepEqual(read('a.jpg 1x, b.jpg 2x'), ['a.jpg 1x', 'b.jpg 2x']);
    assert.deepEqual(read(' a.jpg,, b.jpg 300w ,c.jpg'), ['a.jpg 1x', 'b.jpg 300', 'c.jpg 1x']);
    assert.deepEqual(read('data:image/png;base64,QQ== 1x, b 2x'), ['data:image/png;base64,QQ== 1x', 'b 2x']);
    assert.deepEqual(read('a.jpg 1x 2x, b.jpg -3w, c.jpg 0w, d.jpg 100w 50h, e.jpg (1x, 2x), f.jpg 1e0x'), [
      'd.jpg 100',
      'f.jpg 1x',
    ]);
    assert.deepEqual(read(',,,'), []);
  });

  it('gives every address of a written one back', () => {
    const url = fc.stringMatching(/^[a-z0-9/:;()][a-z0-9/,:;()]{0,8}[a-z0-9]$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(url, fc.integer({ min: 1, max: 9999 })), { minLength: 1 }), (all) => {
        const read = candidatesOf(all.map(([address_, width]) => `${address_} ${width}w`).join(', '));
        assert.deepEqual(
          read.map(({ url: address_, width }) => [address_, width]),
          all,
        );
      }),
    );
  });

  it('of a megabyte is read at once', () => {
    for (const text of [', '.repeat(500_000), '('.repeat(1_000_000), 'a ('.repeat(300_000), 'a 1x,'.repeat(200_000)])
      assert.ok(candidatesOf(text).length <= 200_000);
  });
});
