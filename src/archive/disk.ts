/** Files of the archive on a local disk: keys to paths, and writes that are whole or not there at all. */
import { randomBytes } from 'node:crypto';
import { constants, type Dirent, promises as fsp } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fs from 'fs-extra';
import { ArchiveError, type ErrorCode } from '../errors.ts';

/** Files by key, a relative path with `/`. All methods throw ARCHIVE_FULL, ARCHIVE_IO or ARCHIVE_NOT_WRITABLE where the disk refuses. */
export interface Disk {
  /** The bytes, or null where there is no such file. */
  read(key: string): Promise<Buffer | null>;
  /** Writes the whole file or nothing: temporary name in the same folder, fsync, rename, fsync of the folder. */
  write(key: string, bytes: string | Uint8Array): Promise<void>;
  /** Adds to the end of a file, durably; makes it where it is not there. */
  append(key: string, text: string): Promise<void>;
  /** Gives a file, link, special file or folder another key. Nothing is followed, opened or copied. */
  move(from: string, to: string): Promise<void>;
  /** Lets a regular file lie under a second key too: a write to the first leaves the bytes under the second. */
  keep(from: string, to: string): Promise<void>;
  /** Removes a file for good; nothing happens where there is none. */
  remove(key: string): Promise<void>;
  has(key: string): Promise<boolean>;
  /** When the file was last written, ms since 1970; null where there is no such file. */
  writtenAt(key: string): Promise<number | null>;
  /** Names in a folder, sorted; empty where there is no such folder. */
  names(prefix: string): Promise<string[]>;
  /** Keys of all regular files below a folder, in order; links are not followed. */
  walk(prefix: string): AsyncGenerator<string>;
  /** A new empty temporary file beside where its bytes will stay; `commit` or `discard` ends it. */
  temporary(prefix: string): Promise<TemporaryFile>;
  /** Removes temporary files that a killed run left, but for those in `trash/`; returns how many. */
  sweep(): Promise<number>;
  /** Bytes that this user may still write. */
  freeBytes(): Promise<number>;
}

export interface TemporaryFile {
  readonly path: string;
  /** Lets `work` write into the file; what the disk refuses there becomes a known failure. */
  fill<T>(work: (path: string) => Promise<T>): Promise<T>;
  /**
   * Makes the bytes durable under the key. Where the key exists already, that file stays and this one goes, unless this
   * one `replaces` it.
   */
  commit(key: string, options?: { readonly replaces: boolean }): Promise<void>;
  discard(): Promise<void>;
}

const TEMPORARY = /^\..+\.tmp$/;
/** What repairs moved out of the way, whatever it is called. */
const TRASH = 'trash';

/** @param root absolute path of the archive */
export function openDisk(root: string): Disk {
  const durable = new Map<string, Promise<void>>();
  const safe = <T>(work: () => Promise<T>) => withDiskErrors(root, work);

  return {
    read: (key) => safe(() => orNull(fsp.readFile(pathOf(root, key)))),
    write: (key, bytes) =>
      safe(async () => {
        const path = pathOf(root, key);
        await ensureFolder(dirname(path));
        const temporary = temporaryName(dirname(path), basename(path));
        try {
          await fsp.writeFile(temporary, bytes, { flag: 'wx' });
          await settle(temporary, path);
        } catch (error) {
          await removeQuietly(temporary);
          throw error;
        }
      }),
    append: (key, text) =>
      safe(async () => {
        const path = pathOf(root, key);
        await ensureFolder(dirname(path));
        await using file = await fsp.open(path, 'a');
        await file.appendFile(text);
        await file.sync();
        await sync(dirname(path));
      }),
    move: (from, to) =>
      safe(async () => {
        const [source, target] = [pathOf(root, from), pathOf(root, to)];
        await ensureFolder(dirname(target));
        await fsp.rename(source, target);
        await sync(dirname(target));
        await sync(dirname(source));
      }),
    keep: (from, to) =>
      safe(async () => {
        const [source, target] = [pathOf(root, from), pathOf(root, to)];
        await ensureFolder(dirname(target));
        await fsp.link(source, target).catch(() => fsp.copyFile(source, target, constants.COPYFILE_EXCL)); // not every disk has links
        await sync(target);
        await sync(dirname(target));
      }),
    remove: (key) =>
      safe(async () => {
        const path = pathOf(root, key);
        if (!(await fs.pathExists(path))) return;
        await fsp.rm(path, { force: true });
        await sync(dirname(path));
      }),
    has: (key) => safe(() => fs.pathExists(pathOf(root, key))),
    writtenAt: (key) => safe(async () => (await orNull(fsp.stat(pathOf(root, key))))?.mtimeMs ?? null),
    names: (prefix) => safe(async () => (await entries(pathOf(root, prefix))).map(({ name }) => name).sort()),
    walk: (prefix) => walk(prefix),
    temporary: (prefix) =>
      safe(async () => {
        const folder = pathOf(root, prefix);
        await ensureFolder(folder);
        const path = temporaryName(folder, 'download');
        await fsp.writeFile(path, '', { flag: 'wx' });
        return {
          path,
          fill: (work) => safe(() => work(path)),
          commit: (key, { replaces } = { replaces: false }) =>
            safe(async () => {
              const target = pathOf(root, key);
              if (!replaces && (await fs.pathExists(target))) return removeQuietly(path);
              await ensureFolder(dirname(target));
              await settle(path, target);
            }),
          discard: () => removeQuietly(path),
        };
      }),
    sweep: () =>
      safe(async () => {
        let removed = 0;
        for await (const path of temporaries(root, TRASH)) {
          await fsp.rm(path, { force: true });
          removed += 1;
        }
        return removed;
      }),
    freeBytes: () =>
      safe(async () => {
        await ensureFolder(root);
        const { bavail, bsize } = await fsp.statfs(root);
        return bavail * bsize;
      }),
  };

  /** Makes a folder whose name outlives a power cut: each parent is synced once per run, whoever made the folder. */
  function ensureFolder(folder: string): Promise<void> {
    const known = durable.get(folder);
    if (known !== undefined) return known;
    const made = makeFolder(folder);
    durable.set(folder, made);
    made.catch(() => durable.delete(folder)); // the caller hears of it; the next one tries again
    return made;
  }

  async function makeFolder(folder: string): Promise<void> {
    if (folder === root) await fs.ensureDir(root);
    else {
      await ensureFolder(dirname(folder));
      await fsp.mkdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
    await sync(dirname(folder));
  }

  async function* walk(prefix: string): AsyncGenerator<string> {
    const found = await safe(() => entries(pathOf(root, prefix)));
    for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) yield* walk(key);
      else if (entry.isFile()) yield key;
    }
  }
}

/** The one place that turns a key into a path; a key can never leave the archive. */
export function pathOf(root: string, key: string): string {
  if (!isKey(key)) throw new TypeError(`not a key of the archive: ${JSON.stringify(key)}`);
  return join(root, ...key.split('/'));
}

/** False for what would leave the archive, and for names that other systems read otherwise. */
export function isKey(key: string): boolean {
  return key
    .split('/')
    .every(
      (part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part) && Buffer.byteLength(part) <= 255,
    );
}

/** A name in the folder that no other writer has, and that a sweep knows for unfinished. */
export function temporaryName(folder: string, name: string): string {
  return join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
}

/** Makes the bytes durable under their own name. */
export async function settle(temporary: string, path: string): Promise<void> {
  await sync(temporary);
  await fsp.rename(temporary, path);
  await sync(dirname(path));
}

async function sync(path: string): Promise<void> {
  const handle = await fsp.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Takes a temporary file away. What cannot be removed now has a name that the next sweep knows. */
export async function removeQuietly(path: string): Promise<void> {
  await fsp.rm(path, { force: true }).catch(() => {});
}

/** @param but a name that is left out */
async function* temporaries(folder: string, but?: string): AsyncGenerator<string> {
  for (const entry of await entries(folder)) {
    if (entry.name === but) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* temporaries(path);
    else if (TEMPORARY.test(entry.name)) yield path;
  }
}

async function entries(folder: string): Promise<Dirent[]> {
  return (await orNull(fsp.readdir(folder, { withFileTypes: true }))) ?? [];
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

// What a refusal of the disk means for the run: full, failing, or not to be written.

const MEANING: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'ARCHIVE_FULL',
  EDQUOT: 'ARCHIVE_FULL',
  EIO: 'ARCHIVE_IO',
  EACCES: 'ARCHIVE_NOT_WRITABLE',
  EPERM: 'ARCHIVE_NOT_WRITABLE',
  EROFS: 'ARCHIVE_NOT_WRITABLE',
  ENOTDIR: 'ARCHIVE_NOT_WRITABLE',
  EISDIR: 'ARCHIVE_NOT_WRITABLE',
  ENOENT: 'ARCHIVE_NOT_WRITABLE',
  EEXIST: 'ARCHIVE_NOT_WRITABLE',
  EMFILE: 'ARCHIVE_NOT_WRITABLE',
  ENFILE: 'ARCHIVE_NOT_WRITABLE',
};

/**
 * Runs work on the files below `root`.
 * @throws ARCHIVE_FULL, ARCHIVE_IO, ARCHIVE_NOT_WRITABLE naming what the disk said; anything else as it is
 */
async function withDiskErrors<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = MEANING[codeOf(error)];
    if (code === undefined) throw error;
    throw new ArchiveError(code, `${root}: ${(error as Error).message}`, { cause: error });
  }
}

/** True for the error of a file or folder that is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  // A known failure carries a code of its own, which no disk says.
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
