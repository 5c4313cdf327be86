/** What an audit says: findings, one a fault, and a summary of what was read. */
import type { ArticleId } from '../model.ts';
import { CHECKS, type CheckCode } from './checks-table.ts';

/** `error`: a promise of the archive is broken. `warning`: doubtful, or in the way. `note`: known, and worth mending. */
export type Severity = 'error' | 'warning' | 'note';

/** What would mend a fault; `repair` does it, or says why it cannot. */
export type RepairKind =
  /** Fetch the picture again; the same bytes are proved by their hash. */
  | 'refetch-picture'
  /** Visit the article again; a worse page never replaces a document. */
  | 'revisit'
  /** Write the record again from the document, the store and a visit. */
  | 'rebuild-record'
  /** Write the rows of the frontier again from the records. */
  | 'rebuild-frontier'
  /** Move the file to `trash/` with a line in its list. */
  | 'to-trash'
  /** Move the copy of an article that the frontier does not name to `trash/`. */
  | 'drop-double'
  /** Only another copy of the archive has it. */
  | 'restore-backup'
  /** A person has to look. */
  | 'none';

export interface Finding {
  readonly code: CheckCode;
  readonly severity: Severity;
  /** The article that the file belongs to, as far as it is known. */
  readonly article: ArticleId | null;
  /** Relative to the audited folder, with `/`. May hold any character that a file name may hold. */
  readonly path: string;
  /** What was seen, on one line. */
  readonly detail: string;
  readonly repair: RepairKind;
  /** The other file that it concerns; null where it concerns one alone. */
  readonly also: string | null;
}

export interface AuditSummary {
  /** Documents read. */
  readonly articles: number;
  /** Picture files read. */
  readonly assets: number;
  /** Of all files read. */
  readonly bytes: number;
  readonly errors: number;
  readonly warnings: number;
  readonly elapsedMs: number;
}

/** A finding of a check; severity and repair come from the table. The detail is put on one line and cut. */
export function finding(
  code: CheckCode,
  where: { readonly path: string; readonly article: ArticleId | null },
  detail: string,
  also: string | null = null,
): Finding {
  const { severity, repair } = CHECKS[code];
  const line = detail.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const cut = line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL - 1)}…` : line;
  return { code, severity, article: where.article, path: where.path, detail: cut, repair, also };
}

const LONGEST_DETAIL = 300;

/** One form of report. It is told the findings as they come, in the order of the archive, and holds as few as it can. */
export interface Reporter {
  /** @param root absolute path of the folder that `found.path` is relative to */
  add(found: Finding, root: string): void | Promise<void>;
  end(summary: AuditSummary): void | Promise<void>;
}
