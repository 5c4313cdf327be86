/** How a list's pages are numbered in its URL (site.md, 1.2). */

/**
 * Page `page` of a list, counted from 1: `/SLUG/list_N.shtml`, `/column/SLUG/N`, the query's `page`, `pageNo` or `page_no`
 * where the URL has one, and `list_N.shtml` below any other path. Page 1 is the URL as given. So is any page of what has no
 * pages: the home page, files such as `/api/redian.htm`, and what is chosen by a query that counts no pages.
 * `url` is absolute, or a TypeError is thrown.
 */
export function listPageUrl(url: string, page: number): string {
  if (page === 1) return url;
  const { origin, pathname, searchParams } = new URL(url);
  const counter = counterIn(searchParams);
  if (counter !== undefined) {
    searchParams.set(counter, String(page));
    return `${origin}${pathname}?${searchParams}`;
  }
  if (searchParams.keys().some((name) => name !== TRACKING)) return url;
  const path = pagePath(pathname, page);
  return path === null ? url : origin + path;
}

/** The page after the one that the URL names; null if lists of that form have no pages. */
export function nextListPageUrl(url: string): string | null {
  const next = listPageUrl(url, pageNumber(url) + 1);
  return next === url ? null : next;
}

/** Path of the list's page, or null if the path has no pages. */
function pagePath(path: string, page: number): string | null {
  if (LIST_FILE.test(path)) return path.replace(LIST_FILE, `/list_${page}.shtml`);
  const column = COLUMN.exec(path)?.[1];
  if (column !== undefined) return `${column}/${page}`;
  const folder = path.replace(/\/$/, '');
  return folder === '' || /\.\w+$/.test(folder) ? null : `${folder}/list_${page}.shtml`;
}

function pageNumber(url: string): number {
  const { pathname, searchParams } = new URL(url);
  const counter = counterIn(searchParams);
  if (counter !== undefined) return Number(/^\d{1,6}$/.exec(searchParams.get(counter) ?? '')?.[0] ?? 1);
  return Number(LIST_FILE.exec(pathname)?.[1] ?? COLUMN.exec(pathname)?.[2] ?? 1);
}

/** Names of the page's number in queries (site.md, 1.3 and 3.4). */
const COUNTERS = ['page', 'pageNo', 'page_no'];

/** `?s=dhguoji` says where somebody clicked, and chooses nothing (site.md, 1.1). */
const TRACKING = 's';

function counterIn(query: URLSearchParams): string | undefined {
  return COUNTERS.find((name) => query.has(name));
}

/** Old CMS. */
const LIST_FILE = /\/list_(\d+)\.shtml$/i;

/** New CMS, since September 2026. */
const COLUMN = /^(\/column\/[^/]+)(?:\/(\d+))?\/?$/i;

// A column's address in the site's other CMS, of the same slug: the old one holds what the new one cut off (site.md, 1.2).

/** The first page there: `/SLUG/list_1.shtml` for `/column/SLUG/1`, and the reverse; null for an address of neither form. */
export function otherCmsUrl(url: string): string | null {
  const { origin, pathname } = new URL(url);
  const modern = /^\/column\/([^/]+)(?:\/\d+)?\/?$/i.exec(pathname)?.[1];
  if (modern !== undefined) return `${origin}/${modern}/list_1.shtml`;
  const old = /^\/([^/]+)\/list_\d+\.shtml$/i.exec(pathname)?.[1];
  return old === undefined ? null : `${origin}/column/${old}/1`;
}
