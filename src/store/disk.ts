/** Files of the archive on a local disk: keys to paths, and writes that are whole or not there at all. */
import { randomBytes } from 'node:crypto';
import { type Dirent, promises as fsp } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fs from 'fs-extra';
import { ArchiveError } from '../errors.ts';

/** Files by key, a relative path with `/`. All methods throw ARCHIVE_FULL or ARCHIVE_NOT_WRITABLE where the disk refuses. */
export interface Disk {
  /** The bytes, or null where there is no such file. */
  read(key: string): Promise<Buffer | null>;
  /** Writes the whole file or nothing: temporary name in the same folder, fsync, rename, fsync of the folder. */
  write(key: string, bytes: string | Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
  /** Names in a folder, sorted; empty where there is no such folder. */
  names(prefix: string): Promise<string[]>;
  /** A new empty temporary file beside where its bytes will stay; `commit` or `discard` ends it. */
  temporary(prefix: string): Promise<TemporaryFile>;
  /** Removes temporary files that a killed run left; returns how many. */
  sweep(): Promise<number>;
}

export interface TemporaryFile {
  readonly path: string;
  /** Makes the bytes durable under the key; where the key exists already, that file stays and this one goes. */
  commit(key: string): Promise<void>;
  discard(): Promise<void>;
}

const TEMPORARY = /^\..+\.tmp$/;

/** @param root absolute path of the archive */
export function openDisk(root: string): Disk {
  return {
    read: (key) =>
      guarded(root, async () => {
        try {
          return await fs.readFile(pathOf(root, key));
        } catch (error) {
          if (errorCode(error) === 'ENOENT') return null;
          throw error;
        }
      }),
    write: (key, bytes) =>
      guarded(root, async () => {
        const path = pathOf(root, key);
        const temporary = await makeTemporary(dirname(path), basename(path));
        try {
          await fs.writeFile(temporary, bytes);
          await settle(temporary, path);
        } catch (error) {
          await fs.remove(temporary);
          throw error;
        }
      }),
    has: (key) => guarded(root, () => fs.pathExists(pathOf(root, key))),
    names: (prefix) =>
      guarded(root, async () => (await entries(pathOf(root, prefix))).map((entry) => entry.name).sort()),
    temporary: (prefix) =>
      guarded(root, async () => {
        const path = await makeTemporary(pathOf(root, prefix), 'download');
        return {
          path,
          commit: (key: string) =>
            guarded(root, async () => {
              const target = pathOf(root, key);
              if (await fs.pathExists(target)) return fs.remove(path);
              await fs.ensureDir(dirname(target));
              await settle(path, target);
            }),
          discard: () => guarded(root, () => fs.remove(path)),
        };
      }),
    sweep: () => guarded(root, () => sweepFolder(root)),
  };
}

/** The one place that turns a key into a path; a key can never leave the archive. */
export function pathOf(root: string, key: string): string {
  const parts = key.split('/');
  const safe = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part) && Buffer.byteLength(part) <= 255,
  );
  if (!safe) throw new TypeError(`not a key of the archive: ${JSON.stringify(key)}`);
  return join(root, ...parts);
}

async function makeTemporary(folder: string, name: string): Promise<string> {
  await fs.ensureDir(folder);
  const path = join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  await fs.writeFile(path, '', { flag: 'wx' });
  return path;
}

async function settle(temporary: string, path: string): Promise<void> {
  await sync(temporary);
  await fs.rename(temporary, path);
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

async function sweepFolder(folder: string): Promise<number> {
  let removed = 0;
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await sweepFolder(path);
    else if (TEMPORARY.test(entry.name)) {
      await fs.remove(path);
      removed += 1;
    }
  }
  return removed;
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await fsp.readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** What a refusal of the disk means for the run. */
async function guarded<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(error, root) ?? error;
  }
}

/** The known failure behind an error of the file system; null where it is none. */
function diskFailure(error: unknown, root: string): ArchiveError | null {
  const code = errorCode(error);
  const detail = `${root}: ${error instanceof Error ? error.message : String(error)}`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ArchiveError('ARCHIVE_FULL', detail, { cause: error });
  const refused = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EIO', 'ENOENT', 'EEXIST', 'EMFILE', 'ENFILE'];
  return refused.includes(code) ? new ArchiveError('ARCHIVE_NOT_WRITABLE', detail, { cause: error }) : null;
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
