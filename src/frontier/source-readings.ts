/** How the sources' lists were read lately: what the alarm looks at. */
import type { DatabaseSync } from 'node:sqlite';
import type { SourceReading } from '../source-alarm.ts';

export interface SourceReadings {
  add(reading: SourceReading): void;
  /** The last readings of a source, newest first. */
  of(source: string): readonly SourceReading[];
}

/** Of each source; older ones go. */
export const READINGS_KEPT = 200;

/** @param guarded turns what SQLite throws into known failures */
export function openSourceReadings(database: DatabaseSync, guarded: <T>(work: () => T) => T): SourceReadings {
  database.exec(`
    CREATE TABLE IF NOT EXISTS source_readings (
      number INTEGER PRIMARY KEY, source TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT, url TEXT NOT NULL,
      entries INTEGER NOT NULL, fresh INTEGER NOT NULL, untitled INTEGER NOT NULL, untimed INTEGER NOT NULL,
      code TEXT, elapsed_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS readings_of ON source_readings (source, number);
  `);
  const insert = database.prepare(
    `INSERT INTO source_readings (source, at, kind, url, entries, fresh, untitled, untimed, code, elapsed_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const forget = database.prepare(
    `DELETE FROM source_readings WHERE source = ?1 AND number <=
     (SELECT number FROM source_readings WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
  );
  const newest = database.prepare('SELECT * FROM source_readings WHERE source = ? ORDER BY number DESC');
  return {
    add: ({ source, at, kind, url, entries, fresh, untitled, untimed, code, elapsedMs }) =>
      guarded(() => {
        insert.run(source, at, kind, url, entries, fresh, untitled, untimed, code, Math.round(elapsedMs));
        forget.run(source, READINGS_KEPT);
      }),
    of: (source) =>
      guarded(() => newest.all(source)).map((row) => ({
        source,
        at: Number(row.at),
        kind: row.kind === null ? null : String(row.kind),
        url: String(row.url),
        entries: Number(row.entries),
        fresh: Number(row.fresh),
        untitled: Number(row.untitled),
        untimed: Number(row.untimed),
        code: row.code === null ? null : String(row.code),
        elapsedMs: Number(row.elapsed_ms),
      })),
  };
}
