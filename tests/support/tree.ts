/** A folder's files as one comparable value. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Path → SHA-256 of every file below `root` that `wanted` keeps, in order of path. */
export async function digests(
  root: string,
  wanted: (path: string) => boolean = () => true,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of await files(root)) {
    if (wanted(path))
      found[path] = createHash('sha256')
        .update(await readFile(join(root, path)))
        .digest('hex');
  }
  return found;
}

/** Path → last change in ms of every file below `root`. */
export async function mtimes(
  root: string,
  wanted: (path: string) => boolean = () => true,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const path of await files(root)) if (wanted(path)) found[path] = (await stat(join(root, path))).mtimeMs;
  return found;
}

/** Relative paths of all files below `root`, sorted. */
export async function files(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** The part of an archive that is for good: without the operational database. */
export const isKept = (path: string): boolean => !/^frontier\.sqlite/.test(path);
