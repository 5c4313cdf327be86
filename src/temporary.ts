/** Folders for what lives as long as one command; one that was left by a process that was killed goes with the next that is made. */
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownError } from './system-errors.ts';

/** By this name another container with the same folder is told from this one: its processes cannot be seen from here. */
const HOST = hostname().replace(/[^\w.]/g, '_');

/**
 * Makes a folder that goes when it is disposed of.
 * @param kind what it is for, in lower case: it is a part of the name
 * @throws TEMPORARY_NOT_WRITABLE, MACHINE_SHORT
 */
export async function openTemporary(kind: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const begin = `guancha-${kind}-${HOST}-`;
  await sweep(begin);
  const path = await mkdtemp(join(tmpdir(), `${begin}${process.pid}-`)).catch((error: unknown) => {
    throw knownError(error, { place: 'temporary', name: tmpdir() });
  });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Removes those of this user whose process is no more. Nobody waits for it: what cannot be removed stays. */
async function sweep(begin: string): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []); // the folder that is made next says why
  for (const name of names) {
    const pid = name.startsWith(begin) ? Number(/^(\d+)-\w+$/.exec(name.slice(begin.length))?.[1]) : Number.NaN;
    const path = join(tmpdir(), name);
    if (!Number.isNaN(pid) && !isAlive(pid) && (await isOwn(path)))
      await rm(path, { recursive: true, force: true }).catch(() => {}); // it stays
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function isOwn(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => null); // it went meanwhile
  return stats?.isDirectory() === true && stats.uid === (process.getuid?.() ?? stats.uid);
}
