/** Parquet for DuckDB, pandas and Spark: a row an article, a group of rows a month, so that a query of some days reads those alone. */
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { monthOf } from '../archive/keys.ts';
import type { TableContent } from './file-export.ts';
import { authorsOf, type Row, rowOf } from './row.ts';

interface Column {
  readonly type: NonNullable<ColumnSource['type']>;
  readonly nullable: boolean;
  readonly read: (row: Row) => unknown;
}

const text = (read: (row: Row) => string): Column => ({ type: 'STRING', nullable: false, read });
const nullable = (read: (row: Row) => string | null): Column => ({ type: 'STRING', nullable: true, read });
const count = (read: (row: Row) => number): Column => ({ type: 'INT32', nullable: false, read });
const json = (read: (row: Row) => unknown): Column => ({ type: 'JSON', nullable: false, read });
/** In UTC. */
const instant = (read: (row: Row) => string | null): Column => ({
  type: 'TIMESTAMP',
  nullable: true,
  read: (row) => {
    const value = read(row);
    return value === null || Number.isNaN(Date.parse(value)) ? null : new Date(value);
  },
});

const COLUMNS: Readonly<Record<string, Column>> = {
  id: text(({ id }) => id),
  url: text(({ url }) => url),
  title: text(({ title }) => title),
  original_title: nullable(({ originalTitle }) => originalTitle),
  published_at: instant(({ publishedAt }) => publishedAt),
  time_precision: text(({ precision }) => precision),
  updated_at: instant(({ updatedAt }) => updatedAt),
  day: text(({ day }) => day),
  source: nullable(({ source }) => source),
  origin: nullable(({ origin }) => origin),
  authors: json(authorsOf),
  people: json(({ people }) => people.map(({ name, role }) => ({ name, role }))),
  byline: nullable(({ byline }) => byline),
  keywords: json(({ keywords }) => keywords),
  topic: nullable(({ topic }) => topic),
  summary: nullable(({ summary }) => summary),
  text: text(({ text: all }) => all),
  characters: count(({ characters }) => characters),
  pictures: json(({ pictures }) => pictures),
  versions: count(({ versions }) => versions.length),
  first_captured_at: instant(({ firstCapturedAt }) => firstCapturedAt),
  captured_at: instant(({ capturedAt }) => capturedAt),
  withdrawn_since: instant(({ withdrawnSince }) => withdrawnSince),
  moved_to: nullable(({ movedTo }) => movedTo),
  flags: json(({ flags }) => flags),
  document: text(({ document }) => document),
  sha256: text(({ sha256 }) => sha256),
};

/** A month of more text than this is parted, so that memory does not grow with it. In characters. */
const MOST_CHARACTERS = 16e6;

export const parquet: TableContent = async function* (articles, { options }) {
  const writer = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: columnsOf([]) });
  const file = new ParquetWriter({ writer, schema, createdBy: options.software });
  let [month, characters] = ['', 0];
  let rows: Row[] = [];
  for await (const article of articles) {
    const next = monthOf(article.key);
    if (rows.length > 0 && (next !== month || characters > MOST_CHARACTERS)) {
      yield writeRows();
      [rows, characters] = [[], 0];
    }
    month = next;
    const row = rowOf(article);
    characters += row.text.length;
    rows.push(row);
  }
  if (rows.length > 0) yield writeRows();
  await file.finish();
  yield taken();

  function writeRows(): Uint8Array {
    void file.write({ columnData: columnsOf(rows), rowGroupSize: rows.length }); // at once: the writer is memory
    return taken();
  }

  /** The bytes so far; the writer goes on with an empty buffer, and with the place in the file. */
  function taken(): Uint8Array {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  }
};

function columnsOf(rows: readonly Row[]): ColumnSource[] {
  return Object.entries(COLUMNS).map(([name, { type, nullable: mayBeNull, read }]) => ({
    name,
    type,
    nullable: mayBeNull,
    data: rows.map(read),
  }));
}
