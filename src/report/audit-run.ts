/** What every report of an audit says about the audit itself. */
import type { CheckCode, CheckGroup } from '../audit/checks-table.ts';
import type { Reporter, Severity } from '../audit/finding.ts';
import type { PackageInfo } from '../package-info.ts';
import type { TextFile } from '../store/text-file.ts';

export interface AuditRun {
  /** Absolute paths of the audited folders. */
  readonly roots: readonly string[];
  /** As it was typed, for people: `audit --only assets`. */
  readonly command: string;
  /** The checks that were asked for. */
  readonly codes: readonly CheckCode[];
  /** Groups of checks that can be asked of what is audited; the others say nothing, which is no good news. */
  readonly groups: ReadonlySet<CheckGroup>;
  /** What counts as failed, from this level on. */
  readonly failOn: Severity;
  readonly startedAt: Date;
  readonly tool: PackageInfo;
}

/** Opens one form of report, which is written into the file and committed at its end. */
export type OpenReport = (file: TextFile, run: AuditRun) => Reporter;

/** From the mildest. */
export const RANK: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };
