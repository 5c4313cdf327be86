/** The engine's own state during a long run, and its health. Plain values; the only clock is `now`. */
import type { Outcome } from '../model.ts';

/** How the reading of a source ended. */
export type ReadResult = 'news' | 'nothing-new' | 'empty' | 'unread';

/** What was asked for: lists and articles are pages. */
type RequestKind = 'page' | 'picture';

interface SourceAlarm {
  readonly source: string;
  /** What is wrong, in a few words that stay the same while it is. */
  readonly what: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
}

interface HostPause {
  readonly host: string;
  /** ISO 8601 in UTC. */
  readonly until: string;
  readonly reason: string;
}

interface QueueState {
  readonly waiting: number;
  readonly revisitsDue: number;
  /** How long the longest due of them has been due; 0 where none is. */
  readonly lagMs: number;
}

/** Of several machines: counts alone, so that no name of a machine or an article becomes a label of a metric. */
export interface ClusterFigures {
  /** Processes by their command, those that say nothing any more for themselves. */
  readonly hands: readonly { readonly command: string; readonly isSilent: boolean; readonly count: number }[];
  /** Schedules that lead: one, or none for some seconds. */
  readonly leaders: number;
  /** Articles in hand, and those of hands that died. */
  readonly leases: { readonly held: number; readonly ranOut: number };
  /** Null where there is none. */
  readonly queue: { readonly waiting: number; readonly inHand: number } | 'away' | null;
  readonly hostsInHand: number;
  /** When that was so; it grows old where the database is away. ISO 8601 in UTC. */
  readonly at: string;
}

/** What the engine feeds. Counters go up, the rest is replaced. */
interface MonitorFeed {
  /** Progress was made, or there was nothing to do: to be called at least every third of `staleMs`, while it waits as well. */
  beat(): void;
  visited(outcome: Outcome['kind']): void;
  requested(kind: RequestKind): void;
  read(source: string, result: ReadResult): void;
  setAlarms(alarms: readonly SourceAlarm[]): void;
  setQueue(queue: QueueState): void;
  /** The hosts that are left alone now. */
  setPauses(pauses: readonly HostPause[]): void;
  setCluster(figures: ClusterFigures): void;
  /** Time from publication to archive of an article that this source named. */
  latency(source: string, timeMs: number): void;
}

type HealthStatus = 'ok' | 'degraded' | 'failing';

export interface Health {
  readonly status: HealthStatus;
  /** Why it is not `ok`, for people. */
  readonly reasons: readonly string[];
  /** ISO 8601 in UTC; the start counts as progress. */
  readonly lastProgressAt: string;
  readonly startedAt: string;
  /** When this was said: a health file that is old comes from a process that hangs or is gone. */
  readonly at: string;
  readonly queue: QueueState;
  /** The hosts that are left alone; no alarm by itself. */
  readonly pauses: readonly HostPause[];
  readonly alarms: readonly SourceAlarm[];
}

/** Read by whoever shows it. */
export interface MonitorState extends MonitorFeed {
  health(): Health;
  /** Null for an archive on one machine. */
  cluster(): ClusterFigures | null;
  readonly visits: ReadonlyMap<Outcome['kind'], number>;
  readonly requests: ReadonlyMap<RequestKind, number>;
  readonly reads: ReadonlyMap<string, ReadonlyMap<ReadResult, number>>;
  /** Calls `listener` with each latency from now on. */
  onLatency(listener: (source: string, timeMs: number) => void): void;
}

/** @param options without a beat for `staleMs` the health is `failing`; `now` gives ms since 1970 */
export function createMonitorState(options: { readonly staleMs: number; readonly now: () => number }): MonitorState {
  const { staleMs, now } = options;
  const startedAt = now();
  let lastProgressAt = startedAt;
  let queue: QueueState = { waiting: 0, revisitsDue: 0, lagMs: 0 };
  let alarms: readonly SourceAlarm[] = [];
  let pauses: readonly HostPause[] = [];
  let cluster: ClusterFigures | null = null;
  const visits = new Map<Outcome['kind'], number>();
  const requests = new Map<RequestKind, number>();
  const reads = new Map<string, Map<ReadResult, number>>();
  const listeners: ((source: string, timeMs: number) => void)[] = [];

  return {
    beat: () => {
      lastProgressAt = now();
    },
    visited: (outcome) => count(visits, outcome),
    requested: (kind) => count(requests, kind),
    read: (source, result) => {
      const counts = reads.get(source) ?? new Map<ReadResult, number>();
      reads.set(source, counts);
      count(counts, result);
    },
    setAlarms: (raised) => {
      alarms = raised;
    },
    setPauses: (paused) => {
      pauses = paused;
    },
    setCluster: (figures) => {
      cluster = figures;
    },
    cluster: () => cluster,
    setQueue: (state) => {
      queue = state;
    },
    latency: (source, timeMs) => {
      for (const listener of listeners) listener(source, timeMs);
    },
    health: () => {
      const at = now();
      lastProgressAt = Math.min(lastProgressAt, at); // the clock may have been ahead
      const silentMs = at - lastProgressAt;
      const stale = silentMs >= staleMs ? [`no progress for ${Math.round(silentMs / 1000)} s`] : [];
      const troubles = alarms.map(({ source, what, since }) => `${source}: ${what} since ${since}`);
      return {
        status: stale.length > 0 ? 'failing' : troubles.length > 0 ? 'degraded' : 'ok',
        reasons: [...stale, ...troubles],
        lastProgressAt: new Date(lastProgressAt).toISOString(),
        startedAt: new Date(startedAt).toISOString(),
        at: new Date(at).toISOString(),
        queue,
        pauses: pauses.filter(({ until }) => Date.parse(until) > at),
        alarms,
      };
    },
    visits,
    requests,
    reads,
    onLatency: (listener) => void listeners.push(listener),
  };
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
