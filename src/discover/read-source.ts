/** One configured source: its list pages fetched and read into targets. */
import { ArchiveError, nextAfter } from '../errors.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import { endOfSource } from '../html/end-of-source.ts';
import { parsePage } from '../html/parsed-page.ts';
import type { ListEntry, Target } from '../model.ts';
import type { Site } from '../url/scope.ts';
import { discover } from './discover.ts';
import type { ListName } from './list-kind.ts';
import { listPageUrl } from './list-page-url.ts';

export interface Source {
  readonly name: string;
  readonly url: string;
  readonly pages: number;
}

export interface SourceReading {
  /** In the order of the list, each named by the source. */
  readonly targets: readonly Target[];
  /** Why a page after the first could not be read; null where all that there are were. */
  readonly error: ArchiveError | null;
}

interface Rooms {
  readonly fetcher: Fetcher;
  readonly site: Site;
}

/**
 * Reads the pages of a source; one that ends early is read as far as it goes.
 * @param options `attempts` is how often a page is asked for that does not come, comes damaged, or is no list
 * @throws SOURCE_UNREAD where the first page cannot be had, SOURCE_EMPTY where it names no article; what stops the run
 */
export async function readSource(
  source: Source,
  rooms: Rooms,
  options: { readonly attempts: number; readonly signal: AbortSignal },
): Promise<SourceReading> {
  const targets = new Map<string, Target>();
  for (let number = 1; number <= source.pages; number++) {
    const url = listPageUrl(source.url, number);
    if (number > 1 && url === source.url) break; // a list without pages
    const answer = await readOften(url, rooms, options);
    if (!('entries' in answer)) {
      const error = new ArchiveError(answer.code, `${source.name}, ${url}: ${answer.why}`, { cause: answer.error });
      if (number === 1) throw error;
      return { targets: [...targets.values()], error };
    }
    if (answer.entries.length === 0 && number === 1) throw new ArchiveError('SOURCE_EMPTY', `${source.name}, ${url}`);
    if (answer.entries.length === 0) break;
    for (const entry of answer.entries) {
      if (!targets.has(entry.address.id)) targets.set(entry.address.id, targetOf(entry, source.name, url));
    }
  }
  return { targets: [...targets.values()], error: null };
}

/** What one request for a page of a list came to. */
type Answer =
  | { readonly kind: ListName; readonly entries: readonly ListEntry[] }
  | {
      readonly code: 'SOURCE_UNREAD' | 'SOURCE_EMPTY';
      readonly why: string;
      readonly error: ArchiveError | null;
      /** Whether another request may have more luck. */
      readonly mayPass: boolean;
    };

/** The first good answer, else the last. Each failure has lengthened the host's pause before the next request. */
export async function readOften(url: string, rooms: Rooms, options: Parameters<typeof readSource>[2]): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await readPage(url, rooms, options.signal);
    if ('entries' in answer || !answer.mayPass || attempt >= options.attempts) return answer;
  }
}

async function readPage(url: string, { fetcher, site }: Rooms, signal: AbortSignal): Promise<Answer> {
  const unread = { code: 'SOURCE_UNREAD', error: null } as const;
  try {
    const page = await fetcher.fetch(url, signal);
    const { status, cut } = page;
    // A list that is no more is answered with the home page, whose articles are not this source's.
    if (page.redirects.length > 0 && new URL(page.finalUrl).pathname === '/') return { kind: 'home', entries: [] };
    if (status >= 400) return { ...unread, why: `status ${status}`, mayPass: false };
    if (cut !== null) return { ...unread, why: `broke off: ${cut}`, mayPass: true };
    const parsed = parsePage(page);
    if (parsed.undecodable > 0) return { ...unread, why: 'bytes that are no text', mayPass: true };
    // Chromium gives a broken transfer for a whole one where no length was promised.
    const { kind, entries } = discover(parsed, site);
    const isWhole = endOfSource(parsed.html) !== null || !(kind === 'unknown' || /<html/i.test(parsed.html));
    if (!isWhole) return { ...unread, why: 'broke off before </html>', mayPass: true };
    if (kind !== 'unknown') return { kind, entries };
    return { code: 'SOURCE_EMPTY', why: 'nothing of it is a list that is known', error: null, mayPass: true };
  } catch (error) {
    if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop') throw error;
    return { ...unread, why: error.message, error, mayPass: nextAfter(error) !== 'never' };
  }
}

export function targetOf(entry: ListEntry, source: string, via: string): Target {
  const { address, picture, headline, title, time, summary } = entry;
  return {
    id: address.id,
    url: address.url,
    source,
    via,
    leadPicture: headline ? picture : null,
    listed: { title: title || null, time, summary, picture: picture?.src ?? null },
    priority: priorityOf(entry),
  };
}

/** Newest first: minutes since 1970 of the listed time, else of the day in the URL; 0 where neither is known. */
function priorityOf({ time, address }: ListEntry): number {
  const printed = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}))?/.exec(time ?? address.date ?? '');
  return printed === null ? 0 : Date.parse(`${printed[1]}T${printed[2] ?? '00:00'}:00+08:00`) / 60_000;
}
