/** Name, version and home page of this program, from the package itself. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PackageInfo {
  readonly name: string;
  readonly version: string;
  readonly homepage: string;
}

export function packageInfo(): PackageInfo {
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    try {
      return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as PackageInfo;
    } catch (error) {
      if (dir === dirname(dir)) throw error; // not here: `src/` and `dist/src/` lie at different depths
    }
  }
}
