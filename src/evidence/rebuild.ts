/**
 * Writes again what follows from a signed checkpoint and is damaged: tiles and keys from the lists, lists from the tiles.
 * Nothing is signed, and what makes way lies in `trash/`.
 */
import { SEAL_LISTS, sealContentsKey, sealListKey, sealNumber } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { ArchiveError } from '../errors.ts';
import { keyFiles, linesOf, newestCheckpoint, readLine, signerOf } from './log.ts';
import { type Checkpoint, isSigned } from './note.ts';
import { linesFromTiles, wrongTiles } from './tiles.ts';
import { growTree, leafHash } from './tree.ts';
import { readable } from './verify-log.ts';

/**
 * The caller holds the archive.
 * @param known verifier keys that this log may be signed by, beside those that lie in it
 * @returns why nothing can be made of it; null where tiles, lists and keys are as the checkpoint says
 */
export async function rebuildLog(
  storage: Storage,
  { trash, known }: { readonly trash: Pick<Trash, 'keep' | 'move'>; readonly known: readonly string[] },
): Promise<string | null> {
  const newest = await readable(() => newestCheckpoint(storage));
  if (newest instanceof ArchiveError) return newest.detail;
  if (newest === null) return 'there is no checkpoint';
  const signer = await signerOf(storage, newest, known);
  if (signer === null || isSigned(newest.note, signer) !== 'good')
    return 'the checkpoint is not signed by any key that lies beside it or is known here';
  const right = [linesOf, linesFromTiles];
  while (right[0] !== undefined && !(await isSignedFor(newest, right[0](storage, newest.size)))) right.shift();
  if (right[0] === undefined) return 'neither the lists nor the tiles are the entries that were signed';
  await writeLists(right[0](storage, newest.size), newest.size);
  await wrongTiles(storage, linesOf(storage, newest.size), replace);
  for (const [path, text] of keyFiles(signer)) await replace(path, Buffer.from(text));
  return null;

  /** Each list ends with the entry of its seal's own statement. */
  async function writeLists(lines: AsyncIterable<string>, size: number): Promise<void> {
    const starts = new Set<number>();
    let [start, index, list] = [0, 0, ''];
    for await (const line of lines) {
      index += 1;
      list += line;
      if (readLine(line)?.path !== sealContentsKey(start) && index < size) continue;
      await replace(sealListKey(start), Buffer.from(list));
      starts.add(start);
      [start, list] = [index, ''];
    }
    for (const name of (await storage.names(SEAL_LISTS)).files) {
      const from = sealNumber(name);
      if (from < size && !starts.has(from)) await trash.move(`${SEAL_LISTS}/${name}`, WHY);
    }
  }

  async function replace(path: string, bytes: Buffer): Promise<void> {
    if ((await storage.read(path))?.equals(bytes) === true) return;
    await trash.keep(path, WHY);
    await storage.write(path, bytes);
  }
}

const WHY = 'seals: not what the signed checkpoint says';

/** True for the lines that a checkpoint is of. */
async function isSignedFor({ size, root }: Checkpoint, lines: AsyncIterable<string>): Promise<boolean> {
  const tree = growTree();
  let count = 0;
  const read = await readable(async () => {
    for await (const line of lines) {
      tree.add(leafHash(line));
      count += 1;
    }
  });
  return !(read instanceof ArchiveError) && count === size && tree.root().equals(root);
}
