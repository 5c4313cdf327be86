/** How targets come into the table `targets`: many in one statement, for a list brings dozens and an import thousands. */
import type { Database } from '../database.ts';
import type { ArticleId, Target } from '../model.ts';
import { MOST_ROWS, ofManyRows } from './many-rows.ts';

/** Adds targets as `Frontier.add` promises, in the order in which they are given. Returns how many were new. */
export type AddTargets = (
  targets: readonly Target[],
  options: { readonly leads: boolean; readonly at: number },
) => number;

/** @param database whose tables are there */
export function addingTo(database: Database): AddTargets {
  const insert = ofManyRows(
    database,
    8,
    (rows) => `INSERT INTO targets (id, url, source, via, lead_picture, listed, priority, added_at)
      VALUES ${rows} ON CONFLICT (id) DO NOTHING`,
  );
  const enrich = ofManyRows(
    database,
    4,
    (
      rows,
    ) => `UPDATE targets SET source = new.column2, via = new.column3, lead_picture = new.column4 FROM (VALUES ${rows}) AS new
      WHERE targets.id = new.column1 AND targets.outcome IS NULL AND targets.lead_picture IS NULL`,
  );
  const lead = ofManyRows(
    database,
    2,
    (rows) => `UPDATE targets SET via = new.column2 FROM (VALUES ${rows}) AS new
      WHERE targets.id = new.column1 AND targets.outcome IS NULL AND targets.via IS DISTINCT FROM new.column2`,
  );
  return (targets, { leads, at }) => {
    let added = 0;
    for (const some of withoutRepeats(targets)) {
      const fresh = insert(
        some.map(({ id, url, source, via, leadPicture, listed, priority }) => [
          id,
          url,
          source,
          via,
          jsonText(leadPicture),
          jsonText(listed),
          priority,
          at,
        ]),
      );
      added += fresh;
      if (fresh === some.length) continue;
      // What is new is as these would make it.
      const pictured = some.filter(({ leadPicture }) => leadPicture !== null);
      enrich(pictured.map(({ id, source, via, leadPicture }) => [id, source, via, jsonText(leadPicture)]));
      if (leads) lead(some.map(({ id, via }) => [id, via]));
    }
    return added;
  };
}

export function jsonText(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/**
 * In parts that name each article once, for a statement changes a row once, whatever it is given for it; and in the order of ids,
 * so that two machines that add the same articles do not wait for each other's rows.
 */
function* withoutRepeats(targets: readonly Target[]): Generator<readonly Target[]> {
  const rounds: Target[][] = []; // what is named for the first time, for the second time, …
  const named = new Map<ArticleId, number>();
  for (const target of targets) {
    const before = named.get(target.id) ?? 0;
    named.set(target.id, before + 1);
    const round = rounds[before] ?? [];
    rounds[before] = round;
    round.push(target);
  }
  for (const round of rounds) {
    round.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (let from = 0; from < round.length; from += MOST_ROWS) yield round.slice(from, from + MOST_ROWS);
  }
}
