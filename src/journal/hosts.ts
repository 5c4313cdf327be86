/** What is remembered of hosts between runs: when the next request may start and why not sooner, and their robots.txt. */
import { believed, type Sense } from '../clock.ts';
import { type Database, textOf } from '../database.ts';

/** Instants in ms since 1970. Pictures of a host have a pause of their own, under `assets HOST`. */
export interface Hosts {
  nextAt(host: string): number;
  pause(host: string): HostPause;
  setPause(host: string, pause: HostPause): void;
  /** The hosts that are left alone now, the longest first. */
  pauses(): readonly PausedHost[];
  robots(origin: string): RobotsFile | null;
  setRobots(origin: string, file: RobotsFile): void;
  /** Forgets why a host is left alone, and what its robots.txt said. @returns whether anything was known */
  forget(host: string): boolean;
}

interface HostPause {
  /** When the next request may start. */
  readonly nextAt: number;
  /** Null for the pause between any two requests. */
  readonly reason: string | null;
  /** How often in a row it refused or gave no answer. */
  readonly failures: number;
}

export interface PausedHost {
  readonly host: string;
  /** ISO 8601 in UTC. */
  readonly until: string;
  readonly reason: string;
}

/** The rules in force of an origin. */
interface RobotsFile {
  readonly text: string;
  readonly status: number;
  readonly at: number;
  /** When it is read anew. */
  readonly nextAt: number;
  /** How often in a row the answer was none to be believed for a day. */
  readonly tries: number;
}

/**
 * @param options `now` gives ms since 1970; no host is left alone for longer than `longestPauseMs`; `isShared` where other
 *   machines write as well
 */
export function openHosts(
  database: Database,
  {
    now,
    longestPauseMs,
    isShared,
  }: { readonly now: () => number; readonly longestPauseMs: number; readonly isShared: boolean },
): Hosts {
  // Another machine may have begun a longer pause since this one was read.
  const unlessShorter = isShared
    ? `WHERE excluded.next_at >= hosts.next_at OR hosts.next_at > excluded.next_at + ${longestPauseMs}`
    : '';
  const sense: Sense = { aheadMs: longestPauseMs, otherwise: 'now' };
  const pause = database.prepare('SELECT next_at, reason, failures FROM hosts WHERE host = ?');
  const setPause = database.prepare(
    `INSERT INTO hosts (host, next_at, reason, failures) VALUES (?, ?, ?, ?)
     ON CONFLICT (host) DO UPDATE SET next_at = excluded.next_at, reason = excluded.reason, failures = excluded.failures ${unlessShorter}`,
  );
  const pauses = database.prepare(
    'SELECT host, next_at, reason FROM hosts WHERE reason IS NOT NULL AND next_at BETWEEN ? AND ? ORDER BY next_at DESC',
  );
  const robots = database.prepare('SELECT text, status, at, next_at, tries FROM robots WHERE origin = ?');
  const setRobots = database.prepare(
    `INSERT INTO robots (origin, text, status, at, next_at, tries) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (origin) DO UPDATE SET text = excluded.text, status = excluded.status, at = excluded.at,
       next_at = excluded.next_at, tries = excluded.tries`,
  );
  const forgetHost = database.prepare('DELETE FROM hosts WHERE host IN (?1, ?2)');
  const forgetRobots = database.prepare('DELETE FROM robots WHERE origin IN (?1, ?2)');
  const get = (host: string): HostPause => {
    const at = now(); // first: it sets right what a wrong clock wrote
    const row = pause.get(host);
    return {
      nextAt: believed(Number(row?.next_at ?? 0), sense, at),
      reason: textOf(row?.reason),
      failures: Number(row?.failures ?? 0),
    };
  };
  return {
    nextAt: (host) => get(host).nextAt,
    pause: get,
    setPause: (host, { nextAt, reason, failures }) => void setPause.run(host, Math.ceil(nextAt), reason, failures),
    pauses: () => {
      const at = now();
      return pauses.all(Math.ceil(at) + 1, Math.ceil(at) + longestPauseMs).map((row) => ({
        host: String(row.host),
        until: new Date(Number(row.next_at)).toISOString(),
        reason: String(row.reason),
      }));
    },
    robots: (origin) => {
      now();
      const row = robots.get(origin);
      if (row === undefined) return null;
      return {
        text: String(row.text),
        status: Number(row.status),
        at: Number(row.at),
        nextAt: Number(row.next_at),
        tries: Number(row.tries),
      };
    },
    setRobots: (origin, { text, status, at, nextAt, tries }) =>
      void setRobots.run(origin, text, status, Math.ceil(at), Math.ceil(nextAt), tries),
    forget: (host) =>
      database.transaction(
        () => forgetHost.run(host, `assets ${host}`) + forgetRobots.run(`https://${host}`, `http://${host}`) > 0,
      ),
  };
}
