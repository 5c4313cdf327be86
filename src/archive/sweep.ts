/** What a run that died left half done, file by file: ended or taken back, so that the archive is as it was before. */
import { ArchiveError } from '../errors.ts';
import { ARTICLES, parseKey, QUARANTINE, quarantineDescription, recordKey, VERSIONS } from './keys.ts';
import { type ArchiveRecord, sha256 } from './record.ts';
import type { Storage, StoredFile } from './storage.ts';
import type { Trash } from './trash.ts';

/**
 * Takes back everything that no record speaks of yet; the frontier gives its articles out again. Nothing but unfinished
 * temporary files is deleted: what looks like the work of the dead run may be a backup that somebody put back beside it.
 * @param options `since` is when the dead run began, ms since 1970: documents that are older stay where they are
 * @returns how many files were taken back
 */
export async function sweep(
  storage: Storage,
  options: {
    readonly since: number;
    readonly trash: Trash;
    readonly recordAt: (key: string) => Promise<ArchiveRecord | null>;
  },
): Promise<number> {
  const { since, trash } = options;
  let count = await storage.sweep();
  for await (const { key } of storage.list(VERSIONS)) count += (await takeBackVersion(key)) ? 1 : 0;
  for await (const file of storage.list(ARTICLES)) count += (await takeBackDocument(file)) ? 1 : 0;
  for await (const { key } of storage.list(QUARANTINE)) count += (await takeBackPage(key)) ? 1 : 0;
  return count;

  /** Null too where a record is damaged: what belongs to it is not this sweep's to judge. */
  async function recordAt(key: string): Promise<ArchiveRecord | null> {
    try {
      return await options.recordAt(key);
    } catch (error) {
      if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return null;
      throw error;
    }
  }

  /** A superseded document that its record does not list: the update ended before the record was written. */
  async function takeBackVersion(key: string): Promise<boolean> {
    const parsed = parseKey(key);
    const record = parsed?.kind === 'version' ? await recordAt(parsed.article) : null;
    if (record === null || record.versions.some(({ document }) => document === key)) return false;
    const copy = await storage.read(key);
    if (copy === null || sha256(copy) !== record.document.sha256) return false; // not from such an update
    const { path } = record.document;
    if ((await storage.read(path))?.equals(copy) !== true)
      await trash.keep(path, 'sweep: a document that its record does not describe');
    await storage.move(key, path);
    return true;
  }

  /** A document of the dead run without its record. Older ones lost theirs otherwise, and are not this sweep's to judge. */
  async function takeBackDocument({ key, writtenAt }: StoredFile): Promise<boolean> {
    const parsed = parseKey(key);
    if (parsed?.kind !== 'document' || writtenAt < since) return false;
    if ((await storage.stat(recordKey(parsed.article))) !== null) return false;
    return (await trash.move(key, 'sweep: a document without its record')) === null;
  }

  /** A page in quarantine without its description. */
  async function takeBackPage(key: string): Promise<boolean> {
    const parsed = parseKey(key);
    if (parsed?.kind !== 'page' || (await storage.stat(quarantineDescription(parsed.name))) !== null) return false;
    return (await trash.move(key, 'sweep: a page in quarantine without its description')) === null;
  }
}
