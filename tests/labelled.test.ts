/** Every field of every labelled page is exactly what its label says, and no layout or kind is without a case. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LAYOUTS } from '../src/extract/layouts/find-article.ts';
import { bytesOf, caseNames, KINDS, labelOf, ROWS, readPages, reasonAgainst } from './labelled/cases.ts';

describe('the labelled set', () => {
  for (const name of caseNames()) {
    it(name, () => {
      const label = labelOf(name);
      const read = readPages(bytesOf(name), label);
      assert.deepEqual(JSON.parse(JSON.stringify(read)), label);
      const [row] = name.split('/');
      if (label.article !== null) assert.equal(label.article.layout, row);
    });
  }

  it('has a case for every layout and kind, or says why there can be none', () => {
    const there = caseNames();
    for (const row of ROWS) {
      for (const kind of KINDS) {
        const name = `${row}/${kind}`;
        const reason = reasonAgainst(row, kind);
        assert.equal(there.includes(name), reason === null, `${name}: ${reason ?? 'a case is missing'}`);
      }
    }
  });

  it('knows every layout', () => {
    const rows: readonly string[] = ROWS;
    for (const { name } of LAYOUTS) assert.ok(rows.includes(name), name);
  });
});
