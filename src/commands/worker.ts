/** `worker`: a hand of a cluster, which visits what the schedule offers, and does partitions of large works, until it is asked to stop. */

import { seldom, systemClock } from '../clock.ts';
import { AWAY_MS, aborted, COMMAND, comesBack, serveHand } from '../cluster/hand.ts';
import { watchLeftBehind } from '../cluster/left-behind.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { parseListenAddress } from '../listen.ts';
import { openMonitor } from '../monitor/monitor.ts';
import { createMonitorState } from '../monitor/state.ts';
import { createHook } from '../notify/hook.ts';
import { noticeOf } from '../notify/notice.ts';
import { createNotifier } from '../notify/notifier.ts';
import { servePartitions } from '../partitions/hand.ts';
import type { Terminal } from '../report/terminal.ts';
import { printReport, reportOf } from '../report/visits.ts';
import { type Interrupts, withArchive } from './session.ts';
import { watchCluster } from './watch-cluster.ts';

export interface WorkerFlags {
  /** So many at once. */
  readonly partitions: number;
  readonly visits: boolean;
}

interface WorkerContext {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/** Ends with 0 once it is asked to stop. @throws USAGE where the configuration names no cluster; what stops a run */
export async function worker(
  { partitions, visits }: WorkerFlags,
  { config, terminal, interrupts }: WorkerContext,
): Promise<ExitCode> {
  const { postgres, redis } = config.cluster;
  const missing = visits && postgres === null ? 'cluster.postgres' : 'cluster.redis';
  if ((visits && postgres === null) || redis === null)
    throw new ArchiveError('USAGE', `worker: the configuration has no ${missing}`);
  if (!visits && partitions === 0) throw new ArchiveError('USAGE', 'worker: neither visits nor partitions');
  const { stopSignal, abortSignal } = interrupts;
  await using _partitions =
    partitions === 0 ? null : await servePartitions(config, { redis, partitions, stopSignal, log: terminal.log });
  if (!visits) {
    await aborted(stopSignal);
    return EXIT.ok;
  }
  const { listen, file, staleMs } = config.monitor;
  const state = createMonitorState({ staleMs, now: systemClock.now });
  const address = listen === null ? null : parseListenAddress(listen);
  await using _monitor = await openMonitor({ listen: address, file, state, log: terminal.log });
  const open = { command: COMMAND, wait: null, lock: null, stopSignal, onRequest: state.requested };
  while (!stopSignal.aborted) await serveOnce(redis).catch(waitIfAway);
  return EXIT.ok;

  /** Also where it is away while the archive is opened or closed. */
  async function waitIfAway(error: unknown): Promise<void> {
    if (!comesBack(error)) throw error;
    terminal.log({ level: 'warn', stage: 'run', message: `${error.code}: ${error.detail}; it is waited for` });
    await systemClock.sleep(AWAY_MS, { signal: stopSignal }).catch(() => {}); // the loop looks at the signal
  }

  async function serveOnce(redis: string): Promise<void> {
    await withArchive(config, terminal, open, async (app) => {
      const { frontier, journal, shared, services } = app;
      if (shared === null) throw new TypeError('no cluster');
      const isWatched = listen !== null || file !== null;
      await using _watch = isWatched ? watchCluster(app, { config, state, log: terminal.log }) : null;
      await using _leftBehind = watchLeftBehind({ ...app, shared }, terminal.log);
      const hooks = config.notify.map((hook) => createHook(hook));
      // The schedule delivers.
      const notifier = createNotifier({ hooks, outbox: journal.outbox, clock: services.clock, log: terminal.log });
      const waiting = seldom(() => frontier.waiting());
      await serveHand(app, {
        ...config.politeness,
        ...config.revisits,
        redis,
        hands: shared.hands,
        stopSignal,
        abortSignal,
        log: terminal.log,
        onSettled: (settled) => {
          const notice = noticeOf(settled, journal.runs);
          if (notice !== null) notifier.notify(notice);
          state.visited(settled.visit.outcome.kind);
          if (settled.againInMs === null) printReport(terminal, reportOf(settled));
        },
        onBeat: () => {
          state.beat();
          state.setPauses(journal.hosts.pauses());
          state.setQueue({ waiting: waiting(), revisitsDue: 0, lagMs: 0 });
        },
      });
    });
  }
}
