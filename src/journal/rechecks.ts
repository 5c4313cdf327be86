/**
 * Which archived articles were visited again about a day and about a week after they were first archived, and when: what rates
 * of edit and withdrawal are counted over.
 */
import type { Database } from '../database.ts';
import type { ArticleId } from '../model.ts';

const DAY_MS = 86_400_000;

/** An age, from the first capture, and the ages at which a visit counts as one at this age. */
export interface RecheckWindow {
  readonly ageMs: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

const windowOf = (ageMs: number): RecheckWindow => ({ ageMs, fromMs: 0.75 * ageMs, untilMs: 1.5 * ageMs });

/** Revisits are due by the age since publication, and the first capture comes up to hours later. */
export const RECHECK_WINDOWS = { day: windowOf(DAY_MS), week: windowOf(7 * DAY_MS) } as const;

export type RecheckAge = keyof typeof RECHECK_WINDOWS;
export const RECHECK_AGES = Object.keys(RECHECK_WINDOWS) as RecheckAge[];

export interface Rechecks {
  /** Notes that the site answered for an archived article; the first visit at each age is kept. Instants in ms since 1970. */
  note(id: ArticleId, visit: { readonly firstAt: number; readonly at: number }): void;
  /** When it was visited at each age, ms since 1970; null where it was not, as far as is known. */
  of(id: ArticleId): Readonly<Record<RecheckAge, number | null>>;
}

export function openRechecks(database: Database): Rechecks {
  const note = database.prepare('INSERT INTO rechecks (id, age, at) VALUES (?, ?, ?) ON CONFLICT (id, age) DO NOTHING');
  const of = database.prepare('SELECT age, at FROM rechecks WHERE id = ?');
  return {
    note: (id, { firstAt, at }) => {
      for (const age of RECHECK_AGES) {
        const { fromMs, untilMs } = RECHECK_WINDOWS[age];
        if (at - firstAt >= fromMs && at - firstAt <= untilMs) note.run(id, age, Math.floor(at));
      }
    },
    of: (id) => {
      const rows = new Map(of.all(id).map(({ age, at }) => [String(age), Number(at)]));
      return { day: rows.get('day') ?? null, week: rows.get('week') ?? null };
    },
  };
}
