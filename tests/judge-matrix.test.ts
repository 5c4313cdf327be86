/** A labelled set of pages of every verdict, and the judge's confusion matrix over it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Verdict } from '../src/model.ts';
import { judge } from '../src/page/judge.ts';
import { type ParsedPage, parsePage } from '../src/page/page.ts';
import { bytesOf, caseNames, labelOf, SITE as SAVED_SITE } from './labelled/cases.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { fetchedPage, type PageParts } from './support/fetched-page.ts';
import { siteOf } from './support/newspaper-pages.ts';

type Kind = Verdict['kind'];

const KINDS = [
  'article',
  'gone',
  'moved',
  'link-out',
  'blocked',
  'server-error',
  'truncated',
  'not-an-article',
] as const satisfies Kind[];

interface Labelled {
  readonly name: string;
  readonly label: Kind;
  readonly verdict: Verdict;
}

it('the judge gives every labelled page its verdict', async (test) => {
  await using newspaper = await openNewspaper({ articles: 32, pageBytes: 20_000, slowMs: 1 });
  const set = [...savedPages(), ...(await newspaperPages(newspaper))];
  const count = (label: Kind, given: Kind) =>
    set.filter((each) => each.label === label && each.verdict.kind === given).length;
  const row = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padStart(14)).join(' ');
  test.diagnostic(`${set.length} pages; rows: what they are, columns: what they were judged`);
  test.diagnostic(row(['', ...KINDS]));
  for (const label of KINDS) test.diagnostic(row([label, ...KINDS.map((given) => count(label, given))]));

  for (const { name, label, verdict } of set)
    assert.equal(verdict.kind, label, `${name}: ${verdict.evidence.join('; ')}`);
  for (const label of KINDS) assert.ok(count(label, label) >= 5, `too few pages that are ${label}`);
});

/** The labelled set of saved pages. */
function savedPages(): readonly Labelled[] {
  return caseNames().flatMap((name) => {
    const { url, verdict: label, fetchedAt } = labelOf(name);
    return bytesOf(name).map((body, part) => ({
      name: `${name}, part ${part + 1}`,
      label,
      verdict: judge(pageOf(url, { body, fetchedAt }), SAVED_SITE),
    }));
  });
}

/** The newspaper's articles and special pages as it serves them, and what may come in an article's place or of it. */
async function newspaperPages(newspaper: Newspaper): Promise<readonly Labelled[]> {
  const site = siteOf(newspaper);
  const set: Labelled[] = [];
  const put = (name: string, label: Kind, page: ParsedPage) => set.push({ name, label, verdict: judge(page, site) });

  const ordinary = newspaper.articles.filter(({ special }) => special === null);
  for (const article of newspaper.articles)
    put(article.special ?? article.url, labelFor(article), await ask(article.url));

  const home = newspaper.read('/');
  const list = newspaper.read('/mainnews-yw/list_1.shtml');
  for (const { url, id } of ordinary.slice(0, 8)) {
    const page = await ask(url);
    const { html } = page;
    const body = (text: string) => pageOf(url, { body: Buffer.from(text) });
    put(`home page at ${id}`, 'gone', body(home));
    put(`redirect home from ${id}`, 'gone', pageOf(url, { finalUrl: `${newspaper.www}/`, body: Buffer.from(home) }));
    put(`list at ${id}`, 'not-an-article', body(list));
    const column = html.search(/class="(?:content )?all-txt|class="article-txt-content/);
    const end =
      column + html.slice(column).search(/class="key-word|class="article-other|class="user-box|comments-container/);
    for (let piece = 0; piece < 8; piece++) {
      const length = Math.floor((end * piece) / 8);
      put(`${length} characters of ${id}`, 'truncated', body(html.slice(0, length)));
    }
    put(`${id} under 403`, 'blocked', pageOf(url, { status: 403, body: Buffer.from(html) }));
    put(`${id} under 404`, 'gone', pageOf(url, { status: 404, body: Buffer.from(html) }));
    put(`${id} under 400`, 'blocked', pageOf(url, { status: 400, body: Buffer.from(html) }));
    put(`${id} under 500`, 'server-error', pageOf(url, { status: 500, body: Buffer.from(html) }));
    const other = ordinary.find((each) => each.id !== id)?.url ?? '';
    put(`redirect from ${id} to another`, 'moved', pageOf(url, { finalUrl: other, body: Buffer.from(html) }));
    put(
      `redirect from ${id} to elsewhere`,
      'link-out',
      pageOf(url, { finalUrl: 'https://news.example/1', body: Buffer.from(html) }),
    );
  }
  return set;
}

function labelFor({ special, outcome, code }: NewspaperArticle): Kind {
  if (special === 'app-shell') return 'not-an-article'; // before its scripts ran
  if (outcome === 'archived') return 'article';
  if (code === 'TRUNCATED') return 'truncated';
  return code === 'NOT_AN_ARTICLE' ? 'not-an-article' : (outcome as Kind);
}

/** What a plain client gets, redirects followed. */
async function ask(url: string): Promise<ParsedPage> {
  const answer = await fetch(url);
  const { status, url: finalUrl } = answer;
  const { body, cut } = await answer.arrayBuffer().then(
    (bytes) => ({ body: new Uint8Array(bytes), cut: null }),
    () => ({ body: new Uint8Array(), cut: 'the connection was dropped' }),
  );
  return pageOf(url, { status, finalUrl, body, cut });
}

function pageOf(url: string, but: Partial<PageParts>): ParsedPage {
  return parsePage(
    fetchedPage({
      url,
      body: new Uint8Array(),
      ...but,
    }),
  );
}
