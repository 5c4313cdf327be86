/** A seal as commands make one: with the key of the configuration, the time stamp, and what is told of it. */
import { join } from 'node:path';
import type { App } from '../app.ts';
import { openDisk } from '../archive/disk.ts';
import { databaseFiles, SEAL_MEMORY } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { openTrash, type Trash } from '../archive/trash.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import { stamp } from '../evidence/authority.ts';
import { defaultKeyFile, openKeyFile, openSeen, real } from '../evidence/key.ts';
import { lastSealedAt, newestCheckpoint } from '../evidence/log.ts';
import { openSealMemory, type SealMemory } from '../evidence/memory.ts';
import { readVerifierKey, verifierKey, writeVerifierKey } from '../evidence/note.ts';
import { type Seal, type SealOptions, seal } from '../evidence/seal.ts';
import type { VerifyContext } from '../evidence/verify.ts';
import { readable } from '../evidence/verify-log.ts';
import type { Terminal } from '../report/terminal.ts';

interface SealingContext {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Ms since 1970. */
  readonly now: () => number;
  /** Is called now and then while it goes on. */
  readonly onProgress?: (() => void) | undefined;
  /** Hashes files elsewhere. */
  readonly hashFiles?: SealOptions['hashFiles'];
}

export interface Sealed extends Seal {
  /** What an authority says of the newest checkpoint, or why it says nothing; null where none is configured. */
  readonly stamped: { readonly at: string } | { readonly fault: string } | null;
}

/** @param files of an archive that the caller holds @throws what `seal` throws, and SEAL_KEY */
export async function sealArchive(
  { storage, trash }: { readonly storage: Storage; readonly trash: Trash },
  context: SealingContext,
): Promise<Sealed> {
  const { config, terminal, signal, now } = context;
  const keyFile = config.seal.key ?? defaultKeyFile();
  using memory = await openMemory(config.archive);
  try {
    const key = openKeyFile(keyFile, { archive: config.archive, make: true });
    if (key === null) throw new TypeError('no key was made');
    const made = await seal(storage, {
      key,
      archive: real(config.archive),
      memory,
      trash,
      seen: openSeen(keyFile),
      now,
      signal,
      onWarning: (message) => terminal.log({ level: 'warn', stage: 'seal', message }),
      onProgress: context.onProgress,
      hashFiles: context.hashFiles,
    });
    const { timestamp: url } = config.seal;
    const stamped =
      made.checkpoint === null || url === null ? null : await stamp(storage, made.checkpoint.size, { url, signal });
    const at = new Date(now()).toISOString();
    memory.setResult({ at, files: made.files, findings: made.findings.length });
    memory.setFailure(
      stamped !== null && 'fault' in stamped ? { at, detail: `no time stamp: ${stamped.fault}` } : null,
    );
    return { ...made, stamped };
  } catch (error) {
    if (error instanceof ArchiveError) memory.setFailure({ at: new Date(now()).toISOString(), detail: error.message });
    throw error;
  }
}

/**
 * What the log of an archive is checked with: what this machine has seen of it, and the witnesses of the configuration. Reads only.
 * @param folder absolute path, by which the log is known that was last seen there
 * @param storage where its files lie, if not in the folder
 */
export function verifyContext(folder: string, { seal }: Config, storage: Storage = openDisk(folder)): VerifyContext {
  const seen = openSeen(seal.key ?? defaultKeyFile());
  return {
    storage,
    trusted: null,
    seen: { log: seen.of, here: seen.at(real(folder)) },
    witnesses: seal.witnesses.flatMap((text) => readVerifierKey(text) ?? []),
    trash: () => openTrash(storage, { now: new Date() }),
  };
}

/** Keys that the log of an archive may be signed by, as verifier keys: this machine's own, and the one that was seen. */
export async function knownKeys(storage: Storage, { archive, seal }: Config): Promise<readonly string[]> {
  const file = seal.key ?? defaultKeyFile();
  const newest = await readable(() => newestCheckpoint(storage));
  const origin = newest === null || newest instanceof ArchiveError ? '' : newest.origin;
  const own = openKeyFile(file, { archive, make: false });
  const seen = openSeen(file).of(origin);
  return [
    ...(own === null ? [] : [writeVerifierKey(verifierKey(origin, own.publicKey))]),
    ...(seen === null ? [] : [seen.key]),
  ];
}

/** One that is damaged is made anew: nothing is in it that does not follow from the log. */
async function openMemory(archive: string): Promise<SealMemory> {
  const path = join(archive, SEAL_MEMORY);
  try {
    return openSealMemory(path);
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code !== 'DATABASE_DAMAGED') throw error;
    const disk = openDisk(archive);
    for (const file of databaseFiles(SEAL_MEMORY)) await disk.remove(file);
    return openSealMemory(path);
  }
}

/** Whether a seal is due by `seal.when`: by days of UTC, so that a clock that was set back does not put it off. */
async function isSealDue(
  storage: Storage,
  { when, now }: { readonly when: 'daily' | 'run'; readonly now: number },
): Promise<boolean> {
  if (when === 'run') return true;
  const at = await lastSealedAt(storage);
  return at?.slice(0, 10) !== new Date(now).toISOString().slice(0, 10);
}

/**
 * Seals at the end of a run, or within one, where it is due. Nothing that goes wrong ends the run: it is told, and `status`
 * repeats it.
 */
export async function sealWithin(
  app: Pick<App, 'storage' | 'trash' | 'services' | 'captures'>,
  { when, ...context }: Omit<SealingContext, 'now'> & { readonly when: Config['seal']['when'] },
): Promise<void> {
  const { terminal } = context;
  const { now } = app.services.clock;
  try {
    if (when === 'off' || !(await isSealDue(app.storage, { when, now: now() }))) return;
    await app.captures?.end(); // only what has ended can be sealed
    printSeal(await sealArchive(app, { ...context, now }), terminal);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    terminal.log({ level: 'error', stage: 'seal', message: error.message });
  }
}

/** On stderr, for it is not what the run was for. */
function printSeal({ checkpoint, files, findings, stamped }: Sealed, terminal: Terminal): void {
  const log = (level: 'info' | 'warn', message: string) => terminal.log({ level, stage: 'seal', message });
  if (files > 0)
    log('info', `${counted(files, 'file')} sealed, the log has ${counted(checkpoint?.size ?? 0, 'entry', 'entries')}`);
  for (const { code, path, detail } of findings) log('warn', `${code}: ${path}: ${detail}`);
  if (stamped !== null && 'fault' in stamped) log('warn', `no time stamp, the next seal asks again: ${stamped.fault}`);
}
