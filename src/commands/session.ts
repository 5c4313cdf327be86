/** What `archive` and `crawl` share: a run over the frontier, told as it goes, counted, and ended by Ctrl-C. */
import { type App, type AppOptions, openApp } from '../app.ts';
import type { Config } from '../config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { ArticleId, Outcome } from '../model.ts';
import { reportOf, summaryOf, tell, type UrlReport } from './report.ts';
import type { Terminal } from './terminal.ts';

/** The two wishes of somebody at the keyboard: finish what is in hand, or end at once. */
export interface Interrupts {
  readonly stopping: AbortSignal;
  readonly signal: AbortSignal;
}

export interface RunOptions {
  readonly refresh: boolean;
  readonly only?: readonly ArticleId[];
  readonly limit?: number | undefined;
  /** Outcomes for which the command ends with `incomplete`. */
  readonly notWell: readonly Outcome['kind'][];
  /** Hears of every visit that stands. */
  readonly onReport?: ((report: UrlReport) => void) | undefined;
}

/** Opens the archive, lets `body` use it, and closes it whatever happens. Throws why it was lost, if another run took it over. */
export async function withArchive<T>(
  config: Config,
  terminal: Terminal,
  options: Pick<AppOptions, 'command' | 'wait' | 'prepared'>,
  body: (app: App) => Promise<T>,
): Promise<T> {
  await using app = await openApp(config, { ...options, log: terminal.log });
  try {
    const result = await body(app);
    app.frontier.endRun();
    return result;
  } catch (error) {
    throw app.frontier.lost.aborted ? app.frontier.lost.reason : error;
  } finally {
    terminal.end();
  }
}

/** Archives what waits and tells each result; keeps none of them, for there may be a million. */
export async function run(
  app: App,
  config: Config,
  terminal: Terminal,
  interrupts: Interrupts,
  options: RunOptions,
): Promise<ExitCode> {
  let done = 0;
  let allWell = true;
  const counts = new Map<string, number>();
  const waiting = countedNowAndThen(() => app.frontier.waiting());
  const total = () =>
    Math.min(
      options.limit ?? Number.POSITIVE_INFINITY,
      options.only === undefined ? waiting(done) : options.only.length,
    );
  terminal.progress(0, total());
  const { work } = await import('../crawl.ts'); // parsers and layouts, loaded while the browser starts
  try {
    await work(app.frontier, app.rooms, {
      ...config.politeness,
      refresh: options.refresh,
      only: options.only,
      limit: options.limit,
      stopping: interrupts.stopping,
      signal: AbortSignal.any([interrupts.signal, app.frontier.lost]),
      log: terminal.log,
      onSettled: (settled) => {
        const report = reportOf(settled);
        if (settled.againInMs !== null) {
          terminal.log({
            level: 'warn',
            stage: 'run',
            message: `${report.url}: ${report.code}, ${report.detail}; tried again in ${Math.ceil(settled.againInMs / 1000)} s`,
          });
          return;
        }
        done += 1;
        allWell &&= !options.notWell.includes(report.outcome);
        options.onReport?.(report);
        counts.set(report.outcome, (counts.get(report.outcome) ?? 0) + 1);
        tell(terminal, report);
        terminal.progress(done, Math.max(total(), done));
      },
    });
  } finally {
    terminal.end();
    if (done !== 1) terminal.say(summaryOf(counts));
  }
  if (interrupts.stopping.aborted) return EXIT.interrupted;
  return allWell ? EXIT.ok : EXIT.incomplete;
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
