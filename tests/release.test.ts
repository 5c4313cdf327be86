/** What a release is made of: the lock file that goes into the package, and what stands against a publication. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { objectionsTo } from '../scripts/release.ts';
import { shrinkwrapOf } from '../scripts/shrinkwrap.ts';

const ROOT = join(import.meta.dirname, '..');

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly engines?: object; readonly integrity?: string }>
  >;
}

describe('the lock file of the package', () => {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const { packages: locked } = JSON.parse(lock) as Lock;
  const { packages } = JSON.parse(shrinkwrapOf(lock)) as Lock;

  it('has every package that runs, with its hash, and none that only development needs', () => {
    const running = Object.keys(locked).filter((path) => locked[path]?.dev !== true);
    assert.deepEqual(Object.keys(packages).sort(), running.sort());
    for (const [path, { integrity }] of Object.entries(packages))
      if (path !== '') assert.match(integrity ?? '', /^sha512-/, path);
  });

  it('asks for no Node.js but the one that the package itself needs to begin', () => {
    for (const [path, { engines }] of Object.entries(packages))
      assert.deepEqual(engines, path === '' ? { node: '>=20' } : undefined, path);
  });
});

describe('a publication', () => {
  const well = { version: '1.2.3', changelog: '# Changelog\n\n## 1.2.3\n', status: '', tags: ['v1.2.3'] };

  it('needs a clean tree, a section of the changelog and a tag', () => {
    assert.deepEqual(objectionsTo(well), []);
    assert.equal(objectionsTo({ ...well, status: ' M README.md' }).length, 1);
    assert.equal(objectionsTo({ ...well, tags: ['v1.2.2'] }).length, 1);
    assert.equal(objectionsTo({ ...well, changelog: '# Changelog\n\n## Unreleased\n', tags: [] }).length, 2);
  });
});
