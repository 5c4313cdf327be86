/** Which file a configuration is read from, and whose it is. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { expandPath } from './paths.ts';

/** The file that `loadConfig` reads, and what is to be known of it before anything that it names is done. */
export interface ConfigSource {
  /** Absolute; null for the built-in defaults. */
  readonly file: string | null;
  /** False where it was found in the working directory, and not named. */
  readonly isNamed: boolean;
  /** False where another user could have written it. */
  readonly isOwn: boolean;
  /** True where every user of the machine may read it. */
  readonly isOpen: boolean;
}

/** @param path as for `loadConfig`; a file that cannot be looked at counts as somebody else's */
export function configSource(path: string | null): ConfigSource {
  const found = fileOf(path);
  if (found === null) return { file: null, isNamed: false, isOwn: true, isOpen: false };
  const stats = statSync(found, { throwIfNoEntry: false });
  const isOwn = stats !== undefined && stats.uid === (process.getuid?.() ?? stats.uid) && (stats.mode & 0o002) === 0;
  const isOpen = process.getuid !== undefined && ((stats?.mode ?? 0) & 0o004) !== 0;
  return { file: resolve(found), isNamed: path !== null, isOwn, isOpen };
}

/** Looked for in the working directory. */
const DEFAULT_FILE = 'crawl.config.yaml';

/** The file as it is named or found; null for the built-in defaults. @throws USAGE */
export function fileOf(path: string | null): string | null {
  if (path !== null) return expandPath(path, { code: 'USAGE', where: '--config' });
  return existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null;
}
