/** What commands share that open an archive: a run over the queue with its report and exit code, and Ctrl-C. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type AppOptions, openApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { VisitServices } from '../crawl/visited.ts';
import type { Worked } from '../crawl/work.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { ArticleId, Outcome } from '../model.ts';
import type { Terminal } from '../report/terminal.ts';
import { printReport, reportOf, summaryOf, type UrlReport } from '../report/visits.ts';
import { knownError } from '../system-errors.ts';

/** The two wishes of somebody at the keyboard: finish what is in hand, or end at once. */
export interface Interrupts {
  readonly stopSignal: AbortSignal;
  readonly abortSignal: AbortSignal;
  /** Has SIGHUP call a listener instead of ending the program, until the function that is returned is called. */
  readonly onHangup: (listener: () => void) => () => void;
}

interface Reporting {
  /** Outcomes for which the command ends with `incomplete`. */
  readonly notWell: readonly Outcome['kind'][];
  /** Called for every visit whose outcome stands for now. */
  readonly onReport?: ((report: UrlReport) => void) | undefined;
  /** Called first, for every visit. */
  readonly onSettled?: ((settled: Worked) => void) | undefined;
}

interface RunOptions extends Reporting {
  readonly refresh: boolean;
  readonly accept?: boolean;
  readonly only?: readonly ArticleId[];
  readonly limit?: number | undefined;
}

/** Opens the archive, lets `body` use it, and closes it whatever happens. */
export async function withArchive<T>(
  config: Config,
  terminal: Terminal,
  options: Omit<AppOptions, 'log'>,
  body: (app: App) => Promise<T>,
): Promise<T> {
  await using app = await openApp(config, { ...options, log: terminal.log });
  try {
    const result = await body(app);
    await app.services.eye?.drained();
    app.journal.runs.endRun();
    return result;
  } finally {
    terminal.end();
  }
}

/** Archives what waits and reports each result; keeps none of them, for there may be a million. */
export async function run(
  app: App,
  config: Config,
  terminal: Terminal,
  interrupts: Interrupts,
  options: RunOptions,
): Promise<ExitCode> {
  const waiting = countedNowAndThen(() => app.frontier.waiting());
  const total = (done: number) =>
    Math.min(
      options.limit ?? Number.POSITIVE_INFINITY,
      options.only === undefined ? waiting(done) : options.only.length,
    );
  const reporter = createReporter(terminal, options, total);
  const { archiveWaiting } = await import('../crawl/crawl.ts'); // parsers and layouts, loaded while the browser starts
  let isThrough = false;
  try {
    await archiveWaiting(app, {
      ...config.politeness,
      ...config.revisits,
      refresh: options.refresh,
      accept: options.accept,
      only: options.only,
      limit: options.limit,
      stopSignal: interrupts.stopSignal,
      abortSignal: interrupts.abortSignal,
      log: terminal.log,
      onSettled: reporter.report,
    });
    isThrough = true;
  } finally {
    reporter.end({ isThrough });
  }
  if (interrupts.stopSignal.aborted) return EXIT.interrupted;
  return reporter.exit();
}

/** Visits archived articles again that are due, and reports each result. */
export async function runRevisits(
  app: App,
  config: Config,
  terminal: Terminal,
  interrupts: Interrupts,
  options: Reporting,
): Promise<ExitCode> {
  const { due } = app.journal.revisits.counts(app.services.clock.now());
  const reporter = createReporter(terminal, options, () => due);
  const { revisitDue } = await import('../crawl/crawl.ts');
  let isThrough = false;
  try {
    const visits = revisitDue(app, {
      ...config.politeness,
      ...config.revisits,
      stopSignal: interrupts.stopSignal,
      abortSignal: interrupts.abortSignal,
    });
    for await (const worked of visits) reporter.report(worked);
    isThrough = true;
  } finally {
    reporter.end({ isThrough });
  }
  if (interrupts.stopSignal.aborted) return EXIT.interrupted;
  return reporter.exit();
}

/** Reports each visit that stands, counts them, and knows how the command ends. */
function createReporter(
  terminal: Terminal,
  options: Reporting,
  total: (done: number) => number,
): {
  readonly report: (worked: Worked) => void;
  readonly end: (how: { readonly isThrough: boolean }) => void;
  readonly exit: () => ExitCode;
} {
  let done = 0;
  let exit: ExitCode = EXIT.ok;
  const counts = new Map<string, number>();
  terminal.progress(0, total(0));
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
      done += 1;
      if (isFault(report)) exit = EXIT.internal;
      else if (exit === EXIT.ok && options.notWell.includes(report.outcome)) exit = EXIT.incomplete;
      options.onReport?.(report);
      counts.set(report.outcome, (counts.get(report.outcome) ?? 0) + 1);
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
}

/** A fault of the program, which stopped one article alone. */
function isFault({ code }: UrlReport): boolean {
  return code === 'INTERNAL' || code === 'PAGE_FAULT';
}

/** With a million URLs a count takes half a second: it takes at most this part of the time. */
const COUNTING = 1 / 50;

/** @returns how many there are in all: `done` and those that wait, as they were when they were last counted */
function countedNowAndThen(count: () => number): (done: number) => number {
  let total = 0;
  let nextAt = 0;
  return (done) => {
    const from = performance.now();
    if (from < nextAt) return total;
    total = done + count();
    const until = performance.now();
    nextAt = until + (until - from) / COUNTING;
    return total;
  };
}

// The crawl's own services over a frontier that is thrown away: nothing of the visit stays.

export async function withTemporaryArchive(
  config: Config,
  terminal: Terminal,
  command: string,
  body: (services: VisitServices) => Promise<void>,
): Promise<void> {
  const archive = await mkdtemp(join(tmpdir(), `guancha-${command}-`)).catch((error: unknown) => {
    throw knownError(error, { place: 'temporary', name: tmpdir() });
  });
  try {
    await withArchive({ ...config, archive }, terminal, { command, wait: null }, ({ services }) => body(services));
  } finally {
    await rm(archive, { recursive: true, force: true });
  }
}
