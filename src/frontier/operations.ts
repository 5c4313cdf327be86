/** What an archive's runs work with and leave behind: the queue and the journal, in one database. */
import { join } from 'node:path';
import { FRONTIER } from '../archive/keys.ts';
import { followClock } from '../clock.ts';
import { ArchiveError } from '../errors.ts';
import { type Hands, handName, openHands } from '../journal/hands.ts';
import { type HostClaims, openHostClaims } from '../journal/host-claims.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import { openDatabase } from '../sqlite.ts';
import type { Frontier, Pace, RequeuedTarget } from './frontier.ts';
import { openInstants } from './instants.ts';
import { MIGRATIONS } from './migrations.ts';
import { clusterClock, type Leases, leasesOf, openCluster, openPostgresFrontier, tryLock } from './postgres.ts';
import { openSqliteFrontier } from './sqlite.ts';

export interface Operations extends Disposable {
  readonly frontier: Frontier;
  readonly journal: Journal;
  /** Of a cluster; null on one machine. */
  readonly shared: Shared | null;
  /** What the frontier set aside when this run began. */
  readonly setAside: readonly RequeuedTarget[];
  /** All that `work` writes to both, or nothing of it: what a visit came to is settled with what is noted of it. */
  transaction<T>(work: () => T): T;
}

/** What the machines of a cluster know of each other. */
export interface Shared {
  readonly claims: HostClaims;
  readonly hands: Hands;
  readonly leases: () => Leases;
  /** Holds off other processes that would take up what the dead left, until disposed. Null where one is at it. */
  readonly alone: () => Disposable | null;
  /** Ms since 1970 by the clock of the database, as far as it was asked lately; it never fails. */
  readonly now: () => number;
}

interface OperationsOptions extends Partial<Pace> {
  /** The run that is written down, whose caller holds the archive's lock; absent where none begins. */
  readonly command?: string;
  /** Ms since 1970; the machine's clock where absent. In a cluster it is always that of the database. */
  readonly now?: () => number;
  /** No host is left alone for longer. */
  readonly longestPauseMs?: number;
  /** Is told of each row that is given out without what cannot be read of it. */
  readonly onDamage?: (damage: string) => void;
  /** The longest wait for a connection to the database of a cluster, and for each of its answers. */
  readonly patienceMs?: number;
  /** Nothing is made or changed: for commands that only look. Where nothing was archived yet, all is empty. */
  readonly readOnly?: boolean;
}

const HOUR_MS = 3_600_000;

/** An archive on one machine has its database in `frontier.sqlite`, that of a cluster in PostgreSQL. */
export interface OperationsPlace {
  /** Absolute path. */
  readonly archive: string;
  readonly cluster: { readonly postgres: string | null };
}

/**
 * @param place the path alone for an archive on one machine
 * @param options the pace is one attempt and a rest of an hour where absent
 * @throws ARCHIVE_NEWER, ARCHIVE_NOT_WRITABLE, ARCHIVE_FULL, ARCHIVE_IO; of a cluster DATABASE_AWAY, DATABASE_REFUSED, DATABASE_NOT_READY
 */
export function openOperations(place: string | OperationsPlace, options: OperationsOptions = {}): Operations {
  const { readOnly = false, attempts = 1, backoffMs = 0, restMs = HOUR_MS, longestPauseMs = 6 * HOUR_MS } = options;
  const { patienceMs } = options;
  const command = options.command ?? null;
  using opened = new DisposableStack();
  const { archive, cluster } = typeof place === 'string' ? { archive: place, cluster: { postgres: null } } : place;
  const isCluster = cluster.postgres !== null;
  const database = opened.use(
    isCluster
      ? openCluster(cluster.postgres, {
          readOnly,
          ...(patienceMs && { connectMs: patienceMs, statementMs: patienceMs }),
        })
      : openDatabase(join(archive, FRONTIER), { migrations: MIGRATIONS, readOnly }),
  );
  const machine = isCluster ? clusterClock(database) : (options.now ?? Date.now);
  const now = readOnly ? machine : openInstants(database, { now: machine, longestPauseMs });
  const journal = openJournal(database, { now, command, longestPauseMs, isShared: isCluster });
  const hand = handName();
  const shared = isCluster
    ? {
        claims: openHostClaims(database, { now, hand, longestPauseMs }),
        hands: openHands(database, { now, name: hand }),
        leases: leasesOf(database, { now }),
        alone: () => tryLock(database),
        now: followClock(now),
      }
    : null;
  const pace = { attempts, backoffMs, restMs };
  const openFrontier = isCluster ? openPostgresFrontier : openSqliteFrontier;
  const frontier = openFrontier(database, { pace, now, onDamage: options.onDamage });
  const setAside = command === null ? [] : frontier.takeOver();
  const kept = opened.move();
  return {
    frontier,
    journal,
    shared,
    setAside,
    transaction: (work) => database.transaction(work),
    [Symbol.dispose]: () => {
      try {
        if (command !== null) journal.runs.close();
      } catch (error) {
        // The disk refuses: the run stays without an end, like one that was killed.
        if (!(error instanceof ArchiveError)) throw error;
      } finally {
        kept.dispose();
      }
    },
  };
}
