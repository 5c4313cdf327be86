/** What a refusal of the disk means for the run: full, failing, or not to be written. */
import { ArchiveError, type ErrorCode } from '../errors.ts';

const MEANING: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'ARCHIVE_FULL',
  EDQUOT: 'ARCHIVE_FULL',
  EIO: 'ARCHIVE_IO',
  EACCES: 'ARCHIVE_NOT_WRITABLE',
  EPERM: 'ARCHIVE_NOT_WRITABLE',
  EROFS: 'ARCHIVE_NOT_WRITABLE',
  ENOTDIR: 'ARCHIVE_NOT_WRITABLE',
  EISDIR: 'ARCHIVE_NOT_WRITABLE',
  ENOENT: 'ARCHIVE_NOT_WRITABLE',
  EEXIST: 'ARCHIVE_NOT_WRITABLE',
  EMFILE: 'ARCHIVE_NOT_WRITABLE',
  ENFILE: 'ARCHIVE_NOT_WRITABLE',
};

/**
 * Runs work on the files below `root`.
 * @throws ARCHIVE_FULL, ARCHIVE_IO, ARCHIVE_NOT_WRITABLE naming what the disk said; anything else as it is
 */
export async function guarded<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = MEANING[codeOf(error)];
    if (code === undefined) throw error;
    throw new ArchiveError(code, `${root}: ${(error as Error).message}`, { cause: error });
  }
}

/** True for the error of a file or folder that is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  // A known failure carries a code of its own, which no disk says.
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
