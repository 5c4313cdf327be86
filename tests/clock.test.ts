/** What a clock said that was wrong once counts no more. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { believed, type Sense } from '../src/clock.ts';

describe('an instant that was written down', () => {
  const sense = fc.record<Sense>({
    aheadMs: fc.integer({ min: 0, max: 10 ** 10 }),
    otherwise: fc.constantFrom('now', 'latest', 'long-ago'),
  });
  const instant = fc.integer({ min: 0, max: 10 ** 13 });

  it('never counts as later than makes sense, and as it was written where that makes sense', () => {
    fc.assert(
      fc.property(instant, instant, sense, (at, now, limits) => {
        const counts = believed(at, limits, now);
        assert.ok(counts <= now + limits.aheadMs);
        if (at <= now + limits.aheadMs) assert.equal(counts, at);
      }),
    );
  });

  it('counts as what its sense says where it lies further ahead', () => {
    const counts = (otherwise: Sense['otherwise']) => believed(10_000, { aheadMs: 500, otherwise }, 1000);
    assert.deepEqual([counts('now'), counts('latest'), counts('long-ago')], [1000, 1500, 0]);
  });

  it('is never what is no number', () => {
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.equal(believed(at, { aheadMs: 0, otherwise: 'now' }, 5), 5);
  });
});
