/**
 * What was sealed of each file, in `seals.sqlite`: by it a seal knows what is new without hashing everything again, as git's
 * index does. All of it follows from the lists; where it is lost or belongs to another state of the log, it is made anew, and
 * every file is hashed once more.
 */
import { textOf } from '../database.ts';
import { openDatabase } from '../sqlite.ts';

export interface SealedFile {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Of the file when these bytes were in it (`StoredFile.revision`); null where it was too new to tell, or is not known. */
  readonly revision: string | null;
}

/** The state of the log that the rows are of. */
export interface MemoryState {
  readonly origin: string;
  readonly size: number;
  /** In base64. */
  readonly root: string;
}

/** How the last seal went wrong. */
export interface SealFailure {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly detail: string;
}

/** What the last seal came to. */
export interface SealResult {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Newly sealed. */
  readonly files: number;
  readonly findings: number;
}

export interface SealMemory extends Disposable {
  readonly state: () => MemoryState | null;
  readonly get: (path: string) => SealedFile | null;
  readonly set: (path: string, file: SealedFile) => void;
  /** Everything until `commit` is kept together with the new state, or not at all. */
  readonly begin: () => void;
  readonly commit: (state: MemoryState) => void;
  readonly rollBack: () => void;
  readonly clear: () => void;
  readonly failure: () => SealFailure | null;
  readonly setFailure: (failure: SealFailure | null) => void;
  readonly result: () => SealResult | null;
  readonly setResult: (result: SealResult) => void;
}

const MIGRATIONS = [
  `CREATE TABLE files (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, revision TEXT) STRICT, WITHOUT ROWID;
   CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
];

/** @param path of the database; `:memory:` for one that is lost with the process */
export function openSealMemory(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): SealMemory {
  const database = openDatabase(path, { migrations: MIGRATIONS, readOnly });
  const get = database.prepare('SELECT sha256, revision FROM files WHERE path = ?');
  const set = database.prepare('INSERT OR REPLACE INTO files (path, sha256, revision) VALUES (?, ?, ?)');
  const fact = database.prepare('SELECT value FROM facts WHERE name = ?');
  const setFact = database.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)');
  const factOf = (name: string) => textOf(fact.get(name)?.value);
  const written = <T>(name: string): T | null => {
    const value = factOf(name) ?? '';
    return value === '' ? null : (JSON.parse(value) as T);
  };
  let isBegun = false;
  return {
    state: () => {
      const [origin, size, root] = ['origin', 'size', 'root'].map(factOf);
      return origin == null || size == null || root == null ? null : { origin, size: Number(size), root };
    },
    get: (path) => {
      const row = get.get(path);
      return row === undefined ? null : { sha256: String(row.sha256), revision: textOf(row.revision) };
    },
    set: (path, { sha256, revision }) => void set.run(path, sha256, revision),
    begin: () => {
      database.exec('BEGIN IMMEDIATE');
      isBegun = true;
    },
    commit: ({ origin, size, root }) => {
      for (const [name, value] of Object.entries({ origin, size: String(size), root })) setFact.run(name, value);
      database.exec('COMMIT');
      isBegun = false;
    },
    rollBack: () => {
      if (isBegun) database.exec('ROLLBACK');
      isBegun = false;
    },
    clear: () => database.exec("DELETE FROM files; DELETE FROM facts WHERE name NOT IN ('failure', 'result')"),
    failure: () => written<SealFailure>('failure'),
    setFailure: (failure) => void setFact.run('failure', failure === null ? '' : JSON.stringify(failure)),
    result: () => written<SealResult>('result'),
    setResult: (result) => void setFact.run('result', JSON.stringify(result)),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
