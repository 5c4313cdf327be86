/** `schedule`: reads the sources in their slots for months, archives what is new, visits what is archived again. */

import { type App, lockFor } from '../app.ts';
import { type Clock, seldom, systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { type EngineOptions, type RunReport, type ScheduledSource, serve } from '../crawl/schedule.ts';
import { timingOf } from '../crawl/timing.ts';
import type { Worked } from '../crawl/work.ts';
import { ArchiveError, type ErrorCode, EXIT, type ExitCode, renderError } from '../errors.ts';
import type { ArchiveLock } from '../frontier/lock.ts';
import { ORDER_KINDS } from '../journal/orders.ts';
import { parseListenAddress } from '../listen.ts';
import { openMonitor } from '../monitor/monitor.ts';
import { createMonitorState, type MonitorState, type ReadResult } from '../monitor/state.ts';
import { createHook } from '../notify/hook.ts';
import { alarmNotice, noticeOf } from '../notify/notice.ts';
import { createNotifier, type Notifier, reportFailure } from '../notify/notifier.ts';
import type { Line } from '../report/envelope.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import { line, type Styled, style } from '../report/text.ts';
import { printReport, reportOf } from '../report/visits.ts';
import { keepCatalogAlong } from './cataloguing.ts';
import { serveCommission } from './commissions.ts';
import type { HandingOut, Lead } from './leading.ts';
import { sendLetters } from './letter.ts';
import { requireAnySource } from './named-source.ts';
import { sealWithin } from './sealing.ts';
import { openServing } from './serving.ts';
import { type Interrupts, withArchive } from './session.ts';

const COMMAND = 'schedule';

interface ScheduleContext {
  readonly config: Config;
  /** Reads the configuration again. Throws CONFIG_UNREADABLE, CONFIG_INVALID. */
  readonly reload: () => Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  /** The machine's where absent. */
  readonly clock?: Clock;
}

/** Ends with 0 once it is asked to stop. @throws CONFIG_INVALID where there is no source; what stops a run, such as a full disk */
export async function schedule(options: { readonly wait: boolean }, context: ScheduleContext): Promise<ExitCode> {
  const { reload, terminal, interrupts } = context;
  let { config } = context;
  requireAnySource(config, COMMAND);
  let hangup = new AbortController();
  const forget = interrupts.onHangup(() => hangup.abort()); // heard all the time: nobody else would survive it
  try {
    await using held = await holdLock(options, context);
    while (!interrupts.stopSignal.aborted) {
      await waitForTurn(held, config, terminal);
      if (interrupts.stopSignal.aborted) break;
      const stopSignal = AbortSignal.any([interrupts.stopSignal, hangup.signal]);
      await runUntil(stopSignal, config, held, context).catch((error: unknown) => pauseIfAway(error, held));
      if (!hangup.signal.aborted) continue;
      hangup = new AbortController();
      config = reloaded(config);
    }
    return EXIT.ok;
  } catch (error) {
    const hooks = config.notify.map((hook) => createHook(hook));
    const failed = { command: COMMAND, place: config, hooks, log: terminal.log };
    await reportFailure(error, { ...failed, signal: interrupts.stopSignal });
    throw error;
  } finally {
    forget();
  }

  /** A schedule of a cluster waits for what comes back by itself, and for its turn to lead. */
  async function pauseIfAway(error: unknown, { lead }: HeldLock): Promise<void> {
    if (lead === null || !(error instanceof ArchiveError) || !PASSES.includes(error.code)) throw error;
    const message = `${renderError(error)}\n  this schedule waits, and goes on`;
    terminal.log({ level: 'warn', stage: 'run', message });
    await systemClock.sleep(AWAY_MS, { signal: interrupts.stopSignal }).catch(() => {}); // the loop looks at the signal
  }

  /** The new configuration, or the old one where the new one is not valid. */
  function reloaded(old: Config): Config {
    try {
      const fresh = reload();
      requireAnySource(fresh, COMMAND);
      terminal.log({ level: 'info', stage: 'run', message: 'the configuration was read again' });
      return fresh;
    } catch (error) {
      const message = `${renderError(error)}\n  the old configuration goes on`;
      terminal.log({ level: 'error', stage: 'run', message });
      return old;
    }
  }
}

const PASSES: readonly ErrorCode[] = ['LEADERSHIP_LOST', 'DATABASE_AWAY', 'ARCHIVE_AWAY'];
const AWAY_MS = 1000;

/** The lock of the archive, from one configuration to the next: no other run gets in between. */
interface HeldLock extends ArchiveLock {
  /** Locks this archive; the lock of another one is then given back. In a cluster `onWait` is called as long as another one leads. */
  hold(archive: string, onWait: () => Promise<void>): Promise<void>;
  /** Of a cluster, where the lead stands for the lock of the archive. */
  readonly lead: Lead | null;
}

async function holdLock(
  { wait }: { readonly wait: boolean },
  { config, terminal, interrupts }: Pick<ScheduleContext, 'config' | 'terminal' | 'interrupts'>,
): Promise<HeldLock> {
  const { postgres } = config.cluster;
  if (postgres !== null) {
    const { openLead } = await import('./leading.ts');
    const lead = openLead(postgres, { stopSignal: interrupts.stopSignal, log: terminal.log });
    const release = async () => lead[Symbol.dispose]();
    return {
      hold: (_, onWait) => lead.hold(onWait),
      requireHeld: async () => lead.require(),
      lead,
      [Symbol.asyncDispose]: release,
    };
  }
  let held: { readonly archive: string; readonly lock: ArchiveLock } | null = null;
  return {
    lead: null,
    hold: async (archive) => {
      if (held?.archive === archive) return;
      const options = { command: COMMAND, log: terminal.log, wait: wait ? interrupts.stopSignal : null };
      const lock = await lockFor(archive, options);
      await held?.lock[Symbol.asyncDispose]();
      held = { archive, lock };
    },
    requireHeld: async () => await held?.lock.requireHeld(),
    [Symbol.asyncDispose]: async () => await held?.lock[Symbol.asyncDispose](),
  };
}

/** A schedule that waits for its turn to lead answers `/healthz` as well: it is well as long as it looks. */
async function waitForTurn(held: HeldLock, config: Config, terminal: Terminal): Promise<void> {
  await using opened = new AsyncDisposableStack();
  let state: MonitorState | null = null;
  await held.hold(config.archive, async () => {
    if (state === null) {
      const { listen, staleMs } = config.monitor;
      state = createMonitorState({ staleMs, now: systemClock.now });
      // The file is the leader's.
      const options = {
        listen: listen === null ? null : parseListenAddress(listen),
        file: null,
        state,
        log: terminal.log,
      };
      const monitor = await openMonitor(options).catch((error: unknown) => {
        if (!(error instanceof ArchiveError) || error.code !== 'LISTEN_FAILED') throw error;
        return null; // the leader has this machine's port
      });
      opened.use(monitor);
    }
    state.beat();
  });
}

/** One configuration's time. */
async function runUntil(
  stopSignal: AbortSignal,
  config: Config,
  lock: HeldLock,
  { terminal, interrupts, clock = systemClock }: ScheduleContext,
): Promise<void> {
  const { listen, file, staleMs } = config.monitor;
  const state = createMonitorState({ staleMs, now: clock.now });
  const address = listen === null ? null : parseListenAddress(listen);
  await using _monitor = await openMonitor({ listen: address, file, state, log: terminal.log });
  const open = { command: COMMAND, wait: null, lock, stopSignal, clock, onRequest: state.requested };
  await withArchive(config, terminal, open, async (app) => {
    const { journal } = app;
    using desk = openServing(app, { config, terminal, interrupts }, ORDER_KINDS);
    const hooks = config.notify.map((hook) => createHook(hook));
    const notifier = createNotifier({ hooks, outbox: journal.outbox, clock, log: terminal.log });
    const delivery = createDelivery(notifier, { clock, signal: stopSignal });
    await using handingOut = await handOut(app, lock, { config, terminal });
    const isWatched = app.shared !== null && (listen !== null || file !== null);
    const watching = isWatched ? await import('./watch-cluster.ts') : null;
    await using _watch = watching?.watchCluster(app, { config, state, log: terminal.log }) ?? null;
    const letters = sendLetters(app, { config, notifier, onProgress: state.beat });
    const ending = AbortSignal.any([stopSignal, delivery.failed, ...(handingOut === null ? [] : [handingOut.lost])]);
    const seals = sealDaily(app, {
      config,
      terminal,
      state,
      signal: AbortSignal.any([ending, interrupts.abortSignal]),
    });
    const catalogue = keepCatalogAlong(app, { config, terminal, signal: ending, onProgress: state.beat });
    await serve(app, {
      ...config.politeness,
      ...config.revisits,
      ...config.schedule,
      ...listeners(app, { terminal, state, notifier, delivery }),
      leading: handingOut ?? undefined,
      sources: config.sources.map((source) => scheduled(source, config)),
      stopSignal: ending,
      abortSignal: interrupts.abortSignal,
      desk,
      log: terminal.log,
      commission: () =>
        serveCommission(app, {
          config,
          terminal,
          interrupts: { ...interrupts, stopSignal: ending },
          desk,
          notify: notifier.notify,
          onProgress: state.beat,
        }),
      upkeep: async () => {
        await catalogue();
        await seals();
        if (!ending.aborted) await letters();
      },
    });
    await delivery.ended();
  });
}

async function handOut(
  app: App,
  { lead }: HeldLock,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<HandingOut | null> {
  if (lead === null) return null;
  const { beginHandingOut } = await import('./leading.ts');
  return beginHandingOut(app, lead, { config, command: COMMAND, log: terminal.log });
}

/** After a seal that failed another one is tried, and so often it is looked whether one is due. */
const BETWEEN_SEALS_MS = 3_600_000;

/** Seals once a day. Its first seal may take long: it lives meanwhile. */
function sealDaily(
  app: App,
  {
    config,
    terminal,
    state,
    signal,
  }: {
    readonly config: Config;
    readonly terminal: Terminal;
    readonly state: MonitorState;
    readonly signal: AbortSignal;
  },
): () => Promise<void> {
  const { clock } = app.services;
  const when = config.seal.when === 'off' ? 'off' : 'daily';
  let [lookedAt, day] = [Number.NEGATIVE_INFINITY, ''];
  return async () => {
    const now = clock.now();
    const today = new Date(now).toISOString().slice(0, 10);
    if (today === day && Math.abs(now - lookedAt) < BETWEEN_SEALS_MS) return;
    [lookedAt, day] = [now, today];
    await sealWithin(app, { config, terminal, signal, when, onProgress: state.beat }).catch((error: unknown) => {
      if (!signal.aborted) throw error; // what it left is taken back by the next one
    });
  };
}

type Listeners = Pick<EngineOptions, 'onRun' | 'onSettled' | 'onAlarm' | 'onBeat'>;

/** What happens is printed on the terminal, counted for the monitor, and kept for the owner's hooks. */
function listeners(
  { frontier, journal, services }: App,
  parts: {
    readonly terminal: Terminal;
    readonly state: MonitorState;
    readonly notifier: Notifier;
    readonly delivery: Delivery;
  },
): Listeners {
  const { terminal, state, notifier, delivery } = parts;
  const waiting = seldom(() => frontier.waiting());
  const dueNow = seldom(() => journal.revisits.counts(services.clock.now()).due);
  return {
    onRun: (run) => {
      terminal.result(describeRun(run), runLine(run));
      state.read(run.source, resultOf(run));
    },
    onSettled: (settled) => {
      const notice = noticeOf(settled, journal.runs);
      if (notice !== null) notifier.notify(notice);
      state.visited(settled.visit.outcome.kind);
      countLatency(settled, state);
      if (settled.againInMs === null) printReport(terminal, reportOf(settled));
    },
    onAlarm: (alarm) => {
      notifier.notify(alarmNotice(alarm));
      const { about, what, detail, since } = alarm;
      terminal.log({ level: 'warn', stage: 'run', message: `alarm: ${about}: ${what}: ${detail}` });
      if (terminal.json)
        terminal.result('', { type: 'alarm', about, what, detail, since: new Date(since).toISOString() });
    },
    onBeat: (alarms) => {
      const now = services.clock.now();
      const [first] = journal.revisits.due(now, 1);
      state.beat();
      state.setPauses(journal.hosts.pauses());
      state.setQueue({
        waiting: waiting(),
        revisitsDue: dueNow(),
        lagMs: first === undefined ? 0 : now - first.dueAt,
      });
      state.setAlarms(
        alarms.map(({ about, what, since }) => ({ source: about, what, since: new Date(since).toISOString() })),
      );
      delivery.begin();
    },
  };
}

interface Delivery {
  /** Begins to deliver what is due, unless that goes on already. */
  begin(): void;
  /** Aborts once deliveries cannot go on: then `ended` throws why. */
  readonly failed: AbortSignal;
  /** Resolves when what was begun has ended. @throws what ends a run, such as a full disk */
  ended(): Promise<void>;
}

/** Hooks may be slow: the engine does not wait for them. */
export function createDelivery(
  notifier: Notifier,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Delivery {
  let going: Promise<void> | null = null;
  const failed = new AbortController();
  return {
    begin: () => {
      const due = notifier.nextDue();
      if (going !== null || failed.signal.aborted || due === null || due > clock.now()) return;
      going = notifier.deliver({ signal }).then(
        () => {
          going = null;
        },
        (error: unknown) => failed.abort(error),
      );
    },
    failed: failed.signal,
    ended: async () => {
      await going;
      failed.signal.throwIfAborted();
    },
  };
}

function scheduled(source: Config['sources'][number], config: Config): ScheduledSource {
  return { ...source, timing: timingOf(source, config.schedule) };
}

function countLatency({ target, visit }: Worked, state: MonitorState): void {
  const { before, record, outcome } = visit;
  if (before !== null || record === null || outcome.kind !== 'archived' || target.source === null) return;
  const capturedAt = record.versions[0]?.capturedAt;
  if (capturedAt === undefined || record.article.precision === 'day') return;
  state.latency(target.source, Math.max(0, Date.parse(capturedAt) - Date.parse(record.article.publishedAt)));
}

function resultOf({ code, entries, fresh }: RunReport): ReadResult {
  if (code !== null) return code === 'SOURCE_EMPTY' ? 'empty' : 'unread';
  return entries > 0 && fresh === 0 ? 'nothing-new' : 'news';
}

function runLine({ source, entries, fresh, code, detail, ...times }: RunReport): Line {
  const { slotAt, startedAt, endedAt, nextAt } = times;
  return {
    type: 'run',
    source,
    slot: isoOf(slotAt),
    startedAt: isoOf(startedAt),
    endedAt: isoOf(endedAt),
    entries,
    fresh,
    code,
    detail,
    next: isoOf(nextAt),
  };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function describeRun({ source, entries, fresh, code, endedAt, nextAt }: RunReport): Styled {
  const result = code === null ? `${counted(entries, 'article')}, ${fresh} new` : style('red', code);
  return line`${style('dim', `· ${source}`)}  ${result}  again in ${describeDuration(nextAt - endedAt)}`;
}
