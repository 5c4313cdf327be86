/**
 * `npm run release`: makes what a release consists of in `release/`: the package, its bill of materials (CycloneDX, SPDX) and
 * the hashes of all of them, and lets npm try the publication. Nothing leaves the machine without `-- --publish`, which
 * publishes with provenance: npm allows that only to a builder that can vouch for itself (docs.npmjs.com, "Generating
 * provenance statements").
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'release');
/** The forms of a bill of materials that `npm sbom` knows. */
const BILLS = ['cyclonedx', 'spdx'] as const;

interface Facts {
  readonly version: string;
  readonly changelog: string;
  /** `git status --porcelain`. */
  readonly status: string;
  /** Tags of the commit. */
  readonly tags: readonly string[];
}

/** What stands against the publication of a version; nothing where it may be published. */
export function objectionsTo({ version, changelog, status, tags }: Facts): readonly string[] {
  return [
    ...(status === '' ? [] : ['the working tree has changes that are not committed']),
    ...(changelog.includes(`\n## ${version}`) ? [] : [`CHANGELOG.md has no section ${version}`]),
    ...(tags.includes(`v${version}`) ? [] : [`the commit has no tag v${version}`]),
  ];
}

/** @returns what the command printed on stdout @throws where it fails */
function told(command: string, ...args: readonly string[]): string {
  const ended = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ended.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${ended.error?.message ?? ended.stderr}`);
  return ended.stdout;
}

function release(isPublished: boolean): void {
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const objections = objectionsTo({
    version,
    changelog: readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'),
    status: told('git', 'status', '--porcelain').trim(),
    tags: told('git', 'tag', '--points-at', 'HEAD').split('\n'),
  });
  for (const objection of objections) say(`! ${objection}`);
  if (isPublished && objections.length > 0) throw new Error('nothing was published');

  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  told('npm', 'pack', '--pack-destination', FOLDER);
  const tarball = join(FOLDER, `${name}-${version}.tgz`);
  for (const form of BILLS)
    writeFileSync(join(FOLDER, `sbom.${form}.json`), told('npm', 'sbom', '--omit', 'dev', '--sbom-format', form));
  const files = readdirSync(FOLDER);
  const hashOf = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(FOLDER, file)))
      .digest('hex');
  writeFileSync(join(FOLDER, 'SHA256SUMS'), files.map((file) => `${hashOf(file)}  ${file}\n`).join(''));
  for (const file of [...files, 'SHA256SUMS']) say(`release/${file}`);

  told('npm', 'publish', tarball, ...(isPublished ? ['--provenance'] : ['--dry-run']));
  say(isPublished ? `${name} ${version} is published` : 'npm would publish it; nothing was');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { publish: { type: 'boolean', default: false } } });
  release(values.publish);
}
