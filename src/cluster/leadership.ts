/**
 * Which of the schedules of a cluster leads: the one whose connection holds an advisory lock of the database. The server gives
 * it up with the connection, and ends one that is silent for `SILENT_MS`: of a process that was killed at once, of one that
 * was stopped, or whose machine is gone, soon.
 */
import type { Database } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { openPostgres } from '../postgres.ts';

export interface Leadership extends Disposable {
  /** Takes the lead where nobody has it. False also where the database is away. */
  lead(): boolean;
  /** Whether this process has it, by the server's word; asked every few seconds, so that it is kept. */
  isLeading(): boolean;
}

const SILENT_MS = 10_000;
const STATEMENT_MS = 3000;
/** The number of the lock; it means nothing. */
const LOCK = 1_623_950_829;

/** @param postgres address of the database; the lock has a connection of its own */
export function openLeadership(postgres: string): Leadership {
  let database: Database | null = null;
  const ask = (question: (open: Database) => boolean): boolean => {
    try {
      database ??= openPostgres(postgres, { connectMs: STATEMENT_MS, statementMs: STATEMENT_MS });
      return question(database);
    } catch (error) {
      if (error instanceof ArchiveError && error.code === 'DATABASE_AWAY') return false;
      throw error;
    }
  };
  // Also after a connection that was made anew, which holds nothing.
  const isLeading = (open: Database) =>
    open
      .prepare(
        `SELECT 1 AS held FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = ${LOCK} AND granted
         AND pid = pg_backend_pid()`,
      )
      .get() !== undefined;
  return {
    isLeading: () => database !== null && ask(isLeading),
    lead: () =>
      ask((open) => {
        if (isLeading(open)) return true;
        open.exec(`SET idle_session_timeout = ${SILENT_MS}`);
        return Number(open.prepare(`SELECT CAST(pg_try_advisory_lock(${LOCK}) AS INTEGER) AS got`).get()?.got) === 1;
      }),
    [Symbol.dispose]: () => database?.[Symbol.dispose](),
  };
}
