/** When each scheduled source is due, and which of its slots were served: each at most once. */
import type { DatabaseSync } from 'node:sqlite';
import type { Guarded } from './guarded.ts';

export interface Slots {
  /** What is remembered of a source; null where nothing is, or where it was of another rule. */
  get(source: string, rule: string): SlotState | null;
  /** Remembers when a source is due by a rule. */
  plan(source: string, rule: string, state: SlotState): void;
  /** Notes, in one step, that the slot was served and when the next one is. */
  serve(source: string, rule: string, run: ServedSlot, next: SlotState): void;
  /** Served slots since an instant, oldest first. */
  since(at: number): readonly (ServedSlot & { readonly source: string })[];
}

/** What is remembered of a source between its runs; instants in ms since 1970. */
export interface SlotState {
  /** The slot that is next. */
  readonly dueAt: number;
  /** When the last run ended; null before the first. */
  readonly servedAt: number | null;
  /** Between two runs, where the source is not read by the clock. */
  readonly intervalMs: number;
}

export interface ServedSlot {
  readonly slotAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly entries: number;
  readonly fresh: number;
  /** Code of what went wrong; null where nothing did. */
  readonly code: string | null;
}

const KEPT_MS = 90 * 86_400_000;

export function openSlots(database: DatabaseSync, guarded: Guarded): Slots {
  database.exec(`CREATE TABLE IF NOT EXISTS slots (
    source TEXT PRIMARY KEY, rule TEXT NOT NULL, due_at INTEGER NOT NULL, served_at INTEGER, interval_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS served_slots (
    source TEXT NOT NULL, slot_at INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
    entries INTEGER NOT NULL, fresh INTEGER NOT NULL, code TEXT, PRIMARY KEY (source, slot_at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS served_at ON served_slots (ended_at)`);
  const get = database.prepare('SELECT * FROM slots WHERE source = ? AND rule = ?');
  const plan = database.prepare(
    `INSERT INTO slots (source, rule, due_at, served_at, interval_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET rule = excluded.rule, due_at = excluded.due_at, served_at = excluded.served_at,
       interval_ms = excluded.interval_ms`,
  );
  const serve = database.prepare(
    `INSERT INTO served_slots (source, slot_at, started_at, ended_at, entries, fresh, code) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const forget = database.prepare('DELETE FROM served_slots WHERE ended_at < ?');
  const since = database.prepare('SELECT * FROM served_slots WHERE ended_at >= ? ORDER BY ended_at, source');
  const write = (source: string, rule: string, { dueAt, servedAt, intervalMs }: SlotState) =>
    plan.run(source, rule, Math.ceil(dueAt), servedAt === null ? null : Math.floor(servedAt), Math.round(intervalMs));
  return {
    get: (source, rule) => {
      const row = guarded(() => get.get(source, rule));
      if (row === undefined) return null;
      return {
        dueAt: Number(row.due_at),
        servedAt: row.served_at === null ? null : Number(row.served_at),
        intervalMs: Number(row.interval_ms),
      };
    },
    plan: (source, rule, state) => void guarded(() => write(source, rule, state)),
    serve: (source, rule, run, next) =>
      guarded(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          const { slotAt, startedAt, endedAt, entries, fresh, code } = run;
          serve.run(source, slotAt, Math.floor(startedAt), Math.floor(endedAt), entries, fresh, code);
          forget.run(Math.floor(endedAt) - KEPT_MS);
          write(source, rule, next);
          database.exec('COMMIT');
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK'); // SQLite has done so itself where the disk refused
          throw error;
        }
      }),
    since: (at) =>
      guarded(() => since.all(at)).map((row) => ({
        source: String(row.source),
        slotAt: Number(row.slot_at),
        startedAt: Number(row.started_at),
        endedAt: Number(row.ended_at),
        entries: Number(row.entries),
        fresh: Number(row.fresh),
        code: row.code === null ? null : String(row.code),
      })),
  };
}
