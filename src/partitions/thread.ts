/** A thread of a hand: does one partition after the other, whatever the work, and lays down in the archive what is too large for the queue. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, dirname, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openDisk } from '../archive/disk.ts';
import { WORK, workResultKey } from '../archive/keys.ts';
import { openStorage, requireFilesFolder, type StoragePlace } from '../archive/open-storage.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import { openPool, type Pool, serve, type Work } from '../pool.ts';
import { knownError } from '../system-errors.ts';
import { openTemporary } from '../temporary.ts';
import type { Answer, Stored } from './work.ts';
import { workNamed } from './works.ts';

/** A partition with what its run asks for. */
export interface ThreadPiece {
  readonly run: string;
  readonly number: number;
  readonly work: string;
  readonly parameters: unknown;
  readonly pieces: readonly unknown[];
}

/** What the thread says: a failure that is known is no reason to end it. */
export type ThreadAnswer = Answer | { readonly code: ErrorCode; readonly detail: string };

/** @param signal ends it at once, with what it has in hand */
export function openPartitionThread(place: StoragePlace, signal: AbortSignal): Pool<ThreadPiece, ThreadAnswer> {
  const thread = new URL(`./thread${extname(import.meta.filename)}`, import.meta.url);
  const { archive, cluster } = place;
  const task: StoragePlace = { archive, cluster: { storage: cluster.storage } };
  return openPool([task], { open: openThread, thread, signal, apart: true });
}

/** Results of fewer characters go by the queue. */
const MOST_INLINE = 16_384;

function openThread(place: StoragePlace): Work<ThreadPiece, ThreadAnswer> {
  const opened = openStorage(place);
  opened.catch(() => {}); // said by the first piece
  return {
    do: async (piece) => {
      try {
        return await doPartition(piece, await opened, place);
      } catch (error) {
        const known = knownError(error, { place: 'temporary', name: tmpdir() });
        if (!(known instanceof ArchiveError)) throw known;
        return { code: known.code, detail: known.detail };
      }
    },
    close: () => {},
  };
}

async function doPartition(
  { run, number, work: name, parameters, pieces }: ThreadPiece,
  storage: Storage,
  place: StoragePlace,
): Promise<Answer> {
  const work = workNamed(name);
  await using folder = await openTemporary('partition');
  const { path: temporary } = folder;
  const hand = await work.open(work.parameters.parse(parameters), {
    storage,
    folderFor: (command) => requireFilesFolder(place, command),
    temporary,
  });
  let lines = '';
  try {
    for (const piece of pieces) lines += `${JSON.stringify(await hand.do(work.piece.parse(piece)))}\n`;
  } finally {
    hand.close();
  }
  const file = hand.file === undefined ? null : await storeFile(hand.file, { run, number, storage });
  if (lines.length < MOST_INLINE) return { results: { lines }, file };
  const key = workResultKey(run, number, { sha256: sha256(lines), type: 'jsonl' });
  await storage.write(key, lines, { ifAbsent: true });
  return { results: { key, sha256: sha256(lines), bytes: Buffer.byteLength(lines) }, file };
}

async function storeFile(
  path: string,
  { run, number, storage }: { readonly run: string; readonly number: number; readonly storage: Storage },
): Promise<Stored> {
  const local = openDisk(dirname(path), { place: 'temporary' });
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of local.chunks(basename(path))) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  const digest = hash.digest('hex');
  const key = workResultKey(run, number, { sha256: digest, type: 'sqlite' });
  const file = await storage.temporary(WORK);
  try {
    await file.fill((open) => pipeline(local.chunks(basename(path)), open()));
    await file.commit(key, { replaces: true });
  } finally {
    await file.discard();
  }
  return { key, sha256: digest, bytes };
}

serve(import.meta.url, openThread);
