/**
 * The versions that an installed package gets: those of package-lock.json, with their hashes, as the npm-shrinkwrap.json that
 * `npm pack` puts into the package and that goes again after it. Development's are left out. So is what a dependency says of
 * the Node.js that it needs: it never runs on the one that installs it, but on the one that this package pins
 * (bin/guancha-archive), and npm would warn of it (EBADENGINE).
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const FILE = join(ROOT, 'npm-shrinkwrap.json');

interface Locked {
  readonly dev?: boolean;
  readonly engines?: unknown;
  readonly devDependencies?: unknown;
}

/** @param lock the text of a package-lock.json of version 3 */
export function shrinkwrapOf(lock: string): string {
  const { packages, ...head } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, Locked>> };
  const kept = Object.entries(packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([path, { engines, devDependencies: _development, ...locked }]) => [
      path,
      path === '' ? { ...locked, engines } : locked,
    ]);
  return `${JSON.stringify({ ...head, packages: Object.fromEntries(kept) }, null, 2)}\n`;
}

if (import.meta.main) {
  if (process.argv[2] === 'remove') rmSync(FILE, { force: true });
  else writeFileSync(FILE, shrinkwrapOf(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
}
