/** What the report of an audit says about the audit itself. */
import type { CheckCode, CheckGroup } from '../audit/checks-table.ts';
import type { Severity } from '../audit/finding.ts';
import type { PackageInfo } from '../package-info.ts';

export interface AuditRun {
  /** Absolute paths of the audited folders. */
  readonly roots: readonly string[];
  /** As it was typed, for people: `audit --only assets`. */
  readonly command: string;
  /** The checks that were asked for. */
  readonly codes: readonly CheckCode[];
  /** Groups of checks that can be asked of what is audited; the others say nothing, which is no good news. */
  readonly groups: ReadonlySet<CheckGroup>;
  readonly startedAt: Date;
  readonly tool: PackageInfo;
}

/** From the mildest. */
export const RANK: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };
