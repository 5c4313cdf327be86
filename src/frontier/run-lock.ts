/** One run at a time: a row that names who holds the archive, taken in one transaction, so that two takers can never both win. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { ArchiveError } from '../errors.ts';
import { birthOf, lives } from './process-birth.ts';

export interface RunInfo {
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
  /** Null while it runs, and where it was killed. */
  readonly endedAt: string | null;
}

export interface Hold extends Disposable {
  /** When the first of those runs began that did not come to their end since one did, ms since 1970; null where the last one did. */
  readonly unfinishedSince: number | null;
  /** Aborts when this run must stop, its reason an ArchiveError: another run took over, or the heart cannot be written. */
  readonly lost: AbortSignal;
  /** The run came to its end, and left nothing half done. */
  end(): void;
}

const BEAT_MS = 5000;
/** A run counts as dead after this silence, on whatever machine: it was killed, suspended, or cut off. */
const SILENCE_MS = 60_000;

/**
 * Holds the archive until disposed.
 * @throws ARCHIVE_IN_USE where a living run holds it
 */
export function holdArchive(database: DatabaseSync, command: string): Hold {
  const token = randomUUID();
  const unfinishedSince = takeRow(database, { token, command });
  const lost = new AbortController();
  const beat = database.prepare('UPDATE runs SET beat_at = ? WHERE token = ? AND ended_at IS NULL');
  let beatAt = performance.now();
  const timer = setInterval(() => {
    try {
      if (beat.run(Date.now(), token).changes === 0) {
        const holder = holderOf(database);
        const by = holder === null ? 'another run' : `${holder.command} on ${holder.host}, process ${holder.pid}`;
        lost.abort(new ArchiveError('ARCHIVE_IN_USE', `this run was silent for too long, and ${by} took over`));
      }
      beatAt = performance.now();
    } catch (cause) {
      // A disk that refuses for a moment is no reason to end; but nobody may work whom others take for dead.
      if (performance.now() - beatAt < SILENCE_MS - 2 * BEAT_MS) return;
      const message = `the frontier could not be written for too long: ${(cause as Error).message}`;
      lost.abort(new ArchiveError('ARCHIVE_NOT_WRITABLE', message, { cause }));
    }
  }, BEAT_MS).unref();

  return {
    unfinishedSince,
    lost: lost.signal,
    end: () => {
      database.prepare('UPDATE runs SET clean = 1 WHERE token = ? AND ended_at IS NULL').run(token);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      try {
        database.prepare('UPDATE runs SET ended_at = ? WHERE token = ? AND ended_at IS NULL').run(Date.now(), token);
      } catch {
        // The disk refuses: the row stays open, and the next run sees that its process is gone.
      }
    },
  };
}

/** The living run that holds the archive; null where none does. */
export function holderOf(database: DatabaseSync): RunInfo | null {
  addColumns(database);
  const open = database.prepare('SELECT * FROM runs WHERE ended_at IS NULL').all();
  const holder = open.find(isAlive);
  return holder === undefined ? null : runInfoOf(holder);
}

/** A row of `runs` for people. */
export function runInfoOf(row: Record<string, SQLOutputValue>): RunInfo {
  return {
    command: String(row.command),
    host: String(row.host),
    pid: Number(row.pid),
    startedAt: new Date(Number(row.started_at)).toISOString(),
    endedAt: row.ended_at === null ? null : new Date(Number(row.ended_at)).toISOString(),
  };
}

/** Writes this run's row where no living run has one; returns since when runs have not come to their end. */
function takeRow(database: DatabaseSync, run: { readonly token: string; readonly command: string }): number | null {
  database.exec('BEGIN IMMEDIATE');
  try {
    const holder = holderOf(database);
    if (holder !== null) {
      const { command, host, pid, startedAt } = holder;
      throw new ArchiveError('ARCHIVE_IN_USE', `${command} on ${host}, process ${pid}, since ${startedAt}`);
    }
    const now = Date.now();
    database.prepare('UPDATE runs SET ended_at = beat_at WHERE ended_at IS NULL').run();
    const unfinished = database
      .prepare(
        'SELECT min(started_at) AS since FROM runs WHERE clean = 0 AND rowid > coalesce((SELECT max(rowid) FROM runs WHERE clean = 1), 0)',
      )
      .get();
    database
      .prepare('INSERT INTO runs (token, command, host, pid, birth, started_at, beat_at) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(run.token, run.command, hostname(), process.pid, birthOf(process.pid), now, now);
    database.exec('COMMIT');
    return typeof unfinished?.since === 'number' ? unfinished.since : null;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK'); // SQLite has done so itself where the disk refused
    throw error;
  }
}

/** Columns that older frontiers do not have. Their runs that ended are taken to have ended well. */
function addColumns(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(runs)').all();
  if (columns.some(({ name }) => name === 'clean')) return;
  database.exec(`ALTER TABLE runs ADD COLUMN birth TEXT;
    ALTER TABLE runs ADD COLUMN clean INTEGER NOT NULL DEFAULT 0;
    UPDATE runs SET clean = 1 WHERE ended_at IS NOT NULL;`);
}

function isAlive(run: Record<string, SQLOutputValue>): boolean {
  if (Date.now() - Number(run.beat_at) > SILENCE_MS) return false;
  if (run.host !== hostname()) return true; // its heart beats, and its process cannot be looked for
  return lives(Number(run.pid), run.birth === null ? null : String(run.birth));
}
