/** Is a picture's file the bytes of its name, of its type, and there to its end? */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { openPictureReader, type Picture } from '../../../assets/whole-picture.ts';
import type { CheckCode } from '../../checks-table.ts';

export interface PictureReading extends Picture {
  readonly sha256: string;
}

const CHUNK_BYTES = 256 * 1024;

/** Reads a file to its end, a piece at a time, once for both its hash and its structure. */
export function readPicture(descriptor: number, size: number): PictureReading {
  const hash = createHash('sha256');
  const reader = openPictureReader();
  for (let at = 0; ; ) {
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(size - at, 1), CHUNK_BYTES));
    const length = readSync(descriptor, chunk, 0, chunk.length, at);
    if (length === 0) break;
    const piece = chunk.subarray(0, length);
    hash.update(piece);
    reader.push(piece);
    at += length;
  }
  return { sha256: hash.digest('hex'), ...reader.end() };
}

/** No screen and no sensor has so many: a viewer that believes them runs out of memory. */
const MOST_PIXELS = 500_000_000;

/** The first thing that is wrong with the file by itself, of the checks that were asked for. */
export function pictureFault(
  { sha256, state, detail, facts }: PictureReading,
  name: { readonly sha256: string; readonly type: string },
  wanted: (code: CheckCode) => boolean,
): readonly [CheckCode, string] | null {
  const { type = 'no picture', width = 0, height = 0 } = facts ?? {};
  const isBroken = state === 'cut' || state === 'damaged';
  const faults: readonly (readonly [CheckCode, boolean, string])[] = [
    ['picture-changed', sha256 !== name.sha256, `sha256 ${sha256}`],
    ['picture-huge', width * height > MOST_PIXELS, `${width} × ${height} pixels`],
    ['picture-broken', isBroken, `${state}: ${detail}`],
    ['picture-type', type !== name.type, `${type} by its bytes, ${name.type} by its name`],
  ];
  const found = faults.find(([code, isSo]) => isSo && wanted(code));
  return found === undefined ? null : [found[0], found[2]];
}
