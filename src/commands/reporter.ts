/** How the visits of a command are reported: a line for each that stands, progress, a summary, and an exit code. */
import type { Worked } from '../crawl/work.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { Outcome } from '../model.ts';
import type { Terminal } from '../report/terminal.ts';
import { printReport, reportOf, summaryOf, type UrlReport } from '../report/visits.ts';

export interface Reporting {
  /** Outcomes for which the command ends with `incomplete`. */
  readonly notWell: readonly Outcome['kind'][];
  /** Called for every visit whose outcome stands for now. */
  readonly onReport?: ((report: UrlReport) => void) | undefined;
  /** Called first, for every visit. */
  readonly onSettled?: ((settled: Worked) => void) | undefined;
}

/** Of `archive`: what cannot be archived counts there as not ended well, though the crawl takes it for an answer. */
export const NOT_ARCHIVED = ['gone', 'blocked', 'refused', 'failed'] as const satisfies readonly Outcome['kind'][];

/** What of a report decides how a command ends. */
export interface Reported {
  readonly outcome: Outcome['kind'];
  readonly code?: string | undefined;
}

/**
 * Reports each visit that stands, counts them, and knows how the command ends.
 * @param before what another run has reported of the same work
 */
export function createReporter(
  terminal: Terminal,
  options: Reporting,
  total: (done: number) => number,
  before: readonly Reported[] = [],
): {
  readonly report: (worked: Worked) => void;
  readonly end: (how: { readonly isThrough: boolean }) => void;
  readonly exit: () => ExitCode;
} {
  let done = 0;
  let exit: ExitCode = EXIT.ok;
  const counts = new Map<string, number>();
  for (const report of before) count(report);
  terminal.progress(done, total(done));
  return {
    report: (worked) => {
      options.onSettled?.(worked);
      const report = reportOf(worked);
      if (worked.againInMs !== null) {
        terminal.log({
          level: 'warn',
          stage: 'run',
          message: `${report.url}: ${report.code}, ${report.detail}; tried again in ${Math.ceil(worked.againInMs / 1000)} s`,
        });
        return;
      }
      count(report);
      options.onReport?.(report);
      printReport(terminal, report);
      terminal.progress(done, Math.max(total(done), done));
    },
    end: ({ isThrough }) => {
      terminal.end();
      // What stopped it before the first visit is said by the error.
      if (done > 1 || (done === 0 && isThrough)) terminal.say(summaryOf(counts));
    },
    exit: () => exit,
  };

  function count(report: Reported): void {
    done += 1;
    if (isFault(report)) exit = EXIT.internal;
    else if (exit === EXIT.ok && options.notWell.includes(report.outcome)) exit = EXIT.incomplete;
    counts.set(report.outcome, (counts.get(report.outcome) ?? 0) + 1);
  }
}

/** A fault of the program, which stopped one article alone. */
function isFault({ code }: Reported): boolean {
  return code === 'INTERNAL' || code === 'PAGE_FAULT';
}
