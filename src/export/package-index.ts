/**
 * What a package needs in another order than it is found in: lines of its index, lines of its pages, and which addresses it
 * has. It lies in a temporary database that goes with the process, so that memory does not grow with the package.
 */
import { connect, type WithSqliteErrors } from '../sqlite.ts';
import { knownError } from '../system-errors.ts';

export interface PackageIndex extends Disposable {
  /** @returns what the name was first noted with; null where it was not noted before */
  note(name: string, value?: string): string | null;
  /** What the name was first noted with; null where it was not. */
  noted(name: string): string | null;
  /** @param line without its end */
  addLine(line: string): void;
  addPage(page: string): void;
  /** All lines in the order of their bytes. */
  lines(): Iterable<string>;
  /** Of all lines with their ends. */
  lineBytes(): number;
  pageCount(): number;
  /** All pages in the order in which they came. */
  pages(): Iterable<string>;
}

const TABLES = `
  PRAGMA synchronous = OFF;
  CREATE TABLE names (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE lines (line TEXT NOT NULL) STRICT;
  CREATE TABLE pages (page TEXT NOT NULL) STRICT;
  BEGIN;
`;

/** @throws TEMPORARY_NOT_WRITABLE, as all members do where the disk of temporary files refuses */
export function openPackageIndex(): PackageIndex {
  const database = withErrors(() => connect('')); // an empty name is a file of SQLite's own that has no name on the disk
  return withErrors(() => {
    database.exec(TABLES);
    const noteName = database.prepare('INSERT OR IGNORE INTO names VALUES (?, ?)');
    const find = database.prepare('SELECT value FROM names WHERE name = ?');
    const addLine = database.prepare('INSERT INTO lines VALUES (?)');
    const addPage = database.prepare('INSERT INTO pages VALUES (?)');
    let [lineBytes, pageCount] = [0, 0];
    return {
      note: (name, value = '') =>
        withErrors(() => (noteName.run(name, value).changes > 0 ? null : String(find.get(name)?.value))),
      noted: (name) =>
        withErrors(() => {
          const row = find.get(name);
          return row === undefined ? null : String(row.value);
        }),
      addLine: (line) => {
        withErrors(() => addLine.run(line));
        lineBytes += Buffer.byteLength(line) + 1;
      },
      addPage: (page) => {
        withErrors(() => addPage.run(page));
        pageCount += 1;
      },
      lines: () => textsOf('SELECT line AS text FROM lines ORDER BY line COLLATE BINARY'),
      lineBytes: () => lineBytes,
      pageCount: () => pageCount,
      pages: () => textsOf('SELECT page AS text FROM pages ORDER BY rowid'),
      [Symbol.dispose]: () => database.close(),
    };

    function* textsOf(sql: string): Generator<string> {
      const rows = withErrors(() => database.prepare(sql).iterate());
      for (let row = withErrors(() => rows.next()); row.done !== true; row = withErrors(() => rows.next()))
        yield String(row.value.text);
    }
  });
}

const withErrors: WithSqliteErrors = (work) => {
  try {
    return work();
  } catch (error) {
    throw knownError(error, { place: 'temporary', name: 'the index of the package' });
  }
};
