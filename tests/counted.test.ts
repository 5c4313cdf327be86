/** Counts in messages: one is one, everywhere. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counted, grouped } from '../src/counted.ts';

describe('a count', () => {
  it('agrees with what is counted, and is grouped by thousands', () => {
    assert.equal(counted(1, 'article'), '1 article');
    assert.equal(counted(0, 'article'), '0 articles');
    assert.equal(counted(1, 'entry', 'entries'), '1 entry');
    assert.equal(counted(1_234_567, 'article waits', 'articles wait'), '1,234,567 articles wait');
    assert.deepEqual([999, 1000, -1].map(grouped), ['999', '1,000', '-1']);
  });
});
