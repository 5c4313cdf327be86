/** The port to a database of tables: statements, transactions, what differs between the adapters' SQL, and values of columns, checked. */
import type { z } from 'zod';
import { ArchiveError } from './errors.ts';

/** What a column holds. Numbers are whole ones below 2^53 on each side; a larger one is damage. */
type Cell = string | number | bigint | Uint8Array | null;

export type Row = Readonly<Record<string, Cell>>;

export type Value = string | number | null;

/** A prepared statement; all that the database refuses comes as a known failure. */
export interface Statement {
  /** Returns how many rows were changed. */
  run(...values: readonly Value[]): number;
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
  /** One row after the other, as they were when the first was asked for, or later; never all of them in memory. */
  iterate(...values: readonly Value[]): Generator<Row>;
}

/**
 * A database, used by one thread that waits for each answer. Statements are SQL that every adapter reads: parameters are `?`,
 * or `?1` and up where one is used twice; `ON CONFLICT` in place of `OR REPLACE`; no function that only one has; what cannot
 * be said the same is said by `dialect`. A parameter that is only compared with NULL is written `CAST(? AS TEXT)`. Texts are
 * ordered by their bytes, and NULLS FIRST is said where a column may be null.
 *
 * @throws by every member: what the disk refuses, or DATABASE_AWAY where a server gives no answer. Whatever was not yet
 *   committed is then as if it had never been written, and the same database may be used again later
 */
export interface Database extends Disposable {
  readonly dialect: Dialect;
  prepare(sql: string): Statement;
  /** Runs statements that give nothing back. */
  exec(sql: string): void;
  /**
   * All that `work` writes, or nothing of it. A transaction within another one is part of it: what it throws must reach
   * the outer one.
   */
  transaction<T>(work: () => T): T;
}

/** What the adapters say differently. */
export interface Dialect {
  /** The texts of a parameter that holds them as a JSON list: something to select `value` from. */
  texts(parameter: string): string;
  /** The texts of a group as one JSON list, in the order of an index of the table or by their bytes. */
  gathered(column: string): string;
  /** Follows the name of a table that is to be read by an index. */
  indexed(index: string): string;
  /** Ends a query for a row that is changed next: no other connection gets the same one meanwhile. */
  readonly forUpdate: string;
}

/** For what may be left undone where the database refuses: a farewell, the end of what a lost connection has ended already. */
export function unlessRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
  }
}

// Values of columns, checked.

export function textOf(value: Cell | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

export function numberOf(value: Cell | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** A column that holds JSON; null if there is nothing in it, or nothing of the form: no row ends a run. */
export function jsonOf<T>(value: Cell | undefined, schema: z.ZodType<T>): T | null {
  const text = textOf(value);
  return text === null ? null : (schema.safeParse(parsed(text)).data ?? null);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // which no schema of ours takes
  }
}
