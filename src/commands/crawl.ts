/** `crawl`: the sources' lists, then every article on them that is not archived yet. */

import { type Alarm, createAlarms, type RaisedAlarms } from '../alarms/alarms.ts';
import { type Drift, describeDrift, findDrift } from '../alarms/drift.ts';
import { formAlarms } from '../alarms/markup.ts';
import { alarmsOf, describeAlarm } from '../alarms/sources.ts';
import type { App } from '../app.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import type { Desk } from '../crawl/desk.ts';
import { discoverAll, noteSource, turnsOf } from '../crawl/read-sources.ts';
import type { Worked } from '../crawl/work.ts';
import { type ArchiveError, EXIT, type ExitCode, exitCodeFor, renderError } from '../errors.ts';
import { PASSING_CODES } from '../frontier/again.ts';
import { NOT_WELL } from '../frontier/frontier.ts';
import { NUMBER_SPACES, type Target } from '../model.ts';
import { createHook } from '../notify/hook.ts';
import { alarmNotice, type Notice, noticeOf } from '../notify/notice.ts';
import { createNotifier, reportFailure } from '../notify/notifier.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import type { UrlReport } from '../report/visits.ts';
import { keepCatalog } from './cataloguing.ts';
import { aloneOrHandedOver, type Wait } from './hand-over.ts';
import { chosenSources, requireAnySource } from './named-source.ts';
import { sealWithin } from './sealing.ts';
import { withOrders } from './serving.ts';
import { type Interrupts, run, runRevisits, withArchive } from './session.ts';

interface CrawlOptions {
  /** Names of sources; empty for all. */
  readonly source: readonly string[];
  readonly limit?: number | undefined;
  readonly dryRun: boolean;
  /** Archived articles that are due are then visited again. */
  readonly revisit: boolean;
  readonly wait?: Wait;
}

interface CrawlContext {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  /** Is called with the outcome of each URL. */
  readonly onReport?: (report: UrlReport) => void;
}

/** @throws SOURCE_UNKNOWN, CONFIG_INVALID where there is neither a source nor an archive */
export async function crawl(options: CrawlOptions, context: CrawlContext): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  chosenSources(config, options.source);
  requireAnySource(config, 'crawl');
  const hooks = config.notify.map((hook) => createHook(hook));
  const { source, limit, dryRun, revisit } = options;
  const order = { kind: 'crawl', arguments: { source, limit, dryRun, revisit, json: terminal.json } } as const;
  const crawling = aloneOrHandedOver(order, { config, terminal, interrupts, wait: options.wait }, (lock) => {
    const opening = { command: 'crawl', wait: null, lock, stopSignal: interrupts.stopSignal };
    return withArchive(config, terminal, opening, (app) =>
      withOrders(app, context, async (desk) => {
        const { outbox } = app.journal;
        const notifier = createNotifier({ hooks, outbox, clock: app.services.clock, log: terminal.log });
        const exit = await crawlNow(options, app, { ...context, desk, notify: notifier.notify });
        if (dryRun) return exit;
        await notifier.deliver({ signal: interrupts.stopSignal });
        if (interrupts.stopSignal.aborted) return exit;
        await sealWithin(app, { config, terminal, signal: interrupts.abortSignal, when: config.seal.when });
        await keepCatalog(app, { config, terminal, signal: interrupts.stopSignal });
        return exit;
      }),
    );
  });
  return crawling.catch(async (error: unknown) => {
    if (!dryRun)
      await reportFailure(error, {
        command: 'crawl',
        place: config,
        hooks,
        log: terminal.log,
        signal: interrupts.stopSignal,
      });
    throw error;
  });
}

/** The crawl itself, in an archive that is open. @throws SOURCE_UNKNOWN, BLOCKED, what stops the run */
export async function crawlNow(
  options: Omit<CrawlOptions, 'wait'>,
  app: App,
  context: CrawlContext & { readonly desk: Desk; readonly notify: (notice: Notice) => void },
): Promise<ExitCode> {
  const { config, terminal, interrupts, desk, notify } = context;
  const { frontier, journal, services } = app;
  const sources = chosenSources(config, options.source);
  const isUnknown = ({ id }: Target) => frontier.find(id) === null;
  let unread: ExitCode = EXIT.ok;
  const fresh = new Set<string>();
  const turns = turnsOf(journal, services.clock.now);
  for await (const list of discoverAll(
    sources,
    services,
    options.dryRun ? (targets) => targets.filter(isUnknown).length : (targets) => frontier.add(targets),
    {
      attempts: config.politeness.attempts,
      signal: interrupts.abortSignal,
      now: services.clock.now,
      turns: options.dryRun ? { ...turns, note: () => {} } : turns,
    },
  )) {
    if (!options.dryRun) noteSource(journal, list);
    if (list.error !== null) {
      unread = worseOf(unread, list.error);
      terminal.log({ level: 'error', stage: 'discover', message: renderError(list.error) });
    }
    if (list.targets.length > 0)
      terminal.log({
        level: 'info',
        stage: 'discover',
        message: `${list.source}: ${counted(list.targets.length, 'article')}, ${list.added} new`,
      });
    if (!options.dryRun) {
      for (const alarm of alarmsOf(journal.sourceSamples.of(list.source)))
        terminal.log({ level: 'warn', stage: 'discover', message: describeAlarm(alarm) });
    } else {
      for (const { id, url, source } of list.targets.filter(isUnknown)) {
        if (fresh.has(id)) continue;
        fresh.add(id);
        terminal.result(`${source}  ${url}`, { type: 'target', state: 'new', id, url, source, dueAt: null });
      }
    }
    if (interrupts.stopSignal.aborted) break;
  }
  if (options.dryRun) {
    sayWhatWaits(fresh, app, terminal);
    return unread;
  }
  frontier.requeue({ dueAt: services.clock.now() });
  frontier.requeue({ outcomes: NOT_WELL, codes: PASSING_CODES });
  const reporting = {
    notWell: ['blocked', 'refused', 'failed'] as const,
    onReport: context.onReport,
    onSettled: (settled: Worked) => {
      const notice = noticeOf(settled, journal.runs);
      if (notice !== null) notify(notice);
    },
  };
  const first = await run(app, config, terminal, interrupts, {
    refresh: false,
    limit: options.limit,
    desk,
    ...reporting,
  });
  const again =
    options.revisit && first !== EXIT.interrupted
      ? await runRevisits(app, config, terminal, interrupts, { desk, ...reporting })
      : EXIT.ok;
  const exit = again === EXIT.ok ? first : again;
  for (const drift of findDrift(journal.fieldSamples.newest())) {
    terminal.log({ level: 'warn', stage: 'extract', message: describeDrift(drift) });
    notify(alarmOf(drift, services.clock.now()));
  }
  const onAlarm = (alarm: Alarm) => {
    terminal.log({ level: 'warn', stage: 'extract', message: `${alarm.what}: ${alarm.detail}` });
    notify(alarmNotice(alarm));
  };
  const raised = journal.alarms as RaisedAlarms;
  const alarms = createAlarms({ raised, now: services.clock.now, onAlarm });
  alarms.markup(formAlarms(journal.forms.all(), await services.accepted()));
  return unread !== EXIT.ok && exit !== EXIT.interrupted ? unread : exit;
}

/** So many of what waits, and of what is due to be visited again, are named. */
const FIRST = 10;

/** Of a dry run: what the next crawl would visit beside what is new, the first of it in its order. */
function sayWhatWaits(fresh: ReadonlySet<string>, { frontier, journal, services }: App, terminal: Terminal): void {
  const now = services.clock.now();
  const waiting = frontier.waiting();
  const { due } = journal.revisits.counts(now);
  const first = NUMBER_SPACES.flatMap((space) => frontier.ready(FIRST, space)).slice(0, FIRST);
  for (const { id } of first) {
    const found = frontier.find(id);
    if (found === null) continue;
    const { url, source } = found.target;
    const text = line`${style('dim', 'waits')}  ${source ?? '(command line)'}  ${url}`;
    terminal.result(text, { type: 'target', state: 'waiting', id, url, source, dueAt: null });
  }
  for (const { id, url, dueAt } of journal.revisits.due(now, FIRST)) {
    const since = new Date(dueAt).toISOString();
    const text = line`${style('dim', 'due')}    since ${wallClock(since)}  ${url}`;
    terminal.result(text, { type: 'target', state: 'due', id, url, source: null, dueAt: since });
  }
  const text = [
    `${fresh.size} are new, ${waiting} wait already: the next crawl visits both${waiting > first.length ? `; the first ${first.length} of those that wait are shown` : ''}`,
    `${counted(due, 'revisit is', 'revisits are')} due: crawl --revisit and schedule make ${due === 1 ? 'it' : 'them'}${due > FIRST ? `; the first ${FIRST} are shown` : ''}`,
  ];
  terminal.summary('crawl', { new: fresh.size, waiting, due }, text);
}

/** The exit code of lists that could not be read: one that was refused says more than one that failed. */
export function worseOf(exit: ExitCode, error: ArchiveError): ExitCode {
  return exit === EXIT.siteBlocks ? exit : exitCodeFor(error);
}

/** Drift lasts for many runs: it is reported once a day. */
function alarmOf(drift: Drift, now: number): Notice {
  const since = new Date(now).toISOString().slice(0, 10);
  return { on: 'alarm', source: null, layout: drift.layout, what: drift.what, detail: describeDrift(drift), since };
}
