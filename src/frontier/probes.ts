/** Which numbers were asked for by day because nothing had shown them, and what was there: nothing is asked twice. */
import type { DatabaseSync } from 'node:sqlite';
import type { Verdict } from '../model.ts';
import type { Guarded } from './guarded.ts';

/** What the answer was judged to be; `failed` where none came. */
export type ProbeOutcome = Verdict['kind'] | 'failed';

export interface Probe {
  readonly number: number;
  /** The day that it was asked for with, `2026-10-14`. */
  readonly day: string;
  /** The day that its neighbours gave it when it was first asked for. */
  readonly inferred: string;
  readonly outcome: ProbeOutcome;
  /** ms since 1970. */
  readonly at: number;
}

export interface Probes {
  note(probe: Probe): void;
  /** Takes back what was answered with nothing at or after an instant, ms since 1970: the site did not mean it. */
  takeBack(since: number): void;
  /** Of one number, in the order of asking. */
  of(number: number): readonly Probe[];
  /** In the order of numbers, of each in the order of asking. */
  all(): Iterable<Probe>;
}

export function openProbes(database: DatabaseSync, guarded: Guarded): Probes {
  database.exec(`CREATE TABLE IF NOT EXISTS probes (
    number INTEGER NOT NULL, day TEXT NOT NULL, inferred TEXT NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (number, day)
  ) STRICT, WITHOUT ROWID`);
  const note = database.prepare(
    `INSERT INTO probes (number, day, inferred, outcome, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (number, day) DO UPDATE SET outcome = excluded.outcome, at = excluded.at`,
  );
  const takeBack = database.prepare(`DELETE FROM probes WHERE outcome = 'gone' AND at >= ?`);
  const of = database.prepare('SELECT * FROM probes WHERE number = ? ORDER BY at, day');
  const all = database.prepare('SELECT * FROM probes ORDER BY number, at, day');
  const probeOf = (row: Record<string, unknown>): Probe => ({
    number: Number(row.number),
    day: String(row.day),
    inferred: String(row.inferred),
    outcome: String(row.outcome) as ProbeOutcome,
    at: Number(row.at),
  });
  return {
    note: ({ number, day, inferred, outcome, at }) => void guarded(() => note.run(number, day, inferred, outcome, at)),
    takeBack: (since) => void guarded(() => takeBack.run(since)),
    of: (number) => guarded(() => of.all(number)).map(probeOf),
    all: function* () {
      for (const row of guarded(() => all.iterate())) yield probeOf(row);
    },
  };
}
