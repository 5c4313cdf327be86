/** One configured source: its list pages fetched and read into targets. */
import { ArchiveError } from '../errors.ts';
import { readClock, startOfDay } from '../extract/dates.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import type { ListEntry, Target } from '../model.ts';
import type { Site } from '../url/scope.ts';
import type { Discovery } from './discover.ts';
import type { ListLink } from './found.ts';
import type { ListPart } from './list-kind.ts';
import { listPageUrl } from './list-page-url.ts';
import { isRead, readOften, type Unread } from './read-list-page.ts';

export interface Source {
  readonly name: string;
  readonly url: string;
  readonly pages: number;
  /** One part of the home page alone; null for all of a list. */
  readonly part: ListPart | null;
  /** So many of the lists that an index names are read as well. */
  readonly follow: number;
}

/** What a source gave, however far it was read. */
export interface SourceResult {
  /** In the order of the list, each named by the source. */
  readonly targets: readonly Target[];
  /** The lists that it names. */
  readonly lists: readonly ListLink[];
  readonly pages: readonly Discovery[];
  /** Why a page of its own could not be read, or the first named nothing; null where all that there are were read. */
  readonly ownError: ArchiveError | null;
  /** The same, or why a list that it names could not be read. */
  readonly error: ArchiveError | null;
}

/** Which of the lists that an index names have their turn. */
export interface Turns {
  next(source: string, urls: readonly string[], count: number): readonly string[];
  note(source: string, url: string): void;
}

export interface SourceRooms {
  readonly fetcher: Fetcher;
  readonly site: Site;
}

export interface ReadOptions {
  /** How often a page is asked for that does not come, comes damaged, or is no list. */
  readonly attempts: number;
  readonly signal: AbortSignal;
}

/**
 * Reads the pages of a source; one that ends early is read as far as it goes. SOURCE_UNREAD where a page cannot be had and
 * SOURCE_EMPTY where the first names nothing are in the result, for what was read before counts.
 * @throws what stops the run
 */
export async function readSource(
  source: Source,
  rooms: SourceRooms,
  options: ReadOptions & { readonly turns: Turns },
): Promise<SourceResult> {
  const own = await readPages(source, rooms, options);
  const lists = own.read.flatMap(({ discovery }) => discovery.lists);
  const followed = source.follow === 0 ? NOTHING : await readFollowed(source, lists, rooms, options);
  const targets = new Map<string, Target>();
  for (const page of [...own.read, ...followed.read]) {
    for (const entry of page.discovery.entries) {
      if (!targets.has(entry.address.id)) targets.set(entry.address.id, targetOf(entry, source.name, page));
    }
  }
  return {
    targets: [...targets.values()],
    lists,
    pages: own.read.map(({ discovery }) => discovery),
    ownError: own.error,
    error: own.error ?? followed.error,
  };
}

/** Pages that were read, in their order, and the first failure. */
interface Pages {
  readonly read: readonly ReadPage[];
  readonly error: ArchiveError | null;
}

interface ReadPage {
  readonly url: string;
  readonly discovery: Discovery;
  readonly fetchedAt: string;
}

const NOTHING: Pages = { read: [], error: null };

async function readPages(source: Source, rooms: SourceRooms, options: ReadOptions): Promise<Pages> {
  const read: ReadPage[] = [];
  const seen = new Set<string>();
  for (let number = 1; number <= source.pages; number++) {
    const url = listPageUrl(source.url, number);
    if (number > 1 && url === source.url) break; // a list without pages
    const answer = await readOften(url, rooms, { ...options, part: source.part, blankEnds: number > 1 });
    if (!isRead(answer)) return { read, error: failure(source, url, answer) };
    const { discovery } = answer;
    read.push({ url, ...answer });
    const isIndex = source.follow > 0 && discovery.lists.length > 0;
    if (number === 1 && discovery.entries.length === 0 && !isIndex)
      return { read, error: new ArchiveError('SOURCE_EMPTY', `${source.name}, ${url}${hintOf(discovery)}`) };
    if (discovery.entries.length === 0) break;
    for (const { address } of discovery.entries) seen.add(address.id);
    if (discovery.total !== null && seen.size >= discovery.total) break;
  }
  return { read, error: null };
}

/** Page 1 of some lists, one request each. One that is no more has had its turn; where the site does not answer, the rest wait. */
async function readFollowed(
  source: Source,
  lists: readonly ListLink[],
  rooms: SourceRooms,
  options: ReadOptions & { readonly turns: Turns },
): Promise<Pages> {
  const { turns, signal } = options;
  const read: ReadPage[] = [];
  let error: ArchiveError | null = null;
  const urls = lists.map(({ url }) => url);
  for (const url of turns.next(source.name, urls, source.follow)) {
    signal.throwIfAborted();
    const answer = await readOften(url, rooms, { signal, attempts: 1, part: null, blankEnds: true });
    turns.note(source.name, url);
    if (isRead(answer)) read.push({ url, ...answer });
    else {
      error ??= failure(source, url, answer);
      if (answer.code === 'SOURCE_UNREAD' && answer.mayPass) break;
    }
  }
  return { read, error };
}

function failure({ name }: Source, url: string, { code, why, error }: Unread): ArchiveError {
  return new ArchiveError(code, `${name}, ${url}: ${why}`, { cause: error });
}

function hintOf({ kind, when, lists }: Discovery): string {
  if (kind === 'home' && when === null) return ': the home page came in its place';
  return lists.length === 0 ? '' : `: an index of ${lists.length} lists; follow: N reads N of them each time`;
}

export function targetOf(entry: ListEntry, source: string, { url: via, fetchedAt }: ReadPage): Target {
  const { address, picture, headline, title, time, summary } = entry;
  return {
    id: address.id,
    url: address.url,
    source,
    via,
    leadPicture: headline ? picture : null,
    listed: { title: title || null, time, summary, picture: picture?.src ?? null },
    priority: priorityOf(entry, fetchedAt),
  };
}

/**
 * Newest first: minutes since 1970 of the listed time, counted from the answer where it is relative, else of the day in
 * the URL; 0 where neither is known.
 */
export function priorityOf({ time, address }: ListEntry, fetchedAt: string): number {
  const instant = readClock(time ?? '', fetchedAt) ?? startOfDay(address.date ?? '');
  return instant === null ? 0 : Math.floor(Date.parse(instant.at) / 60_000);
}
