/** Opens what lies in an archive without trusting it: nothing but regular files, no links, and never more than a cap. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { isTemporaryName, mayBeLink } from '../archive/keys.ts';
import { kindOf } from '../archive/storage.ts';
import type { AuditIndex } from './audit-index.ts';
import { type CheckCode, type Finding, finding } from './promises.ts';

/** What the audit of a piece of the archive is given. */
export interface ShardContext {
  readonly root: string;
  readonly index: AuditIndex;
  /** False for a check that was not asked for: it reports nothing, and hides no other finding. */
  readonly wanted: (code: CheckCode) => boolean;
  /** True if only some articles are asked for: their pictures are then read with them. */
  readonly isPartial: boolean;
  /** The day from which on, `2022-01-28`; null for all. */
  readonly since: string | null;
  readonly report: (found: Finding) => void;
  readonly count: (read: { readonly articles?: number; readonly assets?: number; readonly bytes: number }) => void;
}

/** A page of the site has at most 16 MB (`limits.pageBytes`); a record quotes less than its page. */
export const LONGEST_BYTES = 64_000_000;

/** A file's bytes, or what is wrong with the file. `absent` is no fault by itself: who asks knows whether it must be there. */
type FileRead =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fault'; readonly code: CheckCode; readonly detail: string };

/** Reads a whole file of at most `capBytes`. */
export function readWhole(path: string, capBytes: number, options: { readonly follows?: boolean } = {}): FileRead {
  const read = (descriptor: number, { size }: Stats): FileRead => {
    if (size > capBytes) return { kind: 'fault', code: 'file-too-large', detail: `${size} bytes` };
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const read = readSync(descriptor, bytes, length, size - length, length);
      if (read === 0) break;
      length += read;
    }
    return { kind: 'bytes', bytes: length === size ? bytes : bytes.subarray(0, length) };
  };
  return withFile(path, read, options);
}

/** When what lies there was last written, ms since 1970, links not followed; null if nothing does. */
export function changedAt(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** True if the last part of a path is a link. */
export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

const PIECE_BYTES = 256 * 1024;

/** The bytes of an open file to its end, in little memory; `size` is what the file is believed to have, `from` where to begin. */
export function* piecesOf(descriptor: number, size: number, from = 0): Generator<Buffer> {
  for (let at = from; ; ) {
    const piece = Buffer.allocUnsafe(Math.min(Math.max(size - at, 1), PIECE_BYTES));
    const length = readSync(descriptor, piece, 0, piece.length, at);
    if (length === 0) return;
    yield piece.subarray(0, length);
    at += length;
  }
}

/**
 * Opens a regular file and closes it again. A link is not followed unless it is asked for, and a FIFO not waited for.
 * @param work is given the descriptor; what the disk refuses in it becomes a fault
 */
export function withFile<T>(
  path: string,
  work: (descriptor: number, stats: Stats) => T,
  { follows = false }: { readonly follows?: boolean } = {},
): T | Exclude<FileRead, { kind: 'bytes' }> {
  try {
    using file = openFile(path, { follows });
    if (!file.stats.isFile()) return { kind: 'fault', code: 'special-file', detail: kindOf(file.stats) };
    return work(file.descriptor, file.stats);
  } catch (error) {
    return faultOf(error);
  }
}

/** The same for work that takes turns with other work. */
export async function withFileOpen<T>(
  path: string,
  work: (descriptor: number, stats: Stats) => Promise<T>,
  { follows = false }: { readonly follows?: boolean } = {},
): Promise<T | Exclude<FileRead, { kind: 'bytes' }>> {
  try {
    using file = openFile(path, { follows });
    if (!file.stats.isFile()) return { kind: 'fault', code: 'special-file', detail: kindOf(file.stats) };
    return await work(file.descriptor, file.stats);
  } catch (error) {
    return faultOf(error);
  }
}

function openFile(
  path: string,
  { follows }: { readonly follows: boolean },
): Disposable & { readonly descriptor: number; readonly stats: Stats } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | (follows ? 0 : constants.O_NOFOLLOW));
  return { descriptor, stats: fstatSync(descriptor), [Symbol.dispose]: () => closeSync(descriptor) };
}

/** What the disk said, as a fault of the file; what is no error of a disk is thrown. */
function faultOf(error: unknown): Exclude<FileRead, { kind: 'bytes' }> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return { kind: 'absent' };
  if (code === 'ELOOP') return { kind: 'fault', code: 'link-in-archive', detail: 'a symbolic link' };
  if (code === 'ENXIO') return { kind: 'fault', code: 'special-file', detail: 'a socket or device' };
  if (code === undefined) throw error;
  return { kind: 'fault', code: 'unreadable-file', detail: message.replace(/,[^,]*$/, '') };
}

// What a folder of an archive holds, by kind; what has no place in it is reported.

interface Folder {
  /** Names of regular files, and of links where a file of the archive may be one; in order. */
  readonly files: readonly string[];
  /** Names of folders, in order. */
  readonly folders: readonly string[];
  /** Links, special files, temporary files: named here and never opened. */
  readonly findings: readonly Finding[];
}

const EMPTY: Folder = { files: [], folders: [], findings: [] };

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
    if (entry.isSymbolicLink() && mayBeLink(where.path))
      files.push(entry.name); // whoever reads it says what it leads to
    else if (entry.isSymbolicLink()) findings.push(finding('link-in-archive', where, 'a symbolic link'));
    else if (entry.isDirectory()) folders.push(entry.name);
    else if (!entry.isFile()) findings.push(finding('special-file', where, kindOf(entry)));
    else if (isTemporaryName(entry.name)) findings.push(finding('temporary-file', where, 'left by a write'));
    else files.push(entry.name);
  }
  return { files, folders, findings };
}

/** A key one level deeper. */
export function under(key: string, name: string): string {
  return key === '' ? name : `${key}/${name}`;
}

/** Names that have no place where they lie. */
export function unclaimed(key: string, names: readonly string[], why: string): Finding[] {
  return names.map((name) => finding('stray-file', { path: under(key, name), article: null }, why));
}
