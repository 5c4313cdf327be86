/** One configured source: its list pages fetched and read into targets. */
import { ArchiveError } from '../errors.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import { parsePage } from '../html/parsed-page.ts';
import type { ListEntry, Target } from '../model.ts';
import type { Site } from '../url/scope.ts';
import { discover } from './discover.ts';
import { listPageUrl } from './list-page-url.ts';

export interface Source {
  readonly name: string;
  readonly url: string;
  readonly pages: number;
}

/**
 * Reads the pages of a source; one that ends early is read as far as it goes.
 * @returns targets in the order of the list, each named by the source
 * @throws SOURCE_UNREAD where the first page cannot be had, SOURCE_EMPTY where it names no article; what stops the run
 */
export async function readSource(
  source: Source,
  rooms: { readonly fetcher: Fetcher; readonly site: Site },
  signal: AbortSignal,
): Promise<Target[]> {
  const targets = new Map<string, Target>();
  for (let number = 1; number <= source.pages; number++) {
    const url = listPageUrl(source.url, number);
    if (number > 1 && url === source.url) break; // a list without pages
    const entries = await readPage(source, url, rooms, signal);
    if (entries.length === 0 && number === 1) throw new ArchiveError('SOURCE_EMPTY', `${source.name}, ${url}`);
    if (entries.length === 0) break;
    for (const entry of entries) {
      if (!targets.has(entry.address.id)) targets.set(entry.address.id, targetOf(entry, source.name, url));
    }
  }
  return [...targets.values()];
}

async function readPage(
  source: Source,
  url: string,
  { fetcher, site }: Parameters<typeof readSource>[1],
  signal: AbortSignal,
): Promise<ListEntry[]> {
  const page = await fetcher.fetch(url, signal).catch((error: unknown) => {
    if (!(error instanceof ArchiveError) || error.code === 'NO_BROWSER') throw error;
    throw new ArchiveError('SOURCE_UNREAD', `${source.name}, ${url}: ${error.message}`, { cause: error });
  });
  if (page.status >= 400) throw new ArchiveError('SOURCE_UNREAD', `${source.name}, ${url}: status ${page.status}`);
  // A list that is no more is answered with the home page, whose articles are not this source's.
  const sentHome = page.redirects.length > 0 && new URL(page.finalUrl).pathname === '/';
  return sentHome ? [] : [...discover(parsePage(page), site).entries];
}

function targetOf(entry: ListEntry, source: string, via: string): Target {
  const { address, picture, headline, title, time } = entry;
  return {
    id: address.id,
    url: address.url,
    source,
    via,
    leadPicture: headline ? picture : null,
    listTitle: title || null,
    listTime: time,
    priority: priorityOf(entry),
  };
}

/** Newest first: minutes since 1970 of the listed time, else of the day in the URL; 0 where neither is known. */
function priorityOf({ time, address }: ListEntry): number {
  const printed = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}))?/.exec(time ?? address.date ?? '');
  return printed === null ? 0 : Date.parse(`${printed[1]}T${printed[2] ?? '00:00'}:00+08:00`) / 60_000;
}
