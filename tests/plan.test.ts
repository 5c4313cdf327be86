/** The plan of a version: pure, and never for the worse. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StoredArticle } from '../src/archive/archive.ts';
import { readDocument } from '../src/archive/document.ts';
import { mergeRecord } from '../src/archive/record.ts';
import { planVersion } from '../src/crawl/plan.ts';
import type { Article, Target } from '../src/model.ts';
import { extract } from '../src/page/extract.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { classicPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';
import { targetOf } from './support/memory-crawl.ts';

const address = parseArticleUrl(NEWS_URL, SITE);
assert.ok(address);
const DOCUMENT = {
  categories: ['新媒体', '观察者网'],
  onDemand: '单篇',
  author: '观察者网',
  date: 'site-clock',
} as const;
const CAPTURED = { tool: 'test', userAgent: 'test' };
const HASH = '0'.repeat(64);

const articleOf = (html = classicPage()): Article => extract([pageOf(html)], address, SITE);
const read = (article: Article) => ({
  article,
  address,
  aliases: [],
  evidence: ['a body'],
  requests: [],
  captured: null,
});
const plan = (article: Article, present: StoredArticle | null = null, target: Target = targetOf(NEWS_URL)) =>
  planVersion(read(article), present, { target, site: SITE, document: DOCUMENT, archived: null });

/** What the archive has once a plan was carried out. */
function archived(planned: ReturnType<typeof plan>): StoredArticle {
  const document = { path: `articles/${planned.key}.html`, bytes: 1, sha256: HASH };
  const record = mergeRecord(null, planned.record([], CAPTURED), { document, versions: [] });
  return { key: planned.key, record };
}

describe('a plan', () => {
  it('is the same for the same values, and changes none of them', () => {
    const article = articleOf();
    const before = structuredClone(article);
    const present = archived(plan(article));
    const [one, other] = [plan(article, present), plan(article, present)];
    assert.deepEqual([one.key, one.document, one.pictures], [other.key, other.document, other.pictures]);
    assert.deepEqual(one.record([], CAPTURED), other.record([], CAPTURED));
    assert.deepEqual(article, before);
  });

  it('keeps the place of what is archived, whatever day the page names now', () => {
    const present = { ...archived(plan(articleOf())), key: '2022/01/2022_01_27_900' };
    assert.equal(plan(articleOf(), present).key, '2022/01/2022_01_27_900');
  });

  it('names the list that led to the article, then and later, and the configured name where none did', () => {
    const third = (planned: ReturnType<typeof plan>) => readDocument(planned.document).categories[2];
    const byList = plan(articleOf());
    assert.equal(third(byList), '要闻');
    const onDemand = targetOf(NEWS_URL, { source: null });
    assert.equal(third(plan(articleOf(), null, onDemand)), '单篇');
    assert.equal(third(plan(articleOf(), archived(byList), onDemand)), '要闻');
  });

  it('wants the picture that heads the article first, and remembers it where no list shows it any more', () => {
    const leadPicture = { src: 'https://i.guancha.cn/lead.jpg', width: null, height: null };
    const headed = plan(articleOf(), null, targetOf(NEWS_URL, { leadPicture }));
    assert.deepEqual(headed.pictures, [leadPicture.src]);
    assert.deepEqual(plan(articleOf(), archived(headed)).pictures, [leadPicture.src]);
  });

  it('does not work out again a time that was worked out from 2小时前', () => {
    const first = { ...articleOf(), precision: 'approximate', publishedAt: '2022-01-28T10:00:00+08:00' } as const;
    const later = { ...first, publishedAt: '2022-01-28T11:00:00+08:00' };
    const again = plan(later, archived(plan(first)));
    assert.equal(again.record([], CAPTURED).article.publishedAt, first.publishedAt);
    assert.equal(again.document, plan(first).document);
  });

  it('flags what the document cannot show, and refuses a document that would show nothing', () => {
    const flagged = plan(articleOf(classicPage({ body: '<p>茶</p><iframe src="ftp://a/"></iframe>' })));
    assert.deepEqual(flagged.record([], CAPTURED).flags.at(-1), { code: 'left-out', detail: 'iframe: ftp://a/' });
    assert.throws(() => plan(articleOf(classicPage({ body: '<p><canvas></canvas></p>' }))), { code: 'EXTRACTION' });
  });

  it('refuses damaged text where what is archived is whole, and only there', () => {
    const whole = articleOf();
    const text = fc.stringMatching(/^[茶馆开门人来]{1,12}$/);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const damaged = articleOf(classicPage({ body: `<p>${before}\ufffd${after}</p>` }));
        assert.throws(() => plan(damaged, archived(plan(whole))), { code: 'PAGE_DAMAGED' });
        assert.doesNotThrow(() => plan(damaged));
        assert.doesNotThrow(() => plan(damaged, archived(plan(damaged))));
        assert.doesNotThrow(() => plan(whole, archived(plan(damaged))));
      }),
      { numRuns: 40 },
    );
  });
});
