/** The database in a file, and the one door to SQLite: opening, numbered migrations, reading without a trace, and SQLite's errors as known failures. */
import { constants, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Database, Dialect } from './database.ts';
import { ArchiveError } from './errors.ts';
import { makeFolder } from './folders.ts';
import { knownError } from './system-errors.ts';

/**
 * One step from a version of the tables to the next. It runs once, in the transaction that counts the version up.
 * Steps are never changed or removed once databases have gone through them.
 */
export type Migration = string | ((database: DatabaseSync) => void);

/**
 * Opens a database and brings its tables up to date, step by step from the number in its `user_version`.
 * @param options `migrations`: all steps, from an empty file or one of version 0 on. `readOnly`: nothing is made or changed,
 *   in the folder neither; works without leave to write, and beside a writer. No file then counts as an empty one, and an
 *   older version is brought up to date in a copy
 * @throws ARCHIVE_NEWER if later code made it; DATABASE_DAMAGED; what else the disk refuses with
 */
export function openDatabase(
  path: string,
  { migrations, readOnly = false }: { readonly migrations: readonly Migration[]; readonly readOnly?: boolean },
): Database {
  return withSqliteErrors(path, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new ArchiveError('DATABASE_DAMAGED', `${path}: a folder`);
    using opened = new DisposableStack();
    const connection = readOnly ? readUpToDate(path, migrations, opened) : writeUpToDate(path, migrations, opened);
    return databaseOf(connection, path, opened.move());
  });
}

/** A database that is made of other files and can be made of them again. */
export interface DerivedDatabase extends Database {
  /** True once another file lies at the path, or none: what is written here is lost, what is read is of yesterday. */
  isReplaced(): boolean;
}

/**
 * Opens a database of another kind: its file is whole in itself, without a log beside it, so that another file can be put
 * in its place while it is open. SQLite refuses to write to a file that was moved away (SQLITE_READONLY_DBMOVED).
 * @param options `schema` makes the tables of an empty file; `version` is theirs. `mode`: `read` changes nothing and works
 *   without leave to write; `write` shares the file with others; `build` has a new file for itself, which is whole once it
 *   is closed and lost where the program dies
 * @throws DATABASE_DAMAGED where it is damaged or of another version; what else the disk refuses with
 */
export function openDerivedDatabase(
  path: string,
  {
    schema,
    version,
    mode,
  }: { readonly schema: string; readonly version: number; readonly mode: 'read' | 'write' | 'build' },
): DerivedDatabase {
  return withSqliteErrors(path, () => {
    using opened = new DisposableStack();
    const isDefensive = mode !== 'build'; // SQLite leaves out no journal for whoever is
    const connection = opened.use(connect(path, { readOnly: mode === 'read', timeoutMs: BUSY_MS, isDefensive }));
    const fileNumber = () => (path === ':memory:' ? 0 : (statSync(path, { throwIfNoEntry: false })?.ino ?? null));
    const own = fileNumber();
    const found = () => Number(connection.prepare('PRAGMA user_version').get()?.user_version);
    if (mode === 'build') connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF');
    if (mode !== 'read')
      inTransaction(connection, path, () => {
        const isEmpty = connection.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
        if (isEmpty) connection.exec(`${schema}; PRAGMA user_version = ${version}`);
      });
    if (found() !== version)
      throw new ArchiveError('DATABASE_DAMAGED', `${path}: version ${found()}, this program writes ${version}`);
    return { ...databaseOf(connection, path, opened.move()), isReplaced: () => fileNumber() !== own };
  });
}

/**
 * Keeps everybody else from a derived database until disposed, with nothing of theirs left half done.
 * @throws ARCHIVE_BUSY where others do not let go of it; DATABASE_DAMAGED
 */
export function holdDatabase(path: string): Disposable {
  return withSqliteErrors(path, () => {
    using opened = new DisposableStack();
    const connection = opened.use(connect(path, { timeoutMs: BUSY_MS }));
    connection.exec('BEGIN EXCLUSIVE');
    return opened.move();
  });
}

/** A connection as it is, for what is no database of tables: locks, passing indexes, files of doubtful bytes. */
export function connect(
  path: string | URL,
  options: { readonly readOnly?: boolean; readonly timeoutMs?: number; readonly isDefensive?: boolean } = {},
): DatabaseSync {
  const { readOnly = false, timeoutMs = 0, isDefensive = true } = options;
  return new DatabaseSync(path, { readOnly, timeout: timeoutMs, defensive: isDefensive });
}

const BUSY_MS = 5000;

function writeUpToDate(path: string, migrations: readonly Migration[], opened: DisposableStack): DatabaseSync {
  makeFolder(dirname(path));
  const connection = opened.use(connect(path, { timeoutMs: BUSY_MS }));
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  migrate(connection, path, migrations);
  return connection;
}

function readUpToDate(path: string, migrations: readonly Migration[], opened: DisposableStack): DatabaseSync {
  if (sizeOf(path) === null) {
    const empty = opened.use(connect(':memory:'));
    migrate(empty, path, migrations);
    empty.exec('PRAGMA query_only = ON');
    return empty;
  }
  const connection = connectToRead(path, opened);
  if (versionOf(connection, path, migrations) === migrations.length) return connection;
  const copy = join(temporaryFolder(opened), basename(path));
  connection.prepare('VACUUM INTO ?').run(copy); // one transaction: a writer beside it does not matter
  const renewed = opened.use(connect(copy));
  migrate(renewed, path, migrations);
  renewed.exec('PRAGMA query_only = ON');
  return renewed;
}

/**
 * A connection that leaves no trace. Beside a writer, or where one was killed, SQLite's own files lie beside the database and
 * are used as they are. A log without its index, as in a copied archive, is read from a copy, for SQLite would make the
 * index. Without a log the file is all there is, and it is opened as one that nobody changes: a run that begins in that
 * moment may be seen in part.
 * @param opened what is to be closed with it is put here
 */
export function connectToRead(path: string, opened: DisposableStack): DatabaseSync {
  const [log, index] = [sizeOf(`${path}-wal`), sizeOf(`${path}-shm`)];
  if (log === null || (log === 0 && index === null)) {
    const url = pathToFileURL(path);
    url.search = '?immutable=1';
    return opened.use(connect(url, { readOnly: true }));
  }
  if (index !== null) return opened.use(connect(path, { readOnly: true, timeoutMs: BUSY_MS }));
  const copy = join(temporaryFolder(opened), basename(path));
  for (const end of ['', '-wal']) inTemporary(() => copyFileSync(path + end, copy + end, constants.COPYFILE_FICLONE));
  return opened.use(connect(copy));
}

/** A database of any version, as it is: neither made nor changed, in the folder neither. @throws DATABASE_DAMAGED; what else the disk refuses with */
export function openToRead(path: string): Database {
  return withSqliteErrors(path, () => {
    using opened = new DisposableStack();
    const connection = connectToRead(path, opened);
    return databaseOf(connection, path, opened.move());
  });
}

/** True if a connection that writes has the database open, or was killed with it. */
export function isOpenElsewhere(path: string): boolean {
  return sizeOf(`${path}-wal`) !== null;
}

/** Null if nothing is there; what may not be looked at is thrown, for it may be there. */
function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

function temporaryFolder(opened: DisposableStack): string {
  const folder = inTemporary(() => mkdtempSync(join(tmpdir(), 'guancha-read-')));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @throws TEMPORARY_NOT_WRITABLE */
function inTemporary<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw knownError(error, { place: 'temporary', name: tmpdir() });
  }
}

function migrate(connection: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  if (versionOf(connection, path, migrations) === migrations.length) return;
  inTransaction(connection, path, () => {
    for (const step of migrations.slice(versionOf(connection, path, migrations))) {
      if (typeof step === 'string') connection.exec(step);
      else step(connection);
    }
    connection.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(connection: DatabaseSync, path: string, { length }: readonly Migration[]): number {
  const version = Number(connection.prepare('PRAGMA user_version').get()?.user_version);
  if (version > length)
    throw new ArchiveError('ARCHIVE_NEWER', `${path}: version ${version}, this program knows ${length}`);
  return version;
}

function databaseOf(connection: DatabaseSync, path: string, opened: DisposableStack): Database {
  const withErrors: WithSqliteErrors = (work) => withSqliteErrors(path, work);
  return {
    dialect: SQLITE,
    prepare: (sql) => {
      const statement = withErrors(() => connection.prepare(sql));
      return {
        run: (...values) => withErrors(() => Number(statement.run(...values).changes)),
        get: (...values) => withErrors(() => statement.get(...values)),
        all: (...values) => withErrors(() => statement.all(...values)),
        iterate: function* (...values) {
          const rows = withErrors(() => statement.iterate(...values));
          try {
            for (let row = withErrors(() => rows.next()); row.done !== true; row = withErrors(() => rows.next()))
              yield row.value;
          } finally {
            rows.return?.(); // left half way, a statement goes on to keep writers out
          }
        },
      };
    },
    exec: (sql) => withErrors(() => connection.exec(sql)),
    transaction: (work) => (connection.isTransaction ? work() : inTransaction(connection, path, work)),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

const SQLITE: Dialect = {
  texts: (parameter) => `json_each(${parameter})`,
  gathered: (column) => `json_group_array(${column})`,
  indexed: (index) => `INDEXED BY ${index}`, // left to itself SQLite sorts or looks through far more rows
  forUpdate: '', // whoever changes something has the whole database
};

function inTransaction<T>(connection: DatabaseSync, path: string, work: () => T): T {
  withSqliteErrors(path, () => connection.exec('BEGIN IMMEDIATE'));
  try {
    const result = work();
    withSqliteErrors(path, () => connection.exec('COMMIT'));
    return result;
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK'); // SQLite has done so itself where the disk refused
    throw error;
  }
}

// SQLite's errors as known failures.

/** Runs work on the database and turns what SQLite throws into known failures. */
export type WithSqliteErrors = <T>(work: () => T) => T;

/** @throws what `system-errors.ts` makes of a refusal of the disk or of SQLite; `path` is the database's */
export function withSqliteErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw knownError(error, { place: 'archive', name: path });
  }
}
