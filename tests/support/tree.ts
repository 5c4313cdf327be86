/** A folder's files as one comparable value. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Path → SHA-256 of every file below `root` that `wanted` keeps, in order of path; `normal` takes out what may differ. */
export async function digests(
  root: string,
  wanted: (path: string) => boolean = () => true,
  normal: (path: string, bytes: Buffer) => Buffer | string = (_path, bytes) => bytes,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of await files(root)) {
    if (wanted(path))
      found[path] = createHash('sha256')
        .update(normal(path, await readFile(join(root, path))))
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

/** Where an exchange lies, and whether its body lies elsewhere: each run has its own files. */
const PLACE = /"file": "captures[^}]*?"length": \d+(?:,\s*"sha256": "\w+")?(?:,\s*"body": \{[^}]*\})?/g;

/** A record without the `Date` header of its requests, which a fixed clock here does not fix there, and without their places. */
export const withoutDateHeader = (path: string, bytes: Buffer): Buffer | string =>
  path.startsWith('records/')
    ? bytes
        .toString()
        .replaceAll(/"date": "\w{3}, [^"]*"/g, '"date": ""')
        .replaceAll(PLACE, '"file": ""')
    : bytes;

/** What a visit that finds nothing new leaves as it is: without databases, lock and seals, and the captures, which each request adds to. */
export const isKept = (path: string): boolean =>
  !/^(?:(?:frontier|seals|catalog)\.sqlite|lock\.|seals\/|captures\/)/.test(path);

/** The same without what had to make way. */
export const isInPlace = (path: string): boolean => isKept(path) && !path.startsWith('trash/');
