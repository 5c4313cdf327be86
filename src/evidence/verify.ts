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
import { newestCheckpoint } from './log.ts';
import type { Checkpoint } from './note.ts';
import { sealableFiles, whyForeign, whyMissing } from './sealed.ts';
import { type LogOptions, type NoteFinding, readable, type VerifiedLog, verifyLog } from './verify-log.ts';

export interface VerifyOptions extends LogOptions {
  /** False for a folder that holds a log alone. */
  readonly hasFiles: boolean;
  /** Opens what is needed of the trash anew, for a crawl may put something there. */
  readonly trash: () => Pick<Trash, 'find'>;
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
export async function verify(storage: Storage, options: VerifyOptions): Promise<Verified> {
  const findings: SealFinding[] = [];
  const note: NoteFinding = (code, path, detail, evidence) =>
    void findings.push({ code, path, detail, ...(evidence && { evidence }) });
  const newest = await readable(() => newestCheckpoint(storage));
  if (newest === null || newest instanceof ArchiveError) {
    const { here } = options.seen;
    if (newest !== null) note('log-damaged', CHECKPOINT, newest.detail);
    else if (here === null && (await storage.names(SEAL_LISTS)).files.length === 0)
      throw new ArchiveError('NOT_SEALED', `${storage.name}: nothing was sealed yet`);
    else
      note(
        'log-removed',
        CHECKPOINT,
        `${here?.origin ?? 'a log'} was here before`,
        here === null ? [] : [here.checkpoint],
      );
    return { checkpoint: null, log: null, ...NO_FILES, findings };
  }
  const log = await verifyLog(storage, newest, note, options);
  const counts = options.hasFiles ? await verifyFiles(storage, log, note, options) : NO_FILES;
  return { checkpoint: newest, log, ...counts, findings };
}

async function verifyFiles(
  storage: Storage,
  log: VerifiedLog,
  note: NoteFinding,
  options: VerifyOptions,
): Promise<FileCounts> {
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
          'file-added',
          path,
          `written ${instant(writtenAt)}, put here ${instant(changedAt)}; the last seal was made ${log.sealedAt}`,
        );
      continue;
    }
    const digest = await storage.digest(path);
    if (digest?.sha256 === sealed) counts.unchanged += 1;
    else doubtful.push(path);
  }
  const left = await lasting([...doubtful, ...rest.keys()]);
  counts.ownWork = doubtful.length + rest.size - left.length;
  for (const { path, isGone, detail } of left)
    note(isGone ? 'sealed-file-removed' : 'sealed-file-changed', path, `sealed as ${log.sealed.get(path)}: ${detail}`);
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
      if (looks === LOOKS || left.length > MOST_OF_A_RUN) break;
      if (left.length > 0) await sleep(BETWEEN_LOOKS_MS, undefined, options.signal && { signal: options.signal });
    }
    return left;
  }

  /** Null where the file is as it was sealed after all, or the archive's own work explains what it is now. */
  async function doubtOf(path: string, trash: Pick<Trash, 'find'>): Promise<Doubt | null> {
    const sealedAs = (each: string) => log.sealed.get(each) ?? null;
    const sealed = sealedAs(path) ?? '';
    const digest = await storage.digest(path);
    if (digest?.sha256 === sealed) return null;
    const why =
      digest === null
        ? await whyMissing(path, sealed, { storage, trash })
        : await whyForeign(path, digest.sha256, { storage, trash, sealedAs });
    if (why === null) return null;
    return { path, isGone: digest === null, detail: digest === null ? why : `now ${digest.sha256}: ${why}` };
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
