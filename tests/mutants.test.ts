/** The short form of `npm run mutants`: pages changed in every way, none of them read wrong in silence. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KINDS } from './mutants/kinds.ts';
import { tryMutants } from './mutants/mutants.ts';
import { findOriginals, SITE } from './mutants/originals.ts';

describe('mutants of pages', async () => {
  const rows = tryMutants(await findOriginals(), SITE, { seed: 2026, count: 800 });

  for (const [i, { name, effect }] of KINDS.entries()) {
    it(`${name}: ${effect === 'same' ? 'right, without a flag' : 'right or flagged'}`, () => {
      const row = rows[i];
      assert.ok(
        row !== undefined && Object.values(row.counts).reduce((sum, count) => sum + count, 0) > 0,
        'none was made',
      );
      if (row.kind.unseen === undefined) assert.equal(row.counts['silent error'], 0, row.example ?? '');
      if (effect === 'same') assert.equal(row.counts['right, flagged'] + row.counts.flagged, 0, row.example ?? '');
    });
  }
});
