/** Whether the last seal is of files as they lie there, for pages that say so: a few small reads, whatever the size of the log. */
import type { Storage } from '../archive/storage.ts';
import { lastSealedAt, newestCheckpoint } from './log.ts';
import type { SealMemory } from './memory.ts';

interface LastSeal {
  /** Of the log, in entries. */
  readonly size: number;
  /** By the machine's own clock, ISO 8601 in UTC; null where it cannot be read. */
  readonly at: string | null;
  /** Of the files that were asked for, in their order: true where the log has these bytes, and no others of the file after them. */
  readonly covers: readonly boolean[];
}

/**
 * @param openMemory what was sealed of each file; of another state of the log than the last it says nothing
 * @returns null where nothing was sealed, or it is not known what
 * @throws SEAL_DAMAGED, DATABASE_DAMAGED
 */
export async function lastSealOver(
  files: readonly { readonly path: string; readonly sha256: string }[],
  storage: Storage,
  openMemory: () => SealMemory,
): Promise<LastSeal | null> {
  const newest = await newestCheckpoint(storage);
  if (newest === null) return null;
  const { origin, size, root } = newest;
  using memory = openMemory();
  const state = memory.state();
  if (state === null || state.origin !== origin || state.size !== size || state.root !== root.toString('base64'))
    return null;
  const covers = files.map(({ path, sha256 }) => memory.get(path)?.sha256 === sha256);
  return { size, at: await lastSealedAt(storage), covers };
}
