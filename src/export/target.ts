/** Where an export is written to, outside of the archive: finished files under their names, unfinished ones in a folder of their own. */
import { realpath, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { knownError } from '../system-errors.ts';

export interface Target extends AsyncDisposable {
  /** The folder that the files are put into. One export at a time writes to a target. */
  readonly folder: Storage;
  /** The key of the file that was asked for; null where a folder was. */
  readonly file: string | null;
  /** Makes the folder of unfinished files, for what another library writes by itself; returns its path. */
  makeUnfinished(): Promise<string>;
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
  if (`${await realPathOf(path)}/`.startsWith(`${await realPathOf(archive)}/`))
    throw new ArchiveError('USAGE', `${path}: lies inside the archive; name a place outside of it`);
  const [root, file] = isFile ? [dirname(path), basename(path)] : [path, null];
  const disk = openDisk(root, { place: 'elsewhere' });
  const there = await openDisk(dirname(path), { place: 'elsewhere' }).stat(basename(path));
  if (there !== null && there.kind !== 'a symbolic link' && there.kind !== (isFile ? 'a file' : 'a folder'))
    throw new ArchiveError('USAGE', `${path}: ${there.kind} is there; name ${isFile ? 'a file' : 'a folder'}`);
  const unfinished = file === null ? '.unfinished' : `.${file}.unfinished`;
  await openDisk(join(root, unfinished), { place: 'elsewhere' }).sweep();
  return {
    folder: { ...disk, temporary: () => disk.temporary(unfinished) },
    file,
    makeUnfinished: async () => {
      const folder = join(root, unfinished);
      try {
        makeFolder(folder);
      } catch (error) {
        throw knownError(error, { place: 'elsewhere', name: folder });
      }
      return folder;
    },
    [Symbol.asyncDispose]: async () => {
      await rmdir(join(root, unfinished)).catch(() => {}); // absent, or with something of another program in it
    },
  };
}

/** The name of the file that an export of one file writes. */
export function requireFile({ file, folder }: Target): string {
  if (file === null) throw new TypeError(`${folder.name}: opened as a folder`);
  return file;
}

/** Without links, as far as the path is there. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path); // whatever the reason: what cannot be looked at is compared as it is spelt
    return above === path ? path : join(await realPathOf(above), basename(path));
  }
}
