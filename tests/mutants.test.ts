/** The short form of `npm run mutants`: every kind of change is made, and those known to come out right or in doubt do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KINDS } from './mutants/kinds.ts';
import { tryMutants } from './mutants/mutants.ts';
import { findLightOriginals, SITE } from './mutants/originals.ts';

describe('mutants of pages', async () => {
  const rows = tryMutants(await findLightOriginals(), SITE, { seed: 2026, count: 800 });

  it('has kinds with names of their own, and a reason where nothing can be known', () => {
    assert.equal(new Set(KINDS.map(({ name }) => name)).size, KINDS.length);
    for (const kind of KINDS) assert.equal(kind.why !== null, kind.class === 'D', kind.name);
  });

  it('can make every kind', () => {
    assert.deepEqual(
      rows.filter(({ made }) => made === 0).map(({ kind }) => kind.name),
      [],
    );
  });
});
