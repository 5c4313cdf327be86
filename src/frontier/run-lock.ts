/** One run at a time: a row that names who holds the archive, taken in one transaction, so that two takers can never both win. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { ArchiveError } from '../errors.ts';

export interface RunInfo {
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
  /** Null while it runs, and where it was killed. */
  readonly endedAt: string | null;
}

export interface Hold {
  readonly previousRunDied: boolean;
  end(): void;
  stopBeating(): void;
}

const BEAT_MS = 5000;
/** A run on another machine counts as dead after this silence; on this machine its process is looked for. */
const SILENCE_MS = 60_000;

/**
 * Holds the archive until `end`.
 * @throws ARCHIVE_IN_USE where a living run holds it
 */
export function holdArchive(database: DatabaseSync, command: string): Hold {
  const token = randomUUID();
  database.exec('BEGIN IMMEDIATE');
  try {
    const open = database.prepare('SELECT * FROM runs WHERE ended_at IS NULL').all();
    for (const run of open) {
      const pid = Number(run.pid);
      if (isAlive(String(run.host), pid, Number(run.beat_at))) {
        const since = new Date(Number(run.started_at)).toISOString();
        throw new ArchiveError('ARCHIVE_IN_USE', `${run.command} on ${run.host}, process ${pid}, since ${since}`);
      }
    }
    const now = Date.now();
    database.prepare('UPDATE runs SET ended_at = beat_at WHERE ended_at IS NULL').run();
    database
      .prepare('INSERT INTO runs (token, command, host, pid, started_at, beat_at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(token, command, hostname(), process.pid, now, now);
    database.exec('COMMIT');
    const beat = database.prepare('UPDATE runs SET beat_at = ? WHERE token = ?');
    const timer = setInterval(() => beat.run(Date.now(), token), BEAT_MS).unref();
    return {
      previousRunDied: open.length > 0,
      stopBeating: () => clearInterval(timer),
      end: () => {
        clearInterval(timer);
        database.prepare('UPDATE runs SET ended_at = ? WHERE token = ?').run(Date.now(), token);
      },
    };
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function isAlive(host: string, pid: number, beatAt: number): boolean {
  const silent = Date.now() - beatAt > SILENCE_MS;
  if (host !== hostname()) return !silent;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' && !silent; // a process of somebody else, if it still beats
  }
  return !silent; // after that long a silence the number belongs to another process by now
}
