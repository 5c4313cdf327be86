/**
 * The port of an archive's files. An adapter is named by its technology (`disk`, `s3`, `memory`); `tests/storage.contract.ts`
 * is the contract that each of them keeps.
 *
 * A key is a relative path with `/`: no part is empty, `.` or `..`. Only `keys.ts` spells the keys of an archive.
 *
 * What the callers owe it:
 * - One process writes an archive at a time (see `frontier/lock.ts`), and one writer a key. `ifAbsent` and `commit` keep
 *   the first of two writers, `writeRevised` the first of two that read the same; everything else takes the last.
 * - A file that others name is written before the file that names it. A kill between the two leaves a file too many,
 *   never a name without its file.
 * - What may be large is read by `chunks`, never by `read`.
 *
 * Where the place refuses, every member throws what `system-errors.ts` says of it, such as ARCHIVE_FULL, ARCHIVE_IO or
 * ARCHIVE_NOT_WRITABLE, and one that is reached over a network ARCHIVE_AWAY or STORE_REFUSED. A text that is no key is a fault of the program: TypeError.
 */
import type { Writable } from 'node:stream';

export interface Storage {
  /** What people call the place, for messages: the absolute path of a folder, or an address. */
  readonly name: string;
  /** The bytes of a file that fits into memory; null where there is none. */
  read(key: string): Promise<Buffer | null>;
  /**
   * The bytes piece by piece, or of a range as many as there are. Throws ARCHIVE_NOT_WRITABLE where there is no such file.
   */
  chunks(key: string, range?: ByteRange): AsyncIterable<Buffer>;
  /**
   * Hashes a file, null where there is none: for whoever hashes many, without a turn of the event loop for each small one.
   * @param onChunk is given the bytes piece by piece, each only until it returns
   */
  digest(key: string, onChunk?: (chunk: Buffer) => void): Promise<Digest | null>;
  /** What lies at a key, without opening or following it; null where nothing does. An empty key is the place itself. */
  stat(key: string): Promise<Entry | null>;
  /**
   * Writes the whole file or nothing, durably.
   * @returns false where `ifAbsent` is set and something has the key: that stays as it is
   */
  write(key: string, bytes: string | Uint8Array, options?: { readonly ifAbsent?: boolean }): Promise<boolean>;
  /** The bytes of a file, with what `writeRevised` needs to know that they still stand; null where there is none. */
  readRevised(key: string): Promise<Revised | null>;
  /**
   * Writes the whole file durably, if what lies there is still what was read: a writer that was stopped for a while, and
   * whose place another took, changes nothing. Where one process at a time writes the place, nothing is looked at.
   * @param revision of what was read or written last; null where nothing lay there
   * @returns the new revision
   * @throws ARCHIVE_OVERTAKEN where another has written the file since
   */
  writeRevised(key: string, bytes: string | Uint8Array, revision: string | null): Promise<string>;
  /**
   * Adds to the end of a file, durably; makes it where it is not there. A kill may leave a part of what was added.
   * @param options `at`: so many bytes the file has by what the writer knows, and is not there for 0. A writer whose file another
   *   has taken is then told, and nothing may rest on what it added
   * @throws ARCHIVE_OVERTAKEN where the file is not as `at` says, before or after
   */
  append(key: string, bytes: string | Uint8Array, options?: { readonly at?: number }): Promise<void>;
  /** Lets the bytes of a file lie under a second key too: a write to the first leaves them under the second. */
  copy(from: string, to: string): Promise<void>;
  /** Gives a file, folder or link another key. Nothing is followed or opened; a file that had the key is replaced. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file for good; nothing happens where there is none. */
  remove(key: string): Promise<void>;
  /**
   * All files below a prefix, folder by folder in order of names. Links, special files and temporary files are left out,
   * but for a link to the bytes of a file of the archive (`mayBeLink`). Empty where nothing lies there.
   * @param prefix a key, or empty for everything
   */
  list(prefix: string): AsyncIterable<StoredFile>;
  /** The names directly below a prefix, in order: of those that `list` gives, and of the folders that it would enter. */
  names(prefix: string): Promise<Names>;
  /** A new empty temporary file beside where its bytes will stay; `commit` or `discard` ends it. */
  temporary(prefix: string): Promise<TemporaryFile>;
  /**
   * Removes temporary files that a killed run left, but for those in `trash/`; returns how many.
   * @param options `idleMs`: those alone that were not written to for so long, for others may be at work
   */
  sweep(options?: { readonly idleMs?: number }): Promise<number>;
  /** Bytes that this user may still write; Infinity where nothing says so. */
  freeBytes(): Promise<number>;
}

export interface Digest {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Revised {
  readonly bytes: Buffer;
  /** Means something to `writeRevised` alone. */
  readonly revision: string;
}

/** Both in bytes; `length` is at least 1. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
  /** When it was last written, ms since 1970. */
  readonly writtenAt: number;
  /** When anything of it was last changed, its name or permissions too, ms since 1970. */
  readonly changedAt: number;
  /**
   * Differs from what it was wherever anybody has changed the file since, however its times were set afterwards; but for a
   * change within the same tick of the place's clock.
   */
  readonly revision: string;
}

export interface Names {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface Entry {
  readonly kind: 'a file' | 'a folder' | 'a symbolic link' | 'a FIFO' | 'a socket' | 'a device';
  readonly bytes: number;
  /** When it was last written, ms since 1970. */
  readonly writtenAt: number;
  /** Where a link leads; null for anything else. */
  readonly target: string | null;
}

/** The kind of an entry of a file system. */
export function kindOf(
  entry: Readonly<Record<'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket', () => boolean>>,
): Entry['kind'] {
  if (entry.isFile()) return 'a file';
  if (entry.isDirectory()) return 'a folder';
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a FIFO';
  return entry.isSocket() ? 'a socket' : 'a device';
}

export interface TemporaryFile {
  /**
   * Lets `work` write into the file; what the place refuses there becomes a known failure.
   * @param work `open` gives a stream that begins the file anew
   */
  fill<T>(work: (open: () => Writable) => Promise<T>): Promise<T>;
  /** What was written so far. */
  chunks(): AsyncIterable<Buffer>;
  /**
   * Makes the bytes durable under the key. Where the key exists already, that file stays and this one goes, unless this
   * one `replaces` it.
   */
  commit(key: string, options?: { readonly replaces: boolean }): Promise<void>;
  /** Takes the file away; nothing happens after `commit`. */
  discard(): Promise<void>;
}
