/**
 * The log under `seals/`, as whoever reads it sees it. The lists are the log: one a seal, each entry a line as sha256sum
 * writes it. The tiles say the same for clients of such logs (`tiles.ts`), and the checkpoint, written last, says how many
 * of the entries hold: what lies behind them is the beginning of a seal that did not end, and nobody's yet.
 */

import {
  CHECKPOINT,
  checkpointKey,
  SEAL_CHECKPOINTS,
  SEAL_CONTENTS,
  SEAL_KEY,
  SEAL_KEY_PEM,
  SEAL_LISTS,
  sealContentsKey,
  sealListKey,
  sealNumber,
} from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import {
  type Checkpoint,
  isSigned,
  readCheckpoint,
  readKey,
  readVerifierKey,
  type VerifierKey,
  verifierKey,
  writeVerifierKey,
} from './note.ts';

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

/** Where the checkpoints of all seals lie as the log alone signed them, oldest first. */
export async function checkpointKeys(storage: Storage): Promise<readonly string[]> {
  const { files } = await storage.names(SEAL_CHECKPOINTS);
  return files.filter((name) => /^\d{12}$/.test(name)).map((name) => `${SEAL_CHECKPOINTS}/${name}`);
}

/** One of them; null where it went a moment ago. @throws SEAL_DAMAGED */
export async function keptCheckpoint(storage: Storage, key: string): Promise<Checkpoint | null> {
  const checkpoint = await checkpointAt(storage, key);
  if (checkpoint !== null && checkpointKey(checkpoint.size) !== key)
    throw damaged(storage, key, `a checkpoint of ${counted(checkpoint.size, 'entry', 'entries')}`);
  return checkpoint;
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

/**
 * The key that signed a checkpoint, of those that lie beside the log and of others that are known; where none did, the first.
 * Null where there is none.
 * @param others as verifier keys
 */
export async function signerOf(
  storage: Storage,
  { note, origin }: Checkpoint,
  others: readonly string[],
): Promise<VerifierKey | null> {
  const pem = readKey(String(await storage.read(SEAL_KEY_PEM)), 'public');
  const named = [String(await storage.read(SEAL_KEY)), ...others].map(readVerifierKey);
  const keys = [pem === null ? null : verifierKey(origin, pem), ...named].filter((each) => each !== null);
  return keys.find((each) => isSigned(note, each) === 'good') ?? keys[0] ?? null;
}

/** The files with the log's public key, and what stands in them. */
export function keyFiles(signer: VerifierKey): readonly (readonly [key: string, text: string])[] {
  return [
    [SEAL_KEY_PEM, String(signer.key.export({ type: 'spki', format: 'pem' }))],
    [SEAL_KEY, writeVerifierKey(signer)],
  ];
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

/** The lines of the first `size` entries. @throws SEAL_DAMAGED */
export async function* linesOf(storage: Storage, size: number): AsyncGenerator<string> {
  for await (const { index, line } of entries(storage)) {
    if (index >= size) return;
    yield line;
  }
}

/** The entries of one seal. @param start index of its first entry @throws SEAL_DAMAGED */
export async function* entriesOf(storage: Storage, start: number): AsyncGenerator<Entry> {
  const key = sealListKey(start);
  let index = start;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of storage.chunks(key)) {
    const bytes = Buffer.concat([held, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    held = bytes.subarray(end);
    if (held.length > LONGEST_LINE) throw damaged(storage, key, `a line of more than ${LONGEST_LINE} bytes`);
    // Lines end in LF alone: each byte of the file is part of an entry, and any other one is another entry or none.
    for (const text of bytes.toString('utf8', 0, end).split('\n').slice(0, -1)) {
      const entry = readLine(`${text}\n`);
      if (entry === null) throw damaged(storage, key, `not an entry: ${text.slice(0, 100)}`);
      yield { index, ...entry };
      index += 1;
    }
  }
  if (held.length > 0) throw damaged(storage, key, 'it ends within a line');
}

const NEWLINE = 0x0a;
/** In bytes; paths of an archive are much shorter, and an entry of a bundle has at most as many. */
const LONGEST_LINE = 0xffff;

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
