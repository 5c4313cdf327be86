/** The Merkle tree against RFC 6962: its published hashes, and every proof of every small tree against a plain reading of the standard. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  consistencyRanges,
  foldRoots,
  growTree,
  inclusionRanges,
  leafHash,
  nodeHash,
  type Range,
  subtreesOf,
  verifyConsistency,
  verifyInclusion,
} from '../src/evidence/tree.ts';

/** The entries and roots that tests of Certificate Transparency logs use everywhere. */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const MOST = 300;
/** What must be refused is tried up to this size. */
const MOST_REFUSED = 70;
const leaves = Array.from({ length: MOST }, (_, i) => leafHash(`entry ${i}`));

/** MTH as the standard defines it; each range is worked out once. */
function rootOf([start, end]: Range): Buffer {
  const name = `${start} ${end}`;
  const known = roots.get(name);
  if (known !== undefined) return known;
  let k = 1;
  while (k * 2 < end - start) k *= 2;
  const root =
    end - start === 1 ? (leaves[start] as Buffer) : nodeHash(rootOf([start, start + k]), rootOf([start + k, end]));
  roots.set(name, root);
  return root;
}
const roots = new Map<string, Buffer>();

describe('the tree', () => {
  it('has the published roots', () => {
    const tree = growTree();
    assert.equal(tree.root().toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    for (const [i, entry] of ENTRIES.entries()) {
      tree.add(leafHash(Buffer.from(entry, 'hex')));
      assert.equal(tree.root().toString('hex'), ROOTS[i]);
    }
  });

  it('makes whole subtrees of every range of a proof, whose roots fold to its hash', () => {
    for (let size = 1; size <= MOST; size++) {
      const roots = subtreesOf([0, size]).map(({ level, index }) =>
        rootOf([index * 2 ** level, (index + 1) * 2 ** level]),
      );
      assert.deepEqual(foldRoots(roots), rootOf([0, size]));
    }
  });

  it('proves every entry of every tree, at its place and in its tree alone', () => {
    for (let size = 1; size <= MOST; size++) {
      const root = rootOf([0, size]);
      for (let index = 0; index < size; index++) {
        const proof = inclusionRanges(index, size).map(rootOf);
        const leaf = leaves[index] as Buffer;
        assert.ok(verifyInclusion(leaf, { index, size, root, proof }), `${index} of ${size}`);
        const others = [
          { index: index + 1, size, root, proof },
          { index: index - 1, size, root, proof },
          ...(size === 1 ? [] : [{ index, size, root, proof: proof.slice(1) }]),
          { index, size, root, proof: [...proof, leaf] },
          { index, size, root: leafHash('other'), proof },
        ];
        if (size > MOST_REFUSED) continue;
        for (const other of others)
          assert.ok(!verifyInclusion(leaf, other), `${index} of ${size}: ${JSON.stringify(other)}`);
      }
    }
  });

  it('proves every tree to begin with every smaller one, and with no other', () => {
    for (let newer = 1; newer <= MOST; newer++)
      for (let older = 1; older <= newer; older++) {
        const proof = consistencyRanges(older, newer).map(rootOf);
        const [old, young] = [
          { size: older, root: rootOf([0, older]) },
          { size: newer, root: rootOf([0, newer]), proof },
        ];
        assert.ok(verifyConsistency(old, young), `${older} to ${newer}`);
        if (newer > MOST_REFUSED) continue;
        assert.ok(!verifyConsistency({ size: older, root: leafHash('other') }, young));
        assert.ok(!verifyConsistency(old, { ...young, root: leafHash('other') }));
        if (proof.length > 0)
          assert.ok(!verifyConsistency(old, { ...young, proof: proof.slice(1) }), `${older} to ${newer}`);
      }
  });
});
