/** Checks a log against its signatures, against what was seen of it before, and against its own tiles. */
import {
  CHECKPOINT,
  parseKey,
  SEAL_CHECKPOINTS,
  SEAL_KEY_PEM,
  SEAL_LISTS,
  sealListKey,
  sealNumber,
  stemOf,
  timestampKey,
} from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import type { SealFindingCode } from './findings.ts';
import type { Seen } from './key.ts';
import {
  checkpointKeys,
  entriesOf,
  keptCheckpoint,
  keyFiles,
  linesOf,
  readLine,
  sealStarts,
  signerOf,
  statementOf,
} from './log.ts';
import { type Checkpoint, isSigned, readCheckpoint, type VerifierKey, writeVerifierKey } from './note.ts';
import { leavesFromTiles, linesFromTiles, rootFromTiles, wrongTiles } from './tiles.ts';
import { readTimestamp } from './timestamp.ts';
import { growTree, leafHash } from './tree.ts';

export interface LogOptions {
  /** The key that the log must be signed by; null for the one beside it, which is the log's own word. */
  readonly trusted: VerifierKey | null;
  /** What this machine has seen of this log, and of the log that lay in this archive. */
  readonly seen: { readonly log: (origin: string) => Seen | null; readonly here: Seen | null };
  readonly witnesses: readonly VerifierKey[];
  readonly signal?: AbortSignal | undefined;
}

export interface VerifiedLog extends ReadLog {
  /** Null where it cannot be read. */
  readonly key: VerifierKey | null;
  /** What an authority says of the newest stamped checkpoint. */
  readonly stamped: { readonly size: number; readonly at: string } | null;
  /** Names of the witnesses that cosigned the newest checkpoint. */
  readonly witnesses: readonly string[];
}

interface ReadLog {
  /** False where a list cannot be read: then what lies behind the damage is not in it. */
  readonly isWhole: boolean;
  readonly leaves: readonly Buffer[];
  /** By size. */
  readonly roots: ReadonlyMap<number, Buffer>;
  /** The last hash of each file, by path. */
  readonly sealed: ReadonlyMap<string, string>;
  /** The same of what the seals say of themselves, oldest first. */
  readonly statements: ReadonlyMap<string, string>;
  /** When the last seal was made, by the machine's own clock; null where it cannot be read. */
  readonly sealedAt: string | null;
}

/** Takes a finding; `evidence` are signed checkpoints. */
export type NoteFinding = (code: SealFindingCode, path: string, detail: string, evidence?: readonly string[]) => void;

export async function verifyLog(
  storage: Storage,
  newest: Checkpoint,
  note: NoteFinding,
  options: LogOptions,
): Promise<VerifiedLog> {
  const key = await verifySignatures(newest);
  const known = options.seen.log(newest.origin);
  const last = known === null ? null : readCheckpoint(known.checkpoint);
  const history = await readHistory();
  const log = await readLog([...history, ...(last === null ? [] : [last])]);
  verifyHistory();
  await verifyTiles();
  const stamped = await verifyTimestamps();
  const witnesses = options.witnesses.filter((each) => isSigned(newest.note, each) === 'good').map(({ name }) => name);
  const sealed = isEntriesRight() ? log.sealed : ((await sealedByTiles()) ?? log.sealed);
  return { ...log, sealed, key, stamped, witnesses };

  async function verifySignatures(checkpoint: Checkpoint): Promise<VerifierKey | null> {
    const before = options.seen.log(checkpoint.origin) ?? options.seen.here;
    const signer = options.trusted ?? (await signerOf(storage, checkpoint, before === null ? [] : [before.key]));
    const name = (each: VerifierKey) => writeVerifierKey(each).trim();
    if (signer === null) {
      note('seal-key-damaged', SEAL_KEY_PEM, 'no public key (Ed25519) is there');
      return null;
    }
    const signed = isSigned(checkpoint.note, signer);
    if (options.trusted !== null && signed === 'absent')
      note('seal-foreign-key', CHECKPOINT, `not signed by ${name(signer)}`, [checkpoint.raw]);
    else if (signed !== 'good') note('seal-signature-bad', CHECKPOINT, `by ${name(signer)}`, [checkpoint.raw]);
    else if (before !== null && before.origin !== checkpoint.origin)
      note('seal-foreign-key', CHECKPOINT, `${before.origin} lay here before, signed by ${before.key}`, [
        before.checkpoint,
        checkpoint.raw,
      ]);
    else if (before !== null && before.key !== name(signer))
      note('seal-foreign-key', CHECKPOINT, `signed by ${name(signer)}, before by ${before.key}`, [
        before.checkpoint,
        checkpoint.raw,
      ]);
    if (signed === 'good')
      for (const [key, text] of keyFiles(signer))
        if ((await storage.read(key))?.toString() !== text)
          note('seal-key-damaged', key, `not the key ${name(signer)} that signed the log`);
    for (const witness of options.witnesses)
      if (isSigned(checkpoint.note, witness) === 'bad') note('seal-cosignature-bad', CHECKPOINT, `of ${witness.name}`);
    return signer;
  }

  async function readHistory(): Promise<readonly Checkpoint[]> {
    const found: Checkpoint[] = [];
    for (const path of await checkpointKeys(storage)) {
      const read = await readable(() => keptCheckpoint(storage, path));
      if (read === null) continue;
      if (read instanceof ArchiveError) note('seal-log-damaged', path, read.detail);
      else if (key !== null && isSigned(read.note, key) !== 'good')
        note('seal-signature-bad', path, `of ${counted(read.size, 'entry', 'entries')}`, [read.raw]);
      if (!(read instanceof ArchiveError)) found.push(read);
    }
    return found;
  }

  /** The entries of all seals that the checkpoint covers, with the roots at the sizes of the checkpoints. */
  async function readLog(of: readonly Checkpoint[]): Promise<ReadLog> {
    const tree = growTree();
    const wanted = new Set([...of.map(({ size }) => size), newest.size]);
    const roots = new Map<number, Buffer>([[0, tree.root()]]);
    const leaves: Buffer[] = [];
    const sealed = new Map<string, string>();
    const statements = new Map<string, string>();
    let list = SEAL_LISTS;
    const read = await readable(async () => {
      for (const start of await sealStarts(storage)) {
        if (start >= newest.size) break; // of a seal that is under way, or did not end
        list = sealListKey(start);
        for await (const { line, path, sha256 } of entriesOf(storage, start)) {
          options.signal?.throwIfAborted();
          const leaf = leafHash(line);
          leaves.push(leaf);
          tree.add(leaf);
          if (wanted.has(leaves.length)) roots.set(leaves.length, tree.root());
          if (leaves.length > newest.size) continue;
          (parseKey(path)?.kind === 'seal' ? statements : sealed).set(path, sha256);
        }
      }
    });
    if (read instanceof ArchiveError) note('seal-log-damaged', list, read.detail);
    return {
      isWhole: !(read instanceof ArchiveError),
      leaves,
      roots,
      sealed,
      statements,
      sealedAt: await lastStatement(statements),
    };
  }

  async function lastStatement(statements: ReadonlyMap<string, string>): Promise<string | null> {
    let at: string | null = null;
    for (const [path, sha256] of statements) {
      const statement = await statementOf(storage, sealNumber(path), sha256);
      if (statement !== null) at = statement.at;
      else note('seal-file-changed', path, `sealed as ${sha256}`);
    }
    return at;
  }

  function verifyHistory(): void {
    for (const each of [...history, ...(last === null ? [] : [last])]) {
      const where = each === last ? 'seen before' : 'in seals/checkpoints';
      if (each.size > newest.size)
        note('seal-rolled-back', CHECKPOINT, `${counted(newest.size, 'entry', 'entries')}; ${each.size} ${where}`, [
          each.raw,
          newest.raw,
        ]);
      else if (each.size === newest.size && !each.root.equals(newest.root))
        note(
          'seal-forked',
          CHECKPOINT,
          `two logs of ${counted(each.size, 'entry', 'entries')} were signed, one ${where}`,
          [each.raw, newest.raw],
        );
      else if (isEntriesRight() && log.roots.get(each.size)?.equals(each.root) !== true)
        note(
          'seal-forked',
          CHECKPOINT,
          `the log does not begin with the ${counted(each.size, 'entry', 'entries')} ${where}`,
          [each.raw, newest.raw],
        );
    }
  }

  function isEntriesRight(): boolean {
    return log.roots.get(newest.size)?.equals(newest.root) === true;
  }

  /** Where the entries are not those that were signed, the tiles show how; else the tiles have to say the same. */
  async function verifyTiles(): Promise<void> {
    if (isEntriesRight()) {
      const beyond = log.leaves.length - newest.size;
      if (beyond > 0) note('seal-entry-added', SEAL_LISTS, `${beyond} behind the ${newest.size} that are signed`);
      const read = await readable(compareTiles);
      if (read instanceof ArchiveError) note('seal-tiles-damaged', CHECKPOINT, read.detail);
      return;
    }
    if (!log.isWhole) return;
    const signed = await readable(async () =>
      (await rootFromTiles(storage, newest.size)).equals(newest.root) ? leavesFromTiles(storage, newest.size) : null,
    );
    note(...howOtherwise(log.leaves, signed instanceof ArchiveError ? null : signed, newest.size));
  }

  async function compareTiles(): Promise<void> {
    const different: string[] = [];
    await wrongTiles(storage, linesOf(storage, newest.size), async (path) => void different.push(path));
    const [first] = different;
    if (first !== undefined) note('seal-tiles-damaged', first, counted(different.length, 'tile'));
  }

  /** What files were sealed as, where the tiles have the entries that were signed; null where not. */
  async function sealedByTiles(): Promise<ReadonlyMap<string, string> | null> {
    const tree = growTree();
    const sealed = new Map<string, string>();
    const read = await readable(async () => {
      for await (const line of linesFromTiles(storage, newest.size)) {
        tree.add(leafHash(line));
        const entry = readLine(line);
        if (entry !== null && parseKey(entry.path)?.kind !== 'seal') sealed.set(entry.path, entry.sha256);
      }
    });
    return !(read instanceof ArchiveError) && tree.root().equals(newest.root) ? sealed : null;
  }

  async function verifyTimestamps(): Promise<VerifiedLog['stamped']> {
    let stamped: VerifiedLog['stamped'] = null;
    const stamps = new Set((await storage.names(SEAL_CHECKPOINTS)).files.filter((name) => name.endsWith('.tsr')));
    for (const { size, raw } of history) {
      const path = timestampKey(size);
      stamps.delete(stemOf(path));
      const reply = await storage.read(path);
      if (reply === null) continue;
      const read = readTimestamp(reply, { data: raw, query: null });
      if ('at' in read) stamped = { size, at: read.at };
      else note('seal-timestamp-bad', path, read.fault);
    }
    for (const name of stamps)
      note('seal-timestamp-bad', `${SEAL_CHECKPOINTS}/${name}`, 'its checkpoint is not there, or cannot be read');
    return stamped;
  }
}

/**
 * In what way entries are not those that were signed.
 * @param signed the hashes that the checkpoint is of; null where the tiles do not have them either: then the counts alone say it
 */
function howOtherwise(
  leaves: readonly Buffer[],
  signed: readonly Buffer[] | null,
  size: number,
): [code: SealFindingCode, path: string, detail: string] {
  const count = `${counted(leaves.length, 'entry', 'entries')} where ${size} were signed`;
  if (signed === null) {
    const code =
      leaves.length < size ? 'seal-entry-removed' : leaves.length > size ? 'seal-entry-added' : 'seal-entry-changed';
    return [code, SEAL_LISTS, count];
  }
  const counts = new Map<string, number>();
  for (const leaf of signed) counts.set(leaf.toString('hex'), (counts.get(leaf.toString('hex')) ?? 0) + 1);
  for (const leaf of leaves) counts.set(leaf.toString('hex'), (counts.get(leaf.toString('hex')) ?? 0) - 1);
  const removed = [...counts.values()].filter((each) => each > 0).length;
  const added = [...counts.values()].filter((each) => each < 0).length;
  const first = signed.findIndex((leaf, i) => leaves[i]?.equals(leaf) !== true);
  const code =
    removed > 0 && added > 0
      ? 'seal-entry-changed'
      : removed > 0
        ? 'seal-entry-removed'
        : added > 0
          ? 'seal-entry-added'
          : 'seal-reordered';
  return [
    code,
    SEAL_LISTS,
    `${count}: ${removed} are missing, ${added} are foreign; the first difference is at entry ${first < 0 ? size : first}`,
  ];
}

/** What the work gives, or that what it reads is damaged, or not given by its place. */
export async function readable<T>(work: () => Promise<T>): Promise<T | ArchiveError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
}
