/** The storage on a local disk: keys to paths, and writes that are whole or not there at all. */
import { constants, createReadStream, createWriteStream, type Dirent, promises as fsp } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import fs from 'fs-extra';
import { knownError } from '../system-errors.ts';
import { isKey, isTemporaryName, TRASH, temporaryName } from './keys.ts';
import { kindOf, type Storage, type StoredFile } from './storage.ts';

const CHUNK_BYTES = 1 << 18;

/** @param root absolute path of the archive; its folder is made by the first write */
export function openDisk(root: string): Storage {
  const durable = new Map<string, Promise<void>>();
  const withErrors = <T>(work: () => Promise<T>) => withDiskErrors(root, work);

  return {
    name: root,
    read: (key) => withErrors(() => orNull(fsp.readFile(pathOf(root, key)))),
    chunks: (key) => chunksOf(root, pathOf(root, key)),
    stat: (key) =>
      withErrors(async () => {
        const path = key === '' ? root : pathOf(root, key);
        const stats = await orNull(key === '' ? fsp.stat(path) : fsp.lstat(path));
        if (stats === null) return null;
        const target = stats.isSymbolicLink() ? await fsp.readlink(path) : null;
        return { kind: kindOf(stats), bytes: stats.size, writtenAt: stats.mtimeMs, target };
      }),
    write: (key, bytes, { ifAbsent = false } = {}) =>
      withErrors(async () => {
        const path = pathOf(root, key);
        await ensureFolder(dirname(path));
        const temporary = join(dirname(path), temporaryName(basename(path)));
        try {
          await fsp.writeFile(temporary, bytes, { flag: 'wx' });
          if (ifAbsent) return await settleIfAbsent(temporary, path);
          await settle(temporary, path);
          return true;
        } catch (error) {
          await removeQuietly(temporary);
          throw error;
        }
      }),
    append: (key, text) =>
      withErrors(async () => {
        const path = pathOf(root, key);
        await ensureFolder(dirname(path));
        await using file = await fsp.open(path, 'a');
        await file.appendFile(text);
        await file.sync();
        await sync(dirname(path));
      }),
    copy: (from, to) =>
      withErrors(async () => {
        const [source, target] = [pathOf(root, from), pathOf(root, to)];
        await ensureFolder(dirname(target));
        await fsp.link(source, target).catch(() => fsp.copyFile(source, target, constants.COPYFILE_EXCL)); // not every disk has links
        await sync(target);
        await sync(dirname(target));
      }),
    move: (from, to) =>
      withErrors(async () => {
        const [source, target] = [pathOf(root, from), pathOf(root, to)];
        await ensureFolder(dirname(target));
        await fsp.rename(source, target);
        for (const folder of durable.keys()) if (`${folder}/`.startsWith(`${source}/`)) durable.delete(folder);
        await sync(dirname(target));
        await sync(dirname(source));
      }),
    remove: (key) =>
      withErrors(async () => {
        const path = pathOf(root, key);
        if (!(await fs.pathExists(path))) return;
        await fsp.rm(path, { force: true });
        await sync(dirname(path));
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
                for (const stream of streams) stream.destroy();
              }
            }),
          chunks: () => chunksOf(root, path),
          commit: (key, { replaces } = { replaces: false }) =>
            withErrors(async () => {
              const target = pathOf(root, key);
              if (!replaces && (await fs.pathExists(target))) return removeQuietly(path);
              await ensureFolder(dirname(target));
              await settle(path, target);
            }),
          discard: () => removeQuietly(path),
        };
      }),
    sweep: () =>
      withErrors(async () => {
        let removed = 0;
        for await (const path of temporaries(root, TRASH)) {
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
    const made = makeFolder(folder);
    durable.set(folder, made);
    made.catch(() => durable.delete(folder)); // the caller gets the error; the next one tries again
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

  async function namesIn(prefix: string): Promise<{ readonly files: string[]; readonly folders: string[] }> {
    const found = (await entries(folderOf(prefix))).sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = (wanted: (entry: Dirent) => boolean) => found.filter(wanted).map(({ name }) => name);
    return {
      files: names((entry) => entry.isFile() && !isTemporaryName(entry.name)),
      folders: names((entry) => entry.isDirectory()),
    };
  }

  async function* list(prefix: string): AsyncGenerator<StoredFile> {
    const { files, folders } = await withErrors(() => namesIn(prefix));
    const isFile = new Set(files);
    for (const name of [...files, ...folders].sort()) {
      const key = prefix === '' ? name : `${prefix}/${name}`;
      if (!isFile.has(name)) yield* list(key);
      else {
        const stats = await withErrors(() => orNull(fsp.lstat(pathOf(root, key))));
        if (stats?.isFile() === true) yield { key, bytes: stats.size, writtenAt: stats.mtimeMs };
      }
    }
  }
}

/** The one place that turns a key into a path; a key can never leave the archive. */
export function pathOf(root: string, key: string): string {
  if (!isKey(key)) throw new TypeError(`not a key of an archive: ${JSON.stringify(key)}`);
  return join(root, ...key.split('/'));
}

async function* chunksOf(root: string, path: string): AsyncGenerator<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  try {
    for await (const chunk of createReadStream(path, {
      flags: flags as unknown as string,
      highWaterMark: CHUNK_BYTES,
    }))
      yield chunk as Buffer;
  } catch (error) {
    throw meaningOf(root, error);
  }
}

/** Makes the bytes durable under their own name. */
export async function settle(temporary: string, path: string): Promise<void> {
  await sync(temporary);
  await fsp.rename(temporary, path);
  await sync(dirname(path));
}

/** The same unless something has the name: then it stays, and the temporary file goes. */
async function settleIfAbsent(temporary: string, path: string): Promise<boolean> {
  await sync(temporary);
  try {
    await fsp.link(temporary, path).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      return fsp.copyFile(temporary, path, constants.COPYFILE_EXCL); // not every disk has links
    });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removeQuietly(temporary);
  }
  await sync(path);
  await sync(dirname(path));
  return true;
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

/**
 * Runs work on the files below `root`.
 * @throws what `system-errors.ts` makes of a refusal of the disk, naming what it said; anything else as it is
 */
async function withDiskErrors<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw meaningOf(root, error);
  }
}

function meaningOf(root: string, error: unknown): unknown {
  return knownError(error, { place: 'archive', name: root });
}

/** True for the error of a file or folder that is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  // A known failure carries a code of its own, which no disk says.
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
