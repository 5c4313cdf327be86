/** The grammar of article URLs: every spelling of an article's address to its one identity (site.md, 1.1 and 1.3). */

import { ArchiveError } from '../errors.ts';
import type { ArticleAddress } from '../model.ts';

/**
 * The article that a URL names, whatever its spelling: http, `//host`, no scheme, `m.` or bare host, `_s`, `_mc`, `_2`,
 * no `.shtml`, query, fragment, and `·`, `%C2%B7` or `-` in the slug; for community posts `main/` or `wap/content`.
 * A relative URL needs `base`, the address of the page that it stands in.
 *
 * Null if it names none of the site's articles: lists, static and members' pages, other hosts or ports, a day that
 * no calendar has, and addresses made to look like the site's (user info, backslashes, control characters).
 * The slug is kept as given, for it is decoration (site.md, 1.1), so one article may come with several `url`s: compare `id`.
 */
export function parseArticleUrl(text: string, site: Site, base?: string): ArticleAddress | null {
  const url = readUrl(text.trim(), site, base);
  return url && (newsArticle(url, site) ?? communityPost(url, site));
}

/**
 * A link as an absolute URL with everything that it carries, read as `parseArticleUrl` reads it; null if that finds
 * no URL in it.
 */
export function absoluteUrl(text: string, site: Site, base?: string): string | null {
  return readUrl(text.trim(), site, base)?.href ?? null;
}

/** The address under which the site gives the whole article on one page (site.md, 1.1 suffix `_s`; 1.3 `page=0`). */
export function singlePageUrl(address: ArticleAddress): string {
  return isPost(address) ? `${address.url}&page=0` : withSuffix(address.url, 's');
}

/** The address of part `n` of an article on several pages, counted from 1; part 1 is the canonical URL itself. */
export function partUrl(address: ArticleAddress, n: number): string {
  if (n === 1) return address.url;
  return isPost(address) ? `${address.url}&page=${n}` : withSuffix(address.url, String(n));
}

/** The text as an absolute http(s) URL, or null if it is none or where readers would differ about its host. */
function readUrl(text: string, site: Site, base: string | undefined): URL | null {
  if (/[\\\p{Cc}]/u.test(text)) return null;
  const [absolute, from] = beginsWithHost(text, site) ? [`https://${text}`] : [text, fallbackBase(text, site, base)];
  const url = URL.parse(absolute, from);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  return url;
}

/** True for `www.guancha.cn/…`: an address that was copied without its scheme. */
function beginsWithHost(text: string, site: Site): boolean {
  const start = text.split('/', 1)[0]?.toLowerCase() ?? '';
  return [...newsHosts(site), new URL(site.community).host].includes(start);
}

/** `//host/…` lacks only the scheme, which the site itself can lend. */
function fallbackBase(text: string, site: Site, base: string | undefined): string | undefined {
  return base ?? (text.startsWith('//') ? site.www : undefined);
}

/** Hosts, with their port, that serve the same articles: `www.`, `m.` and the bare domain; any other host as it is. */
function newsHosts(site: Site): readonly string[] {
  const { host } = new URL(site.www);
  if (!host.startsWith('www.')) return [host];
  const bare = host.slice('www.'.length);
  return [host, bare, `m.${bare}`];
}

/** `/slug/2022_01_28_623950_s.shtml`. The ending and any `_word` after the id say nothing (site.md, 1.1). */
const NEWS_PATH =
  /^\/(?<slug>[^/]+)\/(?<year>\d{4})_(?<month>\d{2})_(?<day>\d{2})_(?<id>[1-9]\d{0,8})(?:_\w*)?(?:\.shtml)?$/i;

function newsArticle(url: URL, site: Site): ArticleAddress | null {
  const parts = NEWS_PATH.exec(url.pathname)?.groups;
  if (parts === undefined || !newsHosts(site).includes(url.host)) return null;
  const { slug = '', year = '', month = '', day = '', id = '' } = parts;
  const date = `${year}-${month}-${day}`;
  if (!isCalendarDay(date)) return null;
  return {
    id: `guancha:${Number(id)}`,
    url: `${site.www}/${inUpperCaseEscapes(slug)}/${year}_${month}_${day}_${id}.shtml`,
    date,
  };
}

function isCalendarDay(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(date);
}

/** `%c2%b7` and `%C2%B7` are one spelling; the URL parser has already escaped a plain `·`. */
function inUpperCaseEscapes(slug: string): string {
  return slug.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase());
}

function communityPost(url: URL, site: Site): ArticleAddress | null {
  if (url.host !== new URL(site.community).host || !/^\/(?:main|wap)\/content$/i.test(url.pathname)) return null;
  const id = url.searchParams.get('id') ?? '';
  if (!/^[1-9]\d{0,8}$/.test(id)) return null;
  return { id: `fengwen:${Number(id)}`, url: `${site.community}/main/content?id=${id}`, date: null };
}

function isPost(address: ArticleAddress): boolean {
  return address.id.startsWith('fengwen:');
}

function withSuffix(url: string, suffix: string): string {
  return url.replace(/\.shtml$/, `_${suffix}.shtml`);
}

// The origins that belong to the site: nothing else is ever asked for.

/** Origins such as `https://www.guancha.cn`, without a path. */
export interface Site {
  readonly www: string;
  readonly community: string;
  readonly images: readonly string[];
  /** Where lists of articles may be asked for besides www and the community, and nothing else; none where absent. */
  readonly lists?: readonly string[];
}

/** All origins of the site where articles and pictures lie, each once. */
export function originsOf(site: Site): string[] {
  return [...new Set([site.www, site.community, ...site.images])];
}

/** The same, and those where only lists lie. */
export function listOriginsOf(site: Site): string[] {
  return [...new Set([...originsOf(site), ...(site.lists ?? [])])];
}

/** True if the URL's origin is one of the site's, and the URL is asked of it: a `blob:` URL has an origin as well. */
export function inScope(url: string, site: Site): boolean {
  return isOf(url, originsOf(site));
}

/** The same for the address of a list. */
export function inListScope(url: string, site: Site): boolean {
  return isOf(url, listOriginsOf(site));
}

/** Throws OUT_OF_SCOPE for a URL of any other origin. */
export function requireScope(url: string, site: Site, { list }: { readonly list: boolean } = { list: false }): void {
  if (!(list ? inListScope(url, site) : inScope(url, site))) throw new ArchiveError('OUT_OF_SCOPE', url);
}

function isOf(url: string, origins: readonly string[]): boolean {
  const { protocol, origin } = URL.parse(url) ?? { protocol: '', origin: '' };
  return /^https?:$/.test(protocol) && origins.includes(origin);
}
