/** What commands share that open an archive: a run over the queue with its report and exit code, and Ctrl-C. */

import { type App, type AppOptions, openApp } from '../app.ts';
import { seldom } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import type { Desk } from '../crawl/desk.ts';
import type { VisitServices } from '../crawl/visited.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { ArticleId } from '../model.ts';
import type { Terminal } from '../report/terminal.ts';
import { openTemporary } from '../temporary.ts';
import { createReporter, type Reporting } from './reporter.ts';

/** The two wishes of somebody at the keyboard: finish what is in hand, or end at once. */
export interface Interrupts {
  readonly stopSignal: AbortSignal;
  readonly abortSignal: AbortSignal;
  /** Has SIGHUP call a listener instead of ending the program, until the function that is returned is called. */
  readonly onHangup: (listener: () => void) => () => void;
}

interface RunOptions extends Reporting {
  readonly refresh: boolean;
  readonly accept?: boolean;
  readonly only?: readonly ArticleId[];
  readonly limit?: number | undefined;
  /** Where others hand over their work. */
  readonly desk?: Desk | undefined;
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
  const { stopSignal } = interrupts;
  let isThrough = false;
  try {
    await archiveWaiting(app, {
      ...config.politeness,
      ...config.revisits,
      refresh: options.refresh,
      accept: options.accept,
      only: options.only,
      limit: options.limit,
      desk: options.desk,
      stopSignal,
      abortSignal: interrupts.abortSignal,
      log: terminal.log,
      onSettled: reporter.report,
    });
    isThrough = !stopSignal.aborted;
  } finally {
    reporter.end({ isThrough });
    if (stopSignal.aborted && options.only === undefined) terminal.say(whatWaits(app.frontier.waiting()));
  }
  return stopSignal.aborted ? EXIT.interrupted : reporter.exit();
}

function whatWaits(count: number): string {
  return count === 0
    ? 'nothing waits'
    : `${counted(count, 'article waits', 'articles wait')}: the same command goes on`;
}

/** Visits archived articles again that are due, and reports each result. */
export async function runRevisits(
  app: App,
  config: Config,
  terminal: Terminal,
  interrupts: Interrupts,
  options: Reporting & { readonly desk?: Desk | undefined },
): Promise<ExitCode> {
  const { due } = app.journal.revisits.counts(app.services.clock.now());
  const reporter = createReporter(terminal, options, () => due);
  const { revisitDue } = await import('../crawl/crawl.ts');
  let isThrough = false;
  try {
    const visits = revisitDue(app, {
      ...config.politeness,
      ...config.revisits,
      desk: options.desk,
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

/** With a million URLs a count takes half a second. @returns how many there are in all: `done`, and those that wait */
function countedNowAndThen(count: () => number): (done: number) => number {
  let doneThen = 0;
  const total = seldom(() => doneThen + count());
  return (done) => {
    doneThen = done;
    return total();
  };
}

// The crawl's own services over a frontier that is thrown away: nothing of the visit stays.

export async function withTemporaryArchive(
  config: Config,
  terminal: Terminal,
  command: string,
  body: (services: VisitServices) => Promise<void>,
): Promise<void> {
  await using folder = await openTemporary(command);
  const { path: archive } = folder;
  await withArchive({ ...config, archive }, terminal, { command, wait: null }, ({ services }) => body(services));
}
