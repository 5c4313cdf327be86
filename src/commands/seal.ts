/** `seal`: everything new in the archive becomes part of the signed log. */
import { openStorage, type StoragePlace } from '../archive/open-storage.ts';
import type { Storage } from '../archive/storage.ts';
import { openTrash, type Trash } from '../archive/trash.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { SEAL_FINDINGS, type SealFinding } from '../evidence/findings.ts';
import { newestCheckpoint } from '../evidence/log.ts';
import { rebuildLog } from '../evidence/rebuild.ts';
import type { FileHash, HashedFile, SealOptions } from '../evidence/seal.ts';
import { lockArchive } from '../frontier/lock.ts';
import type { Pool } from '../pool.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import { aloneOrHandedOver, type Wait } from './hand-over.ts';
import { progressOf, requireRedis } from './partitioning.ts';
import { knownKeys, sealArchive } from './sealing.ts';
import type { Interrupts } from './session.ts';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/**
 * Seals what is new, or has the run do it that holds the archive.
 * @throws ARCHIVE_IN_USE where that run takes no orders; SEAL_KEY, SEAL_CONTRADICTED, SEAL_DAMAGED, INTERRUPTED
 */
export async function sealCommand(
  { rebuild, cluster = false, wait }: SealFlags & { readonly cluster?: boolean | undefined; readonly wait?: Wait },
  context: Context,
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const redis = cluster ? requireRedis('seal', {}, config) : null;
  const storage = await existingArchive(config);
  const trash = openTrash(storage, { now: new Date() });
  if (redis !== null) {
    await using _lock = await lockArchive(config.archive, 'seal');
    await using shared = await openShared(redis, { storage, terminal, signal: interrupts.stopSignal });
    return requireEnded(await sealNow({ rebuild }, { storage, trash }, { ...context, hashFiles: shared.run }));
  }
  const order = { kind: 'seal', arguments: { rebuild, json: terminal.json } } as const;
  return aloneOrHandedOver(order, { ...context, wait }, async () =>
    requireEnded(await sealNow({ rebuild }, { storage, trash }, context)),
  );
}

interface SealFlags {
  readonly rebuild: boolean;
}

function requireEnded(exit: ExitCode | null): ExitCode {
  if (exit === null) throw new ArchiveError('INTERRUPTED', 'seal: nothing of it counts until it ends');
  return exit;
}

/**
 * The seal itself, and what is said of it.
 * @param files of an archive that the caller holds @returns null where it was interrupted
 */
export async function sealNow(
  { rebuild }: SealFlags,
  { storage, trash }: { readonly storage: Storage; readonly trash: Trash },
  { config, terminal, interrupts, hashFiles }: Context & Pick<SealOptions, 'hashFiles'>,
): Promise<ExitCode | null> {
  if (rebuild && (await newestCheckpoint(storage)) !== null) {
    const why = await rebuildLog(storage, { trash, known: await knownKeys(storage, config) });
    if (why !== null) throw new ArchiveError('SEAL_DAMAGED', `${storage.name}: ${why}`);
  }
  const { stopSignal, abortSignal } = interrupts;
  const signal = AbortSignal.any([stopSignal, abortSignal]);
  const sealing = { config, terminal, signal, now: Date.now, hashFiles };
  const sealed = await sealArchive({ storage, trash }, sealing).catch((error: unknown) => {
    if (signal.aborted) return null;
    throw error;
  });
  terminal.end();
  if (sealed === null) return null;
  for (const found of sealed.findings) printFinding(found, terminal);
  const { checkpoint, files, seen, stamped } = sealed;
  const { origin = null, size = 0 } = checkpoint ?? {};
  const root = checkpoint?.root.toString('base64') ?? null;
  const time = stamped === null ? '' : 'at' in stamped ? `, time stamp of ${wallClock(stamped.at)}` : '';
  terminal.summary(
    'seal',
    { files, seen, origin, size, root, stamped, findings: sealed.findings.length },
    `${files} of ${counted(seen, 'file')} newly sealed; ${origin ?? 'there is no log'}, ${counted(size ?? 0, 'entry', 'entries')}${time}`,
  );
  if (stamped !== null && 'fault' in stamped)
    terminal.log({
      level: 'warn',
      stage: 'seal',
      message: `no time stamp, the next seal asks again: ${stamped.fault}`,
    });
  return sealed.findings.length === 0 ? EXIT.ok : EXIT.findings;
}

/** The hashing by the hands of the cluster. */
async function openShared(
  redis: string,
  {
    storage,
    terminal,
    signal,
  }: { readonly storage: Storage; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<Pool<HashedFile, FileHash | null>> {
  const { openPartitions } = await import('../partitions/partitions.ts');
  const { sealWork } = await import('../partitions/works.ts');
  return openPartitions(sealWork, {}, { redis, storage, signal, ...progressOf(terminal) });
}

/** @throws NO_ARCHIVE */
export async function existingArchive(place: StoragePlace): Promise<Storage> {
  const storage = await openStorage(place);
  if ((await storage.stat('')) !== null) return storage;
  throw new ArchiveError('NO_ARCHIVE', `${storage.name}: there is no archive`);
}

export function printFinding({ code, path, detail, evidence = [] }: SealFinding, terminal: Terminal): void {
  const { means, fix } = SEAL_FINDINGS[code];
  const shown = evidence.flatMap((each) => [
    '',
    ...each
      .trimEnd()
      .split('\n')
      .map((text) => `    ${text}`),
  ]);
  terminal.result([line`${style('red', code)}  ${path}  ${means}`, `    ${detail}`, ...shown], {
    type: 'seal-finding',
    code,
    path,
    detail,
    means,
    fix,
    evidence,
  });
}
