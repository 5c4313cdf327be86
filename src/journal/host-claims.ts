/** Which machine of a cluster has which host in hand, by the clock of the database that they share. */
import { randomUUID } from 'node:crypto';
import { type Database, numberOf } from '../database.ts';

/** As `fetch/politeness.ts` asks for them. Instants are the database's, in ms since 1970. */
export interface HostClaims {
  claim(key: string, leaseMs: number): { readonly token: string } | { readonly againInMs: number };
  extend(key: string, token: string, leaseMs: number): boolean;
  release(key: string, token: string, pauseMs: number): void;
  /** Those that are held now, in order of their names. */
  held(): readonly HeldHost[];
}

export interface HeldHost {
  readonly host: string;
  /** Name of the machine. */
  readonly hand: string;
  /** ISO 8601 in UTC. */
  readonly until: string;
}

/**
 * A claim is one statement, so that a machine that is stopped at any point keeps no row from the others. It is given by an
 * instant that was read before it: a machine that was stopped in between gets what has run out already.
 * @param options `hand` is the name that others see; no pause is longer than `longestPauseMs`, and no lease
 */
export function openHostClaims(
  database: Database,
  { now, hand, longestPauseMs }: { readonly now: () => number; readonly hand: string; readonly longestPauseMs: number },
): HostClaims {
  // An instant that lies further ahead than makes sense was written by a wrong clock.
  const isPast = (column: string) => `(${column} <= ?5 OR ${column} > ?5 + ${longestPauseMs})`;
  const claim = database.prepare(
    `INSERT INTO host_claims (host, token, hand, held_until)
     SELECT CAST(?1 AS TEXT), ?2, ?3, CAST(?4 AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM hosts WHERE host = ?1 AND NOT ${isPast('next_at')})
     ON CONFLICT (host) DO UPDATE SET token = excluded.token, hand = excluded.hand, held_until = excluded.held_until
     WHERE ${isPast('host_claims.next_at')} AND (host_claims.token IS NULL OR ${isPast('host_claims.held_until')})`,
  );
  const free = database.prepare(
    `SELECT max(at) AS at FROM (
       SELECT next_at AS at FROM hosts WHERE host = ?1
       UNION ALL SELECT next_at FROM host_claims WHERE host = ?1
       UNION ALL SELECT held_until FROM host_claims WHERE host = ?1 AND token IS NOT NULL) AS waits`,
  );
  const extend = database.prepare(
    'UPDATE host_claims SET held_until = ? WHERE host = ? AND token = ? AND held_until >= ?',
  );
  const release = database.prepare(
    'UPDATE host_claims SET token = NULL, hand = NULL, held_until = NULL, next_at = ? WHERE host = ? AND token = ?',
  );
  const held = database.prepare(
    'SELECT host, hand, held_until FROM host_claims WHERE token IS NOT NULL AND held_until >= ? ORDER BY host',
  );
  return {
    claim: (key, leaseMs) => {
      const token = randomUUID();
      const at = Math.floor(now());
      if (claim.run(key, token, hand, at + Math.min(leaseMs, longestPauseMs), at) > 0) return { token };
      return { againInMs: Math.max(1, (numberOf(free.get(key)?.at) ?? at) - at) };
    },
    extend: (key, token, leaseMs) => {
      const at = Math.floor(now());
      return extend.run(at + Math.min(leaseMs, longestPauseMs), key, token, at) > 0;
    },
    // The millisecond in which the answer ended is not part of the pause.
    release: (key, token, pauseMs) => void release.run(Math.floor(now()) + 1 + Math.ceil(pauseMs), key, token),
    held: () =>
      held.all(Math.floor(now())).map((row) => ({
        host: String(row.host),
        hand: String(row.hand),
        until: new Date(Number(row.held_until)).toISOString(),
      })),
  };
}
