/** Is this page an article, and if not, what is it? (site.md, section 7) */
import { hasContent, visibleLength } from '../extract/content.ts';
import { MARKS_BEFORE_2017 } from '../extract/layouts/before-2017.ts';
import { type FoundArticle, findArticle } from '../extract/layouts/find-article.ts';
import { endOfSource } from '../html/end-of-source.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { Verdict } from '../model.ts';
import { parseArticleUrl } from '../url/article-url.ts';
import { inScope, type Site } from '../url/scope.ts';
import { findChallenge } from './challenge.ts';
import { endOfArticle } from './end-of-page.ts';
import { homeMarks, isHomeUrl } from './home-page.ts';
import { findJump } from './jumps.ts';
import { findStub } from './stub.ts';

/**
 * What a page is, with what it was judged by. Pure and total: every page gets a verdict. The questions are asked in
 * this order and the first to know the answer gives it: what the status says, where redirects led, whether there is an
 * article and all of it, and what else can stand in an article's place. A page without a whole article is never judged
 * one. Server errors are the fetcher's to retry; one that comes this far is no article.
 */
export function judge(page: ParsedPage, site: Site): Verdict {
  const found = findArticle(page);
  return (
    byPlainStatus(page) ??
    byFinalUrl(page, site) ??
    byOtherStatus(page) ??
    byBody(page, found) ??
    byPlaceholder(page, site) ??
    byAbsence(page, found)
  );
}

/** Statuses that speak for themselves, wherever redirects led. */
function byPlainStatus({ page: { status } }: ParsedPage): Verdict | null {
  const evidence = [`HTTP status ${status}`];
  if (status === 404 || status === 410) return { kind: 'gone', evidence };
  if (status === 403 || status === 429) return { kind: 'blocked', evidence };
  return null;
}

/** The site answers a missing article with a redirect to its home page (site.md, 7.1). */
function byFinalUrl(page: ParsedPage, site: Site): Verdict | null {
  const { url, finalUrl } = page.page;
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
  return null;
}

/** A page under any status but success is no article, whatever it holds. */
function byOtherStatus({ page: { status }, html }: ParsedPage): Verdict | null {
  if (status >= 200 && status <= 299) return null;
  const evidence = [`HTTP status ${status}`];
  const challenge = findChallenge(html);
  if (status === 503 && challenge !== null) return { kind: 'blocked', evidence: [...evidence, challenge] };
  return { kind: 'not-an-article', needsScripts: false, evidence };
}

/** An article is there, and whole, or it was cut. */
function byBody(page: ParsedPage, found: FoundArticle | null): Verdict | null {
  if (page.page.cut !== null) return { kind: 'truncated', evidence: [page.page.cut] };
  if (found === null || !hasContent(found.body.toArray())) return null;
  const layout = `body ${found.layout.body} of layout ${found.layout.name}`;
  const end = endOfArticle(page, found);
  return end === null
    ? { kind: 'truncated', evidence: [layout, 'nothing of the page is seen after the body'] }
    : { kind: 'article', evidence: [layout, end] };
}

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

/** Fewer characters to see than any article's column has. */
const EMPTY_COLUMN = 30;

/** Nothing known is there: a page cut before its body, one that scripts would fill, or something else. */
function byAbsence(page: ParsedPage, found: FoundArticle | null): Verdict {
  if (endOfSource(page.html) === null)
    return { kind: 'truncated', evidence: ['no article body', 'the source has no end'] };
  const column = page.$('li.left-main, .article-content').first();
  const empty = found !== null || visibleLength(column.length > 0 ? column : page.$('body')) < EMPTY_COLUMN;
  const scripts = page.$('script').length;
  const old = page.$(MARKS_BEFORE_2017).length > 0 ? ['marks of the site before August 2017'] : [];
  const evidence = [found === null ? 'no article body' : 'the article body is empty', ...old, `scripts: ${scripts}`];
  return {
    kind: 'not-an-article',
    needsScripts: empty && scripts > 0 && page.page.fetchedBy !== 'browser with scripts',
    evidence,
  };
}
