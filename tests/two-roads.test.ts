/** The short form of `torture/two-roads.ts`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tryTwoRoads } from './torture/two-roads.ts';

it('archives made on two roads agree, tell what was changed, and one proves an article with its capture', async (test) => {
  const trial = await tryTwoRoads({ articles: 12, tamperings: 12, seed: 1 });
  const { proof, alike, corrected, different, onlyHere, onlyThere, tampering } = trial;
  test.diagnostic(JSON.stringify({ alike, ...proof, ...tampering }));
  assert.deepEqual({ different, onlyHere, onlyThere }, { different: corrected, onlyHere: 0, onlyThere: 0 });
  assert.ok(corrected.length > 0);
  assert.ok(alike >= 6, `${alike} alike`);
  const { planted, verified, corroborated, falsely } = tampering;
  assert.deepEqual([planted, verified, corroborated, falsely], [12, 12, 12, 0]);
  assert.match(proof.said, /^OK /);
  assert.ok(proof.captures > 0);
  assert.equal(proof.unprovedCaptures, 0);
  assert.ok(proof.bytesBeside <= 8192, `${proof.bytesBeside} bytes`);
  assert.ok(proof.mutants > 0);
  assert.equal(proof.accepted, 0);
});
