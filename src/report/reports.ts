/** The reports that an audit was asked to write: which flag names which form. */
import { resolve } from 'node:path';
import type { Reporter } from '../audit/finding.ts';
import { ArchiveError } from '../errors.ts';
import type { AuditRun, OpenReport } from './audit-run.ts';
import { htmlReport } from './html.ts';
import { junitReport } from './junit.ts';
import { openReportFile } from './report-file.ts';
import { sarifReport } from './sarif.ts';

/** A file for each form that is asked for. */
export interface ReportFlags {
  readonly html?: string;
  readonly sarif?: string;
  readonly junit?: string;
}

const FORMS: Readonly<Record<keyof ReportFlags, OpenReport>> = {
  html: htmlReport,
  sarif: sarifReport,
  junit: junitReport,
};

/** Unless a report came to its end, disposing of it leaves nothing. */
export interface Reports extends AsyncDisposable {
  readonly all: readonly Reporter[];
  /** As they were typed. */
  readonly paths: readonly string[];
}

/** Opens all files before anything is read. Throws USAGE and REPORT_NOT_WRITABLE, and then leaves none behind. */
export async function openReports(flags: ReportFlags, run: AuditRun): Promise<Reports> {
  await using stack = new AsyncDisposableStack();
  const all: Reporter[] = [];
  const paths: string[] = [];
  for (const form of Object.keys(FORMS) as (keyof ReportFlags)[]) {
    const path = flags[form];
    if (path === undefined) continue;
    if (paths.some((other) => resolve(other) === resolve(path)))
      throw new ArchiveError('USAGE', `${path}: two reports cannot be one file`);
    const file = stack.use(await openReportFile(path, { roots: run.roots }));
    all.push(FORMS[form](file, run));
    paths.push(path);
  }
  const opened = stack.move();
  return { all, paths, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
