/** Decides whether a page is an article, and if not, what it is (site.md, section 7). */

import type { ArticleAddress, Verdict } from '../model.ts';
import { inScope, parseArticleUrl, type Site } from '../site/address.ts';
import { meaningOfStatus } from '../site/answers.ts';
import { MARKS_BEFORE_2017, STUB } from '../site/layouts.ts';
import { hasContent, visibleLength } from './column.ts';
import { columnOf, type FoundArticle, findArticle, inColumn } from './find-article.ts';
import { absoluteUrl } from './html.ts';
import { type Notice, readNotice } from './notice.ts';
import { endOfSource, type ParsedPage } from './page.ts';
import { findChallenge, inBrief, mayBreakOff, refusalOf } from './refusal.ts';

/**
 * What a page is, with what it was judged by. Pure and total: every page gets a verdict. The questions are asked in
 * this order and the first to know the answer gives it: what the status says, where redirects led, whether there is an
 * article and all of it, what else can stand in an article's place, and whether it is a page of the site at all. A page
 * without a whole article is never judged one.
 */
export function judge(page: ParsedPage, site: Site): Verdict {
  const found = findArticle(page);
  return (
    byStatus(page, site) ??
    byFinalUrl(page, site) ??
    byBody(page, found) ??
    byPlaceholder(page, site) ??
    byRefusal(page, site) ??
    byAbsence(page, found)
  );
}

/** Whatever the body holds: only under 200 may an article lie. What a gate answers is a refusal under any status. */
function byStatus(page: ParsedPage, site: Site): Verdict | null {
  const { status } = page.page;
  const evidence = [`HTTP status ${status}`];
  const refusal = () => refusalOf(page, site);
  switch (meaningOfStatus(status)) {
    case 'page':
    case 'redirect': // one that was not followed: its address says what it means
      return null;
    case 'gone': {
      const challenge = refusal() === null ? null : findChallenge(page.html);
      return challenge === null ? { kind: 'gone', evidence } : { kind: 'blocked', evidence: [...evidence, challenge] };
    }
    case 'server error': {
      // In words and without scripts it is a server's own page.
      const challenge = findChallenge(page.html) ?? (page.$('script').length > 0 ? refusal() : null);
      const kind = challenge === null ? 'server-error' : 'blocked';
      return { kind, evidence: [...evidence, challenge ?? inBrief(page)] };
    }
    case 'not modified': // whoever asked for this has no use for the judge
    case 'refusal':
      return { kind: 'blocked', evidence: [...evidence, findChallenge(page.html) ?? inBrief(page)] };
    default:
      return meaningOfStatus(status) as never;
  }
}

/** The site answers a missing article with a redirect to its home page (site.md, 7.1). */
function byFinalUrl(page: ParsedPage, site: Site): Verdict | null {
  const { url, finalUrl, status } = page.page;
  const evidence = [`redirected to ${finalUrl}`];
  if (isHomeUrl(finalUrl, site) && !isHomeUrl(url, site)) {
    const challenge = homeMarks(page) === null ? findChallenge(page.html) : null;
    return challenge === null ? { kind: 'gone', evidence } : { kind: 'blocked', evidence: [...evidence, challenge] };
  }
  const asked = parseArticleUrl(url, site);
  const answered = parseArticleUrl(finalUrl, site);
  if (asked !== null && answered !== null && asked.id !== answered.id) return { kind: 'moved', to: answered, evidence };
  if (answered === null && inScope(url, site) && !inScope(finalUrl, site)) {
    return { kind: 'link-out', to: finalUrl, evidence };
  }
  if (meaningOfStatus(status) === 'page') return null;
  return { kind: 'blocked', evidence: [`HTTP status ${status}`, 'a redirect to nowhere'] };
}

/** An article is there, and whole, or it was cut. */
function byBody(page: ParsedPage, found: FoundArticle | null): Verdict | null {
  if (page.page.cut !== null) return { kind: 'truncated', evidence: [page.page.cut] };
  if (found === null || !hasContent(found.body.toArray())) return null;
  const layout = `body ${found.layout.body} of layout ${found.layout.name}`;
  const end = endOfArticle(page, found);
  if (end === null) return { kind: 'truncated', evidence: [layout, 'nothing of the page is seen after the body'] };
  const notice = readNotice(page, found);
  return notice === null ? { kind: 'article', evidence: [layout, end] } : byNotice(page, notice, layout);
}

/** An article's frame with something else in it. */
function byNotice(page: ParsedPage, { kind, text }: Notice, layout: string): Verdict {
  const evidence = [layout, `${WHAT_IT_IS[kind]}: ${text}`];
  if (kind === 'withdrawn') return { kind: 'gone', notice: text, evidence };
  if (kind === 'gate') return { kind: 'blocked', evidence };
  return { kind: 'not-an-article', needsScripts: kind === 'loading' && mayRender(page), evidence };
}

const WHAT_IT_IS: Readonly<Record<Notice['kind'], string>> = {
  withdrawn: 'a notice in place of the text',
  gate: 'a check of the visitor in place of the text',
  loading: 'the text is still to be loaded',
  members: 'the text is for others',
  error: 'a message of an error in place of the text',
  data: 'data in place of the text',
  foreign: 'the text shares nothing with its headline and summary',
};

/** What stands in an article's place: a jump elsewhere, a stub, the home page, a challenge. */
function byPlaceholder(page: ParsedPage, site: Site): Verdict | null {
  const jump = findJump(page, site);
  const stub = findStub(page);
  if (jump?.article) return { kind: 'moved', to: jump.article, evidence: ['no article body', jump.evidence] };
  if (stub !== null && (jump !== null || stub.hasStubTime)) {
    return { kind: 'link-out', to: jump?.href ?? null, evidence: [stub.evidence, ...(jump ? [jump.evidence] : [])] };
  }
  const home = homeMarks(page);
  if (home !== null && !isHomeUrl(page.page.url, site)) return { kind: 'gone', evidence: ['no article body', home] };
  const challenge = findChallenge(page.html);
  return challenge === null ? null : { kind: 'blocked', evidence: ['no article body', challenge] };
}

/** Nothing of the site is there (site.md, 7.4). What broke off before it came to that says nothing. */
function byRefusal(page: ParsedPage, site: Site): Verdict | null {
  const refusal = mayBreakOff(page) ? null : refusalOf(page, site);
  return refusal === null ? null : { kind: 'blocked', evidence: ['no page of the site', refusal] };
}

/** Fewer characters to see than any article's column has. */
const EMPTY_COLUMN = 30;

/** A page of the site without an article: cut before its body, one whose empty column scripts would fill, or another. */
function byAbsence(page: ParsedPage, found: FoundArticle | null): Verdict {
  if (endOfSource(page.html) === null)
    return { kind: 'truncated', evidence: ['no article body', 'the source has no end'] };
  const column = columnOf(page);
  const isEmpty = column !== null && (found !== null || visibleLength(column) < EMPTY_COLUMN);
  const scripts = page.$('script').length;
  const old = page.$(MARKS_BEFORE_2017).length > 0 ? ['marks of the site before August 2017'] : [];
  const evidence = [found === null ? 'no article body' : 'the article body is empty', ...old, `scripts: ${scripts}`];
  return { kind: 'not-an-article', needsScripts: isEmpty && mayRender(page), evidence };
}

/** True where the page's own scripts may still bring what is not there. */
function mayRender({ $, page }: ParsedPage): boolean {
  return $('script').length > 0 && page.fetchedBy !== 'browser with scripts';
}

// The home page: the site shows it in place of whatever it does not have (site.md, 7.1).

/** True for the root of one of the site's origins. */
function isHomeUrl(url: string, site: Site): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, pathname } = new URL(url);
  return pathname === '/' && [site.www, site.community].includes(origin);
}

/** Author index letters that no other page has so many of, and article links that no article has so many of. */
const LETTERS = 5;
const LINKS = 40;

/** What shows that a page without an article is the home page, by whatever URL it came; null if nothing does. */
function homeMarks({ html, $ }: ParsedPage): string | null {
  return homeMarksIn(html, $('head title').text());
}

/** The same of any piece of HTML and the title that it came with. */
export function homeMarksIn(html: string, pageTitle: string): string | null {
  const letters = html.match(/<dt[^<>]{0,200}>\s*[A-Z]\s*<\/dt>/g)?.length ?? 0;
  if (letters >= LETTERS) return `author index with ${letters} letters, as on the home page`;
  const title = pageTitle.trim();
  if (!title.startsWith('观察者网')) return null;
  const links = html.match(/\d{4}_\d{2}_\d{2}_\d+\.shtml/g)?.length ?? 0;
  return links >= LINKS ? `title ${title} and ${links} article links, as on the home page` : null;
}

// Link-out stubs (site.md, 7.3).

interface Stub {
  /** Stubs alone print their time with the month first. */
  readonly hasStubTime: boolean;
  readonly evidence: string;
}

/** The stub on a page that has no article body; null if there is not even a headline. */
function findStub({ $ }: ParsedPage): Stub | null {
  const column = $(STUB.column).first();
  const title = inColumn(column, STUB.title).text().trim();
  if (title === '') return null;
  const time = inColumn(column, STUB.time).first().text().trim();
  const hasStubTime = /^\d{1,2}\/\d{1,2}\/\d{4} /.test(time);
  return { hasStubTime, evidence: `headline without body${hasStubTime ? `, time in the stubs' form ${time}` : ''}` };
}

// Where a page sends its reader by script or meta refresh (site.md, 7.2 and 7.3).

interface Jump {
  readonly href: string;
  /** The article it leads to, if it is one of the site's. */
  readonly article: ArticleAddress | null;
  readonly evidence: string;
}

/**
 * `location = "…"`, `window.location.href="…"`, `location.replace("…")`. Each piece of the script is gone through once:
 * every way from one part to the next begins with another character, and an address ends at the next quote of its kind.
 */
const BY_SCRIPT =
  /\blocation\s*(?:\.\s*(?:href\s*=|(?:replace|assign)\s*\()|=)\s*(?:"([^"\n]+)"|'([^'\n]+)')\s*[;)\n}]/g;

/**
 * The first jump to anywhere but the page itself and its mobile form; null if there is none. Only whole addresses in
 * scripts count: links to posts and handlers of buttons are common in ordinary pages.
 */
function findJump(page: ParsedPage, site: Site): Jump | null {
  const own = parseArticleUrl(page.page.finalUrl, site);
  for (const { link, how } of jumpsIn(page)) {
    const href = absoluteUrl(link, page.page.finalUrl);
    if (href === null || href === page.page.finalUrl) continue;
    const article = parseArticleUrl(href, site);
    if (article !== null && article.id === own?.id) continue;
    return { href, article, evidence: `${how} to ${href}` };
  }
  return null;
}

function* jumpsIn({ $ }: ParsedPage) {
  for (const script of $('script:not([src])').toArray()) {
    for (const match of $(script).text().matchAll(BY_SCRIPT)) yield { link: match[1] ?? match[2], how: 'script jump' };
  }
  for (const { attribs } of $('meta[http-equiv="refresh" i]').toArray()) {
    yield { link: /url\s*=\s*['"]?([^'"]+)/i.exec(attribs.content ?? '')?.[1], how: 'meta refresh' };
  }
}

// Whether the page came to its end: what stands behind the body shows it.

/**
 * What shows that the article was read past its column: the page's end tag, or the last block of the column. That block
 * stands beside the body, not in it: a parser closes by itself what a cut leaves open, so a page cut inside the body
 * has nothing beside it. Null if there is neither.
 */
function endOfArticle({ html }: ParsedPage, { layout, column }: FoundArticle): string | null {
  const end = endOfSource(html);
  if (end !== null || layout.end === null) return end;
  return inColumn(column, layout.end).length > 0 ? `the column reaches its last block, ${layout.end}` : null;
}
