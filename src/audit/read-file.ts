/** Opens what lies in an archive without trusting it: nothing but regular files, no links, and never more than a cap. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { CheckCode } from './checks-table.ts';

/** A file's bytes, or what is wrong with the file. `absent` is no fault by itself: who asks knows whether it must be there. */
export type FileRead =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'fault'; readonly code: CheckCode; readonly detail: string };

/** Reads a whole file of at most `capBytes`. */
export function readWhole(path: string, capBytes: number): FileRead {
  return withFile(path, (descriptor, { size }): FileRead => {
    if (size > capBytes) return { kind: 'fault', code: 'file-too-large', detail: `${size} bytes` };
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const read = readSync(descriptor, bytes, length, size - length, length);
      if (read === 0) break;
      length += read;
    }
    return { kind: 'bytes', bytes: length === size ? bytes : bytes.subarray(0, length) };
  });
}

/**
 * Opens a regular file and closes it again. A link is not followed, and a FIFO not waited for.
 * @param work is given the descriptor; what the disk refuses in it becomes a fault
 */
export function withFile<T>(
  path: string,
  work: (descriptor: number, stats: Stats) => T,
): T | Exclude<FileRead, { kind: 'bytes' }> {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { kind: 'fault', code: 'special-file', detail: kindOf(stats) };
    return work(descriptor, stats);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'absent' };
    if (code === 'ELOOP') return { kind: 'fault', code: 'link-in-archive', detail: 'a symbolic link' };
    if (code === 'ENXIO') return { kind: 'fault', code: 'special-file', detail: 'a socket or device' };
    if (code === undefined) throw error;
    return { kind: 'fault', code: 'unreadable-file', detail: message.replace(/,[^,]*$/, '') };
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** What an entry is that is neither file nor folder. */
export function kindOf(entry: Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket' | 'isSymbolicLink'>): string {
  if (entry.isDirectory()) return 'a folder';
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a FIFO';
  return entry.isSocket() ? 'a socket' : 'a device';
}
