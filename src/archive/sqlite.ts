/** SQLite's refusals as known failures. */
import { ArchiveError } from '../errors.ts';

/** Runs work on the database and turns what SQLite throws into known failures. */
export type WithSqliteErrors = <T>(work: () => T) => T;

/** @throws ARCHIVE_FULL, ARCHIVE_IO, ARCHIVE_NOT_WRITABLE where the disk or SQLite refuses; `path` is the database's */
export function withSqliteErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message?: string };
    if (code !== 'ERR_SQLITE_ERROR' && !/^E[A-Z]+$/.test(code ?? '')) throw error;
    const full = /database or disk is full/.test(message ?? '') || code === 'ENOSPC';
    const broken = /disk I\/O error/.test(message ?? '') || code === 'EIO';
    const meaning = full ? 'ARCHIVE_FULL' : broken ? 'ARCHIVE_IO' : 'ARCHIVE_NOT_WRITABLE';
    throw new ArchiveError(meaning, `${path}: ${message}`, { cause: error });
  }
}
