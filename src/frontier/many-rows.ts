/** A statement over many rows at once, each a list of values: one question to a database in place of hundreds. */
import type { Database, Statement, Value } from '../database.ts';

/** So many rows, or a smaller power of two: few texts, each prepared once, and far from a limit of parameters. */
export const MOST_ROWS = 256;

/**
 * @param columns how many values a row has
 * @param sql the statement around `rows`, which are those of a `VALUES`; PostgreSQL and SQLite both call the columns of such a
 *   list `column1` and up
 * @returns what runs it, and says how many rows of a table were changed
 */
export function ofManyRows(
  database: Database,
  columns: number,
  sql: (rows: string) => string,
): (rows: readonly (readonly Value[])[]) => number {
  const row = `(${Array(columns).fill('?').join(', ')})`;
  const prepared = new Map<number, Statement>();
  const statementOf = (size: number) => {
    const statement = prepared.get(size) ?? database.prepare(sql(Array(size).fill(row).join(', ')));
    prepared.set(size, statement);
    return statement;
  };
  return (rows) => {
    let changed = 0;
    for (let from = 0, size = MOST_ROWS; from < rows.length; ) {
      if (size > rows.length - from) size /= 2;
      else {
        changed += statementOf(size).run(...rows.slice(from, from + size).flat());
        from += size;
      }
    }
    return changed;
  };
}
