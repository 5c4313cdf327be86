/** The short form of `torture/two-roads.ts`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tryTwoRoads } from './torture/two-roads.ts';

it('archives made on two roads agree, and one proves an article with its capture', async (test) => {
  const { proof, alike, different, onlyHere, onlyThere } = await tryTwoRoads({ articles: 12 });
  test.diagnostic(JSON.stringify({ alike, ...proof }));
  assert.deepEqual({ different, onlyHere, onlyThere }, { different: [], onlyHere: 0, onlyThere: 0 });
  assert.ok(alike >= 6, `${alike} alike`);
  assert.match(proof.said, /^OK /);
  assert.ok(proof.captures > 0);
  assert.equal(proof.unprovedCaptures, 0);
  assert.ok(proof.bytesBeside <= 8192, `${proof.bytesBeside} bytes`);
  assert.ok(proof.mutants > 0);
  assert.equal(proof.accepted, 0);
});
