/**
 * Checks seals and archive: whether the log is the one that was signed and seen, and whether every sealed file is as it was
 * sealed, or was changed by the archive's own work. Reads only; what is newer than the last seal is counted and no finding.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { CHECKPOINT, SEAL_LISTS } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { ArchiveError } from '../errors.ts';
import type { SealFinding } from './findings.ts';
import { checkpointKeys, newestCheckpoint } from './log.ts';
import type { Checkpoint } from './note.ts';
import { sealableFiles, whyForeign, whyMissing } from './sealed.ts';
import { type LogOptions, type NoteFinding, readable, type VerifiedLog, verifyLog } from './verify-log.ts';

/** What an archive's seals are checked with. */
export interface VerifyContext extends Omit<LogOptions, 'signal'> {
  readonly storage: Storage;
  /** Opens what is needed of the trash anew, for a crawl may put something there. */
  readonly trash: () => Pick<Trash, 'find'>;
}

export interface VerifyOptions extends VerifyContext {
  /** False for a folder that holds a log alone. */
  readonly hasFiles: boolean;
  /** The SHA-256 of a file that was read already, in lower-case hex; null for one that is still to be read. */
  readonly hashOf?: (path: string) => string | null;
  /** True if the caller holds the archive: then nothing is waited for. */
  readonly isAlone?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Verified extends FileCounts {
  /** Null where it cannot be read, or is not there; then nothing else was looked at. */
  readonly checkpoint: Checkpoint | null;
  readonly log: VerifiedLog | null;
  readonly findings: readonly SealFinding[];
}

interface FileCounts {
  /** Files that are as they were sealed. */
  readonly unchanged: number;
  /** Files that the archive itself has changed since, moved to trash, or let go from quarantine. */
  readonly ownWork: number;
  /** Files that are newer than the last seal. */
  readonly notSealed: number;
}

/** Files in hand when a seal began may have got their bytes so long before. */
const IN_HAND_MS = 60_000;
/** Beside a run a file may be there a moment before its record: it is looked at again so often, and so far apart. */
const LOOKS = 6;
const BETWEEN_LOOKS_MS = 400;
const TURN_MS = 10;
const NO_FILES: FileCounts = { unchanged: 0, ownWork: 0, notSealed: 0 };

/** @throws NOT_SEALED where there is no log and none was ever seen here */
export async function verify(options: VerifyOptions): Promise<Verified> {
  const { storage } = options;
  for (let looks = 1; ; looks++) {
    const findings: SealFinding[] = [];
    const note: NoteFinding = (code, path, detail, evidence) =>
      void findings.push({ code, path, detail, ...(evidence && { evidence }) });
    const newest = await readable(() => newestCheckpoint(storage));
    const log = isCheckpoint(newest) ? await verifyLog(storage, newest, note, options) : null;
    // A seal that ended meanwhile is not taken for a contradiction.
    if (looks < LOOKS && !isSame(newest, await readable(() => newestCheckpoint(storage)))) continue;
    if (!isCheckpoint(newest)) {
      await noteAbsence(newest, note, options);
      return { checkpoint: null, log: null, ...NO_FILES, findings };
    }
    const counts = log !== null && options.hasFiles ? await verifyFiles(log, note, options) : NO_FILES;
    return { checkpoint: newest, log, ...counts, findings };
  }
}

function isCheckpoint(newest: Checkpoint | ArchiveError | null): newest is Checkpoint {
  return newest !== null && !(newest instanceof ArchiveError);
}

function isSame(one: Checkpoint | ArchiveError | null, other: Checkpoint | ArchiveError | null): boolean {
  return isCheckpoint(one) && isCheckpoint(other) ? one.raw === other.raw : isCheckpoint(one) === isCheckpoint(other);
}

/** @throws NOT_SEALED */
async function noteAbsence(
  newest: ArchiveError | null,
  note: NoteFinding,
  { storage, seen: { here } }: VerifyOptions,
): Promise<void> {
  if (newest !== null) {
    note('seal-log-damaged', CHECKPOINT, newest.detail);
    return;
  }
  const kept = await checkpointKeys(storage);
  const lists = (await storage.names(SEAL_LISTS)).files;
  // A single list without any checkpoint is of a first seal that did not end.
  if (here === null && kept.length === 0 && lists.length < 2)
    throw new ArchiveError('NOT_SEALED', `${storage.name}: nothing was sealed yet`);
  const evidence = here === null ? [] : [here.checkpoint];
  note('seal-log-removed', CHECKPOINT, `${here?.origin ?? 'a log'} was here before`, evidence);
}

async function verifyFiles(log: VerifiedLog, note: NoteFinding, options: VerifyOptions): Promise<FileCounts> {
  const { storage, hashOf = () => null, isAlone = false } = options;
  const counts = { unchanged: 0, ownWork: 0, notSealed: 0 };
  const rest = new Map(log.sealed);
  const doubtful: string[] = [];
  const sealedAt = log.sealedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(log.sealedAt);
  let turnAt = performance.now() + TURN_MS;
  for await (const { key: path, parsed, writtenAt, changedAt } of sealableFiles(storage)) {
    options.signal?.throwIfAborted();
    if (performance.now() > turnAt) {
      await nextTurn();
      turnAt = performance.now() + TURN_MS;
    }
    const sealed = rest.get(path);
    rest.delete(path);
    if (sealed === undefined) {
      counts.notSealed += 1;
      // A capture that ended after the seal has the times of its last exchange, which may be older.
      if (parsed.kind !== 'segment' && parsed.kind !== 'vocabulary' && writtenAt < sealedAt - IN_HAND_MS)
        note(
          'seal-file-added',
          path,
          `written ${instant(writtenAt)}, put here ${instant(changedAt)}; the last seal was made ${log.sealedAt}`,
        );
      continue;
    }
    const sha256 = hashOf(path) ?? (await hashNow(path));
    if (sha256 === sealed) counts.unchanged += 1;
    else doubtful.push(path);
  }
  const left = await lasting([...doubtful, ...rest.keys()]);
  counts.ownWork = doubtful.length + rest.size - left.length;
  for (const { path, isGone, detail } of left)
    note(isGone ? 'seal-file-removed' : 'seal-file-changed', path, `sealed as ${log.sealed.get(path)}: ${detail}`);
  return counts;

  /** What of the doubts lasts: beside a run a file and what explains it come one after the other. */
  async function lasting(paths: readonly string[]): Promise<readonly Doubt[]> {
    let left: Doubt[] = paths.map((path) => ({ path, isGone: false, detail: '' }));
    for (let looks = 1; left.length > 0; looks++) {
      const trash = options.trash();
      const looked: Doubt[] = [];
      for (const { path } of left) {
        const doubt = await doubtOf(path, trash);
        if (doubt !== null) looked.push(doubt);
      }
      left = looked;
      if (isAlone || looks === LOOKS || left.length > MOST_OF_A_RUN) break;
      if (left.length > 0) await sleep(BETWEEN_LOOKS_MS, undefined, options.signal && { signal: options.signal });
    }
    return left;
  }

  /** Null where the file is as it was sealed after all, or the archive's own work explains what it is now. */
  async function doubtOf(path: string, trash: Pick<Trash, 'find'>): Promise<Doubt | null> {
    const sealedAs = (each: string) => log.sealed.get(each) ?? null;
    const sealed = sealedAs(path) ?? '';
    const now = await hashNow(path);
    if (now === sealed) return null;
    if (now instanceof ArchiveError) return { path, isGone: false, detail: now.detail };
    const why =
      now === null
        ? await whyMissing(path, sealed, { storage, trash })
        : await whyForeign(path, now, { storage, trash, sealedAs });
    return why === null ? null : { path, isGone: now === null, detail: now === null ? why : `now ${now}: ${why}` };
  }

  /** Null where the file is not there; an error where the place does not give it. */
  async function hashNow(path: string): Promise<string | ArchiveError | null> {
    const digest = await readable(() => storage.digest(path));
    return digest instanceof ArchiveError ? digest : (digest?.sha256 ?? null);
  }
}

interface Doubt {
  readonly path: string;
  readonly isGone: boolean;
  readonly detail: string;
}

/** No run has more in hand at once: with more doubts nothing is waited for. */
const MOST_OF_A_RUN = 1000;

const instant = (ms: number) => new Date(ms).toISOString();
