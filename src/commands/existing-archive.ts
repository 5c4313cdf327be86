/** Whether there is an archive where the configuration says: a wrong path is an error, and not an archive without articles. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  ARTICLES,
  CAPTURES,
  CATALOG,
  FRONTIER,
  LOCK,
  MANIFEST,
  QUARANTINE,
  RECORDS,
  SEALS,
  VERSIONS,
} from '../archive/keys.ts';
import type { StoragePlace } from '../archive/open-storage.ts';
import { ArchiveError } from '../errors.ts';
import type { OperationsPlace } from '../frontier/operations.ts';
import { knownError } from '../system-errors.ts';

/** One of these is in every archive, from its first moment on; or one of the next. */
const OWN: ReadonlySet<string> = new Set([CATALOG, FRONTIER, LOCK, MANIFEST, QUARANTINE, SEALS]);
/** Folders of other programs have these names as well; here there are years in them, and posts. */
const BY_YEAR: readonly string[] = [ARTICLES, CAPTURES, RECORDS, VERSIONS];

/**
 * For commands that make no archive. Of one that lies elsewhere than in a folder, its own door says what is wrong with it.
 * @throws NO_ARCHIVE; what the disk refuses with
 */
export function requireArchive(place: StoragePlace & OperationsPlace): void {
  if (!hasArchive(place)) throw noArchive(place.archive);
}

/** True for one that lies elsewhere than in a folder. @throws what the disk refuses with */
export function hasArchive({ archive, cluster }: StoragePlace & OperationsPlace): boolean {
  return cluster.storage !== null || cluster.postgres !== null || isArchive(archive);
}

/** The same of a folder that is named by itself. */
export function requireArchiveIn(folder: string): void {
  if (!isArchive(folder)) throw noArchive(folder);
}

function noArchive(folder: string): ArchiveError {
  return new ArchiveError('NO_ARCHIVE', `${folder}: there is no archive`);
}

/** @throws what the disk refuses with */
export function isArchive(folder: string): boolean {
  const hasYears = (name: string) => namesIn(join(folder, name)).some((each) => /^(?:\d{4}|fengwen)$/.test(each));
  return namesIn(folder).some((name) => OWN.has(name) || (BY_YEAR.includes(name) && hasYears(name)));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw knownError(error, { place: 'archive', name: folder });
  }
}
