/**
 * What lies outside of the archive, for whoever may write the archive could write it too: the private key of the seals, and
 * beside it what this machine has seen of each log, by which a log that was rolled back or forked is found.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArchiveError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { dataFolder } from '../paths.ts';
import { knownError } from '../system-errors.ts';
import { readKey } from './note.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Where the key lies unless the configuration says otherwise. */
export function defaultKeyFile(): string {
  return join(dataFolder(), 'seal.key');
}

/**
 * The key in a file; null where there is none and none is `made`.
 * @param options `archive` is the folder that it must not lie in
 * @throws SEAL_KEY where others may read it, or it is no such key; FILE_REFUSED
 */
export function openKeyFile(
  file: string,
  options: { readonly archive: string; readonly make: boolean },
): KeyPair | null {
  return withFileErrors(file, () => {
    if (isInside(file, options.archive)) throw refusal(file, `lies in the archive ${options.archive}`);
    if (!existsSync(file) && !options.make) return null;
    if (!existsSync(file)) makeKeyFile(file);
    const { mode } = statSync(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw refusal(file, `others may read it (mode ${(mode & 0o777).toString(8)})`);
    const privateKey = readKey(readFileSync(file, 'utf8'), 'private');
    if (privateKey === null) throw refusal(file, 'no private key (Ed25519) in PEM');
    return { privateKey, publicKey: createPublicKey(privateKey) };
  });
}

function makeKeyFile(file: string): void {
  makeFolder(dirname(file), { mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeWhole(file, String(pem), { ifAbsent: true });
}

/** Whole or not at all, for its owner alone. */
function writeWhole(file: string, text: string, { ifAbsent }: { readonly ifAbsent: boolean }): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const written = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(written, text);
      fsyncSync(written);
    } finally {
      closeSync(written);
    }
    if (ifAbsent) linkSync(temporary, file);
    else renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function isInside(file: string, folder: string): boolean {
  return `${real(file)}/`.startsWith(`${real(folder)}/`);
}

/** A path without links, of what need not be there yet. */
export function real(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
}

function refusal(file: string, why: string): ArchiveError {
  return new ArchiveError('SEAL_KEY', `${file}: ${why}`);
}

function withFileErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw knownError(error, { place: 'elsewhere', name: file });
  }
}

// What this machine has seen of logs: a small file for each.

/** The newest checkpoint of a log that was seen and found right. */
export interface Seen {
  readonly origin: string;
  /** The key that signed it, as a verifier key. */
  readonly key: string;
  /** As it was signed. */
  readonly checkpoint: string;
  /** Where the log lay then: absolute path of the archive. */
  readonly archive: string;
}

export interface SeenLogs {
  readonly of: (origin: string) => Seen | null;
  /** The log that lay in an archive when one was last seen there. */
  readonly at: (archive: string) => Seen | null;
  /** @throws FILE_REFUSED */
  readonly note: (seen: Seen) => void;
}

/** @param keyFile of the seals; what was seen lies in a folder beside it */
export function openSeen(keyFile: string): SeenLogs {
  const folder = join(dirname(keyFile), 'seen');
  const fileOf = (origin: string) =>
    join(folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.json`);
  return {
    of: (origin) => withFileErrors(folder, () => readSeen(fileOf(origin))),
    at: (archive) =>
      withFileErrors(folder, () => {
        const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
        const here = files
          .map((name) => join(folder, name))
          .filter((file) => readSeen(file)?.archive === archive)
          .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
        return here[0] === undefined ? null : readSeen(here[0]);
      }),
    note: (seen) =>
      withFileErrors(folder, () => {
        makeFolder(folder, { mode: 0o700 });
        const text = `${JSON.stringify(seen, null, 2)}\n`;
        const file = fileOf(seen.origin);
        if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeWhole(file, text, { ifAbsent: false });
      }),
  };
}

/** Null where there is none; one that was damaged counts as none. */
function readSeen(file: string): Seen | null {
  if (!existsSync(file)) return null;
  try {
    const { origin, key, checkpoint, archive } = JSON.parse(readFileSync(file, 'utf8')) as Partial<
      Record<string, unknown>
    >;
    const isWhole = [origin, key, checkpoint, archive].every((each) => typeof each === 'string');
    return isWhole ? ({ origin, key, checkpoint, archive } as Seen) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
