/** Name, version and home page of this program, from the package itself. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface PackageInfo {
  readonly name: string;
  readonly version: string;
  readonly homepage: string;
}

export function packageInfo(): PackageInfo {
  return readPackage().info;
}

/** The absolute path of a file that lies in the package. @param path relative to its top */
export function packageFile(path: string): string {
  return join(readPackage().folder, path);
}

/** The words that call this program where it was called, for commands that are to be typed: from a checkout, or installed. */
export function programWords(): readonly string[] {
  const { folder } = readPackage();
  if (import.meta.dirname === join(folder, 'src')) return ['node', relative('.', join(folder, 'bin/guancha-archive'))];
  return process.env.npm_command === 'exec' ? ['npx', 'guancha-archive'] : ['guancha-archive'];
}

function readPackage(): { readonly folder: string; readonly info: PackageInfo } {
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    try {
      return { folder: dir, info: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as PackageInfo };
    } catch (error) {
      if (dir === dirname(dir)) throw error; // not here: `src/` and `dist/src/` lie at different depths
    }
  }
}
