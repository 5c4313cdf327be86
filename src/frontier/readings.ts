/** What the last articles gave, for the drift alarm; in the frontier's database, for it is of the run and not of the archive. */
import type { DatabaseSync } from 'node:sqlite';
import type { FieldReading } from '../drift.ts';

export interface Readings {
  add(reading: FieldReading): void;
  /** Newest first, of all layouts. */
  newest(): readonly FieldReading[];
}

/** Enough for a window and a past to compare it with; older ones go. */
const KEPT = 2000;

export function openReadings(database: DatabaseSync): Readings {
  database.exec('CREATE TABLE IF NOT EXISTS readings (number INTEGER PRIMARY KEY, reading TEXT NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO readings (reading) VALUES (?)');
  const forget = database.prepare('DELETE FROM readings WHERE number <= (SELECT max(number) FROM readings) - ?');
  const newest = database.prepare('SELECT reading FROM readings ORDER BY number DESC');
  return {
    add: (reading) => {
      insert.run(JSON.stringify(reading));
      forget.run(KEPT);
    },
    newest: () => newest.all().map((row) => JSON.parse(String(row.reading)) as FieldReading),
  };
}
