/** A paged list walked backwards, page by page, until it is older than a day or comes to its end. */

import { dayOf } from '../coverage/day.ts';
import { listPageUrl } from '../discover/list-page-url.ts';
import { isRead, readOften } from '../discover/read-list-page.ts';
import { type Source, targetOf } from '../discover/read-source.ts';
import { ArchiveError } from '../errors.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import type { Target } from '../model.ts';
import type { Site } from '../url/scope.ts';

export interface WalkedPage {
  readonly page: number;
  readonly url: string;
  /** What the page shows, in its order. */
  readonly targets: readonly Target[];
}

/** Why a walk ended: the list is older than the day, it has no more pages, or a page could not be read. */
export type WalkEnd =
  | { readonly kind: 'older' | 'empty' | 'repeated' | 'no pages' }
  | { readonly kind: 'unread'; readonly error: ArchiveError };

/**
 * Walks from a page on. Past the end a list shows nothing, its last page again, or the home page (site.md, 1.2). Lists grow
 * at their head: what was on a page is on the same or a later one when the walk goes on.
 * @param options `since` is a day; a page of which every article is older is the last. `first` is the page to begin with
 * @throws what stops the run
 */
export async function* walkList(
  source: Pick<Source, 'name' | 'url' | 'part'>,
  rooms: { readonly fetcher: Fetcher; readonly site: Site },
  options: { readonly since: string; readonly first: number; readonly attempts: number; readonly signal: AbortSignal },
): AsyncGenerator<WalkedPage, WalkEnd> {
  const seen = new Set<string>();
  for (let page = options.first; ; page++) {
    const url = listPageUrl(source.url, page);
    if (page > 1 && url === source.url) return { kind: 'no pages' };
    const answer = await readOften(url, rooms, { ...options, part: source.part, blankEnds: page > 1 });
    if (!isRead(answer)) {
      const error = new ArchiveError(answer.code, `${source.name}, ${url}: ${answer.why}`, { cause: answer.error });
      return { kind: 'unread', error };
    }
    const { entries } = answer.discovery;
    if (entries.length === 0) return { kind: 'empty' };
    if (entries.every(({ address }) => seen.has(address.id))) return { kind: 'repeated' };
    for (const { address } of entries) seen.add(address.id);
    const targets = entries.map((entry) => targetOf(entry, source.name, { url, ...answer }));
    yield { page, url, targets };
    const days = targets.map(dayListed).filter((day) => day !== null);
    if (days.length > 0 && days.every((day) => day < options.since)) return { kind: 'older' };
  }
}

/** The day of the time that the list prints, else that of the address; null where neither is known. */
export function dayListed({ priority }: Target): string | null {
  return priority === 0 ? null : dayOf(priority * 60_000);
}
