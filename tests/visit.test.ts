/** The line in memory: what each answer of the site makes of the archive, and that none makes it worse. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { visit } from '../src/crawl/visit.ts';
import type { VisitOptions } from '../src/crawl/visited.ts';
import type { Exchange, Outcome } from '../src/model.ts';
import { parseArticleUrl, singlePageUrl } from '../src/site/address.ts';
import { classicPage, NEWS_URL, POST_URL, SITE } from './support/article-page.ts';
import { answer, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const OPTIONS: VisitOptions = { refresh: true, signal: new AbortController().signal };
const KEY = '2022/01/2022_01_28_900';
const DOCUMENT = `articles/${KEY}.html`;
const RECORD = `records/${KEY}.json`;
const address = parseArticleUrl(NEWS_URL, SITE);
assert.ok(address);
const SINGLE = singlePageUrl(address);

const WHOLE = classicPage({ body: '<p>茶馆今天照常开门，来的人比昨天多。</p>' });
const EDITED = classicPage({ body: '<p>茶馆今天照常开门，来的人比昨天多。</p><p>更正：少两位。</p>' });

/** The single form and the plain address, both the same. */
const both = (body: string, but: Parameters<typeof answer>[2] = {}): Exchange[] =>
  [SINGLE, NEWS_URL].map((url) => answer(url, body, but));

/** An archive that holds the article, and then meets other answers. */
async function archivedThen(later: readonly Exchange[]) {
  const { storage } = await visited(both(WHOLE));
  const crawl = openMemoryCrawl(later, { storage });
  return { ...crawl, before: await crawl.files() };
}

async function visited(kept: readonly Exchange[]) {
  const crawl = openMemoryCrawl(kept);
  const first = await visit(targetOf(NEWS_URL), crawl.context.services, OPTIONS);
  return { ...crawl, first };
}

describe('a visit', () => {
  it('writes the document and its record, and nothing else', async () => {
    const { first, files } = await visited(both(WHOLE));
    assert.deepEqual(first.outcome, { kind: 'archived', key: KEY });
    assert.equal(first.before, null);
    assert.deepEqual(Object.keys(await files()).sort(), [DOCUMENT, RECORD]);
    assert.match((await files())[DOCUMENT] ?? '', /茶馆今天照常开门/);
    assert.equal(first.record?.article.title, '茶馆开门了');
  });

  it('asks nobody for what is archived, unless it is to be refreshed', async () => {
    const { context, before, files } = await archivedThen([]);
    const { outcome, asked } = await visit(targetOf(NEWS_URL), context.services, { ...OPTIONS, refresh: false });
    assert.deepEqual([outcome, asked], [{ kind: 'unchanged', key: KEY }, false]);
    assert.deepEqual(await files(), before);
  });

  it('leaves every file as it is where the site has the same article', async () => {
    const { context, before, files } = await archivedThen(both(WHOLE));
    const { outcome } = await visit(targetOf(NEWS_URL), context.services, OPTIONS);
    assert.deepEqual(outcome, { kind: 'unchanged', key: KEY });
    assert.deepEqual(await files(), before);
  });

  it('keeps the superseded document of an article that was edited', async () => {
    const { context, before, files } = await archivedThen(both(EDITED));
    const { outcome, record } = await visit(targetOf(NEWS_URL), context.services, OPTIONS);
    assert.deepEqual(outcome, { kind: 'archived', key: KEY });
    const after = await files();
    assert.equal(after[`versions/${KEY}/1.html`], before[DOCUMENT]);
    assert.match(after[DOCUMENT] ?? '', /更正/);
    assert.equal(record?.versions.length, 2);
  });

  it('lets a site say that nothing has changed', async () => {
    const tagged = both(WHOLE, { headers: { 'content-type': 'text/html; charset=utf-8', etag: '"1"' } });
    const { storage } = await visited(tagged);
    const { context, files } = openMemoryCrawl([answer(SINGLE, '', { status: 304, headers: {} })], { storage });
    const before = await files();
    const { outcome, asked } = await visit(targetOf(NEWS_URL), context.services, { ...OPTIONS, conditional: true });
    assert.deepEqual([outcome, asked], [{ kind: 'unchanged', key: KEY }, true]);
    assert.deepEqual(await files(), before);
  });
});

/** What a bad day of the site answers instead of an article, and what it is taken for. */
const BAD_ANSWERS: readonly {
  readonly name: string;
  readonly answers: readonly Exchange[];
  readonly kind: Outcome['kind'];
}[] = [
  { name: 'a 404', answers: both('', { status: 404 }), kind: 'gone' },
  { name: 'a refusal', answers: both('no', { status: 403 }), kind: 'blocked' },
  {
    name: 'a way to the home page',
    answers: both('', { status: 302, headers: { location: `${SITE.www}/` } }),
    kind: 'gone',
  },
  { name: 'a page that was cut', answers: both(WHOLE.slice(0, WHOLE.indexOf('来的人'))), kind: 'failed' },
  { name: 'an empty page', answers: both('', { headers: { 'content-length': '0' } }), kind: 'blocked' },
  { name: 'a page without its first byte', answers: both(''), kind: 'failed' },
  { name: 'a page of another site', answers: both('<html><body><h1>It works!</h1></body></html>'), kind: 'blocked' },
];

describe('a bad answer', () => {
  for (const { name, answers, kind } of BAD_ANSWERS) {
    it(`${name} leaves an archived document as it is, and is kept as evidence`, async () => {
      const { context, before, files } = await archivedThen(answers);
      const { outcome } = await visit(targetOf(NEWS_URL), context.services, OPTIONS).catch((error) => ({
        outcome: { kind: 'failed', code: String(error.code), detail: String(error.detail) } as const,
      }));
      assert.equal(outcome.kind, kind);
      const after = await files();
      assert.equal(after[DOCUMENT], before[DOCUMENT]);
      assert.deepEqual(
        Object.keys(before).filter((key) => !(key in after)),
        [],
        'a file is gone',
      );
    });

    it(`${name} archives nothing where nothing is archived`, async () => {
      const { context, files } = openMemoryCrawl(answers);
      await visit(targetOf(NEWS_URL), context.services, OPTIONS).catch(() => null);
      assert.deepEqual(
        Object.keys(await files()).filter((key) => !key.startsWith('quarantine/')),
        [],
      );
    });
  }

  it('notes on the record since when the article is gone, and until when', async () => {
    const { context, files } = await archivedThen([...both('', { status: 404 }), ...both(WHOLE)]);
    const gone = await visit(targetOf(NEWS_URL), context.services, OPTIONS);
    assert.equal(gone.outcome.kind, 'gone');
    assert.deepEqual(
      gone.record?.absences.map(({ until }) => until),
      [null],
    );
    const back = await visit(targetOf(NEWS_URL), context.services, OPTIONS);
    assert.equal(back.record?.absences.length, 1);
    assert.notEqual(back.record?.absences[0]?.until, null);
    assert.match((await files())[DOCUMENT] ?? '', /茶馆今天照常开门/);
  });

  it('of text that came damaged never takes the place of text that is whole', async () => {
    const damaged = classicPage({ body: '<p>茶馆今天照常开门，来的\ufffd人比昨天多。</p>' });
    const { context, before, files } = await archivedThen(both(damaged));
    await assert.rejects(visit(targetOf(NEWS_URL), context.services, OPTIONS), { code: 'PAGE_DAMAGED' });
    assert.deepEqual(await files(), before);
  });

  it('of a www article that became a post links the two', async () => {
    const moved = both('', { status: 302, headers: { location: POST_URL } });
    const { context } = await archivedThen(moved.concat(answer(POST_URL, '<html><body>风闻</body></html>')));
    const { outcome, record, found } = await visit(targetOf(NEWS_URL), context.services, OPTIONS);
    assert.equal(outcome.kind, 'moved');
    assert.equal(record?.movedTo?.url, POST_URL);
    assert.deepEqual(
      found.map(({ url, via }) => [url, via]),
      [[POST_URL, NEWS_URL]],
    );
  });
});
