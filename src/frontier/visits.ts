/** When each article was last visited, by how the visit ended: last seen unchanged, last found gone, last blocked. */
import type { DatabaseSync } from 'node:sqlite';
import type { ArticleId, Outcome } from '../model.ts';
import type { Guarded } from './guarded.ts';

export interface Visits {
  /** Notes that the site was asked for an article just now. */
  note(id: ArticleId, outcome: Outcome['kind']): void;
  /** The last visit of each kind, newest first. */
  of(id: ArticleId): readonly LastVisit[];
}

export interface LastVisit {
  readonly outcome: Outcome['kind'];
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** @param options `guarded` turns what SQLite throws into known failures; `now` gives ms since 1970 */
export function openVisits(
  database: DatabaseSync,
  { guarded, now }: { readonly guarded: Guarded; readonly now: () => number },
): Visits {
  database.exec(`CREATE TABLE IF NOT EXISTS visits (
    id TEXT NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (id, outcome)
  ) STRICT, WITHOUT ROWID`);
  const note = database.prepare(
    'INSERT INTO visits (id, outcome, at) VALUES (?, ?, ?) ON CONFLICT (id, outcome) DO UPDATE SET at = excluded.at',
  );
  const of = database.prepare('SELECT outcome, at FROM visits WHERE id = ? ORDER BY at DESC');
  return {
    note: (id, outcome) => void guarded(() => note.run(id, outcome, now())),
    of: (id) =>
      guarded(() => of.all(id)).map((row) => ({
        outcome: String(row.outcome) as Outcome['kind'],
        at: new Date(Number(row.at)).toISOString(),
      })),
  };
}
