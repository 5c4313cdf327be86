/** Addresses of audited files, percent-encoded: whatever a name holds, it stays a name. */
import { join, relative, sep } from 'node:path';
import type { Located } from './groups.ts';

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

function relativeUrl(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
