/**
 * A seal: every file that is new since the last one becomes an entry of the log, and the whole is signed. What the kill of a
 * seal leaves lies behind the checkpoint, which is written last, and makes way at the next one.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  CHECKPOINT,
  checkpointKey,
  idOf,
  parseKey,
  parseTile,
  SEAL_CHECKPOINTS,
  SEAL_CONTENTS,
  SEAL_LISTS,
  sealContentsKey,
  sealListKey,
  sealNumber,
  TILE_WIDTH,
  TILES,
  tileKey,
} from '../archive/keys.ts';
import { manifestLine, writeLines } from '../archive/manifest.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { ArchiveError } from '../errors.ts';
import { contentOf, statementText } from './contents.ts';
import type { SealFinding } from './findings.ts';
import type { KeyPair, SeenLogs } from './key.ts';
import { damaged, entries, keyFiles, newestCheckpoint } from './log.ts';
import type { SealMemory } from './memory.ts';
import { type Checkpoint, isSigned, readCheckpoint, signCheckpoint, verifierKey, writeVerifierKey } from './note.ts';
import { type SealableFile, sealableFiles, whyForeign } from './sealed.ts';
import { extendTiles, hashesOf, rootFromTiles } from './tiles.ts';

export interface SealOptions {
  readonly key: KeyPair;
  /** Absolute path of the archive, as what was seen names it. */
  readonly archive: string;
  readonly memory: SealMemory;
  readonly trash: Trash;
  readonly seen: SeenLogs;
  /** Ms since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Is called for what does not end the seal. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Is called now and then with the files looked at so far. */
  readonly onProgress?: ((files: number) => void) | undefined;
  /** Hashes files elsewhere, in order; they are hashed here where absent. */
  readonly hashFiles?: ((files: AsyncIterable<HashedFile>) => AsyncIterable<FileHash | null>) | undefined;
}

/** A file that is to be hashed. */
export interface HashedFile {
  readonly key: string;
  /** True for a document: what it says has a hash of its own. */
  readonly isText: boolean;
}

export interface FileHash {
  /** Lower-case hex. */
  readonly sha256: string;
  /** `contentOf` a document; null where it has none. */
  readonly content: string | null;
}

export interface Seal {
  /** The newest one, whether it was made now or before; null where there is nothing to be sealed. */
  readonly checkpoint: Checkpoint | null;
  /** Files that became entries now. */
  readonly files: number;
  /** Files of the archive that were looked at. */
  readonly seen: number;
  /** What was left as it was sealed, or not sealed at all. */
  readonly findings: readonly SealFinding[];
}

/** A file's times may be as coarse as this (FAT): what was changed so lately is hashed again next time. */
const TICK_MS = 2000;
/** Files one after the other leave the event loop a turn after so long. */
const TURN_MS = 10;

/**
 * Seals what is new. The caller holds the archive.
 * @throws SEAL_CONTRADICTED where the log is not the one that this machine signed and saw; SEAL_DAMAGED; ARCHIVE_OVERTAKEN
 *   where another has sealed meanwhile
 */
export async function seal(storage: Storage, options: SealOptions): Promise<Seal> {
  const { memory, now } = options;
  const standing = (await storage.readRevised(CHECKPOINT))?.revision ?? null; // before it is read: what comes later is seen
  const before = await newestCheckpoint(storage);
  const size = before?.size ?? 0;
  const signer = {
    ...verifierKey(before?.origin ?? newOrigin(), options.key.publicKey),
    privateKey: options.key.privateKey,
  };
  const findings: SealFinding[] = before === null ? await beginning(storage, options) : [];
  if (before !== null) await requireContinued(storage, before, options);
  await takeBack(storage, size, options.trash);
  await remember(storage, before, memory);

  const contents: (readonly [id: string, hash: string])[] = [];
  let [seen, files] = [0, 0];
  memory.begin();
  try {
    const lines = newLines();
    const first = await lines.next();
    if (first.done === true) {
      if (before !== null) memory.commit(stateOf(before));
      return { checkpoint: before, files, seen, findings };
    }
    await writeLines(storage, sealListKey(size), withStatement(first.value, lines));
    const end = size + files + 1;
    const checkpoint = signCheckpoint({ size: end, root: await extendTiles(storage, { size, end }) }, signer);
    await writeKeys(storage, signer);
    await storage.writeRevised(CHECKPOINT, checkpoint.raw, standing);
    await storage.write(checkpointKey(end), checkpoint.raw);
    memory.commit(stateOf(checkpoint));
    noteSeen(checkpoint, writeVerifierKey(signer), options);
    await removeOutgrown(storage, size, end);
    return { checkpoint, files, seen, findings };
  } finally {
    memory.rollBack();
  }

  async function* newLines(): AsyncGenerator<string> {
    const asked: { readonly file: SealableFile; readonly isSettled: boolean }[] = [];
    const hashFiles = options.hashFiles ?? ((given) => hashedHere(given, storage));
    for await (const hash of hashFiles(unknownFiles())) {
      const { file, isSettled } = asked.shift() as (typeof asked)[number];
      const line = hash === null ? null : await lineOf(file, { hash, isSettled });
      if (line === null) continue;
      files += 1;
      yield line;
    }

    /** All but those that are sealed as they are. */
    async function* unknownFiles(): AsyncGenerator<HashedFile> {
      let turnAt = performance.now() + TURN_MS;
      for await (const file of sealableFiles(storage)) {
        options.signal?.throwIfAborted();
        seen += 1;
        if (performance.now() > turnAt) {
          options.onProgress?.(seen);
          await nextTurn();
          turnAt = performance.now() + TURN_MS;
        }
        const { key, parsed, revision, changedAt } = file;
        const known = size === 0 ? null : memory.get(key);
        if (known !== null && known.revision !== null && known.revision === revision) continue;
        asked.push({ file, isSettled: changedAt < now() - TICK_MS }); // before it is read
        yield { key, isText: parsed.kind === 'document' || parsed.kind === 'version' };
      }
    }
  }

  /** Null where the file is sealed as it is, or must not be sealed. */
  async function lineOf(
    { key: path, parsed, revision }: SealableFile,
    { hash, isSettled }: { readonly hash: FileHash; readonly isSettled: boolean },
  ): Promise<string | null> {
    const known = size === 0 ? null : memory.get(path);
    const { sha256: digest, content } = hash;
    const file = { sha256: digest, revision: isSettled ? revision : null };
    if (known?.sha256 === digest) {
      memory.set(path, file);
      return null;
    }
    const context = { storage, trash: options.trash, sealedAs: (each: string) => memory.get(each)?.sha256 ?? null };
    const why = known === null ? null : await whyForeign(path, digest, context);
    if (why !== null) {
      const detail = `${why}; sealed as ${known?.sha256}, now ${digest}`;
      findings.push({ code: 'seal-file-changed', path, detail });
      return null;
    }
    if (parsed.kind === 'picture' && parsed.sha256 !== digest) {
      findings.push({ code: 'picture-changed', path, detail: `sha256 ${digest}; it was not sealed` });
      return null;
    }
    if ((parsed.kind === 'document' || parsed.kind === 'version') && content !== null)
      contents.push([idOf(parsed.article), content]);
    memory.set(path, file);
    return manifestLine({ path, sha256: digest });
  }

  /** All lines, and the one of the seal's own statement, which is written when everything else is known. */
  async function* withStatement(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
    yield first;
    yield* rest;
    const path = sealContentsKey(size);
    const text = statementText(new Date(now()).toISOString(), contents);
    await storage.write(path, text);
    yield manifestLine({ path, sha256: sha256(text) });
  }
}

async function* hashedHere(files: AsyncIterable<HashedFile>, storage: Storage): AsyncGenerator<FileHash | null> {
  for await (const file of files) yield await hashOf(file, storage);
}

/** Null where the file has gone. */
export async function hashOf({ key, isText }: HashedFile, storage: Storage): Promise<FileHash | null> {
  const pieces: Buffer[] = [];
  const digest = await storage.digest(key, isText ? (chunk) => void pieces.push(Buffer.from(chunk)) : undefined);
  if (digest === null) return null;
  const parsed = isText ? parseKey(key) : null;
  const isOfArticle = parsed?.kind === 'document' || parsed?.kind === 'version';
  return {
    sha256: digest.sha256,
    content: isOfArticle ? contentOf(Buffer.concat(pieces), idOf(parsed.article)) : null,
  };
}

/** Schema-less and unique, as the standard wants it: no address that answers. */
function newOrigin(): string {
  return `guancha-archive/${randomBytes(8).toString('hex')}`;
}

const stateOf = ({ origin, size, root }: Checkpoint) => ({ origin, size, root: root.toString('base64') });

/** What is odd about an archive without a log. @throws SEAL_DAMAGED where only its checkpoint is missing */
async function beginning(storage: Storage, { seen, archive }: SealOptions): Promise<SealFinding[]> {
  if ((await storage.names(SEAL_CHECKPOINTS)).files.length > 0) throw damaged(storage, CHECKPOINT, 'is not there');
  const last = seen.at(archive);
  if (last === null) return [];
  const detail = `${last.origin} lay here with the checkpoint below; another log begins now`;
  return [{ code: 'seal-log-removed', path: CHECKPOINT, detail, evidence: [last.checkpoint] }];
}

/** @throws SEAL_CONTRADICTED, SEAL_DAMAGED */
async function requireContinued(storage: Storage, before: Checkpoint, { key, seen }: SealOptions): Promise<void> {
  const own = verifierKey(before.origin, key.publicKey);
  const contradicted = (why: string, other: string) =>
    new ArchiveError('SEAL_CONTRADICTED', `${storage.name}/${CHECKPOINT}: ${why}\n\n${before.raw}\n${other}`);
  const last = seen.of(before.origin);
  if (isSigned(before.note, own) !== 'good')
    throw contradicted('seal-foreign-key: it is not signed by the key of this machine', last?.checkpoint ?? '');
  if (!(await rootFromTiles(storage, before.size)).equals(before.root))
    throw damaged(storage, CHECKPOINT, 'the tiles of the log have another root');
  const known = last === null ? null : readCheckpoint(last.checkpoint);
  if (known === null) return;
  if (known.size > before.size) throw contradicted('seal-rolled-back: a newer checkpoint was seen', known.raw);
  const [root] = known.size === 0 ? [known.root] : await hashesOf(storage, before.size, [[0, known.size]]);
  if (root?.equals(known.root) !== true) throw contradicted('seal-forked: another checkpoint was signed', known.raw);
}

/** What a dead seal left behind the checkpoint: nothing of it was ever signed. Its list goes last, for it shows that there is more. */
async function takeBack(storage: Storage, size: number, trash: Trash): Promise<void> {
  const left: string[] = [];
  for (const folder of [SEAL_CONTENTS, SEAL_LISTS])
    for (const name of (await storage.names(folder)).files)
      if (sealNumber(name) >= size) left.push(`${folder}/${name}`);
  if (left.length === 0) return;
  const why = 'seal: left by a seal that did not end';
  for await (const { key } of storage.list(TILES)) {
    const tile = parseTile(key);
    if (tile === null) continue;
    const count = tile.level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** tile.level);
    if (tile.index * TILE_WIDTH + tile.width > count) await trash.move(key, why);
  }
  for (const key of left) await trash.move(key, why);
}

/** Brings the memory to the state of the log. */
async function remember(storage: Storage, before: Checkpoint | null, memory: SealMemory): Promise<void> {
  const state = memory.state();
  const size = before?.size ?? 0;
  const isSame =
    state?.origin === before?.origin && state?.size === size && state?.root === before?.root.toString('base64');
  if (isSame || (state === null && before === null)) return;
  memory.clear();
  if (before === null) return;
  memory.begin();
  for await (const { index, path, sha256 } of entries(storage)) {
    if (index >= size) break;
    memory.set(path, { sha256, revision: null });
  }
  memory.commit(stateOf(before));
}

async function writeKeys(storage: Storage, signer: Parameters<typeof keyFiles>[0]): Promise<void> {
  for (const [key, text] of keyFiles(signer))
    if ((await storage.read(key))?.toString() !== text) await storage.write(key, text);
}

function noteSeen({ origin, raw }: Checkpoint, key: string, { seen, archive, onWarning }: SealOptions): void {
  try {
    seen.note({ origin, key: key.trim(), checkpoint: raw, archive });
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    onWarning?.(`the seal stands, but what this machine has seen of it could not be noted: ${error.message}`);
  }
}

/** The tiles that were not full before and are now: the full one says the same. */
async function removeOutgrown(storage: Storage, size: number, end: number): Promise<void> {
  const remove = async (level: number | 'entries', index: number) => {
    const folder = tileKey(level, index, 1).replace(/\/1$/, '');
    for (const name of (await storage.names(folder)).files) await storage.remove(`${folder}/${name}`);
  };
  for (let [level, was, is] = [0, size, end]; was > 0; level += 1) {
    [was, is] = [Math.floor(was / TILE_WIDTH), Math.floor(is / TILE_WIDTH)];
    if (is === was) continue;
    await remove(level, was);
    if (level === 0) await remove('entries', was);
  }
}
