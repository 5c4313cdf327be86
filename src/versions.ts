/** Which program this is: version, commit, and what it runs on. Asks nobody, starts nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { packageFile, packageInfo } from './package.ts';

export interface Versions {
  readonly version: string;
  /** Of 40 hex digits; null where neither the package nor a checkout says it. */
  readonly commit: string | null;
  readonly node: string;
  /** Of the carried Chromium, which is for Linux on x64; null where another browser has to be there. */
  readonly browser: string | null;
  readonly sqlite: string;
}

export function versions(): Versions {
  const { version } = packageInfo();
  const { node, sqlite = '' } = process.versions;
  return { version, commit: packedCommit() ?? checkedOutCommit(), node, browser: carriedVersion(), sqlite };
}

/** `guancha-archive 0.1.0 (commit 057a4e7), Node.js 24.21.0, Chromium 153.0.0, SQLite 3.53.0`. */
export function versionText(): string {
  const { version, commit, node, browser, sqlite } = versions();
  const at = commit === null ? '' : ` (commit ${commit.slice(0, 7)})`;
  const chromium = browser === null ? 'no Chromium of its own' : `Chromium ${browser}`;
  return `${packageInfo().name} ${version}${at}, Node.js ${node}, ${chromium}, SQLite ${sqlite}`;
}

/** Written when the package is made (`npm pack`). */
function packedCommit(): string | null {
  return hashIn(readText(packageFile('dist/commit')));
}

/** As git lays it down (gitrepository-layout(5)), worktrees included, without git itself. */
function checkedOutCommit(): string | null {
  const dotGit = packageFile('.git');
  const pointer = /^gitdir: (.+)$/m.exec(readText(dotGit))?.[1]; // a worktree
  const own = pointer === undefined ? dotGit : resolve(dirname(dotGit), pointer);
  const common = resolve(own, readText(join(own, 'commondir')).trim());
  const head = readText(join(own, 'HEAD')).trim();
  const name = /^ref: (refs\/.+)$/.exec(head)?.[1];
  if (name === undefined) return hashIn(head);
  const packed = readText(join(common, 'packed-refs'))
    .split('\n')
    .find((line) => line.endsWith(` ${name}`));
  return hashIn(readText(join(common, name))) ?? hashIn(packed?.slice(0, 40) ?? '');
}

function carriedVersion(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
    return (JSON.parse(readText(join(folder, 'package.json'))) as { readonly version?: string }).version ?? null;
  } catch {
    return null; // it is not installed
  }
}

function hashIn(text: string): string | null {
  return /^[0-9a-f]{40}$/.exec(text.trim())?.[0] ?? null;
}

/** Empty where it is not there. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // each of these files may be absent: a package has no .git, a checkout no dist/
  }
}
