/** Is a picture's file the bytes of its name, of its type, and there to its end? */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { openPictureReader } from '../../../assets/whole-picture.ts';
import type { CheckCode } from '../../checks-table.ts';

export interface PictureReading {
  readonly sha256: string;
  /** By the bytes; null where they are no picture. */
  readonly type: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Why it does not decode to its end; null where it does. */
  readonly broken: string | null;
}

const CHUNK_BYTES = 256 * 1024;

/** Reads a file to its end, a piece at a time. */
export function readPicture(descriptor: number, size: number): PictureReading {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(Math.min(Math.max(size, 1), CHUNK_BYTES));
  const picture = openPictureReader();
  for (let at = 0; ; ) {
    const read = readSync(descriptor, chunk, 0, chunk.length, at);
    if (read === 0) break;
    const piece = chunk.subarray(0, read);
    hash.update(piece);
    picture.push(piece);
    at += read;
  }
  const { state, detail, facts } = picture.end();
  return {
    sha256: hash.digest('hex'),
    type: facts?.type ?? null,
    width: facts?.width ?? null,
    height: facts?.height ?? null,
    broken: state === 'cut' || state === 'damaged' ? detail : null,
  };
}

/** No screen and no sensor has so many: a viewer that believes them runs out of memory. */
const MOST_PIXELS = 500_000_000;

/** The first thing that is wrong with the file by itself, of the checks that were asked for. */
export function pictureFault(
  { sha256, type, width, height, broken }: PictureReading,
  name: { readonly sha256: string; readonly type: string },
  wanted: (code: CheckCode) => boolean,
): readonly [CheckCode, string] | null {
  const faults: readonly (readonly [CheckCode, string | null])[] = [
    ['picture-changed', sha256 === name.sha256 ? null : `sha256 ${sha256}`],
    ['picture-huge', (width ?? 0) * (height ?? 0) <= MOST_PIXELS ? null : `${width} × ${height} pixels`],
    ['picture-type', type === name.type ? null : `${type ?? 'no picture'} by its bytes, ${name.type} by its name`],
    ['picture-broken', broken],
  ];
  const found = faults.find(([code, detail]) => detail !== null && wanted(code));
  return found?.[1] === null || found === undefined ? null : [found[0], found[1] ?? ''];
}
