/** The runs over an archive: what the last one was, and since when runs have not come to their end. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';

export interface RunInfo {
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
  /** Null while it runs, and where it was killed. */
  readonly endedAt: string | null;
}

/** A run that is written down. */
interface Run {
  /** When the first of those runs began that did not come to their end since one did, ms since 1970; null where the last one did. */
  readonly unfinishedSince: number | null;
  /** The run came to its end, and left nothing half done. */
  complete(): void;
  /** The run lets go of the archive, complete or not. */
  close(): void;
}

/** Writes down that a run begins. The caller holds the archive's lock, so no other run is on. */
export function beginRun(database: DatabaseSync, command: string): Run {
  database.exec('BEGIN IMMEDIATE');
  try {
    renewColumns(database);
    const unfinished = database
      .prepare(
        'SELECT min(started_at) AS since FROM runs WHERE clean = 0 AND rowid > coalesce((SELECT max(rowid) FROM runs WHERE clean = 1), 0)',
      )
      .get();
    const token = randomUUID();
    database
      .prepare('INSERT INTO runs (token, command, host, pid, started_at) VALUES (?, ?, ?, ?, ?)')
      .run(token, command, hostname(), process.pid, Date.now());
    database.exec('COMMIT');
    return {
      unfinishedSince: typeof unfinished?.since === 'number' ? unfinished.since : null,
      complete: () => void database.prepare('UPDATE runs SET clean = 1 WHERE token = ?').run(token),
      close: () => void database.prepare('UPDATE runs SET ended_at = ? WHERE token = ?').run(Date.now(), token),
    };
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK'); // SQLite has done so itself where the disk refused
    throw error;
  }
}

/** Null where there was none yet. */
export function lastRun(database: DatabaseSync): RunInfo | null {
  const row = database.prepare('SELECT * FROM runs ORDER BY rowid DESC LIMIT 1').get();
  if (row === undefined) return null;
  return {
    command: String(row.command),
    host: String(row.host),
    pid: Number(row.pid),
    startedAt: new Date(Number(row.started_at)).toISOString(),
    endedAt: row.ended_at === null ? null : new Date(Number(row.ended_at)).toISOString(),
  };
}

/**
 * Older versions locked the archive with a row here that has no end, `beat_at` and `birth`: such a row counts as a run that
 * was cut off. Runs from before `clean` that ended are taken to have ended well.
 */
function renewColumns(database: DatabaseSync): void {
  const names = new Set(
    database
      .prepare('PRAGMA table_info(runs)')
      .all()
      .map(({ name }) => name),
  );
  if (!names.has('clean'))
    database.exec(`ALTER TABLE runs ADD COLUMN clean INTEGER NOT NULL DEFAULT 0;
      UPDATE runs SET clean = 1 WHERE ended_at IS NOT NULL;`);
  for (const column of ['beat_at', 'birth'])
    if (names.has(column)) database.exec(`ALTER TABLE runs DROP COLUMN ${column}`);
}
