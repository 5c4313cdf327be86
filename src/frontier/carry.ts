/** Queue and journal carried from one database to another, from one machine to a cluster or back: every row, and proved to be the same. */
import type { Database, Row, Value } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { MOST_ROWS, ofManyRows } from './many-rows.ts';

export interface Carried {
  readonly table: string;
  readonly rows: number;
}

/** Every table, and what its rows are told apart and ordered by. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  targets: ['id'],
  visits: ['id', 'outcome'],
  revisits: ['id'],
  rechecks: ['id', 'age'],
  places: ['id'],
  doubts: ['id'],
  forms: ['form', 'id'],
  sightings: ['id', 'source'],
  payloads: ['number'],
  hosts: ['host'],
  robots: ['origin'],
  lookups: ['url'],
  slots: ['source'],
  served_slots: ['source', 'slot_at'],
  source_readings: ['number'],
  followed: ['source', 'url'],
  list_walks: ['"window"', 'url'],
  probes: ['number', 'day'],
  readings: ['number'],
  latencies: ['archived_at', 'source', 'took'],
  alarms: ['about', 'what'],
  notices: ['number'],
  orders: ['number'],
  ordered: ['number', 'id'],
  order_events: ['number', 'place'],
  runs: ['rowid'],
};

/**
 * Nothing is changed where this throws, and where `to` holds the same rows already.
 * @param name what people call `to`, without a secret
 * @returns how many rows of each table are the same in both
 * @throws DATABASE_NOT_EMPTY where `to` holds other rows
 */
export function carry(from: Database, to: Database, name: string): readonly Carried[] {
  return to.transaction(() => {
    const isEmpty = Object.keys(KEYS).every(
      (table) => to.prepare(`SELECT 1 AS n FROM ${table} LIMIT 1`).get() === undefined,
    );
    if (isEmpty) for (const table of Object.keys(KEYS)) copy(table, from, to);
    return Object.keys(KEYS).map((table) => ({ table, rows: compare(table, from, to, `${name}: ${table}`) }));
  });
}

function copy(table: string, from: Database, to: Database): void {
  let insert: ((rows: readonly (readonly Value[])[]) => number) | null = null;
  let batch: (readonly Value[])[] = [];
  for (const row of rowsOf(table, from)) {
    const columns = Object.keys(row);
    const into = `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES `;
    insert ??= ofManyRows(to, columns.length, (rows) => into + rows);
    batch.push(Object.values(row) as Value[]);
    if (batch.length < MOST_ROWS) continue;
    insert(batch);
    batch = [];
  }
  insert?.(batch);
}

/** @returns how many rows there are @throws DATABASE_NOT_EMPTY at the first that differs */
function compare(table: string, from: Database, to: Database, name: string): number {
  using others = rowsOf(table, to);
  let columns: readonly string[] | null = null; // by name: one that was added later stands at another place
  let rows = 0;
  for (const row of rowsOf(table, from)) {
    columns ??= Object.keys(row);
    const other = others.next();
    if (other.done === true || textOf(other.value, columns) !== textOf(row, columns))
      throw different(name, keyOf(table, row));
    rows += 1;
  }
  const more = others.next();
  if (more.done !== true) throw different(name, keyOf(table, more.value));
  return rows;
}

function rowsOf(table: string, database: Database): Generator<Row> & Disposable {
  const columns = table === 'runs' ? 'rowid, *' : '*';
  const read = database.dialect.forUpdate === '' ? columns : '*'; // there `rowid` is a column like the others
  const rows = database.prepare(`SELECT ${read} FROM ${table} ORDER BY ${KEYS[table]?.join(', ')}`).iterate();
  return Object.assign(rows, { [Symbol.dispose]: () => void rows.return(undefined) });
}

/** A NUL cannot be kept everywhere. */
function textOf(row: Row, columns: readonly string[]): string {
  const text = JSON.stringify(columns.map((column) => row[column]));
  return text.includes(String.raw`\u0000`) ? text.replaceAll(String.raw`\u0000`, '\u{fffd}') : text;
}

function keyOf(table: string, row: Row): string {
  return (KEYS[table] ?? []).map((column) => String(row[column.replaceAll('"', '')])).join(' ');
}

function different(name: string, key: string): ArchiveError {
  return new ArchiveError(
    'DATABASE_NOT_EMPTY',
    `${name}: not the same there: ${key.replaceAll('\n', ' ').slice(0, 200)}`,
  );
}
