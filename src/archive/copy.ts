/** Copies an archive from one place to another, file by file, each compared by its SHA-256 where it has come to lie. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { ArchiveError } from '../errors.ts';
import { CHECKPOINT, isOpenSegment, isOperational, RECORDS, SEALS } from './keys.ts';
import type { Storage } from './storage.ts';
import { openTrash } from './trash.ts';

export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** So many of them were there already, as they are. */
  readonly present: number;
  /** Others lay under their keys: they are in the trash of the copy. */
  readonly replaced: number;
  /** Keys that stay: databases and locks of runs, and captures that a run still writes to. */
  readonly left: readonly string[];
}

/** So many files at once: most of the time is spent waiting for a store. */
const AT_ONCE = 8;

/**
 * Files that others name come first, then the records, then the log of seals with its checkpoint last: a copy that was cut off
 * names nothing that is not there, and the same call goes on with it. Nothing is deleted in the copy: what is there and
 * differs goes to its trash, and what the archive does not have stays.
 * @param options `signal` ends it after the files in hand
 * @throws ARCHIVE_IO where a file does not lie there as it was read; what the storages throw
 */
export async function copyArchive(
  from: Storage,
  to: Storage,
  {
    now,
    signal,
    onFile = () => {},
  }: {
    readonly now: Date;
    readonly signal?: AbortSignal | undefined;
    readonly onFile?: (key: string, how: 'copied' | 'present' | 'replaced') => void;
  },
): Promise<Copied> {
  const trash = openTrash(to, { now });
  const sum = { files: 0, bytes: 0, present: 0, replaced: 0 };
  const left: string[] = [];
  for (const isDue of PASSES)
    await atOnce(from.list(''), async ({ key }) => {
      if (!isDue(key) || signal?.aborted === true) return;
      if (isOperational(key) || isOpenSegment(key)) return void left.push(key);
      const { how, bytes } = await copyFile(key);
      sum.files += 1;
      sum.bytes += bytes;
      if (how !== 'copied') sum[how] += 1;
      onFile(key, how);
    });
  return { ...sum, left };

  async function copyFile(
    key: string,
  ): Promise<{ readonly how: 'copied' | 'present' | 'replaced'; readonly bytes: number }> {
    const there = await to.digest(key);
    const here = there === null ? null : await from.digest(key);
    if (there !== null && there.sha256 === here?.sha256) return { how: 'present', bytes: there.bytes };
    if (there !== null) await trash.keep(key, 'copy: the archive that is copied has another file here');
    const hash = createHash('sha256');
    const file = await to.temporary(key.includes('/') ? key.slice(0, key.lastIndexOf('/')) : '');
    try {
      await file.fill((open) => pipeline(hashed(from.chunks(key)), open()));
      await file.commit(key, { replaces: true });
    } finally {
      await file.discard();
    }
    const sha256 = hash.digest('hex');
    const landed = await to.digest(key);
    if (landed?.sha256 !== sha256)
      throw new ArchiveError(
        'ARCHIVE_IO',
        `${to.name}/${key}: is not what was written (${landed?.sha256} for ${sha256})`,
      );
    return { how: there === null ? 'copied' : 'replaced', bytes: landed.bytes };

    async function* hashed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    }
  }
}

const isBelow = (folder: string) => (key: string) => key.startsWith(`${folder}/`);
const [isRecord, isSeal] = [isBelow(RECORDS), isBelow(SEALS)];

const PASSES: readonly ((key: string) => boolean)[] = [
  (key) => !isRecord(key) && !isSeal(key),
  isRecord,
  (key) => isSeal(key) && key !== CHECKPOINT,
  (key) => key === CHECKPOINT,
];

/** The first error ends it once the works in hand have ended. */
async function atOnce<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    const mine: Promise<void> = work(item)
      .catch((error: unknown) => void failures.push(error))
      .then(() => void running.delete(mine));
    running.add(mine);
    if (running.size >= AT_ONCE) await Promise.race(running);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
