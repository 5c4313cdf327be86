/** Which file a configuration is read from, and whose it is. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { configFolder, expandPath } from './paths.ts';

/** The file that `loadConfig` reads, and what is to be known of it before anything that it names is done. */
export interface ConfigSource {
  /** Absolute; null for the built-in defaults. */
  readonly file: string | null;
  /** False where it was found by looking for it, and not named by a flag or by the environment. */
  readonly isNamed: boolean;
  /** False where another user could have written it who is not the administrator of the machine. */
  readonly isOwn: boolean;
  /** True where every user of the machine may read it. */
  readonly isOpen: boolean;
}

/** @param path as for `loadConfig`; a file that cannot be looked at counts as somebody else's */
export function configSource(path: string | null): ConfigSource {
  const found = fileOf(path);
  if (found === null) return { file: null, isNamed: false, isOwn: true, isOpen: false };
  const stats = statSync(found, { throwIfNoEntry: false });
  const isOpen = process.getuid !== undefined && ((stats?.mode ?? 0) & 0o004) !== 0;
  return { file: resolve(found), isNamed: namedFile(path) !== null, isOwn: isTrusted(found), isOpen };
}

/** Its name where it is looked for. */
export const CONFIG_FILE = 'crawl.config.yaml';
/** The variable of the environment that names one. */
const VARIABLE = 'GUANCHA_ARCHIVE_CONFIG';
/** That of a service of this machine (`deploy/`): whoever may read it finds the archive of the service. */
export const SERVICE_CONFIG = '/etc/guancha-archive/config.yaml';

/**
 * The file that is named by the flag, else by the environment; else the one of the working directory or of the nearest folder
 * above it, there only where it is this user's own; else that of the user's folder for configurations (XDG Base Directory
 * Specification, and what is usual on macOS and Windows); else that of the machine's service.
 * @returns null for the built-in defaults
 * @throws USAGE
 */
export function fileOf(path: string | null): string | null {
  const named = namedFile(path);
  if (named !== null) return named;
  if (existsSync(CONFIG_FILE)) return CONFIG_FILE;
  const here = process.cwd();
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (existsSync(file) && isOwn(file)) return file;
    if (folder === dirname(folder)) break;
  }
  const folder = configFolder();
  const usual = folder === null ? null : join(folder, CONFIG_FILE);
  if (usual !== null && existsSync(usual)) return usual;
  return process.platform !== 'win32' && isReadable(SERVICE_CONFIG) ? SERVICE_CONFIG : null;
}

function namedFile(path: string | null): string | null {
  if (path !== null) return expandPath(path, { code: 'USAGE', where: '--config' });
  const { [VARIABLE]: named = '' } = process.env;
  return named === '' ? null : expandPath(named, { code: 'USAGE', where: VARIABLE });
}

/** Only the administrator of the machine writes that of its service. */
function isTrusted(file: string): boolean {
  return isOwn(file) || (file === SERVICE_CONFIG && statSync(file, { throwIfNoEntry: false })?.uid === 0);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false; // it is not there, or none of this user's business
  }
}

function isOwn(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && stats.uid === (process.getuid?.() ?? stats.uid) && (stats.mode & 0o002) === 0;
}
