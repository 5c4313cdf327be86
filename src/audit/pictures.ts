/** The files of pictures: each streamed once, for its hash and for its structure. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ASSETS, parseKey } from '../archive/keys.ts';
import { openPictureReader, type Picture } from '../archive/picture-file.ts';
import { type CheckCode, finding } from './promises.ts';
import { isLink, listFolder, piecesOf, type ShardContext, unclaimed, withFile } from './read-file.ts';

/** A folder below `assets/`, named by the first two characters of its pictures' hashes. */
export function auditAssets(folder: string, context: ShardContext): void {
  const key = `${ASSETS}/${folder}`;
  const { files, folders, findings } = listFolder(context.root, key);
  for (const found of findings) {
    context.report(found);
    if (parseKey(found.path)?.kind === 'picture') noteReported(found.path, context);
  }
  for (const found of unclaimed(key, folders, 'not a picture')) context.report(found);
  const isPicture = (name: string) => parseKey(`${key}/${name}`)?.kind === 'picture';
  for (const found of unclaimed(
    key,
    files.filter((name) => !isPicture(name)),
    'not the name of a picture',
  ))
    context.report(found);
  auditPictures(
    files.filter(isPicture).map((name) => `${key}/${name}`),
    context,
  );
}

/** Pictures by key. What is wrong with one is reported once it is known which articles show it. */
export function auditPictures(keys: readonly string[], context: ShardContext): void {
  const { root, index, wanted, report, count } = context;
  for (const key of keys) {
    const [sha256 = '', type = ''] = key.slice(key.lastIndexOf('/') + 1).split('.');
    const path = join(root, key);
    const read = (follows: boolean) =>
      withFile(
        path,
        (descriptor, { size }) => ({ kind: 'picture' as const, size, read: readPicture(descriptor, size) }),
        {
          follows,
        },
      );
    const linked = isLink(path) ? read(true) : null;
    const isRight = linked?.kind === 'picture' && linked.read.sha256 === sha256;
    if (isRight && wanted('linked-file'))
      report(finding('linked-file', { path: key, article: null }, 'its bytes lie elsewhere'));
    const picture = isRight ? linked : read(false);
    if (picture.kind === 'absent') continue;
    if (picture.kind === 'fault') {
      if (wanted(picture.code)) report(finding(picture.code, { path: key, article: null }, picture.detail));
      noteReported(key, { index });
      continue;
    }
    count({ assets: 1, bytes: picture.size });
    index.file(key, picture.read.sha256);
    const { width, height } = picture.read.facts ?? { width: null, height: null };
    const fault = pictureFault(picture.read, { sha256, type }, wanted);
    index.picture({
      sha256,
      path: key,
      bytes: picture.size,
      type,
      width,
      height,
      code: fault?.[0] ?? null,
      detail: fault?.[1] ?? null,
    });
  }
}

/** A picture that is there and cannot be read is not called gone as well. */
function noteReported(path: string, { index }: Pick<ShardContext, 'index'>): void {
  const [sha256 = '', type = ''] = path.slice(path.lastIndexOf('/') + 1).split('.');
  index.picture({ sha256, path, bytes: 0, type, width: null, height: null, code: 'reported', detail: null });
}

// One picture's file: its bytes have the hash in its name, are of the type of its ending, and are complete.

interface PictureReading extends Picture {
  readonly sha256: string;
}

/** Reads a file to its end, a piece at a time, once for both its hash and its structure. */
export function readPicture(descriptor: number, size: number): PictureReading {
  const hash = createHash('sha256');
  const reader = openPictureReader();
  for (const piece of piecesOf(descriptor, size)) {
    hash.update(piece);
    reader.push(piece);
  }
  return { sha256: hash.digest('hex'), ...reader.end() };
}

/** No screen and no sensor has so many: a viewer that believes them runs out of memory. */
const MOST_PIXELS = 500_000_000;

/** The first thing that is wrong with the file by itself, of the checks that were asked for. */
function pictureFault(
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
