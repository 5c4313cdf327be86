/** What a schedule reported as wrong and has not seen well again. */
import type { Database } from '../database.ts';

export interface AlarmRows {
  all(): readonly AlarmRow[];
  /** Takes the place of the same. */
  add(alarm: AlarmRow): void;
  remove(alarm: Pick<AlarmRow, 'about' | 'what'>): void;
}

interface AlarmRow {
  readonly about: string;
  readonly what: string;
  readonly detail: string;
  /** Ms since 1970. */
  readonly since: number;
}

export function openAlarms(database: Database): AlarmRows {
  const all = database.prepare('SELECT about, what, detail, since FROM alarms ORDER BY since');
  const add = database.prepare(
    `INSERT INTO alarms (about, what, detail, since) VALUES (?, ?, ?, ?)
     ON CONFLICT (about, what) DO UPDATE SET detail = excluded.detail, since = excluded.since`,
  );
  const remove = database.prepare('DELETE FROM alarms WHERE about = ? AND what = ?');
  return {
    all: () =>
      all.all().map((row) => ({
        about: String(row.about),
        what: String(row.what),
        detail: String(row.detail),
        since: Number(row.since),
      })),
    add: ({ about, what, detail, since }) => void add.run(about, what, detail, since),
    remove: ({ about, what }) => void remove.run(about, what),
  };
}
