/** The addresses of the Wayback Machine that may be asked for, and what its index says (CDX server API of the Internet Archive). */
import { inScope, type Site } from './address.ts';

export const WAYBACK = 'https://web.archive.org';

/** One capture that the index names. */
export interface WaybackCapture {
  /** `20220128103043`, in UTC. */
  readonly timestamp: string;
  /** The address as it was captured. */
  readonly original: string;
}

/** So many captures of an address are looked at: the newest. */
const MOST_CAPTURES = 20;

/** Where the index says which captures of an address were answered with 200, each content once. */
export function indexUrl(origin: string, url: string): string {
  const query = new URLSearchParams({ url, output: 'json', fl: 'timestamp,original', filter: 'statuscode:200' });
  query.set('collapse', 'digest');
  query.set('limit', `-${MOST_CAPTURES}`);
  return `${origin}/cdx/search/cdx?${query}`;
}

/** Where a capture is given as it came (`id_`): no toolbar, no rewritten addresses. */
export function rawUrl(origin: string, { timestamp, original }: WaybackCapture): string {
  return `${origin}/web/${timestamp}id_/${original}`;
}

const RAW = /^\/web\/(\d{14})id_\/(https?:\/\/.+)$/i;

/** The capture that an address asks for; null for any other address. */
export function captureIn(url: string): WaybackCapture | null {
  const { pathname, search } = URL.parse(url) ?? { pathname: '', search: '' };
  const [, timestamp, original] = RAW.exec(pathname + search) ?? [];
  return timestamp === undefined || original === undefined ? null : { timestamp, original };
}

/** True for the index and raw captures of the site's own addresses, and for nothing else of the Wayback Machine. */
export function inWaybackScope(url: string, origin: string, site: Site): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.origin !== origin) return false;
  const about = parsed.pathname === '/cdx/search/cdx' ? parsed.searchParams.get('url') : captureIn(url)?.original;
  return about != null && isOfSite(about, site);
}

/** Whatever the scheme: the site of earlier years was http. */
function isOfSite(url: string, site: Site): boolean {
  return [url, url.replace(/^http:/i, 'https:'), url.replace(/^https:/i, 'http:')].some((each) => inScope(each, site));
}

/** The captures that an answer of the index names, the newest first; null where it is no answer of the index. */
export function readIndex(text: string, site: Site): readonly WaybackCapture[] | null {
  if (text.trim() === '') return []; // it has none
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return null; // a page of HTML that says that it is busy, for one
  }
  if (!Array.isArray(rows)) return null;
  const captures = (rows as unknown[]).flatMap((row): WaybackCapture[] => {
    const [timestamp, original] = Array.isArray(row) ? (row as unknown[]) : [];
    const isRow = typeof timestamp === 'string' && /^\d{14}$/.test(timestamp) && typeof original === 'string';
    return isRow && isOfSite(original, site) ? [{ timestamp, original }] : []; // the first row names the columns
  });
  return captures.sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1)).slice(0, MOST_CAPTURES);
}

/** `2022-01-28T10:30:43.000Z`; null for digits that are no time. */
export function instantOfTimestamp(timestamp: string): string | null {
  const text = timestamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6.000Z');
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
