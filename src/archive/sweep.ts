/** What a run that died left half done, file by file: finished or taken back, so that the archive is as it was before. */
import { ArchiveError } from '../errors.ts';
import type { Disk } from './disk.ts';
import { type ArchiveRecord, sha256 } from './record.ts';

/**
 * Takes back everything that no record speaks of yet; the frontier gives its articles out again.
 * @param options `since` is when the dead run began, ms since 1970: documents that are older are never removed
 * @returns how many files were removed or put back
 */
export async function sweep(
  disk: Disk,
  options: { readonly since: number; readonly recordAt: (key: string) => Promise<ArchiveRecord | null> },
): Promise<number> {
  const { since } = options;
  let count = await disk.sweep();
  for await (const path of disk.walk('versions')) count += (await takeBackVersion(path)) ? 1 : 0;
  for await (const path of disk.walk('articles')) count += (await removeUnrecorded(path)) ? 1 : 0;
  for await (const path of disk.walk('quarantine')) count += (await removeHalf(path)) ? 1 : 0;
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

  /** A superseded document that its record does not list: the save ended before the record was written. */
  async function takeBackVersion(path: string): Promise<boolean> {
    const record = await recordAt(path.replace(/^versions\//, '').replace(/\/\d+\.html$/, ''));
    if (record === null || record.versions.some(({ document }) => document === path)) return false;
    const copy = await disk.read(path);
    if (copy === null || sha256(copy) !== record.document.sha256) return false; // not from such a save
    const present = await disk.read(record.document.path);
    if (present === null || !present.equals(copy)) await disk.write(record.document.path, copy);
    await disk.remove(path);
    return true;
  }

  /** A document of the dead run without its record. Older ones lost theirs otherwise, and are not this sweep's to judge. */
  async function removeUnrecorded(path: string): Promise<boolean> {
    if (await disk.has(path.replace(/^articles\//, 'records/').replace(/\.html$/, '.json'))) return false;
    const writtenAt = await disk.writtenAt(path);
    if (writtenAt === null || writtenAt < since) return false;
    await disk.remove(path);
    return true;
  }

  /** A page in quarantine without its description. */
  async function removeHalf(path: string): Promise<boolean> {
    if (!path.endsWith('.gz') || (await disk.has(path.replace(/\.gz$/, '.json')))) return false;
    await disk.remove(path);
    return true;
  }
}
