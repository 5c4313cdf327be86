/** All lists of a backfill, walked backwards into the frontier; one that is cut off goes on where it was. */
import { otherCmsUrl } from '../discover/other-cms.ts';
import type { Source } from '../discover/read-source.ts';
import type { Frontier } from '../frontier/sqlite.ts';
import type { Target } from '../model.ts';
import type { Rooms } from '../pipeline.ts';
import { dayListed, type WalkEnd, walkList } from './walk-list.ts';

export interface WalkReport {
  readonly source: string;
  readonly url: string;
  /** Those of the page's articles that are of the days in question, or of no known day. */
  readonly targets: readonly Target[];
  /** Null while the list goes on. */
  readonly end: WalkEnd | null;
}

export interface WalkOptions {
  /** Days of Beijing, both included. */
  readonly since: string;
  readonly until: string;
  readonly attempts: number;
  /** Nothing is remembered: the next walk begins where this one did. */
  readonly dryRun: boolean;
  /** No further page is asked for once this aborts. */
  readonly stopping: AbortSignal;
  readonly signal: AbortSignal;
}

/**
 * Walks every source, and after its end the same column in the site's other CMS, where it has one. The caller adds what is
 * reported to the frontier before it asks for more.
 */
export async function* walkLists(
  sources: readonly Pick<Source, 'name' | 'url' | 'part'>[],
  { frontier, rooms }: { readonly frontier: Frontier; readonly rooms: Rooms },
  options: WalkOptions,
): AsyncGenerator<WalkReport> {
  const { since, until, stopping, dryRun } = options;
  const window = `${since} ${until}`;
  const walks = frontier.listWalks;
  const note = (list: string, page: number | null) => {
    if (!dryRun) walks.setNextPage(window, list, page);
  };
  let allEnded = true;
  for (const source of sources) {
    let end: WalkEnd | null = null;
    for (const url of addressesOf(source.url)) {
      if (stopping.aborted) return;
      if (end !== null && (end.kind === 'older' || end.kind === 'unread' || end.kind === 'no pages')) break;
      const list = source.part === null ? url : `${url}#${source.part}`;
      const first = walks.nextPage(window, list);
      if (first === null) continue;
      const walk = walkList({ ...source, url }, rooms, { ...options, first });
      let step = await walk.next();
      for (; !step.done; step = await walk.next()) {
        const { page, url: via, targets } = step.value;
        if (!dryRun)
          frontier.sightings.note(
            source.name,
            targets.map(({ id }) => id),
            rooms.clock.now(),
          );
        yield { source: source.name, url: via, targets: targets.filter(isOf(since, until)), end: null };
        note(list, page + 1);
        if (stopping.aborted) return;
      }
      end = step.value;
      if (end.kind === 'unread') allEnded = false;
      else note(list, null);
      yield { source: source.name, url, targets: [], end };
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
