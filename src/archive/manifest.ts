/** A manifest: the SHA-256 of every file below a folder, in the form of BagIt 1.0 (RFC 8493, 2.1.3), which sha256sum reads too. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArchiveError } from '../errors.ts';
import { isOpenSegment, isOperational, MANIFEST, TRASH } from './keys.ts';
import type { Digest, Storage } from './storage.ts';

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
 * Every regular file, folder by folder in order of names. Links are not followed.
 * @param skip whether a key is left out; for a name at the top, with all that lies below it
 * @param onNameless is called for each file or folder whose name is no text, as it is shown: no list of names can hold it
 */
export function filesOf(
  storage: Storage,
  skip: (key: string) => boolean,
  onNameless: OnNameless,
): AsyncGenerator<string> {
  return filesBelow('');

  async function* filesBelow(prefix: string): AsyncGenerator<string> {
    const { files, folders } = await storage.names(prefix);
    const isFile = new Set(files);
    for (const name of [...files, ...folders].sort()) {
      const key = prefix === '' ? name : `${prefix}/${name}`;
      if ((prefix === '' || isFile.has(name)) && skip(key)) continue;
      if (name.includes(NO_TEXT) && (await storage.stat(key)) === null) onNameless(key);
      else if (isFile.has(name)) yield key;
      else yield* filesBelow(key);
    }
  }
}

export type OnNameless = (key: string) => void;

/** What stands for bytes that are no UTF-8. */
const NO_TEXT = '\ufffd';

/** Not of the archive's content: what runs write for themselves or are still writing, `trash/`, and the manifest itself. */
export function isOutside(key: string): boolean {
  return (
    isOperational(key) || isOpenSegment(key) || key === MANIFEST || key === TRASH || /(^|\/)\.[^/]+\.tmp$/.test(key)
  );
}

/** Never through a link, but for those that the archive reads through. @throws ARCHIVE_NOT_WRITABLE where no file is there */
export async function hashFile(storage: Storage, key: string): Promise<Digest> {
  const digest = await storage.digest(key);
  if (digest === null) throw new ArchiveError('ARCHIVE_NOT_WRITABLE', `${storage.name}/${key}: is not there`);
  return digest;
}

/** A line of a manifest; LF, CR and % are written as RFC 8493, 2.1.3 says. */
export function manifestLine({ path, sha256 }: ManifestEntry): string {
  const encoded = /[%\n\r]/.test(path)
    ? path.replaceAll('%', '%25').replaceAll('\n', '%0A').replaceAll('\r', '%0D')
    : path;
  return `${sha256}  ${encoded}\n`;
}

/** The entries of a manifest in its order. Throws ARCHIVE_DAMAGED for a line that is none. */
export async function* readManifest(storage: Storage, key: string): AsyncGenerator<ManifestEntry> {
  const input = Readable.from(storage.chunks(key));
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const [, sha256, encoded] = /^([0-9a-f]{64}) [ *]?(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || encoded === undefined)
      throw new ArchiveError(
        'ARCHIVE_DAMAGED',
        `${storage.name}/${key}: not a line of a manifest: ${line.slice(0, 100)}`,
      );
    const decoded = encoded.replace(/%(0[aAdD]|25)/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    yield { path: decoded, sha256 };
  }
}

const HELD_CHARACTERS = 1 << 16;

/** Writes a file from lines, whole or not at all; holds few of them at a time. */
export async function writeLines(storage: Storage, key: string, lines: AsyncIterable<string>): Promise<void> {
  const file = await storage.temporary('');
  try {
    await file.fill((open) => pipeline(inPieces(lines), open()));
    await file.commit(key, { replaces: true });
  } finally {
    await file.discard();
  }
}

async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const line of lines) {
    held += line;
    if (held.length < HELD_CHARACTERS) continue;
    yield held;
    held = '';
  }
  yield held;
}

/**
 * Compares a folder with its manifest: both in the same order, so that neither is ever held whole.
 * @throws ARCHIVE_DAMAGED where the manifest is not in the order that `filesOf` has
 */
export async function* differences(
  storage: Storage,
  manifest: AsyncGenerator<ManifestEntry>,
  { skip, onNameless }: { readonly skip: (path: string) => boolean; readonly onNameless: OnNameless },
): AsyncGenerator<Difference> {
  const files = filesOf(storage, skip, onNameless);
  let [file, entry] = [await files.next(), await manifest.next()];
  while (file.done !== true || entry.done !== true) {
    const order = file.done === true ? 1 : entry.done === true ? -1 : compare(file.value, entry.value.path);
    if (order < 0) yield { code: 'file-added', path: String(file.value), detail: 'not in the manifest' };
    else if (order > 0) yield { code: 'file-removed', path: entry.value.path, detail: `sha256 ${entry.value.sha256}` };
    else {
      const digest = await storage.digest(file.value as string);
      const was = entry.value.sha256;
      // A run beside this may have moved it away since it was listed.
      if (digest === null) yield { code: 'file-removed', path: entry.value.path, detail: `sha256 ${was}` };
      else if (digest.sha256 !== was)
        yield {
          code: 'file-changed',
          path: entry.value.path,
          detail: `sha256 ${digest.sha256}, ${digest.bytes} bytes; was ${was}`,
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
