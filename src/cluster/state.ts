/** What a cluster is doing now: one look for `cluster status`, the reader's page of the runs, and the monitor. */
import type { Operations } from '../frontier/operations.ts';
import type { Leases } from '../frontier/postgres.ts';
import type { Hand } from '../journal/hands.ts';
import type { HeldHost } from '../journal/host-claims.ts';
import type { PausedHost } from '../journal/hosts.ts';
import type { ClusterFigures } from '../monitor/state.ts';
import type { QueueLengths, VisitQueue } from './queue.ts';

export interface ClusterState {
  readonly hands: readonly Hand[];
  readonly leases: Leases;
  /** The queue between the schedule and the hands; null where the configuration names none. */
  readonly queue: QueueLengths | 'away' | null;
  /** Hosts that are asked for something at this moment. */
  readonly claims: readonly HeldHost[];
  readonly pauses: readonly PausedHost[];
}

/**
 * @param queue null where the configuration names none
 * @returns null for an archive on one machine
 * @throws what the database refuses; a queue that is away is said
 */
export async function readCluster(
  { shared, journal }: Pick<Operations, 'shared' | 'journal'>,
  queue: Pick<VisitQueue, 'lengths'> | null,
): Promise<ClusterState | null> {
  if (shared === null) return null;
  const state = {
    hands: shared.hands.all(),
    leases: shared.leases(),
    claims: shared.claims.held(),
    pauses: journal.hosts.pauses(),
  };
  return { ...state, queue: queue === null ? null : ((await queue.lengths()) ?? 'away') };
}

/** @param at ms since 1970 */
export function figuresOf({ hands, leases, queue, claims }: ClusterState, at: number): ClusterFigures {
  const groups = Map.groupBy(
    hands,
    ({ command, isSilent }) => `${COMMANDS.includes(command) ? command : 'other'} ${isSilent}`,
  );
  return {
    hands: [...groups].map(([group, { length: count }]) => {
      const [command = '', isSilent] = group.split(' ');
      return { command, isSilent: isSilent === 'true', count };
    }),
    leaders: hands.filter(({ leads, isSilent }) => leads && !isSilent).length,
    leases,
    queue,
    hostsInHand: claims.length,
    at: new Date(at).toISOString(),
  };
}

/** What a row of another program could say is no label of a metric. */
const COMMANDS: readonly string[] = ['worker', 'schedule'];
