/** A paged list walked backwards, page by page, until it is older than a day or comes to its end. */

import { ArchiveError } from '../errors.ts';
import type { Target } from '../model.ts';
import { dayOf } from '../site/clock.ts';
import { listPageUrl, otherCmsUrl } from '../site/list-pages.ts';
import { MOST_BLOCKED_IN_A_ROW } from './crawl.ts';
import { isRead, readOften, type Source, type SourceServices, targetOf } from './read-source.ts';
import type { CrawlContext } from './work.ts';

interface WalkedPage {
  readonly page: number;
  readonly url: string;
  /** What the page shows, in its order. */
  readonly targets: readonly Target[];
}

/** Why a walk ended: the list is older than the day, it has no more pages, or a page could not be read. */
type WalkEnd =
  | { readonly kind: 'older' | 'empty' | 'repeated' | 'no pages' }
  | { readonly kind: 'unread'; readonly error: ArchiveError };

/**
 * Walks from a page on. Past the end a list shows nothing, its last page again, or the home page (site.md, 1.2). Lists grow
 * at their head: what was on a page is on the same or a later one when the walk goes on.
 * @param options `since` is a day; a page of which every article is older is the last. `first` is the page to begin with
 * @throws what stops the run
 */
async function* walkList(
  source: Pick<Source, 'name' | 'url' | 'part'>,
  services: SourceServices,
  options: { readonly since: string; readonly first: number; readonly attempts: number; readonly signal: AbortSignal },
): AsyncGenerator<WalkedPage, WalkEnd> {
  const seen = new Set<string>();
  for (let page = options.first; ; page++) {
    const url = listPageUrl(source.url, page);
    if (page > 1 && url === source.url) return { kind: 'no pages' };
    const answer = await readOften(url, services, { ...options, part: source.part, blankEnds: page > 1 });
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
function dayListed({ priority }: Target): string | null {
  return priority === 0 ? null : dayOf(priority * 60_000);
}

// All lists of a backfill, walked backwards into the frontier; one that is cut off goes on where it was.

export interface WalkReport {
  readonly source: string;
  readonly url: string;
  /** Those of the page's articles that are of the days in question, or of no known day. */
  readonly targets: readonly Target[];
  /** Null while the list goes on. */
  readonly end: WalkEnd | null;
}

interface WalkOptions {
  /** Days of Beijing, both included. */
  readonly since: string;
  readonly until: string;
  readonly attempts: number;
  /** Nothing is remembered: the next walk begins where this one did. */
  readonly dryRun: boolean;
  /** No further page is asked for once this aborts. */
  readonly stopSignal: AbortSignal;
  readonly abortSignal: AbortSignal;
}

/**
 * Walks every source, and after its end the same column in the site's other CMS, where it has one. The caller adds what is
 * reported to the frontier before it asks for more.
 * @throws BLOCKED where the site refuses several lists in a row; what stops the run
 */
export async function* walkLists(
  sources: readonly Pick<Source, 'name' | 'url' | 'part'>[],
  { journal, services }: CrawlContext,
  options: WalkOptions,
): AsyncGenerator<WalkReport> {
  const { since, until, stopSignal, abortSignal, dryRun } = options;
  const window = `${since} ${until}`;
  const walks = journal.listWalks;
  const note = (list: string, page: number | null) => {
    if (!dryRun) walks.setNextPage(window, list, page);
  };
  let allEnded = true;
  let refusals = 0; // in a row
  for (const source of sources) {
    let end: WalkEnd | null = null;
    for (const url of addressesOf(source.url)) {
      if (stopSignal.aborted) return;
      if (end !== null && (end.kind === 'older' || end.kind === 'unread' || end.kind === 'no pages')) break;
      const list = source.part === null ? url : `${url}#${source.part}`;
      const first = walks.nextPage(window, list);
      if (first === null) continue;
      const walk = walkList({ ...source, url }, services, { ...options, first, signal: abortSignal });
      let step = await walk.next();
      for (; !step.done; step = await walk.next()) {
        const { page, url: via, targets } = step.value;
        if (!dryRun)
          journal.sightings.note(
            source.name,
            targets.map(({ id }) => id),
            services.clock.now(),
          );
        yield { source: source.name, url: via, targets: targets.filter(isOf(since, until)), end: null };
        note(list, page + 1);
        if (stopSignal.aborted) return;
      }
      end = step.value;
      if (end.kind === 'unread') allEnded = false;
      else note(list, null);
      yield { source: source.name, url, targets: [], end };
      refusals = end.kind === 'unread' && end.error.code === 'BLOCKED' ? refusals + 1 : 0;
      if (refusals >= MOST_BLOCKED_IN_A_ROW)
        throw new ArchiveError('BLOCKED', `${refusals} lists in a row, last ${url}`);
    }
  }
  if (allEnded && !dryRun) walks.forget(window);
}

function addressesOf(url: string): string[] {
  const other = otherCmsUrl(url);
  return other === null ? [url] : [url, other];
}

function isOf(since: string, until: string): (target: Target) => boolean {
  return (target) => {
    const day = dayListed(target);
    return day === null || (day >= since && day <= until);
  };
}
