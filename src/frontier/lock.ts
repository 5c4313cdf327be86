/**
 * The lock of an archive: one run at a time.
 *
 * `lock.sqlite` is an empty database. The holder keeps a write transaction open on it (`BEGIN IMMEDIATE`) and never writes.
 * The operating system ends that transaction with the process, however the process ends, so a dead run locks nothing and
 * no other run has to judge whether a process still lives. `lock.json` beside it names the holder for people. It is no
 * lock: a killed run leaves it behind, and the next run overwrites it.
 *
 * Danger: POSIX releases a process's locks on a file as soon as that process closes the file through any descriptor. Only
 * SQLite may open `lock.sqlite`, which keeps account of this; a manifest, a copy or a repair must leave it out.
 */
import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openDisk } from '../archive/disk.ts';
import { FRONTIER, LOCK, LOCK_HOLDER, temporaryName } from '../archive/keys.ts';
import { ArchiveError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { connect, withSqliteErrors } from '../sqlite.ts';

/** What `lock.json` says of the run that holds the archive. */
interface Holder {
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** False for a program from before there were orders. */
  readonly takesOrders: boolean;
}

/** A look of `describeHolder` takes the lock for less than a millisecond, and a new holder names itself within a few. */
const ATTEMPTS = 4;
const BETWEEN_ATTEMPTS_MS = 50;
const ASK_AGAIN_MS = 1000;

/** SQLITE_BUSY. */
const BUSY = 5;

/** An archive that this run holds, until disposed. */
export interface ArchiveLock extends AsyncDisposable {
  /**
   * Asked before each article: files that were moved away or removed hold nothing.
   * @throws ARCHIVE_NOT_WRITABLE where the archive is not there any more, ARCHIVE_IN_USE where another run has taken it since
   */
  requireHeld(): Promise<void>;
}

/**
 * Locks an archive until disposed. Makes the archive's folder where it is not there.
 * @param archive absolute path
 * @param command the name that other runs see as the holder of the archive
 * @param options `open` connects to the lock; a test has a disk without locks by it
 * @throws ARCHIVE_IN_USE, whose detail names the holder; ARCHIVE_UNFIT where locks lock nothing; ARCHIVE_NOT_WRITABLE,
 *   ARCHIVE_FULL, ARCHIVE_IO
 */
export async function lockArchive(
  archive: string,
  command: string,
  { open = connect }: { readonly open?: Connect } = {},
): Promise<ArchiveLock> {
  const disk = openDisk(archive);
  withSqliteErrors(archive, () => makeFolder(archive));
  await using opened = new AsyncDisposableStack();
  opened.use(await beginTransaction(archive, open));
  requireExclusion(join(archive, LOCK), open);
  const before = holderOf(await readText(archive));
  if (before !== null && isRunning(before)) throw new ArchiveError('ARCHIVE_IN_USE', await readHolder(archive));
  const since = new Date().toISOString();
  const holder: Holder = { command, host: hostname(), pid: process.pid, since, takesOrders: true };
  const text = `${JSON.stringify(holder)}\n`;
  opened.defer(async () => {
    try {
      if ((await readText(archive)) === text) await disk.remove(LOCK_HOLDER);
    } catch (error) {
      // The disk refuses: what stays behind is no lock, and the next run overwrites it.
      if (!(error instanceof ArchiveError)) throw error;
    }
  });
  await disk.write(LOCK_HOLDER, text);
  const kept = opened.move();
  let hadFrontier = false;
  return {
    requireHeld: async () => {
      const other = await readText(archive);
      if (other !== null && other !== text) throw new ArchiveError('ARCHIVE_IN_USE', await readHolder(archive));
      const hasFrontier = existsSync(join(archive, FRONTIER));
      const lost = !existsSync(join(archive, LOCK)) ? LOCK : hadFrontier && !hasFrontier ? FRONTIER : null;
      hadFrontier ||= hasFrontier;
      if (lost !== null)
        throw new ArchiveError(
          'ARCHIVE_NOT_WRITABLE',
          `${join(archive, lost)}: is not there any more; the archive was moved, unmounted or emptied under this run`,
        );
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/**
 * True for a run of this machine that goes on, though the lock is free: somebody has removed `lock.sqlite` under it, or the
 * disk only seems to lock. A process of another program may have its number by now.
 */
function isRunning({ host, pid }: Holder): boolean {
  if (host !== hostname() || pid === process.pid) return false;
  try {
    return /\bguancha-archive\b|\bcli\.[jt]s\b/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false; // it has ended, or this system does not say what runs
  }
}

/**
 * Locks an archive as soon as no other run holds it.
 * @param options `stopSignal` ends the wait; `report` is called once, with the holder that is waited for
 * @throws INTERRUPTED; what else `lockArchive` throws
 */
export async function waitForLock(
  archive: string,
  command: string,
  options: { readonly stopSignal: AbortSignal; readonly report: (holder: string) => void },
): Promise<ArchiveLock> {
  for (let waited = false; ; waited = true) {
    try {
      return await lockArchive(archive, command);
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== 'ARCHIVE_IN_USE') throw error;
      if (!waited) options.report(error.detail);
    }
    // An interrupted sleep ends like any other: the next line says why.
    await sleep(ASK_AGAIN_MS, undefined, { signal: options.stopSignal }).catch(() => {});
    if (options.stopSignal.aborted) throw new ArchiveError('INTERRUPTED', 'while waiting for the archive');
  }
}

/**
 * Who holds an archive, for people; null where no run does. Makes no file.
 * A user who may not write `lock.sqlite` cannot see a lock, and gets null.
 */
export async function describeHolder(archive: string): Promise<string | null> {
  if (!existsSync(join(archive, LOCK))) return null;
  using free = tryTransaction(join(archive, LOCK), 'rw', connect);
  return free === null ? await readHolder(archive) : null;
}

/**
 * Why no work can be handed over to the run that holds an archive, for people; null where it can.
 * @param archive absolute path of an archive that another run holds
 */
export async function whyNoOrders(archive: string): Promise<string | null> {
  const holder = holderOf(await readText(archive));
  if (holder === null) return null; // between two holders: whoever comes next knows orders, or does not take them
  // A log beside a database (WAL) is shared memory, and no two machines share any.
  if (holder.host !== hostname()) return 'it runs on another machine, and only runs of this one take orders';
  return holder.takesOrders ? null : 'its version of the program takes no orders; stop it and start the new one';
}

/**
 * Whether this disk locks: a new file in the archive's folder can be locked, and a second time it cannot.
 * @throws ARCHIVE_UNFIT with what it does instead; what else the disk refuses with
 */
export function requireLocks(archive: string, { open = connect }: { readonly open?: Connect } = {}): void {
  const path = join(archive, temporaryName('lock')); // what a kill leaves of it is swept
  try {
    using begun = tryTransaction(path, 'rwc', open);
    // SQLite says the same of a lock that somebody has and of a disk that has no locks (ENOLCK); nobody has this one.
    if (begun === null)
      throw new ArchiveError('ARCHIVE_UNFIT', `${archive}: file locks do not work here: a new file cannot be locked`);
    requireExclusion(path, open);
  } finally {
    rmSync(path, { force: true });
  }
}

/** @throws ARCHIVE_UNFIT where a second connection gets the lock as well */
function requireExclusion(path: string, open: Connect): void {
  using second = tryTransaction(path, 'rw', open);
  if (second !== null)
    throw new ArchiveError('ARCHIVE_UNFIT', `${path}: file locks do not work here: two have the same lock`);
}

type Connect = (url: URL) => Pick<ReturnType<typeof connect>, 'exec' | 'close'>;

/** @throws ARCHIVE_IN_USE; ARCHIVE_UNFIT where it only seems so */
async function beginTransaction(archive: string, open: Connect): Promise<Disposable> {
  for (let attempt = 1; ; attempt++) {
    const begun = tryTransaction(join(archive, LOCK), 'rwc', open);
    if (begun !== null) return begun;
    if (attempt === ATTEMPTS) requireLocks(archive, { open });
    if (attempt === ATTEMPTS) throw new ArchiveError('ARCHIVE_IN_USE', await readHolder(archive));
    await sleep(BETWEEN_ATTEMPTS_MS);
  }
}

/**
 * Null where another connection has the transaction, in this process or another.
 * @param mode of SQLite's URI: `rwc` makes the file where it is not there
 */
function tryTransaction(path: string, mode: 'rw' | 'rwc', open: Connect): Disposable | null {
  const url = pathToFileURL(path);
  url.search = `?mode=${mode}`;
  return withLockErrors(path, () => {
    const database = open(url);
    try {
      // Nothing is ever written: a journal in memory leaves no file beside the lock.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
      // SQLite opens what may not be written for reading, and a transaction on that locks nothing.
      if (mode === 'rwc') accessSync(path, constants.W_OK);
    } catch (error) {
      database.close();
      if (((error as { readonly errcode?: number }).errcode ?? 0) % 256 === BUSY) return null;
      throw error;
    }
    return { [Symbol.dispose]: () => database.close() };
  });
}

/** @throws LOCK_DAMAGED; what else SQLite refuses with */
function withLockErrors<T>(path: string, work: () => T): T {
  try {
    return withSqliteErrors(path, work);
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code !== 'DATABASE_DAMAGED') throw error;
    throw new ArchiveError('LOCK_DAMAGED', error.detail, { cause: error });
  }
}

async function readHolder(archive: string): Promise<string> {
  const holder = holderOf(await readText(archive));
  if (holder === null) return `another run; which one cannot be read from ${join(archive, LOCK_HOLDER)}`;
  const { command, host, pid, since } = holder;
  return `${command} on ${host}, process ${pid}, since ${since}`;
}

async function readText(archive: string): Promise<string | null> {
  try {
    return (await openDisk(archive).read(LOCK_HOLDER))?.toString() ?? null;
  } catch (error) {
    if (error instanceof ArchiveError) return null; // the caller says that it cannot be read
    throw error;
  }
}

function holderOf(text: string | null): Holder | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    return null; // not JSON: written by something else
  }
  if (typeof value !== 'object' || value === null) return null;
  const { command, host, pid, since, takesOrders } = value as Readonly<Record<string, unknown>>;
  const isWhole =
    typeof command === 'string' && typeof host === 'string' && Number.isInteger(pid) && typeof since === 'string';
  return isWhole ? { command, host, pid: Number(pid), since, takesOrders: takesOrders === true } : null;
}
