/** The frontier in SQLite: which URLs wait, which are in hand, how each ended; per-host clocks; the runs. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { type WithSqliteErrors, withSqliteErrors } from '../archive/sqlite.ts';
import { retryPauseMs } from '../clock.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import { type FieldSamples, type Latencies, openFieldSamples, openLatencies } from '../journal/figures.ts';
import { openRevisits, openSlots, openVisits, type Revisits, type Slots, type Visits } from '../journal/journal.ts';
import { type Notices, openNotices } from '../journal/outbox.ts';
import {
  type Followed,
  type ListWalks,
  openFollowed,
  openListWalks,
  openProbes,
  openSightings,
  openSourceSamples,
  type Probes,
  type Sightings,
  type SourceSamples,
} from '../journal/sources.ts';
import type { ArticleId, Lease, NumberSpace, Outcome, Target } from '../model.ts';
import { beginRun, lastRun, type RunInfo } from './runs.ts';

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
  readonly fieldSamples: FieldSamples;
  readonly sourceSamples: SourceSamples;
  readonly sightings: Sightings;
  readonly followed: Followed;
  readonly numbered: Numbered;
  readonly probes: Probes;
  readonly listWalks: ListWalks;
  readonly moves: Moves;
  readonly rows: Rows;
}

/** What is remembered of hosts between runs: when the next request may start, and their robots.txt. Instants in ms since 1970. */
interface HostStore {
  nextAt(host: string): number;
  setNextAt(host: string, at: number): void;
  robots(origin: string): { readonly text: string; readonly status: number; readonly at: number } | null;
  setRobots(origin: string, robots: { readonly text: string; readonly status: number; readonly at: number }): void;
}

interface OutcomeCount {
  readonly source: string | null;
  readonly outcome: string;
  readonly count: number;
}

interface Failure {
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

type FailedUrl = Pick<Failure, 'id' | 'url' | 'code'>;

/** Some articles, or all of a number space. */
type Only = readonly ArticleId[] | NumberSpace;

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
  const database = withSqliteErrors(path, () => {
    mkdirSync(archive, { recursive: true });
    const connection = opened.use(new DatabaseSync(path, { timeout: 5000 }));
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    prepareTables(connection);
    return connection;
  });
  const sql = (text: string) => {
    const statement = database.prepare(text);
    return {
      run: (...values: (string | number | null)[]) =>
        withSqliteErrors(path, () => Number(statement.run(...values).changes)),
      get: (...values: (string | number | null)[]) => withSqliteErrors(path, () => statement.get(...values)),
      all: (...values: (string | number | null)[]) => withSqliteErrors(path, () => statement.all(...values)),
    };
  };

  const { command } = options;
  const run = command === null ? null : withSqliteErrors(path, () => beginRun(database, command));
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
  const safe: WithSqliteErrors = (work) => withSqliteErrors(path, work);
  const visits = safe(() => openVisits(database, { withSqliteErrors: safe, now: clock }));
  const notices = safe(() => openNotices(database, { withSqliteErrors: safe, now: clock }));
  const revisits = safe(() => openRevisits(database, safe));
  const latencies = safe(() => openLatencies(database, safe));
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
      withSqliteErrors(path, () => database.exec('BEGIN IMMEDIATE'));
      try {
        for (const { id, url, source, via, leadPicture, listed, priority } of targets) {
          const picture = leadPicture === null ? null : JSON.stringify(leadPicture);
          const printed = listed === null ? null : JSON.stringify(listed);
          const isNew = insert.run(id, url, source, via, picture, printed, priority, clock()) > 0;
          if (isNew) added += 1;
          else enrich.run(source, via, picture, id, picture);
        }
        withSqliteErrors(path, () => database.exec('COMMIT'));
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
    lastRun: () => withSqliteErrors(path, () => lastRun(database)),
    fieldSamples: withSqliteErrors(path, () => openFieldSamples(database)),
    sourceSamples: safe(() => openSourceSamples(database, safe)),
    sightings: safe(() => openSightings(database, safe)),
    followed: safe(() => openFollowed(database, safe)),
    moves: safe(() => openMoves(database, safe)),
    numbered: safe(() => openNumbered(database, safe)),
    probes: safe(() => openProbes(database, safe)),
    listWalks: safe(() => openListWalks(database, safe)),
    rows: safe(() => openRows(database, safe)),
    unfinishedSince: run?.unfinishedSince ?? null,
    endRun: () => withSqliteErrors(path, () => run?.complete()),
    visits,
    revisits,
    slots: safe(() => openSlots(database, safe)),
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
        withSqliteErrors(path, () => run?.close());
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

// Rows of the frontier as values, and back; and those that are written outside a run: by repairs, from what the archive holds.

interface Rows {
  /** What is known of an article; null where it has no row. */
  of(id: ArticleId): Target | null;
  /** Writes how it ended, whatever stood there; makes the row where it is not there. `at` in ms since 1970. */
  settle(target: Target, outcome: Outcome, at: number): void;
}

function openRows(database: DatabaseSync, withSqliteErrors: WithSqliteErrors): Rows {
  const of = database.prepare('SELECT * FROM targets WHERE id = ?');
  const settle = database.prepare(
    `INSERT INTO targets (id, url, source, via, lead_picture, priority, added_at, outcome, code, detail, settled_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?10, ?7, ?8, ?9, ?10)
     ON CONFLICT (id) DO UPDATE SET url = ?2, source = coalesce(source, ?3), via = coalesce(via, ?4),
       lead_picture = coalesce(lead_picture, ?5), outcome = ?7, code = ?8, detail = ?9, settled_at = ?10,
       token = NULL, leased_until = NULL`,
  );
  return {
    of: (id) => {
      const row = withSqliteErrors(() => of.get(id));
      return row === undefined ? null : targetOf(row);
    },
    settle: ({ id, url, source, via, leadPicture, priority }, outcome, at) => {
      const { code, detail } = reasonOf(outcome);
      const picture = leadPicture === null ? null : JSON.stringify(leadPicture);
      withSqliteErrors(() => settle.run(id, url, source, via, picture, priority, outcome.kind, code, detail, at));
    },
  };
}

/** A row of `targets`. */
function targetOf(row: Record<string, SQLOutputValue>): Target {
  const picture = row.lead_picture;
  return {
    id: String(row.id) as ArticleId,
    url: String(row.url),
    source: textOf(row.source),
    via: textOf(row.via),
    leadPicture: typeof picture === 'string' ? (JSON.parse(picture) as Target['leadPicture']) : null,
    listed: typeof row.listed === 'string' ? (JSON.parse(row.listed) as Target['listed']) : null,
    priority: Number(row.priority),
  };
}

/** What of an outcome is kept beside its kind. */
function reasonOf(outcome: Outcome): { readonly code: string | null; readonly detail: string | null } {
  switch (outcome.kind) {
    case 'archived':
    case 'unchanged':
      return { code: null, detail: outcome.key };
    case 'gone':
      return { code: null, detail: outcome.detail };
    case 'moved':
      return { code: null, detail: outcome.to.url };
    case 'link-out':
      return { code: null, detail: outcome.to };
    case 'blocked':
    case 'refused':
    case 'failed':
      return outcome;
    default:
      return outcome satisfies never;
  }
}

function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && Object.hasOwn(ERRORS, code);
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

// The frontier's tables, made where they are missing and brought up to date where an older version made them.

const TABLES = `
  CREATE TABLE IF NOT EXISTS targets (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT, via TEXT, lead_picture TEXT, listed TEXT, priority INTEGER NOT NULL,
    added_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,
    token TEXT, leased_until INTEGER,
    outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS waiting ON targets (priority DESC, id DESC) WHERE outcome IS NULL;
  CREATE INDEX IF NOT EXISTS leased ON targets (token) WHERE token IS NOT NULL;
  CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS robots (origin TEXT PRIMARY KEY, text TEXT NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS runs (
    token TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL, ended_at INTEGER, clean INTEGER NOT NULL DEFAULT 0
  ) STRICT;
`;

/** Columns that older frontiers do not have. */
const ADDED: Readonly<Record<string, string>> = {
  not_before: 'INTEGER NOT NULL DEFAULT 0',
  listed: 'TEXT',
  rounds: 'INTEGER NOT NULL DEFAULT 0',
};

const INDEX_ON_ADDED = `CREATE INDEX IF NOT EXISTS due ON targets (not_before) WHERE outcome IS NULL;
  CREATE INDEX IF NOT EXISTS not_well ON targets (code) WHERE outcome IN ('failed', 'blocked', 'refused');
  CREATE INDEX IF NOT EXISTS waiting_posts ON targets (priority DESC, id DESC) WHERE outcome IS NULL AND id >= 'fengwen:' AND id < 'fengwen;'`;

/** Leaves every row as it is. */
function prepareTables(database: DatabaseSync): void {
  database.exec(TABLES);
  const columns = database.prepare(`SELECT name FROM pragma_table_info('targets')`).all();
  for (const [column, type] of Object.entries(ADDED)) {
    if (!columns.some(({ name }) => name === column)) database.exec(`ALTER TABLE targets ADD COLUMN ${column} ${type}`);
  }
  database.exec(INDEX_ON_ADDED);
}

// Where articles moved to: www articles become community posts.

interface Moves {
  /** A target that waits, whatever list named it first, is led to by the article that moved there. */
  lead(target: Target): void;
  /** The address that an article was found to have moved to at its last visit; null where it was not. */
  destination(id: ArticleId): string | null;
}

/** @param withSqliteErrors turns what SQLite throws into known failures */
function openMoves(database: DatabaseSync, withSqliteErrors: <T>(work: () => T) => T): Moves {
  const lead = database.prepare('UPDATE targets SET via = ? WHERE id = ? AND outcome IS NULL');
  const destination = database.prepare(`SELECT detail FROM targets WHERE id = ? AND outcome = 'moved'`);
  return {
    lead: ({ id, via }) => void withSqliteErrors(() => lead.run(via, id)),
    destination: (id) => {
      const detail = withSqliteErrors(() => destination.get(id))?.detail;
      return typeof detail === 'string' ? detail : null;
    },
  };
}

// The targets that are www articles, in a range of numbers: what became of each.

interface Numbered {
  /** Targets with numbers `from` to `to`, both included, in the order of numbers as text. */
  between(from: number, to: number): Iterable<NumberedTarget>;
}

interface NumberedTarget {
  readonly number: number;
  readonly url: string;
  readonly source: string | null;
  /** The time as a list printed it; null where none did. */
  readonly listedTime: string | null;
  readonly outcome: Outcome['kind'] | 'waiting';
  readonly code: string | null;
}

const PREFIX = 'guancha:';

function openNumbered(database: DatabaseSync, withSqliteErrors: WithSqliteErrors): Numbered {
  const between = database.prepare(
    `SELECT CAST(substr(id, ${PREFIX.length + 1}) AS INTEGER) AS number, url, source, listed ->> 'time' AS time,
       coalesce(outcome, 'waiting') AS outcome, code
     FROM targets WHERE id >= '${PREFIX}' AND id < 'guancha;' AND number BETWEEN ? AND ? ORDER BY id`,
  );
  return {
    between: function* (from, to) {
      for (const row of withSqliteErrors(() => between.iterate(from, to))) {
        yield {
          number: Number(row.number),
          url: String(row.url),
          source: row.source === null ? null : String(row.source),
          listedTime: row.time === null ? null : String(row.time),
          outcome: String(row.outcome) as NumberedTarget['outcome'],
          code: row.code === null ? null : String(row.code),
        };
      }
    },
  };
}
