/** Which articles an export takes: by their days, their sources, or by name; in the order of months. */
import type { StoredArticle } from '../archive/archive.ts';
import { monthOf, SPACES } from '../archive/keys.ts';
import { recordKeys } from '../archive/places.ts';
import type { Storage } from '../archive/storage.ts';

/** What a record is asked for. */
export interface SelectedDays {
  /** First and last day of Beijing, `2022-01-28`; null for no bound. */
  readonly since: string | null;
  readonly until: string | null;
  /** Names of sources; all where it is empty. */
  readonly sources: readonly string[];
}

export interface Selection extends SelectedDays {
  /** Places of articles that were named; null for all. */
  readonly keys: readonly string[] | null;
}

/** The places of the articles that may be selected, month by month; within a month community posts come last. */
export async function* selectedKeys(storage: Storage, { keys, since, until }: Selection): AsyncGenerator<string> {
  if (keys !== null) {
    yield* keys.toSorted((a, b) => compare(monthOf(a), monthOf(b)) || compare(a, b));
    return;
  }
  const first = since?.slice(0, 7) ?? '';
  const last = until?.slice(0, 7) ?? null;
  const spaces = await Promise.all(
    SPACES.map(async (space) => {
      const walk = recordKeys(storage, first, [space]);
      return { walk, next: await walk.next() };
    }),
  );
  for (;;) {
    const waiting = spaces.filter(({ next }) => next.done !== true);
    const [month] = waiting.map(({ next }) => monthOf(String(next.value))).sort();
    if (month === undefined || (last !== null && month > last)) return;
    for (const space of waiting) {
      for (; space.next.done !== true && monthOf(space.next.value) === month; space.next = await space.walk.next())
        yield space.next.value;
    }
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function isSelected(article: StoredArticle, { since, until, sources }: SelectedDays): boolean {
  const day = dayOf(article);
  const { source } = article.record;
  if ((since !== null && day < since) || (until !== null && day > until)) return false;
  return sources.length === 0 || (source !== null && sources.includes(source));
}

/** The day of an article's address; of a community post, whose address has none, the one of publication. */
export function dayOf({ key, record }: StoredArticle): string {
  const [day] = /\d{4}_\d{2}_\d{2}(?=_\d+$)/.exec(key) ?? [];
  return day?.replaceAll('_', '-') ?? record.article.publishedAt.slice(0, 10);
}
