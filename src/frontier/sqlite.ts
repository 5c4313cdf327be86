/** The frontier in SQLite: which URLs wait, which are in hand, how each ended; per-host clocks; the run that holds the archive. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Lease, Outcome, Target } from '../model.ts';
import { openReadings, type Readings } from './readings.ts';
import { holdArchive, holderOf, type RunInfo, runInfoOf } from './run-lock.ts';
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
  /** The next target, newest first; null where nothing waits. `only` limits it to some articles. */
  take(only?: readonly ArticleId[]): Lease | null;
  extend(lease: Lease): void;
  /** Ends a lease. A failure that may pass is given back for another attempt until `attempts` are used up. */
  settle(lease: Lease, outcome: Outcome): { readonly again: boolean };
  /** Gives a lease back as if it had not been taken. */
  giveBack(lease: Lease): void;
  /** Makes these wait again, whatever their outcome was. */
  again(ids: readonly ArticleId[]): void;
  /** Makes everything wait again whose failure may pass with time. Returns how many. */
  againLater(): number;
  counts(): readonly OutcomeCount[];
  failures(limit: number): readonly Failure[];
  waiting(): number;
  lastRun(): RunInfo | null;
  /** The living run that holds the archive; null where none does. */
  holder(): RunInfo | null;
  /** When the runs began that did not come to their end, ms since 1970; null where the last one did. */
  readonly unfinishedSince: number | null;
  /** Aborts, its reason an ArchiveError, where this run must stop because it holds the archive no more. */
  readonly lost: AbortSignal;
  /** The run came to its end and left nothing half done: without this, the next one sweeps. */
  endRun(): void;
  readonly visits: Visits;
  readonly hosts: HostStore;
  readonly readings: Readings;
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

const LEASE_MS = 120_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS targets (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT, via TEXT, lead_picture TEXT, list_title TEXT, list_time TEXT, priority INTEGER NOT NULL,
    added_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    token TEXT, leased_until INTEGER,
    outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS waiting ON targets (priority DESC, id DESC) WHERE outcome IS NULL;
  CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS robots (origin TEXT PRIMARY KEY, text TEXT NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS runs (
    token TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL, beat_at INTEGER NOT NULL, ended_at INTEGER
  ) STRICT;
`;

/**
 * Opens the frontier of an archive.
 * @param command what holds the archive while it is open, for other runs' messages; null to read only
 * @throws ARCHIVE_IN_USE, ARCHIVE_NOT_WRITABLE, ARCHIVE_FULL
 */
export function openFrontier(
  archive: string,
  options: { readonly command: string | null; readonly attempts: number },
): Frontier {
  const path = join(archive, 'frontier.sqlite');
  const database = guarded(path, () => {
    mkdirSync(archive, { recursive: true });
    const opened = new DatabaseSync(path, { timeout: 5000 });
    opened.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    opened.exec(TABLES);
    addColumns(opened);
    return opened;
  });
  const sql = (text: string) => {
    const statement = database.prepare(text);
    return {
      run: (...values: (string | number | null)[]) => guarded(path, () => Number(statement.run(...values).changes)),
      get: (...values: (string | number | null)[]) => guarded(path, () => statement.get(...values)),
      all: (...values: (string | number | null)[]) => guarded(path, () => statement.all(...values)),
    };
  };

  const hold = options.command === null ? null : guarded(path, () => holdArchive(database, options.command ?? ''));
  // Whoever held leases before this run is dead: its targets wait again.
  if (hold !== null) sql('UPDATE targets SET token = NULL, leased_until = NULL WHERE token IS NOT NULL').run();

  const insert = sql(
    `INSERT INTO targets (id, url, source, via, lead_picture, list_title, list_time, priority, added_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const known = sql('SELECT 1 FROM targets WHERE id = ?');
  // A headline list met later still gives a waiting target its picture and name.
  const enrich = sql(
    `UPDATE targets SET source = ?, via = ?, lead_picture = ? WHERE id = ? AND outcome IS NULL AND lead_picture IS NULL AND ? IS NOT NULL`,
  );
  const next = sql(
    `SELECT * FROM targets WHERE outcome IS NULL AND (leased_until IS NULL OR leased_until < ?) ORDER BY priority DESC, id DESC LIMIT 1`,
  );
  const nextOf = sql(
    `SELECT * FROM targets WHERE outcome IS NULL AND (leased_until IS NULL OR leased_until < ?) AND id IN (SELECT value FROM json_each(?))
     ORDER BY priority DESC, id DESC LIMIT 1`,
  );
  const lease = sql('UPDATE targets SET token = ?, leased_until = ?, attempts = attempts + 1 WHERE id = ?');
  const extend = sql('UPDATE targets SET leased_until = ? WHERE token = ?');
  const settle = sql(
    'UPDATE targets SET outcome = ?, code = ?, detail = ?, settled_at = ?, token = NULL, leased_until = NULL WHERE token = ?',
  );
  // Behind everything else that waits, so that another attempt comes as late in the run as possible.
  const giveAgain = sql(
    'UPDATE targets SET token = NULL, leased_until = NULL, code = ?, detail = ?, priority = (SELECT min(priority) FROM targets) - 1 WHERE token = ?',
  );
  const giveBack = sql('UPDATE targets SET token = NULL, leased_until = NULL, attempts = attempts - 1 WHERE token = ?');
  const again = sql('UPDATE targets SET outcome = NULL, code = NULL, detail = NULL, attempts = 0 WHERE id = ?');
  const failedCodes = sql(`SELECT DISTINCT code FROM targets WHERE outcome IN ('failed', 'blocked')`);
  const againCode = sql(
    `UPDATE targets SET outcome = NULL, attempts = 0 WHERE outcome IN ('failed', 'blocked') AND code = ?`,
  );
  const counts = sql(
    `SELECT source, coalesce(outcome, 'waiting') AS outcome, count(*) AS count FROM targets GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const failures = sql(
    `SELECT id, url, outcome, code, detail, settled_at FROM targets WHERE outcome IN ('failed', 'blocked', 'refused') ORDER BY settled_at DESC LIMIT ?`,
  );
  const waiting = sql('SELECT count(*) AS count FROM targets WHERE outcome IS NULL');
  const lastRun = sql('SELECT * FROM runs ORDER BY rowid DESC LIMIT 1');
  const visits = guarded(path, () => openVisits(database, (work) => guarded(path, work)));
  const nextAt = sql('SELECT next_at FROM hosts WHERE host = ?');
  const setNextAt = sql(
    'INSERT INTO hosts (host, next_at) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET next_at = excluded.next_at',
  );
  const robots = sql('SELECT text, status, at FROM robots WHERE origin = ?');
  const setRobots = sql(
    'INSERT INTO robots (origin, text, status, at) VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET text = excluded.text, status = excluded.status, at = excluded.at',
  );

  return {
    add: (targets) => {
      let added = 0;
      guarded(path, () => database.exec('BEGIN IMMEDIATE'));
      try {
        for (const { id, url, source, via, leadPicture, listTitle, listTime, priority } of targets) {
          const picture = leadPicture === null ? null : JSON.stringify(leadPicture);
          const isNew = insert.run(id, url, source, via, picture, listTitle, listTime, priority, Date.now()) > 0;
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
      const now = Date.now();
      const row = only === undefined ? next.get(now) : nextOf.get(now, JSON.stringify(only));
      if (row === undefined) return null;
      const token = randomUUID();
      lease.run(token, now + LEASE_MS, String(row.id));
      return { target: targetOf(row), attempt: Number(row.attempts) + 1, token };
    },
    extend: ({ token }) => void extend.run(Date.now() + LEASE_MS, token),
    settle: (taken, outcome) => {
      const { code, detail } = reasonOf(outcome);
      const retry =
        outcome.kind === 'failed' &&
        isErrorCode(code) &&
        ERRORS[code].next === 'retry' &&
        taken.attempt < options.attempts;
      if (retry) giveAgain.run(code, detail, taken.token);
      else settle.run(outcome.kind, code, detail, Date.now(), taken.token);
      return { again: retry };
    },
    giveBack: ({ token }) => void giveBack.run(token),
    again: (ids) => {
      for (const id of ids) again.run(id);
    },
    againLater: () => {
      const codes = failedCodes.all().map((row) => String(row.code));
      const passing = codes.filter((code) => isErrorCode(code) && ERRORS[code].next !== 'never');
      return passing.reduce((sum, code) => sum + againCode.run(code), 0);
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
    lastRun: () => {
      const row = lastRun.get();
      return row === undefined ? null : runInfoOf(row);
    },
    readings: guarded(path, () => openReadings(database)),
    holder: () => guarded(path, () => holderOf(database)),
    unfinishedSince: hold?.unfinishedSince ?? null,
    lost: hold?.lost ?? new AbortController().signal,
    endRun: () => guarded(path, () => hold?.end()),
    visits,
    hosts: {
      nextAt: (host) => Number(nextAt.get(host)?.next_at ?? 0),
      setNextAt: (host, at) => void setNextAt.run(host, Math.ceil(at)),
      robots: (origin) => {
        const row = robots.get(origin);
        return row === undefined ? null : { text: String(row.text), status: Number(row.status), at: Number(row.at) };
      },
      setRobots: (origin, { text, status, at }) => void setRobots.run(origin, text, status, at),
    },
    [Symbol.dispose]: () => {
      hold?.[Symbol.dispose]();
      database.close();
    },
  };
}

/** Columns that came later, for frontiers from before. */
function addColumns(database: DatabaseSync): void {
  const there = database
    .prepare('PRAGMA table_info(targets)')
    .all()
    .map((row) => row.name);
  for (const column of ['list_title', 'list_time'])
    if (!there.includes(column)) database.exec(`ALTER TABLE targets ADD COLUMN ${column} TEXT`);
}

function targetOf(row: Record<string, SQLOutputValue>): Target {
  const picture = row.lead_picture;
  return {
    id: String(row.id) as ArticleId,
    url: String(row.url),
    source: textOf(row.source),
    via: textOf(row.via),
    leadPicture: typeof picture === 'string' ? (JSON.parse(picture) as Target['leadPicture']) : null,
    listTitle: textOf(row.list_title),
    listTime: textOf(row.list_time),
    priority: Number(row.priority),
  };
}

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

/** SQLite's refusals as known failures. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message?: string };
    if (code !== 'ERR_SQLITE_ERROR' && !/^E[A-Z]+$/.test(code ?? '')) throw error;
    const full = /database or disk is full/.test(message ?? '') || code === 'ENOSPC';
    const broken = /disk I\/O error/.test(message ?? '') || code === 'EIO';
    const meaning = full ? 'ARCHIVE_FULL' : broken ? 'ARCHIVE_IO' : 'ARCHIVE_NOT_WRITABLE';
    throw new ArchiveError(meaning, `${path}: ${message}`, { cause: error });
  }
}
