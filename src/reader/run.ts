/** What the runs over the archive do now, and what they left behind: read from queue and journal, anew each time. */
import { alarmsOf, describeAlarm, type SourceAlarm } from '../alarms/sources.ts';
import type { StoragePlace } from '../archive/open-storage.ts';
import type { Storage } from '../archive/storage.ts';
import { type Clock, seldom } from '../clock.ts';
import type { VisitQueue } from '../cluster/queue.ts';
import { type ClusterState, readCluster } from '../cluster/state.ts';
import type { Config } from '../config.ts';
import type { Failure, OutcomeCount } from '../frontier/frontier.ts';
import { describeHolder } from '../frontier/lock.ts';
import { type Operations, openOperations } from '../frontier/operations.ts';
import { leaderOf } from '../frontier/place-order.ts';
import type { Latency } from '../journal/figures.ts';
import type { PausedHost } from '../journal/hosts.ts';
import type { RunInfo } from '../journal/journal.ts';
import type { Order } from '../journal/orders.ts';
import type { Log } from '../log.ts';
import { type ArchiveState, readArchiveState } from '../report/archive-state.ts';

export interface RunState {
  readonly lastRun: RunInfo | null;
  /** Who holds the archive now, for people; null where nobody does. */
  readonly holder: string | null;
  /** By outcome, over all sources. */
  readonly outcomes: readonly (readonly [outcome: string, count: number])[];
  readonly sources: readonly OutcomeCount[];
  readonly revisits: { readonly planned: number; readonly due: number };
  readonly pauses: readonly PausedHost[];
  readonly failures: readonly Failure[];
  readonly alarms: readonly string[];
  readonly latencies: readonly Latency[];
  /** Those that have not ended. */
  readonly orders: readonly Order[];
  /** What is there, and what is next. */
  readonly archive: ArchiveState;
  /** Null for an archive on one machine. */
  readonly cluster: ClusterState | null;
}

export interface RunPlace {
  /** Absolute path. */
  readonly archive: string;
  readonly cluster: Pick<Config['cluster'], 'postgres' | 'redis'>;
}

const MOST_FAILURES = 20;
const LATENCY_MS = 30 * 86_400_000;

export interface RunReader {
  /** @throws what the database refuses */
  read(): Promise<RunState>;
}

interface RunReaderOptions {
  readonly config: StoragePlace & Pick<Config, 'sources' | 'schedule'>;
  /** Where the files of the archive lie. */
  readonly storage: Storage;
  readonly longestPauseMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts where nothing is read any more. */
  readonly signal: AbortSignal;
}

/** All readers of a cluster's state get the same look for so long; after one that was refused, nobody waits for the next. */
const KEPT_MS = 1000;
const REFUSED_MS = 10_000;
/** The server of the pages stands still while it waits for the database. */
const PATIENCE_MS = 2000;

/**
 * On one machine the database is opened for each look: without a writer beside it, one that stays open would show what it once
 * held. That of a cluster stays open, and connects again by itself.
 */
export function openRunReader(place: RunPlace, options: RunReaderOptions): RunReader {
  const { longestPauseMs, clock, signal } = options;
  const open = () => openOperations(place, { readOnly: true, longestPauseMs, patienceMs: PATIENCE_MS });
  if (place.cluster.postgres === null)
    return {
      read: async () => {
        using opened = open();
        return await stateOf(opened, { ...options, place, counts: opened.frontier.counts(), cluster: null });
      },
    };

  let operations: Operations | null = null;
  let queue: VisitQueue | null = null;
  const counts = seldom(() => operations?.frontier.counts() ?? []);
  let last: { readonly state: Promise<RunState>; readonly untilMs: number } | null = null;
  signal.addEventListener('abort', () => {
    operations?.[Symbol.dispose]();
    void queue?.[Symbol.asyncDispose]();
  });
  const look = async () => {
    signal.throwIfAborted();
    operations ??= open();
    const { redis } = place.cluster;
    if (redis !== null) queue ??= (await import('../cluster/queue.ts')).openVisitQueue(redis, options.log);
    const cluster = await readCluster(operations, queue);
    return await stateOf(operations, { ...options, place, counts: counts(), cluster });
  };
  return {
    read: () => {
      const at = clock.now();
      if (last !== null && at < last.untilMs) return last.state;
      const state = look();
      last = { state, untilMs: at + KEPT_MS };
      state.catch(() => {
        last = { state, untilMs: at + REFUSED_MS };
      });
      return state;
    },
  };
}

async function stateOf(
  operations: Operations,
  {
    place,
    config,
    storage,
    clock,
    counts,
    cluster,
  }: RunReaderOptions & {
    readonly place: RunPlace;
    readonly counts: readonly OutcomeCount[];
    readonly cluster: ClusterState | null;
  },
): Promise<RunState> {
  const { frontier, journal } = operations;
  const now = clock.now();
  const outcomes = new Map<string, number>();
  for (const { outcome, count } of counts) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  const alarms: readonly SourceAlarm[] = config.sources.flatMap(({ name }) => alarmsOf(journal.sourceSamples.of(name)));
  return {
    lastRun: journal.runs.lastRun(),
    holder: leaderOf(operations) ?? (await describeHolder(place.archive)),
    outcomes: [...outcomes],
    sources: counts,
    revisits: journal.revisits.counts(now),
    pauses: journal.hosts.pauses(),
    failures: frontier.failures(MOST_FAILURES),
    alarms: alarms.map(describeAlarm),
    latencies: journal.latencies.since(now - LATENCY_MS),
    orders: journal.orders.open(),
    archive: await readArchiveState(config, { storage, journal, now }),
    cluster,
  };
}
