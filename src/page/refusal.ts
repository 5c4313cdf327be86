/** Whether an answer is a page of the site at all: what is none, and no known placeholder either, is a gate's. */
import { inListScope, parseArticleUrl, type Site } from '../site/address.ts';
import { GATE_MARKS } from '../site/answers.ts';
import { MARKS_BEFORE_2017 } from '../site/layouts.ts';
import { visibleLength } from './column.ts';
import { columnOf } from './find-article.ts';
import { absoluteUrl } from './html.ts';
import { linesOf } from './lines.ts';
import { endOfSource, type ParsedPage } from './page.ts';

/** Which mark of a challenge the source text carries, as evidence; null if none. */
export function findChallenge(html: string): string | null {
  const mark = GATE_MARKS.find(({ pattern }) => pattern.test(html));
  return mark === undefined ? null : `challenge mark: ${mark.name}`;
}

/**
 * What a page shows in the site's place; null for a page of the site. Those are known by what no gate has: the column of
 * an article, a link to another article, or links to many pages of the site, which its navigation alone makes.
 */
export function refusalOf(page: ParsedPage, site: Site): string | null {
  if (columnOf(page) !== null || page.$(MARKS_BEFORE_2017).length > 0 || linksToSite(page, site)) return null;
  return findChallenge(page.html) ?? inBrief(page);
}

/** A gate may lead to the home page and to a form of complaint. */
const MOST_LINKS_OF_A_GATE = 4;

function linksToSite(page: ParsedPage, site: Site): boolean {
  const { url, finalUrl } = page.page;
  const own = [url, finalUrl].flatMap((each) => [URL.parse(each)?.pathname, parseArticleUrl(each, site)?.id]);
  const found = new Set<string>();
  for (const { attribs } of page.$('a[href]').toArray()) {
    const link = absoluteUrl(attribs.href, finalUrl);
    if (link === null || !inListScope(link, site)) continue;
    const article = parseArticleUrl(link, site);
    if (article !== null && own.includes(article.id)) continue;
    if (article !== null) return true;
    const { host, pathname } = new URL(link);
    if (pathname !== '/' && !own.includes(pathname)) found.add(host + pathname);
    if (found.size > MOST_LINKS_OF_A_GATE) return true;
  }
  return false;
}

const LONGEST_BRIEF = 80;

/** What there is to see on a page, for people. */
export function inBrief(page: ParsedPage): string {
  const text = linesOf(page.$('body')).join(' ');
  const scripts = page.$('script').length;
  if (text === '') return scripts === 0 ? 'nothing to see' : `nothing to see, scripts: ${scripts}`;
  const start = Array.from(text.slice(0, 2 * LONGEST_BRIEF)); // by characters, whatever their length
  return `in words: ${start.slice(0, LONGEST_BRIEF).join('')}${text.length > LONGEST_BRIEF ? '…' : ''}`;
}

const DOCTYPE = '<!doctype html';

/** True for what may be a page that broke off: it begins as a document and does not end as one, or came damaged. */
export function mayBreakOff({ html, undecodable }: ParsedPage): boolean {
  if (endOfSource(html) !== null) return false;
  const start = html.trimStart().slice(0, DOCTYPE.length).toLowerCase();
  return undecodable > 0 || DOCTYPE.startsWith(start) || /^<(?:!|\?xml|h(?:$|t|e)|body)/.test(start);
}

/**
 * True for a page without anything to see that may have broken off: it says nothing, unless it comes so again. A transfer
 * that failed at its first byte looks the same, but for the length that was promised.
 */
export function saysNothing(page: ParsedPage): boolean {
  const isEmpty = visibleLength(page.$('body')) === 0 && columnOf(page) === null && page.undecodable === 0;
  return isEmpty && (page.html.trim() !== '' || page.page.headers['content-length'] === '0');
}
