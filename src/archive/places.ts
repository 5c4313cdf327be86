/** Where the articles lie: all records in order, and the one of an article whose address does not say its day. */
import type { ArticleId } from '../model.ts';
import { idOf, isMonth, isPost, isYear, parseKey, RECORDS, SPACES, spaceOf } from './keys.ts';
import type { Storage } from './storage.ts';

/** Where articles lie whose address does not say it: rows that only save looking through all months. */
export interface Places {
  /** A key that may be outdated; null where none is known. */
  get(id: ArticleId): string | null;
  set(id: ArticleId, key: string): void;
}

/** Keys by the ids of articles. None is sure: the record under a key has to be looked at. */
interface Whereabouts {
  /** What is remembered; null for nothing. */
  known(id: ArticleId): string | null;
  /** What a walk over the names of all records of the number space finds, once a process; null for nothing. */
  search(id: ArticleId): Promise<string | null>;
  /** Remembers where a record was found. */
  found(id: ArticleId, key: string): void;
  /** Takes note of a record that was written. */
  written(key: string): void;
}

/** @param places keep what is known from one process to the next; in memory where they are absent */
export function openWhereabouts(storage: Storage, places: Places = placesInMemory()): Whereabouts {
  const walks = new Map<string, Promise<void>>(); // number space → the walk over its records
  const walked = new Map<ArticleId, string>(); // places that it found and no row knows

  return {
    known: (id) => places.get(id),
    search: async (id) => {
      await walkOnce(spaceOf(id));
      return walked.get(id) ?? null;
    },
    found: (id, key) => places.set(id, key),
    written: (key) => {
      const id = idOf(key);
      if (isPost(key) && places.get(id) !== key) places.set(id, key);
      if (!isPost(key) && walks.has(spaceOf(id))) walked.set(id, key);
    },
  };

  /**
   * Learns the places of all articles of a number space from the names of their records. Once is enough: what is written
   * later is written here, for one process at a time writes an archive.
   */
  function walkOnce(space: string): Promise<void> {
    const walk = walks.get(space) ?? rememberPlaces(space);
    walks.set(space, walk);
    walk.catch(() => walks.delete(space)); // the caller gets the error; the next one tries again
    return walk;
  }

  async function rememberPlaces(space: string): Promise<void> {
    for await (const key of recordKeys(storage, '', [space])) {
      const id = idOf(key);
      if (places.get(id) !== key) walked.set(id, key);
    }
  }
}

function placesInMemory(): Places {
  const rows = new Map<ArticleId, string>();
  return { get: (id) => rows.get(id) ?? null, set: (id, key) => void rows.set(id, key) };
}

/**
 * The places of all records in order, whatever is in them.
 * @param since a month, `2026-10`: those of earlier ones are left out
 */
export async function* recordKeys(
  storage: Storage,
  since = '',
  spaces: readonly string[] = SPACES,
): AsyncGenerator<string> {
  for await (const month of recordMonths(storage, since, spaces)) {
    for (const name of (await storage.names(`${RECORDS}/${month}`)).files) {
      const parsed = parseKey(`${RECORDS}/${month}/${name}`);
      if (parsed?.kind === 'record') yield parsed.article;
    }
  }
}

/** The months in which records lie, in order: `2022/01`, then `fengwen/2020/10` of posts. */
export async function* recordMonths(
  storage: Storage,
  since = '',
  spaces: readonly string[] = SPACES,
): AsyncGenerator<string> {
  for (const space of spaces) {
    const top = `${RECORDS}/${space}`.replace(/\/$/, '');
    for (const year of (await storage.names(top)).folders.filter(isYear))
      for (const month of (await storage.names(`${top}/${year}`)).folders.filter(isMonth))
        if (`${year}-${month}` >= since) yield `${space}${year}/${month}`;
  }
}
