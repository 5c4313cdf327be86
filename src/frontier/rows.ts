/** Rows of the frontier as values, and back; and those that are written outside a run: by repairs, from what the archive holds. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Outcome, Target } from '../model.ts';
import type { Guarded } from './guarded.ts';

export interface Rows {
  /** What is known of an article; null where it has no row. */
  of(id: ArticleId): Target | null;
  /** Writes how it ended, whatever stood there; makes the row where it is not there. `at` in ms since 1970. */
  settle(target: Target, outcome: Outcome, at: number): void;
}

export function openRows(database: DatabaseSync, guarded: Guarded): Rows {
  const of = database.prepare('SELECT * FROM targets WHERE id = ?');
  const settle = database.prepare(
    `INSERT INTO targets (id, url, source, via, lead_picture, priority, added_at, outcome, code, detail, settled_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?10, ?7, ?8, ?9, ?10)
     ON CONFLICT (id) DO UPDATE SET url = ?2, source = coalesce(source, ?3), via = coalesce(via, ?4),
       lead_picture = coalesce(lead_picture, ?5), outcome = ?7, code = ?8, detail = ?9, settled_at = ?10,
       token = NULL, leased_until = NULL`,
  );
  return {
    of: (id) => {
      const row = guarded(() => of.get(id));
      return row === undefined ? null : targetOf(row);
    },
    settle: ({ id, url, source, via, leadPicture, priority }, outcome, at) => {
      const { code, detail } = reasonOf(outcome);
      const picture = leadPicture === null ? null : JSON.stringify(leadPicture);
      guarded(() => settle.run(id, url, source, via, picture, priority, outcome.kind, code, detail, at));
    },
  };
}

/** A row of `targets`. */
export function targetOf(row: Record<string, SQLOutputValue>): Target {
  const picture = row.lead_picture;
  return {
    id: String(row.id) as ArticleId,
    url: String(row.url),
    source: textOf(row.source),
    via: textOf(row.via),
    leadPicture: typeof picture === 'string' ? (JSON.parse(picture) as Target['leadPicture']) : null,
    listed: typeof row.listed === 'string' ? (JSON.parse(row.listed) as Target['listed']) : null,
    priority: Number(row.priority),
  };
}

/** What of an outcome is kept beside its kind. */
export function reasonOf(outcome: Outcome): { readonly code: string | null; readonly detail: string | null } {
  switch (outcome.kind) {
    case 'archived':
    case 'unchanged':
      return { code: null, detail: outcome.key };
    case 'gone':
      return { code: null, detail: outcome.detail };
    case 'moved':
      return { code: null, detail: outcome.to.url };
    case 'link-out':
      return { code: null, detail: outcome.to };
    case 'blocked':
    case 'refused':
    case 'failed':
      return outcome;
    default:
      return outcome satisfies never;
  }
}

export function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && Object.hasOwn(ERRORS, code);
}

export function textOf(value: SQLOutputValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
