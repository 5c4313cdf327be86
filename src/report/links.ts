/** Addresses of audited files, percent-encoded: whatever a name holds, it stays a name. */
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Located } from './groups.ts';

/** A path with `/` as a relative address; of a folder itself `./`. */
export function relativeUrl(path: string): string {
  return path === '' ? './' : path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/** `file:///home/me/archive/`. */
export function folderUrl(folder: string): string {
  return pathToFileURL(folder).href.replace(/\/?$/, '/');
}

/**
 * Where a report's reader finds the file.
 * @param from folder of the report
 * @returns an address relative to it; null where there can be none: a name that is not valid UTF-8 cannot be written
 * down, and a document that holds scripts is not opened by a click
 */
export function linkTo({ found, root }: Located, from: string): string | null {
  if (found.code === 'active-content' || found.path.includes('\ufffd')) return null;
  return `./${relativeUrl(relative(from, join(root, found.path)).split(sep).join('/'))}`;
}
