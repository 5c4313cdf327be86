/**
 * Regular files of a disk, looked at and hashed at once: of many small ones a turn of the event loop for each would take
 * several times as long as the work itself.
 */
import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArchiveError } from '../errors.ts';
import { mayBeLink } from './keys.ts';
import type { Digest, StoredFile } from './storage.ts';

export const CHUNK_BYTES = 1 << 18;

/** Null for what is no regular file, or not there any more. Throws what the disk says. */
export function storedFile(key: string, path: string, { follows }: { readonly follows: boolean }): StoredFile | null {
  const stats = (follows ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return null;
  const { size, mtimeMs, ctimeMs, ino } = stats;
  const revision = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  return { key, bytes: size, writtenAt: mtimeMs, changedAt: ctimeMs, revision };
}

/**
 * A FIFO is not waited for. Large files leave the event loop its turns between their pieces.
 * @param options `onChunk` is given the bytes piece by piece, each only until it returns
 * @throws ARCHIVE_NOT_WRITABLE for what is no regular file; what the disk says
 */
export async function digestOf(
  path: string,
  { key, onChunk }: { readonly key: string; readonly onChunk: (chunk: Buffer) => void },
): Promise<Digest> {
  const file = openRegular(path, key);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new ArchiveError('ARCHIVE_NOT_WRITABLE', `${path}: is no file`);
    let chunk = readPiece(file);
    if (chunk.length === stats.size && stats.size < CHUNK_BYTES) {
      onChunk(chunk);
      return { sha256: hash('sha256', chunk), bytes: chunk.length }; // for few bytes a stream costs as much again
    }
    const stream = createHash('sha256');
    let bytes = 0;
    for (; chunk.length > 0; chunk = readPiece(file)) {
      stream.update(chunk);
      onChunk(chunk);
      bytes += chunk.length;
      await nextTurn();
    }
    return { sha256: stream.digest('hex'), bytes };
  } finally {
    closeSync(file);
  }
}

/** Through a link only where the key may be one: few are, so that is asked when the disk has refused. */
function openRegular(path: string, key: string): number {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  try {
    return openSync(path, flags | constants.O_NOFOLLOW);
  } catch (error) {
    if (!mayBeLink(key)) throw error;
    return openSync(path, flags);
  }
}

/** The next bytes of a file; none at its end. */
function readPiece(file: number): Buffer {
  return PIECE.subarray(0, readSync(file, PIECE, 0, CHUNK_BYTES, null));
}

/** Shared: nothing is awaited between a piece that is read into it and its last use. */
const PIECE = Buffer.allocUnsafeSlow(CHUNK_BYTES);
