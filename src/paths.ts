/** Paths as people write them, in a configuration and behind flags. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ArchiveError } from './errors.ts';

/**
 * A path as people write it: `~` is the home folder, `$NAME` and `${NAME}` are variables of the environment. A shell does so
 * with what is typed at it, but not in a configuration, and not behind `--archive=`.
 * @param problem the code that is thrown, and the place that it names, if there is no such home or variable
 */
export function expandPath(
  text: string,
  problem: { readonly code: 'CONFIG_INVALID' | 'USAGE'; readonly where: string },
): string {
  const refuse = (why: string): never => {
    throw new ArchiveError(problem.code, `${problem.where}: ${text}: ${why}`);
  };
  if (text.trim() === '') refuse('no path is given');
  if (text.includes('\0')) refuse('no path has a NUL');
  const given = (name: string) =>
    (Object.hasOwn(process.env, name) && process.env[name]) ||
    refuse(`the environment has no ${name}; write the path out`);
  const home = /^~([^/]*)(?=\/|$)/.exec(text)?.[1];
  if (home !== undefined && home !== '') refuse(`~${home} is not known here; write the path out, or begin it with ./`);
  return text
    .replace(/^~(?=\/|$)/, () => given('HOME'))
    .replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (_, braced?: string, bare?: string) => given(braced ?? bare ?? ''));
}

/** Where this program keeps what belongs to its user and to no archive (XDG Base Directory Specification): its keys. */
export function dataFolder(): string {
  const named = process.env.XDG_DATA_HOME;
  return join(named === undefined || named === '' ? join(homedir(), '.local/share') : named, 'guancha-archive');
}

/**
 * Where this user's configuration lies: by the XDG Base Directory Specification, and where it is usual on macOS and Windows.
 * @returns null for a user without a home
 */
export function configFolder(): string | null {
  const { XDG_CONFIG_HOME: named = '', APPDATA: roaming = '' } = process.env;
  if (process.platform === 'win32' && roaming !== '') return join(roaming, 'guancha-archive', 'Config');
  if (process.platform === 'linux' && named !== '') return join(named, 'guancha-archive');
  try {
    return join(homedir(), process.platform === 'darwin' ? 'Library/Preferences' : '.config', 'guancha-archive');
  } catch {
    return null; // the system knows no home of this user
  }
}
