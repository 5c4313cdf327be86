/**
 * The log under `seals/`, as whoever reads it sees it. The lists are the log: one a seal, each entry a line as sha256sum
 * writes it. The tiles say the same for clients of such logs (`tiles.ts`), and the checkpoint, written last, says how many
 * of the entries hold: what lies behind them is the beginning of a seal that did not end, and nobody's yet.
 */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import {
  CHECKPOINT,
  checkpointKey,
  SEAL_CHECKPOINTS,
  SEAL_CONTENTS,
  SEAL_KEY_PEM,
  SEAL_LISTS,
  sealContentsKey,
  sealListKey,
  sealNumber,
} from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import { type Checkpoint, readCheckpoint, readKey, type VerifierKey, verifierKey } from './note.ts';

export interface Entry {
  /** Counted from 0 over the whole log. */
  readonly index: number;
  /** The line with its final newline: what the tree hashes. */
  readonly line: string;
  readonly sha256: string;
  /** Key of the file in the archive. */
  readonly path: string;
}

/** The newest checkpoint; null where nothing was sealed yet. @throws SEAL_DAMAGED where the file is no checkpoint */
export async function newestCheckpoint(storage: Storage): Promise<Checkpoint | null> {
  return checkpointAt(storage, CHECKPOINT);
}

/** The checkpoints of all seals as the log alone signed them, oldest first. @throws SEAL_DAMAGED */
export async function* checkpoints(storage: Storage): AsyncGenerator<Checkpoint> {
  for (const name of (await storage.names(SEAL_CHECKPOINTS)).files.filter((each) => /^\d{12}$/.test(each))) {
    const checkpoint = await checkpointAt(storage, `${SEAL_CHECKPOINTS}/${name}`);
    if (checkpoint === null) continue; // it went a moment ago
    if (checkpointKey(checkpoint.size) !== `${SEAL_CHECKPOINTS}/${name}`)
      throw damaged(storage, `${SEAL_CHECKPOINTS}/${name}`, `a checkpoint of ${checkpoint.size} entries`);
    yield checkpoint;
  }
}

async function checkpointAt(storage: Storage, key: string): Promise<Checkpoint | null> {
  const bytes = await storage.read(key);
  if (bytes === null) return null;
  const checkpoint = readCheckpoint(bytes.toString());
  if (checkpoint === null) throw damaged(storage, key, 'no checkpoint of a log');
  return checkpoint;
}

/** The public key that lies beside the log: its own word, which whoever trusts nobody compares with the owner's. @throws SEAL_DAMAGED */
export async function keyBeside(storage: Storage, origin: string): Promise<VerifierKey> {
  const pem = await storage.read(SEAL_KEY_PEM);
  const key = pem === null ? null : readKey(pem.toString(), 'public');
  if (key === null) throw damaged(storage, SEAL_KEY_PEM, pem === null ? 'is not there' : 'no public key (Ed25519)');
  return verifierKey(origin, key);
}

/** Indices of the first entries of all seals, in order. */
export async function sealStarts(storage: Storage): Promise<readonly number[]> {
  const { files } = await storage.names(SEAL_LISTS);
  return files.map(sealNumber).filter(Number.isSafeInteger);
}

/**
 * The entries of all lists in order, whatever the checkpoint says; the index counts on where a list is missing.
 * @param from the seals that begin before this index are left out
 * @throws SEAL_DAMAGED for a line that is no entry
 */
export async function* entries(storage: Storage, from = 0): AsyncGenerator<Entry> {
  for (const start of await sealStarts(storage)) if (start >= from) yield* entriesOf(storage, start);
}

/** The entries of one seal. @param start index of its first entry @throws SEAL_DAMAGED */
export async function* entriesOf(storage: Storage, start: number): AsyncGenerator<Entry> {
  const key = sealListKey(start);
  const input = Readable.from(storage.chunks(key));
  let index = start;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const entry = readLine(`${text}\n`);
    if (entry === null) throw damaged(storage, key, `not an entry: ${text.slice(0, 100)}`);
    yield { index, ...entry };
    index += 1;
  }
}

/** Null for what is no line of a log. */
export function readLine(line: string): Omit<Entry, 'index'> | null {
  const isLine = /^[0-9a-f]{64} {2}[^\n\r\\]+\n$/.test(line);
  return isLine ? { line, sha256: line.slice(0, 64), path: line.slice(66, -1) } : null;
}

/** When a seal was made, and what its documents say; null where the file is not there or is not the one of the entry. */
export async function statementOf(
  storage: Storage,
  start: number,
  sealed: string | null,
): Promise<{ readonly at: string; readonly contents: readonly (readonly [id: string, hash: string])[] } | null> {
  const bytes = await storage.read(sealContentsKey(start));
  if (bytes === null || (sealed !== null && sha256(bytes) !== sealed)) return null;
  const [head = '', ...lines] = bytes.toString().trimEnd().split('\n');
  const at = timeIn(head);
  return at === null
    ? null
    : { at, contents: lines.map((line) => line.split(' ') as unknown as readonly [string, string]) };
}

/** When the last seal was made, by the machine's own clock, ISO 8601 in UTC; null where there is none, or none that can be read. */
export async function lastSealedAt(storage: Storage): Promise<string | null> {
  const newest = await newestCheckpoint(storage);
  if (newest === null) return null;
  const { files } = await storage.names(SEAL_CONTENTS);
  const start = files.map(sealNumber).findLast((each) => each < newest.size);
  if (start === undefined) return null;
  let head = ''; // the file has a line for each document of the seal: only the first one is read
  for await (const chunk of storage.chunks(sealContentsKey(start), { offset: 0, length: LONGEST_HEAD }))
    head += chunk.toString('latin1');
  return timeIn(head.split('\n', 1)[0] ?? '');
}

/** In bytes. */
const LONGEST_HEAD = 64;

/** The time in the first line of what a seal's documents say. */
function timeIn(head: string): string | null {
  return /^sealed (\S+)$/.exec(head)?.[1] ?? null;
}

export function damaged(storage: Storage, key: string, what: string): ArchiveError {
  return new ArchiveError('SEAL_DAMAGED', `${storage.name}/${key}: ${what}`);
}
