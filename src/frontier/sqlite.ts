/** The frontier in SQLite: which URLs wait, which are in hand, how each ended; per-host clocks; the runs. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Lease, NumberSpace, Outcome, Target } from '../model.ts';
import { retryPauseMs } from '../retry-pause.ts';
import { type Followed, openFollowed } from './followed.ts';
import { type Guarded, guarded } from './guarded.ts';
import { type Latencies, openLatencies } from './latencies.ts';
import { type ListWalks, openListWalks } from './list-walks.ts';
import { type Moves, openMoves } from './moves.ts';
import { type Notices, openNotices } from './notices.ts';
import { type Numbered, openNumbered } from './numbered.ts';
import { openProbes, type Probes } from './probes.ts';
import { openReadings, type Readings } from './readings.ts';
import { openRevisits, type Revisits } from './revisits.ts';
import { isErrorCode, openRows, type Rows, reasonOf, targetOf, textOf } from './rows.ts';
import { beginRun, lastRun, type RunInfo } from './runs.ts';
import { openSightings, type Sightings } from './sightings.ts';
import { openSlots, type Slots } from './slots.ts';
import { openSourceReadings, type SourceReadings } from './source-readings.ts';
import { prepareTables } from './tables.ts';
import { openVisits, type Visits } from './visits.ts';

/**
 * What every target goes through: `add`ed, `take`n under a lease, `settle`d with an outcome. The caller extends the lease
 * while it works; a lease that ran out, or whose run died, is given to the next caller.
 */
export interface Frontier extends Disposable {
  /** Adds what it does not know yet; a target that waits already takes over the list's picture and source. Returns how many are new. */
  add(targets: readonly Target[]): number;
  /** Those that `add` would add. */
  unknown(targets: readonly Target[]): Target[];
  /** The next target that is due, newest first; null where there is none. `only` limits it to some articles, or to a number space. */
  take(only?: Only): Lease | null;
  /** When the next target that nobody has in hand is due, in ms since 1970; null where none waits. */
  nextDue(only?: Only): number | null;
  extend(lease: Lease): void;
  /**
   * Ends a lease. A failure that may soon pass is due again after a pause, longer each time, until `attempts` are used up;
   * `againInMs` says how long, null where the outcome stands.
   */
  settle(lease: Lease, outcome: Outcome): { readonly againInMs: number | null };
  /** Gives a lease back as if it had not been taken. */
  giveBack(lease: Lease): void;
  /** Makes these wait again, whatever their outcome was. */
  again(ids: readonly ArticleId[]): void;
  /** Makes those that have attempts left wait again, behind all others, whatever their outcome was. Returns which. */
  reconsider(ids: readonly ArticleId[]): readonly ArticleId[];
  /**
   * Makes everything wait again whose failure may pass with time. Returns how many.
   * @param restMs only what has rested so long since it failed; each time it fails again the rest doubles, up to a week
   */
  againLater(restMs?: number): number;
  /** Makes what did not end well wait again, all attempts new: of some codes and sources, or of all. Returns what. */
  retry(match: FailureMatch): readonly FailedUrl[];
  counts(): readonly OutcomeCount[];
  failures(limit: number): readonly Failure[];
  waiting(): number;
  /** When its first target was added, ms since 1970; null where it has none. */
  beganAt(): number | null;
  lastRun(): RunInfo | null;
  /** When the runs began that did not come to their end, ms since 1970; null where the last one did. */
  readonly unfinishedSince: number | null;
  /** The run came to its end and left nothing half done: without this, the next one sweeps. */
  endRun(): void;
  readonly visits: Visits;
  readonly revisits: Revisits;
  readonly slots: Slots;
  readonly latencies: Latencies;
  readonly notices: Notices;
  readonly hosts: HostStore;
  readonly readings: Readings;
  readonly sourceReadings: SourceReadings;
  readonly sightings: Sightings;
  readonly followed: Followed;
  readonly numbered: Numbered;
  readonly probes: Probes;
  readonly listWalks: ListWalks;
  readonly moves: Moves;
  readonly rows: Rows;
}

/** What is remembered of hosts between runs: when the next request may start, and their robots.txt. Instants in ms since 1970. */
export interface HostStore {
  nextAt(host: string): number;
  setNextAt(host: string, at: number): void;
  robots(origin: string): { readonly text: string; readonly status: number; readonly at: number } | null;
  setRobots(origin: string, robots: { readonly text: string; readonly status: number; readonly at: number }): void;
}

export interface OutcomeCount {
  readonly source: string | null;
  readonly outcome: string;
  readonly count: number;
}

export interface Failure {
  readonly id: string;
  readonly url: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly detail: string | null;
  readonly at: string;
}

/** Absent: any. */
export interface FailureMatch {
  readonly codes?: readonly ErrorCode[] | undefined;
  readonly sources?: readonly string[] | undefined;
}

export type FailedUrl = Pick<Failure, 'id' | 'url' | 'code'>;

/** Some articles, or all of a number space. */
export type Only = readonly ArticleId[] | NumberSpace;

const LEASE_MS = 120_000;
const WEEK_MS = 7 * 86_400_000;

/**
 * Opens the frontier of an archive.
 * @param options `command` is the run that is written down, whose caller holds the archive's lock; null where no run begins;
 *   `attempts` and `backoffMs` say how often a failure is tried again in a run, and after how long the first time; `now` gives
 *   ms since 1970
 * @throws ARCHIVE_NOT_WRITABLE, ARCHIVE_FULL, ARCHIVE_IO
 */
export function openFrontier(
  archive: string,
  options: {
    readonly command: string | null;
    readonly attempts: number;
    readonly backoffMs?: number;
    readonly now?: () => number;
  },
): Frontier {
  const { now: clock = Date.now } = options;
  const path = join(archive, 'frontier.sqlite');
  using opened = new DisposableStack();
  const database = guarded(path, () => {
    mkdirSync(archive, { recursive: true });
    const connection = opened.use(new DatabaseSync(path, { timeout: 5000 }));
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    prepareTables(connection);
    return connection;
  });
  const sql = (text: string) => {
    const statement = database.prepare(text);
    return {
      run: (...values: (string | number | null)[]) => guarded(path, () => Number(statement.run(...values).changes)),
      get: (...values: (string | number | null)[]) => guarded(path, () => statement.get(...values)),
      all: (...values: (string | number | null)[]) => guarded(path, () => statement.all(...values)),
    };
  };

  const { command } = options;
  const run = command === null ? null : guarded(path, () => beginRun(database, command));
  // Whoever held leases before this run is dead: its targets wait again.
  if (run !== null) sql('UPDATE targets SET token = NULL, leased_until = NULL WHERE token IS NOT NULL').run();

  const insert = sql(
    `INSERT INTO targets (id, url, source, via, lead_picture, listed, priority, added_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const known = sql('SELECT 1 FROM targets WHERE id = ?');
  // A headline list met later still gives a waiting target its picture and name.
  const enrich = sql(
    `UPDATE targets SET source = ?, via = ?, lead_picture = ? WHERE id = ? AND outcome IS NULL AND lead_picture IS NULL AND ? IS NOT NULL`,
  );
  const free = 'outcome IS NULL AND (leased_until IS NULL OR leased_until < ?)';
  const among = 'id IN (SELECT value FROM json_each(?))';
  const newestFirst = 'ORDER BY priority DESC, id DESC LIMIT 1';
  // The plus keeps SQLite to the order of `waiting`: by `due` it would sort all that wait, each time.
  const next = sql(`SELECT * FROM targets WHERE ${free} AND +not_before <= ? ${newestFirst}`);
  const nextOf = sql(`SELECT * FROM targets WHERE ${free} AND not_before <= ? AND ${among} ${newestFirst}`);
  const nextIn = bySpace((range) =>
    sql(`SELECT * FROM targets WHERE ${free} AND +not_before <= ? AND ${range} ${newestFirst}`),
  );
  const due = sql(`SELECT not_before AS at FROM targets WHERE ${free} ORDER BY not_before LIMIT 1`);
  const dueIn = bySpace((range) =>
    sql(`SELECT not_before AS at FROM targets WHERE ${free} AND ${range} ORDER BY not_before LIMIT 1`),
  );
  const dueOf = sql(`SELECT min(not_before) AS at FROM targets WHERE ${free} AND ${among}`);
  const lease = sql('UPDATE targets SET token = ?, leased_until = ?, attempts = attempts + 1 WHERE id = ?');
  const extend = sql('UPDATE targets SET leased_until = ? WHERE token = ?');
  const settle = sql(
    'UPDATE targets SET outcome = ?, code = ?, detail = ?, settled_at = ?, token = NULL, leased_until = NULL WHERE token = ?',
  );
  // Behind everything else that waits, so that another attempt comes as late in the run as possible.
  const last = 'coalesce((SELECT min(priority) FROM targets WHERE outcome IS NULL) - 1, priority)';
  const giveAgain = sql(
    `UPDATE targets SET token = NULL, leased_until = NULL, code = ?, detail = ?, not_before = ?, priority = ${last} WHERE token = ?`,
  );
  const reconsider = sql(`UPDATE targets SET outcome = NULL, priority = ${last} WHERE id = ? AND attempts < ?`);
  const giveBack = sql('UPDATE targets SET token = NULL, leased_until = NULL, attempts = attempts - 1 WHERE token = ?');
  const anew = 'outcome = NULL, attempts = 0, not_before = 0';
  const again = sql(`UPDATE targets SET ${anew}, code = NULL, detail = NULL WHERE id = ?`);
  const notWell = `outcome IN ('failed', 'blocked', 'refused')`;
  const failedCodes = sql(`SELECT DISTINCT code FROM targets WHERE ${notWell}`);
  const againCode = sql(
    `UPDATE targets SET ${anew}, rounds = rounds + 1
     WHERE ${notWell} AND code = ? AND settled_at + min(? * (1 << min(rounds, 20)), ${WEEK_MS}) <= ?`,
  );
  const retry = sql(
    `UPDATE targets SET ${anew} WHERE ${notWell} AND (?1 IS NULL OR code IN (SELECT value FROM json_each(?1)))
     AND (?2 IS NULL OR source IN (SELECT value FROM json_each(?2))) RETURNING id, url, code`,
  );
  const counts = sql(
    `SELECT source, coalesce(outcome, 'waiting') AS outcome, count(*) AS count FROM targets GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const failures = sql(
    `SELECT id, url, outcome, code, detail, settled_at FROM targets WHERE ${notWell} ORDER BY settled_at DESC LIMIT ?`,
  );
  const waiting = sql('SELECT count(*) AS count FROM targets WHERE outcome IS NULL');
  const began = sql('SELECT min(added_at) AS at FROM targets');
  let beganAt: number | null = null; // once there is one it stays
  const safely: Guarded = (work) => guarded(path, work);
  const visits = safely(() => openVisits(database, { guarded: safely, now: clock }));
  const notices = safely(() => openNotices(database, { guarded: safely, now: clock }));
  const revisits = safely(() => openRevisits(database, safely));
  const latencies = safely(() => openLatencies(database, safely));
  const nextAt = sql('SELECT next_at FROM hosts WHERE host = ?');
  const setNextAt = sql(
    'INSERT INTO hosts (host, next_at) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET next_at = excluded.next_at',
  );
  const robots = sql('SELECT text, status, at FROM robots WHERE origin = ?');
  const setRobots = sql(
    'INSERT INTO robots (origin, text, status, at) VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET text = excluded.text, status = excluded.status, at = excluded.at',
  );

  const frontier: Omit<Frontier, typeof Symbol.dispose> = {
    add: (targets) => {
      let added = 0;
      guarded(path, () => database.exec('BEGIN IMMEDIATE'));
      try {
        for (const { id, url, source, via, leadPicture, listed, priority } of targets) {
          const picture = leadPicture === null ? null : JSON.stringify(leadPicture);
          const printed = listed === null ? null : JSON.stringify(listed);
          const isNew = insert.run(id, url, source, via, picture, printed, priority, clock()) > 0;
          if (isNew) added += 1;
          else enrich.run(source, via, picture, id, picture);
        }
        guarded(path, () => database.exec('COMMIT'));
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK'); // SQLite has done so itself where the disk refused
        throw error;
      }
      return added;
    },
    unknown: (targets) => targets.filter(({ id }) => known.get(id) === undefined),
    take: (only) => {
      const now = clock();
      const row =
        only === undefined
          ? next.get(now, now)
          : typeof only === 'string'
            ? nextIn[only].get(now, now)
            : nextOf.get(now, now, JSON.stringify(only));
      if (row === undefined) return null;
      const token = randomUUID();
      lease.run(token, now + LEASE_MS, String(row.id));
      return { target: targetOf(row), attempt: Number(row.attempts) + 1, token };
    },
    nextDue: (only) => {
      const now = clock();
      const row =
        only === undefined
          ? due.get(now)
          : typeof only === 'string'
            ? dueIn[only].get(now)
            : dueOf.get(now, JSON.stringify(only));
      return typeof row?.at === 'number' ? row.at : null;
    },
    extend: ({ token }) => void extend.run(clock() + LEASE_MS, token),
    settle: (taken, outcome) => {
      const { code, detail } = reasonOf(outcome);
      const maySoonPass = outcome.kind === 'failed' && isErrorCode(code) && ERRORS[code].next === 'retry';
      if (!maySoonPass || taken.attempt >= options.attempts) {
        settle.run(outcome.kind, code, detail, clock(), taken.token);
        return { againInMs: null };
      }
      const againInMs = retryPauseMs(taken.attempt, { baseMs: options.backoffMs ?? 0 });
      giveAgain.run(code, detail, clock() + againInMs, taken.token);
      return { againInMs };
    },
    giveBack: ({ token }) => void giveBack.run(token),
    again: (ids) => {
      for (const id of ids) again.run(id);
    },
    reconsider: (ids) => ids.filter((id) => reconsider.run(id, options.attempts) > 0),
    againLater: (restMs = 0) => {
      const codes = failedCodes.all().map((row) => String(row.code));
      const passing = codes.filter((code) => isErrorCode(code) && ERRORS[code].next !== 'never');
      return passing.reduce((sum, code) => sum + againCode.run(code, restMs, clock()), 0);
    },
    retry: ({ codes, sources }) => {
      const list = (values: readonly string[] | undefined) => (values === undefined ? null : JSON.stringify(values));
      const given = retry.all(list(codes), list(sources));
      return given.map(({ id, url, code }) => ({ id: String(id), url: String(url), code: textOf(code ?? null) }));
    },
    counts: () =>
      counts.all().map((row) => ({
        source: textOf(row.source),
        outcome: String(row.outcome),
        count: Number(row.count),
      })),
    failures: (limit) =>
      failures.all(limit).map((row) => ({
        id: String(row.id),
        url: String(row.url),
        outcome: String(row.outcome),
        code: textOf(row.code),
        detail: textOf(row.detail),
        at: new Date(Number(row.settled_at)).toISOString(),
      })),
    waiting: () => Number(waiting.get()?.count),
    beganAt: () => {
      const row = beganAt === null ? began.get() : null;
      if (typeof row?.at === 'number') beganAt = row.at;
      return beganAt;
    },
    lastRun: () => guarded(path, () => lastRun(database)),
    readings: guarded(path, () => openReadings(database)),
    sourceReadings: safely(() => openSourceReadings(database, safely)),
    sightings: safely(() => openSightings(database, safely)),
    followed: safely(() => openFollowed(database, safely)),
    moves: safely(() => openMoves(database, safely)),
    numbered: safely(() => openNumbered(database, safely)),
    probes: safely(() => openProbes(database, safely)),
    listWalks: safely(() => openListWalks(database, safely)),
    rows: safely(() => openRows(database, safely)),
    unfinishedSince: run?.unfinishedSince ?? null,
    endRun: () => guarded(path, () => run?.complete()),
    visits,
    revisits,
    slots: safely(() => openSlots(database, safely)),
    latencies,
    notices,
    hosts: {
      nextAt: (host) => Number(nextAt.get(host)?.next_at ?? 0),
      setNextAt: (host, at) => void setNextAt.run(host, Math.ceil(at)),
      robots: (origin) => {
        const row = robots.get(origin);
        return row === undefined ? null : { text: String(row.text), status: Number(row.status), at: Number(row.at) };
      },
      setRobots: (origin, { text, status, at }) => void setRobots.run(origin, text, status, at),
    },
  };
  const kept = opened.move();
  return {
    ...frontier,
    [Symbol.dispose]: () => {
      try {
        guarded(path, () => run?.close());
      } catch (error) {
        // The disk refuses: the run stays without an end, like one that was killed.
        if (!(error instanceof ArchiveError)) throw error;
      } finally {
        kept.dispose();
      }
    },
  };
}

/** The same for each number space; its range is spelt out, so that SQLite sees that an index is made for it. */
function bySpace<T>(make: (range: string) => T): Readonly<Record<NumberSpace, T>> {
  const of = (space: NumberSpace) => make(`id >= '${space}:' AND id < '${space};'`);
  return { guancha: of('guancha'), fengwen: of('fengwen') };
}
