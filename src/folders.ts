/** Folders with what lies above them. Node's own `recursive` never returns where the system refuses a folder with ENOENT though its parent is there: /proc, autofs. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are not there.
 * @param options `mode` of those that are made
 * @throws what the system refuses with
 */
export function makeFolder(path: string, options: { readonly mode?: number } = {}): void {
  try {
    mkdirSync(path, options);
  } catch (error) {
    if (isFolder(path)) return;
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path || isFolder(above)) throw error;
    makeFolder(above, options);
    makeFolder(path, options);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
