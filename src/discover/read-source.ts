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
import { type Answer, isRead, readOften } from './read-list-page.ts';

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
  /** Why it, or a later page or list of it, could not be read; null where all that there are were. */
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
  const reading = openReading(source, rooms, options);
  await reading.ownPages();
  if (source.follow > 0) await reading.followed(options.turns);
  return reading.result();
}

function openReading(source: Source, rooms: SourceRooms, options: ReadOptions) {
  const targets = new Map<string, Target>();
  const lists: ListLink[] = [];
  const pages: Discovery[] = [];
  let error: ArchiveError | null = null;

  const ask = (url: string, how: { readonly attempts: number; readonly blankEnds: boolean }): Promise<Answer> =>
    readOften(url, rooms, { ...options, ...how, part: source.part });
  const fail = (answer: Exclude<Answer, { readonly discovery: Discovery }>, url: string) => {
    error ??= new ArchiveError(answer.code, `${source.name}, ${url}: ${answer.why}`, { cause: answer.error });
  };
  const take = ({ entries }: Discovery, via: string, fetchedAt: string) => {
    for (const entry of entries) {
      if (!targets.has(entry.address.id))
        targets.set(entry.address.id, targetOf(entry, source.name, { via, fetchedAt }));
    }
  };

  return {
    ownPages: async () => {
      for (let number = 1; number <= source.pages; number++) {
        const url = listPageUrl(source.url, number);
        if (number > 1 && url === source.url) return; // a list without pages
        const answer = await ask(url, { attempts: options.attempts, blankEnds: number > 1 });
        if (!isRead(answer)) return fail(answer, url);
        const { discovery, fetchedAt } = answer;
        pages.push(discovery);
        lists.push(...discovery.lists);
        const isIndex = source.follow > 0 && discovery.lists.length > 0;
        if (discovery.entries.length === 0) {
          if (number === 1 && !isIndex)
            error = new ArchiveError('SOURCE_EMPTY', `${source.name}, ${url}${hintOf(discovery)}`);
          return;
        }
        take(discovery, url, fetchedAt);
        if (discovery.total !== null && targets.size >= discovery.total) return;
      }
    },
    /** Page 1 of some lists. One that is no more, or names nothing, has had its turn; where the site does not answer, the rest wait. */
    followed: async (turns: Turns) => {
      const urls = lists.map(({ url }) => url);
      for (const url of turns.next(source.name, urls, source.follow)) {
        options.signal.throwIfAborted();
        const answer = await ask(url, { attempts: 1, blankEnds: true });
        turns.note(source.name, url);
        if (isRead(answer)) take(answer.discovery, url, answer.fetchedAt);
        else fail(answer, url);
        if (!isRead(answer) && answer.code === 'SOURCE_UNREAD') return;
      }
    },
    result: (): SourceResult => ({ targets: [...targets.values()], lists, pages, error }),
  };
}

function hintOf({ kind, when, lists }: Discovery): string {
  if (kind === 'home' && when === null) return ': the home page came in its place';
  return lists.length === 0 ? '' : `: an index of ${lists.length} lists; follow: N reads N of them each time`;
}

function targetOf(
  entry: ListEntry,
  source: string,
  { via, fetchedAt }: { readonly via: string; readonly fetchedAt: string },
): Target {
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
