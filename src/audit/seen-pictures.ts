/** What an audit with `--quick` saw in pictures, so that the next one need not read them again. It lies in the user's cache. */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PictureReading } from './checks/assets/picture.ts';

const TABLE =
  'CREATE TABLE IF NOT EXISTS seen (path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed REAL NOT NULL, reading TEXT NOT NULL) STRICT, WITHOUT ROWID';

/** A file as it lay there when it was read. */
export interface FileState {
  /** Relative to the archive. */
  readonly path: string;
  readonly size: number;
  /** Last change in ms since 1970. */
  readonly changed: number;
}

/** Looks readings up; it never writes. */
export interface SeenPictures extends Disposable {
  /** Null where the file was not seen, or not so. */
  of(state: FileState): PictureReading | null;
}

/** Where the readings of an archive are kept: outside of it, by its path. */
export function seenFile(root: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'guancha-archive', `audit-${hash('sha256', root).slice(0, 16)}.sqlite`);
}

/** @param path as `seenFile` gives it; null, and a file that is not there, know nothing */
export function openSeen(path: string | null): SeenPictures {
  if (path === null || !existsSync(path)) return { of: () => null, [Symbol.dispose]: () => {} };
  const database = new DatabaseSync(path, { readOnly: true });
  const find = database.prepare('SELECT reading FROM seen WHERE path = ? AND size = ? AND changed = ?');
  return {
    of: ({ path: file, size, changed }) => {
      const row = find.get(file, size, changed);
      return row === undefined ? null : (JSON.parse(String(row.reading)) as PictureReading);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Keeps what was read, and forgets files that are not there any more where everything was read. */
export function keepSeen(path: string, rows: Iterable<FileState & { readonly reading: string }>): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    database.exec(`${TABLE}; BEGIN IMMEDIATE; DELETE FROM seen`);
    const insert = database.prepare('INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)');
    for (const { path: file, size, changed, reading } of rows) insert.run(file, size, changed, reading);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
