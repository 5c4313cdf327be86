/**
 * Builds the catalog anew from the files alone, in a file of its own that then takes the place of the old one: who has the
 * old one open goes on with it until it looks again. A kill leaves the old one as it is.
 */
import { join } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import { CATALOG, databaseFiles, NEW_CATALOG } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import { type DerivedDatabase, holdDatabase, openDerivedDatabase } from '../sqlite.ts';
import { type Refreshed, type RefreshOptions, refresh } from './refresh.ts';
import { SCHEMA, VERSION } from './schema.ts';

const BATCH = 512;

/**
 * Runs beside a crawl and beside readers; what is written meanwhile is seen by the next refresh.
 * @param archive absolute path
 * @throws ARCHIVE_BUSY where another program builds one, INTERRUPTED, ARCHIVE_NOT_WRITABLE, ARCHIVE_FULL, ARCHIVE_IO
 */
export async function reindex(
  storage: Storage,
  archive: string,
  options: Omit<RefreshOptions, 'whole' | 'batch'> = {},
): Promise<Refreshed> {
  if ((await storage.stat('')) === null)
    throw new ArchiveError('ARCHIVE_NOT_WRITABLE', `${archive}: nothing is archived there`);
  const files = openDisk(archive); // where the catalog lies, wherever the articles do
  const refreshed = await build();
  await putInPlace();
  return refreshed;

  async function build(): Promise<Refreshed> {
    using database = await openNew();
    const built = await refresh(database, storage, { ...options, whole: true, batch: BATCH });
    compact(database);
    return built;
  }

  async function openNew(): Promise<DerivedDatabase> {
    const path = join(archive, NEW_CATALOG);
    const options = { schema: SCHEMA, version: VERSION, mode: 'build' } as const;
    // What a killed one left is in nobody's hands; one that is being built is locked.
    if ((await files.stat(NEW_CATALOG)) !== null) {
      try {
        openDerivedDatabase(path, options)[Symbol.dispose]();
      } catch (error) {
        if (!(error instanceof ArchiveError) || error.code !== 'DATABASE_DAMAGED') throw error;
      }
      for (const name of databaseFiles(NEW_CATALOG)) await files.remove(name);
    }
    return openDerivedDatabase(path, options);
  }

  async function putInPlace(): Promise<void> {
    if ((await files.stat(CATALOG)) === null) return files.move(NEW_CATALOG, CATALOG);
    // Nobody may write while the file changes: a journal would then lie beside the wrong one.
    using _held = await holdOld();
    return files.move(NEW_CATALOG, CATALOG);
  }

  async function holdOld(): Promise<Disposable | null> {
    try {
      return holdDatabase(join(archive, CATALOG));
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== 'DATABASE_DAMAGED') throw error;
      for (const name of databaseFiles(CATALOG)) await files.remove(name);
      return null;
    }
  }
}

/** Puts the pieces of the indexes together: answers come faster, and the file is smaller. */
export function compact(database: DerivedDatabase): void {
  for (const table of ['words', 'singles']) database.exec(`INSERT INTO ${table} (${table}) VALUES ('optimize')`);
}
