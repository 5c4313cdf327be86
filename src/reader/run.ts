/** What the runs over the archive do now, and what they left behind: read from queue and journal, anew each time. */
import { alarmsOf, describeAlarm, type SourceAlarm } from '../alarms/sources.ts';
import type { Failure, OutcomeCount } from '../frontier/frontier.ts';
import { describeHolder } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import type { Latency } from '../journal/figures.ts';
import type { PausedHost } from '../journal/hosts.ts';
import type { RunInfo } from '../journal/journal.ts';
import type { Order } from '../journal/orders.ts';

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
}

const MOST_FAILURES = 20;
const LATENCY_MS = 30 * 86_400_000;

/** Opened for each look: without a writer beside it, a database that stays open would show what it once held. */
export async function readRun(
  archive: string,
  {
    sources,
    longestPauseMs,
    now,
  }: { readonly sources: readonly string[]; readonly longestPauseMs: number; readonly now: number },
): Promise<RunState> {
  using operations = openOperations(archive, { readOnly: true, longestPauseMs });
  const { frontier, journal } = operations;
  const counts = frontier.counts();
  const outcomes = new Map<string, number>();
  for (const { outcome, count } of counts) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  const alarms: readonly SourceAlarm[] = sources.flatMap((name) => alarmsOf(journal.sourceSamples.of(name)));
  return {
    lastRun: journal.runs.lastRun(),
    holder: await describeHolder(archive),
    outcomes: [...outcomes],
    sources: counts,
    revisits: journal.revisits.counts(now),
    pauses: journal.hosts.pauses(),
    failures: frontier.failures(MOST_FAILURES),
    alarms: alarms.map(describeAlarm),
    latencies: journal.latencies.since(now - LATENCY_MS),
    orders: journal.orders.open(),
  };
}
