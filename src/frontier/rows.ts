/** Rows of the frontier's tables as values, and back. */
import type { SQLOutputValue } from 'node:sqlite';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Outcome, Target } from '../model.ts';

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
