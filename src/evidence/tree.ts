/**
 * The Merkle tree of a log: RFC 6962, section 2.1 (RFC 9162 has the same hashes). Proofs are worked out as ranges of entries
 * first, so that whoever holds hashes in memory or in tiles answers them alike.
 */
import { hash } from 'node:crypto';

/** Entries `start` (included) to `end` (left out). */
export type Range = readonly [start: number, end: number];

/** The root of `2 ** level` entries, the first of which is `index * 2 ** level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

const HASH_BYTES = 32;
/** Of a tree without entries. */
const EMPTY_ROOT = sha256(new Uint8Array());

const LEAF = Buffer.from([0]);

export function leafHash(entry: string | Uint8Array): Buffer {
  return sha256(typeof entry === 'string' ? `\0${entry}` : Buffer.concat([LEAF, entry]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  NODE.set(left, 1);
  NODE.set(right, 1 + HASH_BYTES);
  return sha256(NODE);
}

/** Of two hashes, filled for each node: a new one for each takes longer than its hash. */
const NODE = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

/** At once: for few bytes a stream of them takes three times as long. */
function sha256(bytes: string | Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** What an inclusion proof holds, from the entry's sibling up (RFC 6962, 2.1.1). */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  if (index < 0 || index >= size) throw new RangeError(`entry ${index} of ${size}`);
  const ranges: Range[] = [];
  for (let [start, end] = [0, size]; end - start > 1; ) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
    }
  }
  return ranges.reverse();
}

/** What a proof holds that a tree of `older` entries became one of `newer` entries (RFC 6962, 2.1.2). */
export function consistencyRanges(older: number, newer: number): readonly Range[] {
  if (older < 1 || older > newer) throw new RangeError(`from ${older} to ${newer} entries`);
  const ranges: Range[] = [];
  let [start, end] = [0, newer];
  while (older < end) {
    const middle = start + largestPowerBelow(end - start);
    if (older <= middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
    }
  }
  if (start > 0) ranges.push([start, end]); // else it is the older tree itself, which whoever asks has
  return ranges.reverse();
}

/** A range of a tree as the whole subtrees that it is made of, left to right; their roots fold to its hash. */
export function subtreesOf([start, end]: Range): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    const level = Math.floor(Math.log2(end - at));
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** The hash of a range from the roots of its subtrees, left to right. */
export function foldRoots(roots: readonly Uint8Array[]): Buffer {
  return Buffer.from(roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => nodeHash(left, right)));
}

/** A tree that grows entry by entry, of which only the roots on its right edge are held. */
export interface GrowingTree {
  readonly size: () => number;
  readonly add: (leaf: Uint8Array) => void;
  readonly root: () => Buffer;
}

export function growTree(): GrowingTree {
  const edge: { readonly level: number; readonly root: Uint8Array }[] = [];
  let size = 0;
  return {
    size: () => size,
    add: (leaf) => {
      size += 1;
      let [level, root] = [0, leaf];
      for (let last = edge.at(-1); last?.level === level; last = edge.at(-1)) {
        edge.pop();
        root = nodeHash(last.root, root);
        level += 1;
      }
      edge.push({ level, root });
    },
    root: () => foldRoots(edge.map(({ root }) => root)),
  };
}

/** True where the entry stands at its place in the tree of this root (RFC 9162, 2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  { index, size, root, proof }: { readonly index: number; readonly size: number } & Rooted,
): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let [at, last, hash]: [number, number, Buffer] = [index, size - 1, Buffer.from(leaf)];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** True where the newer tree begins with the older one (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number } & Rooted,
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === 0) return newer.proof.length === 0;
  if (older.size === newer.size) return newer.proof.length === 0 && Buffer.from(older.root).equals(newer.root);
  const isWhole = Number.isInteger(Math.log2(older.size));
  const [first, ...rest] = isWhole ? [older.root, ...newer.proof] : newer.proof;
  if (first === undefined) return false;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [old, young]: [Buffer, Buffer] = [Buffer.from(first), Buffer.from(first)];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      old = nodeHash(hash, old);
      young = nodeHash(hash, young);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else young = nodeHash(young, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && old.equals(older.root) && young.equals(newer.root);
}

interface Rooted {
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** The largest power of two that is smaller; `count` is at least 2. */
function largestPowerBelow(count: number): number {
  const power = 2 ** Math.floor(Math.log2(count));
  return power === count ? count / 2 : power;
}
