/** A manifest: the SHA-256 of every file below a folder, in the form of BagIt 1.0 (RFC 8493, 2.1.3), which sha256sum reads too. */
import { createHash } from 'node:crypto';
import { constants, createReadStream, promises as fsp } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ArchiveError } from '../errors.ts';
import { openTextFile } from './text-file.ts';

export const MANIFEST = 'manifest-sha256.txt';

interface ManifestEntry {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** How a file is not as its manifest says. */
interface Difference {
  readonly code: 'file-added' | 'file-changed' | 'file-removed';
  readonly path: string;
  readonly detail: string;
}

/**
 * Every regular file below a folder, folder by folder in order of names. Links are not followed.
 * @param skip whether a path, relative to the folder, is left out
 */
export async function* filesOf(folder: string, skip: (path: string) => boolean, prefix = ''): AsyncGenerator<string> {
  const entries = await fsp.readdir(join(folder, prefix), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (skip(path)) continue;
    if (entry.isDirectory()) yield* filesOf(folder, skip, path);
    else if (entry.isFile()) yield path;
  }
}

/** Not of the archive's content: what runs write for themselves, unfinished files, `trash/`, and the manifest itself. */
export function isOutside(path: string): boolean {
  return isOperational(path) || path === MANIFEST || path === 'trash' || /(^|\/)\.[^/]+\.tmp$/.test(path);
}

/** The frontier, and the lock with the name of its holder: never opened, for that would end the lock (see frontier/lock.ts). */
export function isOperational(path: string): boolean {
  return /^(?:(?:frontier|lock)\.sqlite(?:-wal|-shm|-journal)?|lock\.json)$/.test(path);
}

/** Reads a file as a stream, and never through a link. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  for await (const chunk of createReadStream(path, { flags: flags as unknown as string, highWaterMark: 1 << 18 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** A line of a manifest; LF, CR and % are written as RFC 8493, 2.1.3 says. */
export function manifestLine({ path, sha256 }: ManifestEntry): string {
  const encoded = path.replaceAll('%', '%25').replaceAll('\n', '%0A').replaceAll('\r', '%0D');
  return `${sha256}  ${encoded}\n`;
}

/** The entries of a manifest in its order. Throws ARCHIVE_DAMAGED for a line that is none. */
export async function* readManifest(path: string): AsyncGenerator<ManifestEntry> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const [, sha256, encoded] = /^([0-9a-f]{64}) [ *]?(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || encoded === undefined)
      throw new ArchiveError('ARCHIVE_DAMAGED', `${path}: not a line of a manifest: ${line.slice(0, 100)}`);
    const decoded = encoded.replace(/%(0[aAdD]|25)/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    yield { path: decoded, sha256 };
  }
}

/** Writes a file from lines, whole or not at all; holds few of them at a time. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  await using file = await openTextFile(path);
  for await (const line of lines) await file.write(line);
  await file.commit();
}

/**
 * Compares a folder with its manifest: both in the same order, so that neither is ever held whole.
 * @throws ARCHIVE_DAMAGED where the manifest is not in the order that `filesOf` has
 */
export async function* differences(
  folder: string,
  manifest: AsyncGenerator<ManifestEntry>,
  skip: (path: string) => boolean,
): AsyncGenerator<Difference> {
  const files = filesOf(folder, skip);
  let [file, entry] = [await files.next(), await manifest.next()];
  while (file.done !== true || entry.done !== true) {
    const order = file.done === true ? 1 : entry.done === true ? -1 : compare(file.value, entry.value.path);
    if (order < 0) yield { code: 'file-added', path: String(file.value), detail: 'not in the manifest' };
    else if (order > 0) yield { code: 'file-removed', path: entry.value.path, detail: `sha256 ${entry.value.sha256}` };
    else {
      const { sha256, bytes } = await hashFile(join(folder, file.value as string));
      if (sha256 !== entry.value.sha256)
        yield {
          code: 'file-changed',
          path: entry.value.path,
          detail: `sha256 ${sha256}, ${bytes} bytes; was ${entry.value.sha256}`,
        };
    }
    if (order <= 0) file = await files.next();
    if (order >= 0) {
      const before = entry.value as ManifestEntry;
      entry = await manifest.next();
      if (entry.done !== true && compare(before.path, entry.value.path) >= 0)
        throw new ArchiveError('ARCHIVE_DAMAGED', `the manifest is out of order at ${entry.value.path}`);
    }
  }
}

/** Segment by segment, as folders are walked. */
function compare(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? ''];
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
