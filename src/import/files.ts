/** The files that are to be imported: read only, regular ones alone, links inside folders passed over. */
import {
  closeSync,
  createReadStream,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { ArchiveError } from '../errors.ts';
import { knownError } from '../system-errors.ts';

export interface NamedFile {
  readonly path: string;
  /** How reports and records call it: the name as given, or within the folder that was given. */
  readonly name: string;
}

/**
 * The files at a path: itself, or all below a folder in order of their names. What belongs to another one (`NAME_files`, where
 * a browser lays a page's pictures) and hidden files are left out.
 * @throws FILE_REFUSED where nothing is there, or no file
 */
export function* filesAt(path: string): Generator<NamedFile> {
  const entry = refusing(path, () => statSync(path));
  if (entry.isDirectory()) yield* below(path, '');
  else if (entry.isFile()) yield { path, name: path.split(/[\\/]/).at(-1) ?? path };
  else throw new ArchiveError('FILE_REFUSED', `${path}: neither a file nor a folder`);
}

function* below(folder: string, prefix: string): Generator<NamedFile> {
  const names = refusing(folder, () => readdirSync(folder))
    .filter((name) => !name.startsWith('.'))
    .sort();
  for (const name of names) {
    const path = join(folder, name);
    const entry = refusing(path, () => lstatSync(path));
    if (entry.isDirectory() && !isBeside(name)) yield* below(path, `${prefix}${name}/`);
    else if (entry.isFile()) yield { path, name: `${prefix}${name}` };
  }
}

function isBeside(name: string): boolean {
  return /_files$/i.test(name);
}

/** The first bytes of a file. */
export function beginOf({ path }: NamedFile, length: number): Buffer {
  return refusing(path, () => {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, 0));
    } finally {
      closeSync(descriptor);
    }
  });
}

/** A whole file, with when it was last changed. @throws TOO_LARGE for more than `maxBytes`; FILE_REFUSED */
export function wholeOf({ path }: NamedFile, maxBytes: number): { readonly bytes: Buffer; readonly changedAt: string } {
  return refusing(path, () => {
    const { size, mtime } = statSync(path);
    if (size > maxBytes) throw new ArchiveError('TOO_LARGE', `${path}: ${size} bytes, at most ${maxBytes}`);
    return { bytes: readFileSync(path), changedAt: mtime.toISOString() };
  });
}

/** A regular file that lies beside another, such as `page_files/1.jpg`; null where there is none, or it is too large. */
export function besideOf({ path }: NamedFile, relative: string, maxBytes: number): Buffer | null {
  const parts = relative.split('/');
  if (parts.some((part) => part === '' || part === '..' || /[\\\0]/.test(part)) || !isBeside(parts[0] ?? ''))
    return null;
  const place = join(path, '..', ...parts);
  const entry = lstatSync(place, { throwIfNoEntry: false });
  if (entry?.isFile() !== true || entry.size > maxBytes) return null;
  return refusing(place, () => readFileSync(place));
}

export async function* chunksOf({ path }: NamedFile): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) yield chunk as Buffer;
  } catch (error) {
    throw knownError(error, { place: 'elsewhere', name: path });
  }
}

/** @throws FILE_REFUSED, MACHINE_SHORT for what the system refuses */
function refusing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw knownError(error, { place: 'elsewhere', name: path });
  }
}
