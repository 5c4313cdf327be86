/** The short form of `npm run mutants`: every kind of change is made, and those known to come out right or in doubt do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KindClass } from './mutants/kind.ts';
import { KINDS } from './mutants/kinds.ts';
import { tryMutants } from './mutants/mutants.ts';
import { findLightOriginals, SITE } from './mutants/originals.ts';
import { badOf } from './mutants/run.ts';

/** What holds now; the aims stand in `mutants/run.ts`. */
const NOW: Readonly<Partial<Record<KindClass, number>>> = { same: 0.03, A: 0.02, B: 0.05, C: 0.05 };

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('mutants of pages', async () => {
  const rows = tryMutants(await findLightOriginals(), SITE, { seed: 2026, count: 800 });

  it('has kinds with names of their own, and a reason where nothing can be known', () => {
    assert.equal(new Set(KINDS.map(({ name }) => name)).size, KINDS.length);
    for (const kind of KINDS) assert.equal(kind.why !== null, kind.class === 'D', kind.name);
  });

  for (const [name, share] of Object.entries(NOW) as [KindClass, number][]) {
    it(`class ${name}: at most ${share * 100} % silently wrong or falsely in doubt`, () => {
      const ofClass = rows.filter(({ kind }) => kind.class === name);
      const [bad, made] = [sum(ofClass.map(badOf)), sum(ofClass.map((row) => row.made))];
      assert.ok(
        bad <= share * made,
        `${bad} of ${made}: ${ofClass.flatMap(({ example }) => example ?? []).join('\n')}`,
      );
    });
  }

  it('can make every kind', () => {
    assert.deepEqual(
      rows.filter(({ made }) => made === 0).map(({ kind }) => kind.name),
      [],
    );
  });
});
