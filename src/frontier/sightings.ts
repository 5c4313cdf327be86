/** Which sources showed which articles, and when: what is known of an article before anybody visits it. */
import type { DatabaseSync } from 'node:sqlite';
import type { ArticleId } from '../model.ts';

export interface Sightings {
  /** Notes that a source showed these articles at an instant, ms since 1970. */
  note(source: string, ids: readonly ArticleId[], at: number): void;
  /** The sources that showed an article, the first one first. */
  of(id: ArticleId): readonly Sighting[];
  /** Every article that any source showed at or after an instant, with all sources that ever did, in the order of ids as text. */
  since(at: number): Iterable<SeenArticle>;
}

/** Instants in ms since 1970. */
export interface Sighting {
  readonly source: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface SeenArticle {
  readonly id: ArticleId;
  readonly sources: readonly string[];
  readonly firstAt: number;
  readonly lastAt: number;
}

/** @param guarded turns what SQLite throws into known failures */
export function openSightings(database: DatabaseSync, guarded: <T>(work: () => T) => T): Sightings {
  database.exec(`CREATE TABLE IF NOT EXISTS sightings (
    id TEXT NOT NULL, source TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (id, source)
  ) STRICT, WITHOUT ROWID`);
  const note = database.prepare(
    `INSERT INTO sightings (id, source, first_at, last_at) SELECT value, ?1, ?2, ?2 FROM json_each(?3) WHERE true
     ON CONFLICT (id, source) DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
  );
  const of = database.prepare('SELECT * FROM sightings WHERE id = ? ORDER BY first_at, source');
  const since = database.prepare(
    `SELECT id, json_group_array(source) AS sources, min(first_at) AS first_at, max(last_at) AS last_at
     FROM sightings GROUP BY id HAVING max(last_at) >= ?`,
  );
  return {
    note: (source, ids, at) => void guarded(() => note.run(source, at, JSON.stringify(ids))),
    of: (id) =>
      guarded(() => of.all(id)).map((row) => ({
        source: String(row.source),
        firstAt: Number(row.first_at),
        lastAt: Number(row.last_at),
      })),
    since: function* (at) {
      for (const row of guarded(() => since.iterate(at))) {
        yield {
          id: String(row.id) as ArticleId,
          sources: JSON.parse(String(row.sources)) as string[],
          firstAt: Number(row.first_at),
          lastAt: Number(row.last_at),
        };
      }
    },
  };
}
