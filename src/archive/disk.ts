/**
 * The storage on a disk: keys to paths, and writes that are whole or not there at all. Disks differ: what one of them cannot
 * do is done in another way, or refused with the reason.
 */
import { once } from 'node:events';
import { constants, createReadStream, createWriteStream, type Dirent, promises as fsp } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fs from 'fs-extra';
import { ArchiveError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { knownError, type Place } from '../system-errors.ts';
import { isTemporaryName, mayBeLink, requireKey, TRASH, temporaryName } from './keys.ts';
import { CHUNK_BYTES, digestOf, storedFile } from './regular-file.ts';
import { type ByteRange, kindOf, type Names, type Storage, type StoredFile } from './storage.ts';

/** So many files are listed in one turn of the event loop: a look at one takes some microseconds. */
const FILES_A_TURN = 256;

/**
 * @param root absolute path of the archive; its folder is made by the first write
 * @param options `onWeakness` is told, once each, what this disk cannot do and what that means; `place` is what a refusal
 *   of the disk is about: another folder than the archive's where something is written out of it
 */
export function openDisk(
  root: string,
  {
    onWeakness = () => {},
    place = 'archive',
  }: { readonly onWeakness?: (weakness: string) => void; readonly place?: Place } = {},
): Storage {
  const durable = new Map<string, Promise<void>>();
  const weaknesses = new Set<string>();
  const note = (weakness: string) => {
    if (!weaknesses.has(weakness)) onWeakness(`${root}: ${weakness}`);
    weaknesses.add(weakness);
  };
  const where: Where = { place, name: root };
  const withErrors = <T>(work: () => T | Promise<T>) => withDiskErrors(where, work);

  const read: Storage['read'] = (key) => withErrors(() => orNull(readRegular(pathOf(root, key))));
  const write: Storage['write'] = (key, bytes, { ifAbsent = false } = {}) =>
    withErrors(async () => {
      const path = pathOf(root, key);
      await ensureFolder(dirname(path));
      const temporary = join(dirname(path), temporaryName(basename(path)));
      try {
        await fsp.writeFile(temporary, bytes, { flag: 'wx' });
        if (ifAbsent) return await settleIfAbsent(temporary, path, note);
        await settle(temporary, path, note);
        return true;
      } catch (error) {
        await removeQuietly(temporary);
        throw error;
      }
    });

  return {
    name: root,
    read,
    chunks: (key, range) => chunksOf(where, pathOf(root, key), { follows: mayBeLink(key), range }),
    digest: (key, onChunk = () => {}) => withErrors(() => orNull(digestOf(pathOf(root, key), { key, onChunk }))),
    stat: (key) =>
      withErrors(async () => {
        const path = key === '' ? root : pathOf(root, key);
        const stats = await orNull(key === '' ? fsp.stat(path) : fsp.lstat(path));
        if (stats === null) return null;
        const target = stats.isSymbolicLink() ? await fsp.readlink(path) : null;
        return { kind: kindOf(stats), bytes: stats.size, writtenAt: stats.mtimeMs, target };
      }),
    write,
    // The lock of the archive keeps other writers away.
    readRevised: async (key) => {
      const bytes = await read(key);
      return bytes === null ? null : { bytes, revision: '' };
    },
    writeRevised: async (key, bytes) => {
      await write(key, bytes);
      return '';
    },
    append: (key, bytes, { at } = {}) =>
      withErrors(async () => {
        const path = pathOf(root, key);
        await ensureFolder(dirname(path));
        await using file = await openToAppend(path, at);
        await file.appendFile(bytes);
        await syncHandle(file, 'files', note);
        await syncFolder(dirname(path), note);
        const after = at === undefined ? undefined : at + Buffer.byteLength(bytes);
        if (after !== undefined && (await orNull(fsp.lstat(path)))?.size !== after) throw overtaken(path);
      }),
    copy: (from, to) =>
      withErrors(async () => {
        const [source, target] = [pathOf(root, from), pathOf(root, to)];
        await ensureFolder(dirname(target));
        await fsp.link(await fsp.realpath(source), target).catch((error: unknown) => {
          if (codeOf(error) === 'EEXIST') throw error;
          return copyBytes(source, target); // not every disk has links
        });
        await syncFolder(dirname(target), note);
      }),
    move: (from, to) =>
      withErrors(async () => {
        const [source, target] = [pathOf(root, from), pathOf(root, to)];
        await ensureFolder(dirname(target));
        await fsp.rename(source, target);
        for (const folder of durable.keys()) if (`${folder}/`.startsWith(`${source}/`)) durable.delete(folder);
        await syncFolder(dirname(target), note);
        await syncFolder(dirname(source), note);
      }),
    remove: (key) =>
      withErrors(async () => {
        const path = pathOf(root, key);
        if (!(await fs.pathExists(path))) return;
        await fsp.rm(path, { force: true });
        await syncFolder(dirname(path), note);
      }),
    list: (prefix) => list(prefix),
    names: (prefix) => withErrors(() => namesIn(prefix)),
    temporary: (prefix) =>
      withErrors(async () => {
        const folder = folderOf(prefix);
        await ensureFolder(folder);
        const path = join(folder, temporaryName('download'));
        await fsp.writeFile(path, '', { flag: 'wx' });
        return {
          fill: (work) =>
            withErrors(async () => {
              const streams: Writable[] = [];
              try {
                return await work(() => {
                  const stream = createWriteStream(path);
                  streams.push(stream);
                  return stream;
                });
              } finally {
                await Promise.all(streams.map(closed)); // what came is there then, whole or not
              }
            }),
          chunks: () => chunksOf(where, path, { follows: false }),
          commit: (key, { replaces } = { replaces: false }) =>
            withErrors(async () => {
              const target = pathOf(root, key);
              if (!replaces && (await fs.pathExists(target))) return removeQuietly(path);
              await ensureFolder(dirname(target));
              await settle(path, target, note);
            }),
          discard: () => removeQuietly(path),
        };
      }),
    sweep: ({ idleMs = 0 } = {}) =>
      withErrors(async () => {
        let removed = 0;
        for await (const path of temporaries(root, TRASH)) {
          const writtenAt = idleMs === 0 ? 0 : ((await orNull(fsp.lstat(path)))?.mtimeMs ?? Number.POSITIVE_INFINITY);
          if (writtenAt > Date.now() - idleMs) continue;
          await fsp.rm(path, { force: true });
          removed += 1;
        }
        return removed;
      }),
    freeBytes: () =>
      withErrors(async () => {
        await ensureFolder(root);
        const { bavail, bsize } = await fsp.statfs(root);
        return bavail * bsize;
      }),
  };

  function folderOf(prefix: string): string {
    return prefix === '' ? root : pathOf(root, prefix);
  }

  /** Makes a folder whose name outlives a power cut: each parent is synced once per run, whoever made the folder. */
  function ensureFolder(folder: string): Promise<void> {
    const known = durable.get(folder);
    if (known !== undefined) return known;
    const made = makeDurable(folder);
    durable.set(folder, made);
    made.catch(() => durable.delete(folder)); // the caller gets the error; the next one tries again
    return made;
  }

  async function makeDurable(folder: string): Promise<void> {
    if (folder === root) makeFolder(root);
    else {
      await ensureFolder(dirname(folder));
      await fsp.mkdir(folder).catch((error: unknown) => requireFolder(folder, error));
    }
    await syncFolder(dirname(folder), note);
  }

  async function copyBytes(source: string, target: string): Promise<void> {
    const temporary = join(dirname(target), temporaryName(basename(target)));
    try {
      await fsp.copyFile(source, temporary, constants.COPYFILE_EXCL);
      if (!(await settleIfAbsent(temporary, target, note)))
        throw new ArchiveError('ARCHIVE_NOT_WRITABLE', `${target}: is there`);
    } finally {
      await removeQuietly(temporary);
    }
  }

  async function namesIn(prefix: string): Promise<Names> {
    const found = await listed(prefix);
    const names = (wanted: boolean) => found.filter(({ isFolder }) => isFolder === wanted).map(({ name }) => name);
    return { files: names(false), folders: names(true) };
  }

  /** What `list` gives and enters, in order of names. */
  async function listed(prefix: string): Promise<Listed[]> {
    const folder = folderOf(prefix);
    const found: Listed[] = [];
    for (const entry of await entries(folder)) {
      const { name } = entry;
      if (entry.isDirectory()) found.push({ name, isFolder: true, isLink: false });
      else if (entry.isFile() && !isTemporaryName(name)) found.push({ name, isFolder: false, isLink: false });
      else if (entry.isSymbolicLink() && mayBeLink(`${prefix}/${name}`)) {
        const target = await orNull(fsp.stat(join(folder, name)));
        if (target?.isFile() === true) found.push({ name, isFolder: false, isLink: true });
      }
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** One generator for all folders: one in another for each would hand every file up through all of them. */
  async function* list(prefix: string): AsyncGenerator<StoredFile> {
    const folders = [{ prefix, path: folderOf(prefix), rest: (await withErrors(() => listed(prefix))).values() }];
    let looks = 0;
    for (let at = folders.at(-1); at !== undefined; at = folders.at(-1)) {
      const { value: entry } = at.rest.next();
      if (entry === undefined) {
        folders.pop();
        continue;
      }
      const key = at.prefix === '' ? entry.name : `${at.prefix}/${entry.name}`;
      const path = `${at.path}${sep}${entry.name}`;
      if (entry.isFolder) {
        folders.push({ prefix: key, path, rest: (await withErrors(() => listed(key))).values() });
        continue;
      }
      if (++looks % FILES_A_TURN === 0) await nextTurn();
      const found = await withErrors(() => storedFile(key, path, { follows: entry.isLink }));
      if (found !== null) yield found;
    }
  }
}

/** Ends a stream, whatever it was doing. */
async function closed(stream: Writable): Promise<void> {
  stream.destroy();
  if (!stream.closed) await once(stream, 'close').catch(() => {}); // its failure is known to whoever writes
}

interface Listed {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** The one place that turns a key into a path; a key can never leave the archive. */
export function pathOf(root: string, key: string): string {
  return join(root, requireKey(key));
}

async function* chunksOf(
  where: Where,
  path: string,
  { follows, range }: { readonly follows: boolean; readonly range?: ByteRange | undefined },
): AsyncGenerator<Buffer> {
  const flags = constants.O_RDONLY | (follows ? 0 : constants.O_NOFOLLOW);
  try {
    for await (const chunk of createReadStream(path, {
      flags: flags as unknown as string,
      highWaterMark: CHUNK_BYTES,
      ...(range === undefined ? {} : { start: range.offset, end: range.offset + range.length - 1 }),
    }))
      yield chunk as Buffer;
  } catch (error) {
    throw knownError(error, where);
  }
}

/** @throws ARCHIVE_OVERTAKEN where the file has not so many bytes, or is there for 0 */
async function openToAppend(path: string, at: number | undefined): Promise<fsp.FileHandle> {
  if (at === undefined) return fsp.open(path, 'a');
  const flags = constants.O_WRONLY | constants.O_APPEND | (at === 0 ? constants.O_CREAT | constants.O_EXCL : 0);
  const file = await fsp.open(path, flags).catch((error: unknown) => {
    throw isMissing(error) || codeOf(error) === 'EEXIST' ? overtaken(path) : error;
  });
  if ((await file.stat()).size === at) return file;
  await file.close();
  throw overtaken(path);
}

function overtaken(path: string): ArchiveError {
  return new ArchiveError('ARCHIVE_OVERTAKEN', `${path}: is not what was written`);
}

/** The bytes of a regular file; a FIFO is not waited for. */
async function readRegular(path: string): Promise<Buffer> {
  await using file = await fsp.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!(await file.stat()).isFile()) throw new ArchiveError('ARCHIVE_NOT_WRITABLE', `${path}: is no file`);
  return await file.readFile();
}

/**
 * What could not be made is there already, or it is refused. A link in the place of a folder leads out of the archive, and
 * nothing that lists the archive would find what is written through it.
 */
async function requireFolder(folder: string, error: unknown): Promise<void> {
  const there = await orNull(fsp.lstat(folder));
  if (there?.isDirectory() === true) return;
  if (there?.isSymbolicLink() !== true) throw error;
  throw new ArchiveError(
    'ARCHIVE_NOT_WRITABLE',
    `${folder}: is a link and no folder, and nothing is written through it: put the folder itself there, or mount its disk there`,
  );
}

type Note = (weakness: string) => void;

/** Makes the bytes durable under their own name. */
export async function settle(temporary: string, path: string, note: Note = () => {}): Promise<void> {
  await syncFile(temporary, note);
  await fsp.rename(temporary, path);
  await syncFolder(dirname(path), note);
}

/** The same unless something has the name: then it stays, and the temporary file goes. */
async function settleIfAbsent(temporary: string, path: string, note: Note): Promise<boolean> {
  await syncFile(temporary, note);
  try {
    await fsp.link(temporary, path);
  } catch (error) {
    // Where a disk has no links: nobody else writes the archive between the look and the new name.
    if (codeOf(error) === 'EEXIST' || (await orNull(fsp.lstat(path))) !== null) return false;
    await fsp.rename(temporary, path);
  } finally {
    await removeQuietly(temporary);
  }
  await syncFolder(dirname(path), note);
  return true;
}

/** By a descriptor that may write: some disks sync by no other. */
async function syncFile(path: string, note: Note): Promise<void> {
  await using file = await fsp.open(path, 'r+');
  await syncHandle(file, 'files', note);
}

async function syncFolder(path: string, note: Note): Promise<void> {
  try {
    await using folder = await fsp.open(path, 'r');
    await syncHandle(folder, 'folders', note);
  } catch (error) {
    if (!UNOPENED.includes(codeOf(error))) throw error;
    note(weaknessOf('folders', codeOf(error)));
  }
}

async function syncHandle(file: fsp.FileHandle, what: Synced, note: Note): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (!UNKNOWN.includes(codeOf(error))) throw error;
    note(weaknessOf(what, codeOf(error)));
  }
}

type Synced = 'files' | 'folders';

/** What disks answer that do not know how to sync: shares of SMB, folders of a virtual machine's host, some FUSE mounts. */
const UNKNOWN: readonly string[] = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOTTY', 'EBADF', 'EISDIR'];
/** Where a folder may not be opened though it may be written into, it cannot be synced either. */
const UNOPENED: readonly string[] = ['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

function weaknessOf(what: Synced, code: string): string {
  const lost = what === 'folders' ? 'the last files may be missing' : 'the last files may be empty';
  return `${what} cannot be synced here (${code}): after a power cut ${lost}`;
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
    else if (isTemporaryName(entry.name)) yield path;
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

/** What the files lie in, and what people call it. */
interface Where {
  readonly place: Place;
  readonly name: string;
}

/**
 * Runs work on files.
 * @throws what `system-errors.ts` makes of a refusal of the disk, naming what it said; anything else as it is
 */
async function withDiskErrors<T>(where: Where, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw knownError(error, where);
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
