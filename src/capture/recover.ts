/** What a run that died left of the file that it wrote its captures to: whole to its last complete record, the rest set aside. */
import { pipeline } from 'node:stream/promises';
import { CAPTURES, openSegmentKey, parseKey } from '../archive/keys.ts';
import type { ByteRange, Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { readOn } from './read-on.ts';
import { digestOfPieces, WarcFault } from './warc.ts';

export interface Recovered {
  /** The file's final name. */
  readonly segment: string;
  /** So many bytes of it are whole. */
  readonly bytes: number;
  /** What was set aside, and why; null where all is whole. */
  readonly aside: string | null;
}

/**
 * Gives every file that is still open its final name; for the start of a run, under the archive's lock. A kill within it
 * leaves what the next start ends.
 * @param isLeft whether a file, by its final name, was left by one that died; all were where no other run is at work
 * @returns one for each file that was ended
 * @throws what the storage throws
 */
export async function recoverSegments(
  storage: Storage,
  trash: Trash,
  isLeft: (segment: string) => boolean = () => true,
): Promise<readonly Recovered[]> {
  const recovered: Recovered[] = [];
  for (const segment of (await openSegments(storage)).filter(isLeft)) {
    const one = await recover(segment);
    if (one !== null) recovered.push(one);
  }
  return recovered;

  /** Null where it is written to after all, or was ended by another. */
  async function recover(segment: string): Promise<Recovered | null> {
    const open = openSegmentKey(segment);
    const size = (await storage.stat(open))?.bytes;
    if (size === undefined) return null;
    const { bytes, fault } = await wholePart(open);
    if ((await storage.stat(open))?.bytes !== size) return null;
    const present = await storage.stat(segment);
    if (present === null && fault === null && bytes > 0) {
      await storage.move(open, segment);
      return { segment, bytes, aside: null };
    }
    const why = fault ?? (present === null ? 'nothing was written to it' : 'its whole part has the final name already');
    const isTaken = present !== null && !(await isBeginning({ of: open, segment, bytes: present.bytes }));
    if (present === null && bytes > 0) await copyRange(open, { offset: 0, length: bytes }, segment);
    // The rest takes the place of the file, and goes as such: what was killed here is then a file without a whole record.
    if (!isTaken && bytes > 0 && bytes < size) await copyRange(open, { offset: bytes, length: size - bytes }, open);
    await trash.move(open, `captures: ${isTaken ? `another file has its name; ${why}` : why}`);
    return { segment, bytes, aside: why };
  }

  /** The bytes to the end of the last whole record; what is damaged before that stays where it is, for places behind it. */
  async function wholePart(key: string): Promise<{ readonly bytes: number; readonly fault: string | null }> {
    let bytes = 0;
    let fault: string | null = null;
    for await (const each of readOn((offset) => chunksFrom(key, offset)))
      if (each instanceof WarcFault) fault ??= each.message;
      else {
        bytes = each.offset + each.length;
        fault = null;
      }
    return { bytes, fault };
  }

  function chunksFrom(key: string, offset: number): AsyncIterable<Buffer> {
    return storage.chunks(key, { offset, length: Number.MAX_SAFE_INTEGER - offset });
  }

  /** True where the file that has the final name is what `of` begins with, or its rest alone is left. */
  async function isBeginning({
    of,
    segment,
    bytes,
  }: {
    readonly of: string;
    readonly segment: string;
    readonly bytes: number;
  }): Promise<boolean> {
    const { bytes: whole } = await wholePart(of);
    if (whole === 0) return true;
    if (whole !== bytes) return false;
    const [there, here] = await Promise.all(
      [segment, of].map((key) => digestOfPieces(storage.chunks(key, { offset: 0, length: bytes }))),
    );
    return there === here;
  }

  async function copyRange(from: string, range: ByteRange, to: string): Promise<void> {
    const file = await storage.temporary(CAPTURES);
    try {
      await file.fill((open) => pipeline(storage.chunks(from, range), open()));
      await file.commit(to, { replaces: true });
    } finally {
      await file.discard();
    }
  }
}

/** Their final names. */
async function openSegments(storage: Storage): Promise<readonly string[]> {
  const found: string[] = [];
  for (const year of (await storage.names(CAPTURES)).folders)
    for (const month of (await storage.names(`${CAPTURES}/${year}`)).folders)
      for (const name of (await storage.names(`${CAPTURES}/${year}/${month}`)).files) {
        const parsed = parseKey(`${CAPTURES}/${year}/${month}/${name}`);
        if (parsed?.kind === 'segment' && parsed.isOpen) found.push(parsed.segment);
      }
  return found;
}
