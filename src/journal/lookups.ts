/** When addresses may be looked up again that the site has no more: whoever is asked is asked once in a long while. */
import { believed, type Sense } from '../clock.ts';
import type { Database } from '../database.ts';

/** Instants in ms since 1970. */
export interface Lookups {
  /** 0 where an address was never looked up. */
  nextAt(url: string): number;
  set(url: string, nextAt: number): void;
}

/** Nothing is put off for longer. */
export const LONGEST_MS = 31 * 86_400_000;
const SENSE: Sense = { aheadMs: LONGEST_MS, otherwise: 'now' };

/** @param options `now` gives ms since 1970 */
export function openLookups(database: Database, { now }: { readonly now: () => number }): Lookups {
  const get = database.prepare('SELECT next_at FROM lookups WHERE url = ?');
  const set = database.prepare(
    'INSERT INTO lookups (url, next_at) VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET next_at = excluded.next_at',
  );
  return {
    nextAt: (url) => {
      const at = now(); // first: it sets right what a wrong clock wrote
      return believed(Number(get.get(url)?.next_at ?? 0), SENSE, at);
    },
    set: (url, nextAt) => void set.run(url, Math.ceil(nextAt)),
  };
}
