/** How far backwards lists were walked that a backfill has not come to the end of: a killed one goes on there. */
import type { DatabaseSync } from 'node:sqlite';
import type { Guarded } from './tables.ts';

export interface ListWalks {
  /** The page that is next on the way back to a day; 1 where the walk has not begun. `url` is that of the list's first page. */
  nextPage(url: string, since: string): number;
  setNextPage(url: string, since: string, page: number): void;
  /** The walk came to its end: the next one begins anew. */
  end(url: string, since: string): void;
}

export function openListWalks(database: DatabaseSync, guarded: Guarded): ListWalks {
  database.exec(`CREATE TABLE IF NOT EXISTS list_walks (
    url TEXT NOT NULL, since TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (url, since)
  ) STRICT, WITHOUT ROWID`);
  const nextPage = database.prepare('SELECT page FROM list_walks WHERE url = ? AND since = ?');
  const setNextPage = database.prepare(
    'INSERT INTO list_walks (url, since, page) VALUES (?, ?, ?) ON CONFLICT (url, since) DO UPDATE SET page = excluded.page',
  );
  const end = database.prepare('DELETE FROM list_walks WHERE url = ? AND since = ?');
  return {
    nextPage: (url, since) => Number(guarded(() => nextPage.get(url, since))?.page ?? 1),
    setNextPage: (url, since, page) => void guarded(() => setNextPage.run(url, since, page)),
    end: (url, since) => void guarded(() => end.run(url, since)),
  };
}
