/** Which program this is, so that only equal ones share a work. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageInfo } from '../package.ts';

/** Where the files of the program lie, whichever of `src/` and `dist/src/` it is. */
const PROGRAM = join(import.meta.dirname, '..');

/**
 * What tells two programs apart whose results may differ: the version, and twelve digits over the files of the program, so
 * that two states of a checkout between two versions are two programs.
 */
export function programIdentity(): string {
  const hash = createHash('sha256');
  const files = readdirSync(PROGRAM, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
  for (const name of files.sort()) hash.update(`${name}\0`).update(readFileSync(join(PROGRAM, name)));
  return `${packageInfo().version}+${hash.digest('hex').slice(0, 12)}`;
}
