/** Which archived articles are visited again, and when. */
import type { DatabaseSync } from 'node:sqlite';
import type { ArticleId, NumberSpace } from '../model.ts';
import type { PlannedVisit } from '../revisit-plan.ts';
import type { Guarded } from './guarded.ts';

export interface Revisits {
  /** Plans an article's next visit, all attempts new; null takes it off the list. */
  plan(article: { readonly id: ArticleId; readonly url: string }, next: PlannedVisit | null): void;
  /** Puts a visit off that came to nothing. */
  postpone(id: ArticleId, dueAt: number): void;
  /** Those that are due at `now`, the longest due first; ms since 1970. `space` limits it to a number space. */
  due(now: number, limit: number, space?: NumberSpace): readonly Revisit[];
  /** When the next one of a number space is due, ms since 1970; null where none is planned. */
  nextDue(space: NumberSpace): number | null;
  /** How many are planned, and how many of them are due at `now`. */
  counts(now: number): { readonly planned: number; readonly due: number };
}

export interface Revisit {
  readonly id: ArticleId;
  readonly url: string;
  readonly dueAt: number;
  /** When the last of the article's visits is due. */
  readonly lastAt: number;
  /** How often this visit came to nothing. */
  readonly attempts: number;
}

export function openRevisits(database: DatabaseSync, guarded: Guarded): Revisits {
  database.exec(`CREATE TABLE IF NOT EXISTS revisits (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, due_at INTEGER NOT NULL, last_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS revisits_due ON revisits (due_at)`);
  const plan = database.prepare(
    `INSERT INTO revisits (id, url, due_at, last_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, last_at = excluded.last_at, attempts = 0`,
  );
  const forget = database.prepare('DELETE FROM revisits WHERE id = ?');
  const postpone = database.prepare('UPDATE revisits SET due_at = ?, attempts = attempts + 1 WHERE id = ?');
  const due = database.prepare(
    'SELECT * FROM revisits WHERE due_at <= ? AND id >= ? AND id < ? ORDER BY due_at, id LIMIT ?',
  );
  const nextDue = database.prepare(
    'SELECT due_at AS at FROM revisits WHERE id >= ? AND id < ? ORDER BY due_at LIMIT 1',
  );
  const counts = database.prepare(
    'SELECT count(*) AS planned, count(*) FILTER (WHERE due_at <= ?) AS due FROM revisits',
  );
  return {
    plan: ({ id, url }, next) =>
      void guarded(() =>
        next === null ? forget.run(id) : plan.run(id, url, Math.ceil(next.dueAt), Math.ceil(next.lastAt)),
      ),
    postpone: (id, dueAt) => void guarded(() => postpone.run(Math.ceil(dueAt), id)),
    due: (now, limit, space) =>
      guarded(() => due.all(now, ...(space === undefined ? ['', '~'] : [`${space}:`, `${space};`]), limit)).map(
        (row) => ({
          id: String(row.id) as ArticleId,
          url: String(row.url),
          dueAt: Number(row.due_at),
          lastAt: Number(row.last_at),
          attempts: Number(row.attempts),
        }),
      ),
    nextDue: (space) => {
      const at = guarded(() => nextDue.get(`${space}:`, `${space};`))?.at;
      return typeof at === 'number' ? at : null;
    },
    counts: (now) => {
      const row = guarded(() => counts.get(now));
      return { planned: Number(row?.planned), due: Number(row?.due) };
    },
  };
}
