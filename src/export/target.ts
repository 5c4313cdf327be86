/** Where an export is written to, outside of the archive: finished files under their names, unfinished ones in a folder of their own. */
import { rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';

export interface Target extends AsyncDisposable {
  /** The folder that the files are put into. One export at a time writes to a target. */
  readonly folder: Storage;
  /** The key of the file that was asked for; null where a folder was. */
  readonly file: string | null;
}

/**
 * What an export that was killed left unfinished there is removed first.
 * @param path absolute
 * @param options `isFile` for a single file; `archive` is the folder in which nothing may be written
 * @throws USAGE where the path lies in the archive, or has something else at its place; FILE_REFUSED
 */
export async function openTarget(
  path: string,
  { isFile, archive }: { readonly isFile: boolean; readonly archive: string },
): Promise<Target> {
  if (`${path}/`.startsWith(`${archive}/`)) throw new ArchiveError('USAGE', `${path}: lies inside the archive`);
  const [root, file] = isFile ? [dirname(path), basename(path)] : [path, null];
  const disk = openDisk(root, { place: 'elsewhere' });
  const there = isFile ? await disk.stat(basename(path)) : await openDisk(dirname(path)).stat(basename(path));
  if (there !== null && there.kind !== 'a symbolic link' && (there.kind === 'a file') !== isFile)
    throw new ArchiveError('USAGE', `${path}: ${there.kind} is there; name ${isFile ? 'a file' : 'a folder'}`);
  const unfinished = file === null ? '.unfinished' : `.${file}.unfinished`;
  await openDisk(join(root, unfinished), { place: 'elsewhere' }).sweep();
  return {
    folder: { ...disk, temporary: () => disk.temporary(unfinished) },
    file,
    [Symbol.asyncDispose]: async () => {
      await rmdir(join(root, unfinished)).catch(() => {}); // absent, or with something of another program in it
    },
  };
}
