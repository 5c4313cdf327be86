/** Checks a log against its signatures, against what was seen of it before, and against its own tiles. */
import { CHECKPOINT, parseKey, SEAL_LISTS, sealNumber, timestampKey } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { SealFindingCode } from './findings.ts';
import type { Seen } from './key.ts';
import { checkpoints, entriesOf, keyBeside, sealStarts, statementOf } from './log.ts';
import { type Checkpoint, isSigned, readCheckpoint, type VerifierKey, writeVerifierKey } from './note.ts';
import { leavesFromTiles, openTiles, rootFromTiles } from './tiles.ts';
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
  return { ...log, key, stamped, witnesses };

  async function verifySignatures(checkpoint: Checkpoint): Promise<VerifierKey | null> {
    const beside = await readable(() => keyBeside(storage, checkpoint.origin));
    if (beside instanceof ArchiveError) note('log-damaged', CHECKPOINT, beside.detail);
    const signer = options.trusted ?? (beside instanceof ArchiveError ? null : beside);
    const { here } = options.seen;
    const before = options.seen.log(checkpoint.origin) ?? here;
    const name = (each: VerifierKey) => writeVerifierKey(each).trim();
    if (signer === null) return null;
    const signed = isSigned(checkpoint.note, signer);
    if (options.trusted !== null && signed === 'absent')
      note('log-foreign-key', CHECKPOINT, `not signed by ${name(signer)}`, [checkpoint.raw]);
    else if (signed !== 'good') note('log-signature-bad', CHECKPOINT, `by ${name(signer)}`, [checkpoint.raw]);
    else if (before !== null && before.origin !== checkpoint.origin)
      note('log-foreign-key', CHECKPOINT, `${before.origin} lay here before, signed by ${before.key}`, [
        before.checkpoint,
        checkpoint.raw,
      ]);
    else if (before !== null && before.key !== name(signer))
      note('log-foreign-key', CHECKPOINT, `signed by ${name(signer)}, before by ${before.key}`, [
        before.checkpoint,
        checkpoint.raw,
      ]);
    for (const witness of options.witnesses)
      if (isSigned(checkpoint.note, witness) === 'bad') note('cosignature-bad', CHECKPOINT, `of ${witness.name}`);
    return signer;
  }

  async function readHistory(): Promise<readonly Checkpoint[]> {
    const found: Checkpoint[] = [];
    const read = await readable(async () => {
      for await (const each of checkpoints(storage)) found.push(each);
    });
    if (read instanceof ArchiveError) note('log-damaged', CHECKPOINT, read.detail);
    for (const each of found)
      if (key !== null && isSigned(each.note, key) !== 'good')
        note('log-signature-bad', CHECKPOINT, `of ${each.size} entries`, [each.raw]);
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
    const read = await readable(async () => {
      for (const start of await sealStarts(storage)) {
        if (start >= newest.size) break; // of a seal that is under way, or did not end
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
    if (read instanceof ArchiveError) note('log-damaged', SEAL_LISTS, read.detail);
    return { leaves, roots, sealed, statements, sealedAt: await lastStatement(statements) };
  }

  async function lastStatement(statements: ReadonlyMap<string, string>): Promise<string | null> {
    let at: string | null = null;
    for (const [path, sha256] of statements) {
      const statement = await statementOf(storage, sealNumber(path), sha256);
      if (statement !== null) at = statement.at;
      else note('sealed-file-changed', path, `sealed as ${sha256}`);
    }
    return at;
  }

  function verifyHistory(): void {
    for (const each of [...history, ...(last === null ? [] : [last])]) {
      const where = each === last ? 'seen before' : 'in seals/checkpoints';
      if (each.size > newest.size)
        note('log-rolled-back', CHECKPOINT, `${newest.size} entries; ${each.size} ${where}`, [each.raw, newest.raw]);
      else if (each.size === newest.size && !each.root.equals(newest.root))
        note('log-forked', CHECKPOINT, `two logs of ${each.size} entries were signed, one ${where}`, [
          each.raw,
          newest.raw,
        ]);
      else if (isEntriesRight() && log.roots.get(each.size)?.equals(each.root) !== true)
        note('log-forked', CHECKPOINT, `the log does not begin with the ${each.size} entries ${where}`, [
          each.raw,
          newest.raw,
        ]);
    }
  }

  function isEntriesRight(): boolean {
    return log.roots.get(newest.size)?.equals(newest.root) === true;
  }

  /** Where the entries are not those that were signed, the tiles show how; else the tiles have to say the same. */
  async function verifyTiles(): Promise<void> {
    if (isEntriesRight()) {
      const beyond = log.leaves.length - newest.size;
      if (beyond > 0) note('log-entry-added', SEAL_LISTS, `${beyond} behind the ${newest.size} that are signed`);
      const read = await readable(compareTiles);
      if (read instanceof ArchiveError) note('log-tiles-damaged', CHECKPOINT, read.detail);
      return;
    }
    const signed = await readable(async () =>
      (await rootFromTiles(storage, newest.size)).equals(newest.root) ? leavesFromTiles(storage, newest.size) : null,
    );
    note(...howOtherwise(log.leaves, signed instanceof ArchiveError ? null : signed, newest.size));
  }

  async function compareTiles(): Promise<void> {
    const different: string[] = [];
    const tiles = await openTiles(storage, 0, async (path, bytes) => {
      const there =
        (await storage.read(path)) ?? (await storage.read(path.replace(/\.p\/\d+$/, '')))?.subarray(0, bytes.length);
      if (there?.equals(bytes) !== true) different.push(path);
    });
    for (const start of await sealStarts(storage))
      if (start < newest.size)
        for await (const { index, line } of entriesOf(storage, start)) if (index < newest.size) await tiles.add(line);
    await tiles.finish();
    const [first] = different;
    if (first !== undefined) note('log-tiles-damaged', first, `${different.length} tiles`);
  }

  async function verifyTimestamps(): Promise<VerifiedLog['stamped']> {
    let stamped: VerifiedLog['stamped'] = null;
    for (const { size, raw } of history) {
      const reply = await storage.read(timestampKey(size));
      if (reply === null) continue;
      const read = readTimestamp(reply, { data: raw, query: null });
      if ('at' in read) stamped = { size, at: read.at };
      else note('timestamp-bad', timestampKey(size), read.fault);
    }
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
  const count = `${leaves.length} entries where ${size} were signed`;
  if (signed === null) {
    const code =
      leaves.length < size ? 'log-entry-removed' : leaves.length > size ? 'log-entry-added' : 'log-entry-changed';
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
      ? 'log-entry-changed'
      : removed > 0
        ? 'log-entry-removed'
        : added > 0
          ? 'log-entry-added'
          : 'log-reordered';
  return [
    code,
    SEAL_LISTS,
    `${count}: ${removed} are missing, ${added} are foreign; the first difference is at entry ${first < 0 ? size : first}`,
  ];
}

/** What the work gives, or that it met a log that is damaged. */
export async function readable<T>(work: () => Promise<T>): Promise<T | ArchiveError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'SEAL_DAMAGED') return error;
    throw error;
  }
}
