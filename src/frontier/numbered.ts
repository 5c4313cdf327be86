/** The targets that are www articles, in a range of numbers: what became of each. */
import type { DatabaseSync } from 'node:sqlite';
import type { Outcome } from '../model.ts';
import type { Guarded } from './guarded.ts';

export interface Numbered {
  /** Targets with numbers `from` to `to`, both included, in the order of numbers as text. */
  between(from: number, to: number): Iterable<NumberedTarget>;
}

export interface NumberedTarget {
  readonly number: number;
  readonly url: string;
  readonly source: string | null;
  /** The time as a list printed it; null where none did. */
  readonly listedTime: string | null;
  readonly outcome: Outcome['kind'] | 'waiting';
  readonly code: string | null;
}

const PREFIX = 'guancha:';

export function openNumbered(database: DatabaseSync, guarded: Guarded): Numbered {
  const between = database.prepare(
    `SELECT CAST(substr(id, ${PREFIX.length + 1}) AS INTEGER) AS number, url, source, listed ->> 'time' AS time,
       coalesce(outcome, 'waiting') AS outcome, code
     FROM targets WHERE id >= '${PREFIX}' AND id < 'guancha;' AND number BETWEEN ? AND ? ORDER BY id`,
  );
  return {
    between: function* (from, to) {
      for (const row of guarded(() => between.iterate(from, to))) {
        yield {
          number: Number(row.number),
          url: String(row.url),
          source: row.source === null ? null : String(row.source),
          listedTime: row.time === null ? null : String(row.time),
          outcome: String(row.outcome) as NumberedTarget['outcome'],
          code: row.code === null ? null : String(row.code),
        };
      }
    },
  };
}
