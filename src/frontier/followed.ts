/** When each list that an index names was last read: the index's source takes some in turn. */
import type { DatabaseSync } from 'node:sqlite';

export interface Followed {
  /** Those of the lists whose turn it is: never read, then read longest ago; in the given order where that is the same. */
  next(source: string, urls: readonly string[], count: number): readonly string[];
  /** Notes that a list was asked for at an instant, ms since 1970. */
  note(source: string, url: string, at: number): void;
}

/** @param guarded turns what SQLite throws into known failures */
export function openFollowed(database: DatabaseSync, guarded: <T>(work: () => T) => T): Followed {
  database.exec(`CREATE TABLE IF NOT EXISTS followed (
    source TEXT NOT NULL, url TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, url)
  ) STRICT, WITHOUT ROWID`);
  const note = database.prepare(
    'INSERT INTO followed (source, url, at) VALUES (?, ?, ?) ON CONFLICT (source, url) DO UPDATE SET at = excluded.at',
  );
  const all = database.prepare('SELECT url, at FROM followed WHERE source = ?');
  return {
    next: (source, urls, count) => {
      const at = new Map(guarded(() => all.all(source)).map((row) => [String(row.url), Number(row.at)]));
      const atOf = (url: string) => at.get(url) ?? Number.NEGATIVE_INFINITY;
      return [...new Set(urls)]
        .toSorted((a, b) => (atOf(a) < atOf(b) ? -1 : atOf(a) > atOf(b) ? 1 : 0))
        .slice(0, count);
    },
    note: (source, url, at) => void guarded(() => note.run(source, url, at)),
  };
}
