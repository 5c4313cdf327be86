/** What a folder of an archive holds, by kind; what has no place in it is told. */
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, finding } from './finding.ts';
import { kindOf } from './read-file.ts';

export interface Folder {
  /** Names of regular files, in order. */
  readonly files: readonly string[];
  /** Names of folders, in order. */
  readonly folders: readonly string[];
  /** Links, special files, temporary files: named here and never opened. */
  readonly findings: readonly Finding[];
}

const EMPTY: Folder = { files: [], folders: [], findings: [] };
const TEMPORARY = /^\..+\.tmp$/;

/**
 * Lists one folder; nothing is followed or opened. A folder that is not there is empty.
 * @param key path of the folder relative to `root`, with `/`; empty for the root itself
 */
export function listFolder(root: string, key: string): Folder {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(root, key), { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return EMPTY;
    return { ...EMPTY, findings: [finding('unreadable-file', { path: key, article: null }, message)] };
  }
  const files: string[] = [];
  const folders: string[] = [];
  const findings: Finding[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const where = { path: under(key, entry.name), article: null };
    if (entry.isSymbolicLink()) findings.push(finding('link-in-archive', where, 'a symbolic link'));
    else if (entry.isDirectory()) folders.push(entry.name);
    else if (!entry.isFile()) findings.push(finding('special-file', where, kindOf(entry)));
    else if (TEMPORARY.test(entry.name)) findings.push(finding('temporary-file', where, 'left by a write'));
    else files.push(entry.name);
  }
  return { files, folders, findings };
}

/** A key one level deeper. */
export function under(key: string, name: string): string {
  return key === '' ? name : `${key}/${name}`;
}

/** Names that have no place where they lie. */
export function strays(key: string, names: readonly string[], why: string): Finding[] {
  return names.map((name) => finding('stray-file', { path: under(key, name), article: null }, why));
}
