/**
 * What the site shows of archived articles and is not believed yet: it may be a fault of the site, and pass. Where this is
 * lost with the database, it has to stand anew.
 */

import { type Database, numberOf } from '../database.ts';
import type { ArticleId } from '../model.ts';

export interface Doubt {
  /** What is shown: the hash of a version's content, or a notice in its own words. */
  readonly shown: string;
  /** What speaks against it, for people. */
  readonly detail: string;
  /** When it was seen at the looks that count, ISO 8601 in UTC, oldest first; empty where something else came since. */
  readonly seen: readonly string[];
  /** How often anything was shown that was not believed. */
  readonly looks: number;
}

export interface Doubts {
  /** Null where all that was shown of the article was believed. */
  of(id: ArticleId): Doubt | null;
  set(id: ArticleId, doubt: Doubt): void;
  /** Forgets it: the article is as archived again, or what stood was taken. */
  end(id: ArticleId): void;
  /** All there are, in the order of their ids as text. */
  all(): readonly OpenDoubt[];
}

export interface OpenDoubt extends Doubt {
  readonly id: ArticleId;
  /** When the article is looked at again, ISO 8601 in UTC; null where no visit is planned any more. */
  readonly againAt: string | null;
}

export function openDoubts(database: Database): Doubts {
  const of = database.prepare('SELECT shown, detail, seen, looks FROM doubts WHERE id = ?');
  const set = database.prepare(
    `INSERT INTO doubts (id, shown, detail, seen, looks) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET shown = excluded.shown, detail = excluded.detail, seen = excluded.seen, looks = excluded.looks`,
  );
  const end = database.prepare('DELETE FROM doubts WHERE id = ?');
  const all = database.prepare(
    'SELECT d.*, r.due_at AS again_at FROM doubts AS d LEFT JOIN revisits AS r ON r.id = d.id ORDER BY d.id',
  );
  return {
    of: (id) => {
      const row = of.get(id);
      return row === undefined ? null : doubtOf(row);
    },
    set: (id, { shown, detail, seen, looks }) => void set.run(id, shown, detail, seen.join(' '), looks),
    end: (id) => void end.run(id),
    all: () =>
      all.all().map((row) => {
        const againAt = numberOf(row.again_at);
        return {
          id: String(row.id) as ArticleId,
          ...doubtOf(row),
          againAt: againAt === null ? null : new Date(againAt).toISOString(),
        };
      }),
  };
}

/** Instants that cannot be read are left out: it then has to stand for longer. */
function doubtOf({ shown, detail, seen, looks }: Readonly<Record<string, unknown>>): Doubt {
  const instants = String(seen).split(' ');
  return {
    shown: String(shown),
    detail: String(detail),
    seen: instants.filter((at) => !Number.isNaN(Date.parse(at))),
    looks: Number(looks),
  };
}
