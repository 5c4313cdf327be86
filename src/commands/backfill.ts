/** `backfill`: what was published in a stretch of days, from lists walked backwards, then, only if asked, by number. */
import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { type GapNumber, gapNumbers } from '../coverage/gap-numbers.ts';
import type { Window } from '../coverage/id-coverage.ts';
import { readIdCoverage } from '../coverage/read-id-coverage.ts';
import { type WalkReport, walkLists } from '../crawl/backfill.ts';
import type { Desk } from '../crawl/desk.ts';
import { mostRequests, type ProbedNumber, probeIds } from '../crawl/probe-ids.ts';
import { ArchiveError, EXIT, type ExitCode, renderError } from '../errors.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import { requireDay } from './coverage.ts';
import { worseOf } from './crawl.ts';
import { aloneOrHandedOver, type Wait } from './hand-over.ts';
import { chosenSources, requireAnySource } from './named-source.ts';
import { withOrders } from './serving.ts';
import { type Interrupts, run, withArchive } from './session.ts';

export interface BackfillOptions {
  /** Days of Beijing, both included. */
  readonly from: string;
  readonly to: string;
  /** Names of sources; empty for all. */
  readonly source: readonly string[];
  readonly ids: boolean;
  readonly limit?: number | undefined;
  readonly dryRun: boolean;
  readonly wait?: Wait;
}

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

interface BackfillContext extends Context {
  readonly desk: Desk;
}

const NOT_WELL = ['blocked', 'refused', 'failed'] as const;

/** @throws USAGE, SOURCE_UNKNOWN, NUMBERS_UNANSWERED, BLOCKED if the site refuses; what was found then waits for the next crawl */
export async function backfill(options: BackfillOptions, context: Context): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const window = { since: requireDay(options.from, '--from'), until: requireDay(options.to, '--to') };
  if (window.since > window.until) throw new ArchiveError('USAGE', 'backfill: --from lies after --to');
  chosenSources(config, options.source);
  requireAnySource(config, 'backfill');
  const { from, to, source, ids, limit, dryRun } = options;
  const given = { from, to, source, ids, limit, dryRun, json: terminal.json };
  const order = { kind: 'backfill', arguments: given } as const;
  return aloneOrHandedOver(order, { ...context, wait: options.wait }, (lock) => {
    const opening = { command: 'backfill', wait: null, lock, stopSignal: interrupts.stopSignal };
    return withArchive(config, terminal, opening, (app) =>
      withOrders(app, context, (desk) => backfillNow(options, app, { ...context, desk })),
    );
  });
}

/** The backfill itself, in an archive that is open. @throws as `backfill` */
export async function backfillNow(
  options: Omit<BackfillOptions, 'wait'>,
  app: App,
  context: BackfillContext,
): Promise<ExitCode> {
  const { config, interrupts } = context;
  const window = { since: options.from, until: options.to };
  const sources = chosenSources(config, options.source);
  const unread = await walk(sources, { ...window, dryRun: options.dryRun }, app, context);
  if (interrupts.stopSignal.aborted) return EXIT.interrupted;
  const lists = options.dryRun ? EXIT.ok : await archive(app, options, context);
  if (lists === EXIT.interrupted || !options.ids)
    return lists !== EXIT.interrupted && unread !== EXIT.ok ? unread : lists;
  const ids = await askForNumbers(app, window, options, context);
  if (ids === EXIT.interrupted) return ids;
  return unread !== EXIT.ok ? unread : lists === EXIT.ok ? ids : lists;
}

/** Archives what waits, as `crawl` does. */
function archive(
  app: App,
  { limit }: Pick<BackfillOptions, 'limit'>,
  { config, terminal, interrupts, desk }: BackfillContext,
): Promise<ExitCode> {
  return run(app, config, terminal, interrupts, { refresh: false, limit, notWell: NOT_WELL, desk });
}

/** The exit code of the lists that could not be read. */
async function walk(
  sources: Config['sources'],
  window: Window & { readonly dryRun: boolean },
  app: App,
  { config, terminal, interrupts }: Context,
): Promise<ExitCode> {
  const { frontier } = app;
  const { stopSignal, abortSignal } = interrupts;
  const { attempts } = config.politeness;
  let unread: ExitCode = EXIT.ok;
  let fresh = 0;
  for await (const report of walkLists(sources, app, { ...window, attempts, stopSignal, abortSignal })) {
    const unknown = report.targets.filter(({ id }) => frontier.find(id) === null);
    if (!window.dryRun) frontier.add(report.targets);
    else
      for (const { id, url, source } of unknown)
        terminal.result(`${source}  ${url}`, { type: 'target', state: 'new', id, url, source, dueAt: null });
    if (report.end?.kind === 'unread') unread = worseOf(unread, report.end.error);
    fresh += unknown.length;
    printWalk(report, unknown.length, terminal);
  }
  if (window.dryRun) terminal.summary('backfill', { new: fresh }, `${fresh} are new`);
  return unread;
}

function printWalk({ source, url, targets, end }: WalkReport, fresh: number, terminal: Terminal): void {
  if (end === null) {
    const message = `${source}, ${url}: ${counted(targets.length, 'article')} of these days, ${fresh} new`;
    terminal.log({ level: 'info', stage: 'discover', message });
  } else if (end.kind === 'unread') {
    terminal.log({ level: 'error', stage: 'discover', message: renderError(end.error) });
  } else {
    const why = {
      older: 'older from here',
      empty: 'a page with none of its articles',
      repeated: 'its last page again',
    } as const;
    const message = end.kind in why ? why[end.kind as keyof typeof why] : end.kind;
    terminal.log({ level: 'info', stage: 'discover', message: `${source}, ${url}: the end, ${message}` });
  }
}

/** Asks for the window's never-seen numbers and archives what is there. */
async function askForNumbers(
  app: App,
  window: Window,
  options: Omit<BackfillOptions, 'wait'>,
  context: BackfillContext,
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const { frontier, journal, services } = app;
  const { coverage, newest } = await readIdCoverage({ archive: services.archive, frontier, journal }, window);
  const all = gapNumbers(coverage.gaps, { window, now: services.clock.now(), probesOf: journal.probes.of });
  const numbers = all.slice(0, options.limit);
  terminal.log({ level: 'info', stage: 'run', message: costOf(numbers, all.length, config) });
  if (options.dryRun || numbers.length === 0) return EXIT.ok;
  if (newest === null)
    throw new ArchiveError(
      'NUMBERS_UNANSWERED',
      'no article of these days is archived, so there is none to check that the site answers',
    );

  const counts = { article: 0, nothing: 0, failed: 0 };
  const { stopSignal, abortSignal } = interrupts;
  try {
    for await (const probed of probeIds(numbers, app, { control: newest, stopSignal, abortSignal })) {
      counts[kindOf(probed)] += 1;
      printProbe(probed, terminal);
      terminal.progress(counts.article + counts.nothing + counts.failed, numbers.length, 'number');
    }
  } finally {
    terminal.end();
    const { article, nothing, failed } = counts;
    terminal.summary(
      'backfill',
      { asked: counts },
      `asked for ${counted(article + nothing + failed, 'number')}: ${counted(article, 'article')}, ${nothing} nobody’s, ${failed} without an answer`,
    );
  }
  if (interrupts.stopSignal.aborted) return EXIT.interrupted;
  if (counts.article === 0) return counts.failed === 0 ? EXIT.ok : EXIT.incomplete;
  const exit = await archive(app, options, context);
  return exit === EXIT.ok && counts.failed > 0 ? EXIT.incomplete : exit;
}

function costOf(numbers: readonly GapNumber[], open: number, { politeness }: Config): string {
  const requests = mostRequests(numbers);
  const time = describeDuration(requests * politeness.intervalMs);
  return `${numbers.length} of ${open} never-seen numbers are asked for: up to ${counted(requests, 'request')}, ${time} at politeness.intervalMs ${politeness.intervalMs}`;
}

function kindOf({ target, outcome }: ProbedNumber): 'article' | 'nothing' | 'failed' {
  return target !== null ? 'article' : outcome === 'failed' ? 'failed' : 'nothing';
}

/** People get a line for what was found, programs one for each number. */
function printProbe(probed: ProbedNumber, terminal: Terminal): void {
  const { number, outcome, target } = probed;
  if (terminal.json || target !== null)
    terminal.result(line`${style('green', '?')} ${outcome}  ${target?.url ?? ''}`, {
      type: 'number',
      number,
      outcome,
      url: target?.url ?? null,
    });
}
