/** How far backwards the lists of a backfill were walked: one that was cut off goes on there. */
import type { DatabaseSync } from 'node:sqlite';
import type { Guarded } from './guarded.ts';

/** `window` names the days of the backfill, `url` is that of a list's first page, with the part of it after a `#`. */
export interface ListWalks {
  /** The page that is next, 1 where the walk has not begun; null where it came to its end. */
  nextPage(window: string, url: string): number | null;
  setNextPage(window: string, url: string, page: number | null): void;
  /** All lists came to their end: the next backfill of these days begins anew. */
  forget(window: string): void;
}

export function openListWalks(database: DatabaseSync, guarded: Guarded): ListWalks {
  database.exec(`CREATE TABLE IF NOT EXISTS list_walks (
    "window" TEXT NOT NULL, url TEXT NOT NULL, page INTEGER, PRIMARY KEY ("window", url)
  ) STRICT, WITHOUT ROWID`);
  const nextPage = database.prepare('SELECT page FROM list_walks WHERE "window" = ? AND url = ?');
  const setNextPage = database.prepare(
    'INSERT INTO list_walks ("window", url, page) VALUES (?, ?, ?) ON CONFLICT ("window", url) DO UPDATE SET page = excluded.page',
  );
  const forget = database.prepare('DELETE FROM list_walks WHERE "window" = ?');
  return {
    nextPage: (window, url) => {
      const row = guarded(() => nextPage.get(window, url));
      return row === undefined ? 1 : row.page === null ? null : Number(row.page);
    },
    setNextPage: (window, url, page) => void guarded(() => setNextPage.run(window, url, page)),
    forget: (window) => void guarded(() => forget.run(window)),
  };
}
