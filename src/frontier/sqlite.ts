/** What the frontier in `frontier.sqlite` has of its own: one run at a time takes, and a table of its connection holds what it is asked for. */
import type { Database } from '../database.ts';
import type { ArticleId } from '../model.ts';
import type { Frontier } from './frontier.ts';
import { type Chosen, IS_FREE, type NextOf, openSqlFrontier, type SqlFrontierOptions } from './sql.ts';

/** @param database whose tables are there, and who closes it */
export function openSqliteFrontier(database: Database, options: SqlFrontierOptions): Frontier {
  let some: Chosen | null = null;
  const chosen: Chosen = (ids) => {
    some ??= openSome(database);
    return some(ids);
  };
  return openSqlFrontier(database, options, { chosen, dead: 'all' });
}

/**
 * The articles that are asked for are written once into a table of this connection, which follows `targets` by triggers: so
 * the next one of 20,000 is found without a look at those that have ended.
 */
function openSome(database: Database): Chosen {
  database.exec(`
    CREATE TEMP TABLE wanted (
      id TEXT NOT NULL, list INTEGER NOT NULL, priority INTEGER NOT NULL, waits INTEGER NOT NULL, PRIMARY KEY (id, list)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX temp.wanted_next ON wanted (list, priority DESC, id DESC) WHERE waits = 1;
    CREATE TEMP TRIGGER wanted_added AFTER INSERT ON main.targets BEGIN
      UPDATE wanted SET priority = new.priority, waits = new.outcome IS NULL WHERE id = new.id;
    END;
    CREATE TEMP TRIGGER wanted_changed AFTER UPDATE OF priority, outcome ON main.targets BEGIN
      UPDATE wanted SET priority = new.priority, waits = new.outcome IS NULL WHERE id = new.id;
    END;
  `);
  const mark = database.prepare(
    `INSERT INTO wanted (id, list, priority, waits)
     SELECT value, ?1, coalesce(t.priority, 0), t.id IS NOT NULL AND t.outcome IS NULL
     FROM json_each(?2) LEFT JOIN targets AS t ON t.id = value WHERE true ON CONFLICT DO NOTHING`,
  );
  const lists = new WeakMap<readonly ArticleId[], { readonly number: number; marked: number } & NextOf>();
  let count = 0;
  return (ids) => {
    const list = lists.get(ids) ?? { number: count, marked: 0, ...queriesOf(count) };
    if (list.number === count) count += 1;
    lists.set(ids, list);
    if (list.marked < ids.length) {
      mark.run(list.number, JSON.stringify(ids.slice(list.marked)));
      list.marked = ids.length;
    }
    return list;
  };

  function queriesOf(list: number): NextOf {
    const from = `FROM wanted AS w CROSS JOIN targets AS t ON t.id = w.id WHERE w.list = ${list} AND w.waits = 1 AND ${IS_FREE}`;
    return {
      first: `SELECT t.id ${from} AND t.not_before <= ? ORDER BY w.priority DESC, w.id DESC LIMIT 1`,
      due: `SELECT min(t.not_before) AS at ${from}`,
      values: [],
    };
  }
}
