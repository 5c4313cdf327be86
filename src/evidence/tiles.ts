/** The tiles of a log (c2sp.org/tlog-tiles): hashes and entries, 256 a file. All of them follow from the lists. */
import { parseTile, TILE_WIDTH, TILES, tileKey } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { counted } from '../counted.ts';
import { damaged, entries, entriesOf, sealStarts } from './log.ts';
import { foldRoots, leafHash, nodeHash, type Range, type Subtree, subtreesOf } from './tree.ts';

const HASH_BYTES = 32;
/** Of a tile: 256 is 2 to the 8th. */
const LEVELS_A_TILE = 8;

/** The tiles of a tree that grows. */
export interface TileWriter {
  /** Writes each tile that this entry fills. */
  readonly add: (line: string) => Promise<void>;
  /** Writes the tiles that are not full. */
  readonly finish: () => Promise<void>;
  readonly root: () => Buffer;
  readonly size: () => number;
}

/**
 * Goes on where a log of `size` entries ended.
 * @param put takes a tile: writes it, or compares it with what lies there
 * @throws SEAL_DAMAGED where a tile is missing that the log must have
 */
async function openTiles(storage: Storage, size: number, put: PutTile): Promise<TileWriter> {
  const rows: Buffer[][] = [];
  let lines = size % TILE_WIDTH === 0 ? [] : await bundle(storage, size);
  for (let [level, count] = [0, size]; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    rows.push(count % TILE_WIDTH === 0 ? [] : await readTile(storage, level, Math.floor(count / TILE_WIDTH), count));
  let grown = size;

  return {
    add: async (line) => {
      const index = Math.floor(grown / TILE_WIDTH);
      lines.push(line);
      grown += 1;
      if (lines.length === TILE_WIDTH) {
        await put(tileKey('entries', index, TILE_WIDTH), bundleOf(lines));
        lines = [];
      }
      if (isFull(0, leafHash(line))) await settle(0, index);
    },
    finish: async () => {
      const index = Math.floor(grown / TILE_WIDTH);
      if (lines.length > 0) await put(tileKey('entries', index, lines.length), bundleOf(lines));
      for (const [level, row] of rows.entries()) {
        const at = Math.floor(grown / TILE_WIDTH ** (level + 1));
        if (row.length > 0) await put(tileKey(level, at, row.length), Buffer.concat(row));
      }
    },
    root: () =>
      foldRoots([...rows].reverse().flatMap((row) => subtreesOf([0, row.length]).map((each) => rootIn(row, each)))),
    size: () => grown,
  };

  /** Adds a hash to a row; most do not fill it, and then nothing is to be waited for. */
  function isFull(level: number, hash: Buffer): boolean {
    rows[level] ??= [];
    return rows[level].push(hash) === TILE_WIDTH;
  }

  async function settle(level: number, index: number): Promise<void> {
    const row = rows[level] ?? [];
    await put(tileKey(level, index, TILE_WIDTH), Buffer.concat(row));
    rows[level] = [];
    const root = rootIn(row, { level: LEVELS_A_TILE, index: 0 });
    if (isFull(level + 1, root)) await settle(level + 1, Math.floor(index / TILE_WIDTH));
  }
}

export type PutTile = (key: string, bytes: Buffer) => Promise<void>;

/** The lines of the last bundle of a log, which is not full. */
async function bundle(storage: Storage, size: number): Promise<string[]> {
  const first = size - (size % TILE_WIDTH);
  const start = (await sealStarts(storage)).findLast((each) => each <= first) ?? 0;
  const lines: string[] = [];
  for await (const { index, line } of entries(storage, start)) {
    if (index >= size) break;
    if (index >= first) lines.push(line);
  }
  if (lines.length !== size % TILE_WIDTH) throw damaged(storage, 'seals', `lacks entries before ${size}`);
  return lines;
}

/** Entries as a bundle has them: each with its length before it, in two bytes. */
function bundleOf(lines: readonly string[]): Buffer {
  const lengths = lines.map((line) => Buffer.byteLength(line));
  const bundle = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 2 + length, 0));
  let offset = 0;
  for (const [i, line] of lines.entries()) {
    offset = bundle.writeUInt16BE(lengths[i] ?? 0, offset);
    offset += bundle.write(line, offset);
  }
  return bundle;
}

/** The lines of the first `size` entries, from the bundles. @throws SEAL_DAMAGED */
export async function* linesFromTiles(storage: Storage, size: number): AsyncGenerator<string> {
  for (let first = 0; first < size; first += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - first);
    const key = tileKey('entries', first / TILE_WIDTH, width);
    const bytes = (await storage.read(key)) ?? (await storage.read(tileKey('entries', first / TILE_WIDTH, TILE_WIDTH)));
    for (let [count, at] = [0, 0]; count < width; count++) {
      const end = bytes === null ? null : entryEnd(bytes, at);
      if (bytes === null || end === null) throw damaged(storage, key, bytes === null ? 'is not there' : 'is too short');
      yield bytes.toString('utf8', at + 2, end);
      at = end;
    }
  }
}

/** Where an entry of a bundle ends; null where the bundle ends before. */
function entryEnd(bundle: Buffer, at: number): number | null {
  const end = at + 2 <= bundle.length ? at + 2 + bundle.readUInt16BE(at) : Number.POSITIVE_INFINITY;
  return end <= bundle.length ? end : null;
}

/**
 * Every tile that does not say what the entries say: of a log of these entries, and what is left of it from when it was
 * shorter. What lies behind the last entry is of a seal that did not end, and not looked at.
 * @param lines of all entries
 * @param take is given each with its right bytes
 * @returns the root
 */
export async function wrongTiles(storage: Storage, lines: AsyncIterable<string>, take: PutTile): Promise<Buffer> {
  const partial = new Map<string, number[]>();
  for await (const { key } of storage.list(TILES)) {
    const tile = parseTile(key);
    if (tile === null || tile.width === TILE_WIDTH) continue;
    const name = tileKey(tile.level, tile.index, TILE_WIDTH);
    partial.set(name, [...(partial.get(name) ?? []), tile.width]);
  }
  const tiles = await openTiles(storage, 0, async (key, bytes) => {
    const { level, index, width } = parseTile(key) ?? { level: 0, index: 0, width: 0 };
    const full = tileKey(level, index, TILE_WIDTH);
    const there = (await storage.read(key)) ?? (await storage.read(full))?.subarray(0, bytes.length);
    if (there?.equals(bytes) !== true) await take(key, bytes);
    for (const shorter of (partial.get(full) ?? []).filter((each) => each < width)) {
      const right = beginningOf(bytes, { level, width: shorter });
      const before = await storage.read(tileKey(level, index, shorter));
      if (before?.equals(right) === false) await take(tileKey(level, index, shorter), right);
    }
  });
  for await (const line of lines) await tiles.add(line);
  await tiles.finish();
  return tiles.root();
}

/** A tile as it was while it held less. */
function beginningOf(
  tile: Buffer,
  { level, width }: { readonly level: number | 'entries'; readonly width: number },
): Buffer {
  if (level !== 'entries') return tile.subarray(0, width * HASH_BYTES);
  let at = 0;
  for (let count = 0; count < width; count++) at = entryEnd(tile, at) ?? tile.length;
  return tile.subarray(0, at);
}

/** The roots of ranges, from the tiles of a log of `size` entries. @throws SEAL_DAMAGED */
export async function hashesOf(storage: Storage, size: number, ranges: readonly Range[]): Promise<readonly Buffer[]> {
  const tiles = new Map<string, Buffer[]>();
  const hashes: Buffer[] = [];
  for (const range of ranges) {
    const roots: Buffer[] = [];
    for (const subtree of subtreesOf(range)) roots.push(await rootOf(subtree));
    hashes.push(foldRoots(roots));
  }
  return hashes;

  async function rootOf({ level, index }: Subtree): Promise<Buffer> {
    const row = Math.floor(level / LEVELS_A_TILE);
    const [height, width] = [level % LEVELS_A_TILE, 2 ** (level % LEVELS_A_TILE)];
    const tile = Math.floor((index * width) / TILE_WIDTH);
    const name = `${row} ${tile}`;
    const held = tiles.get(name) ?? (await readTile(storage, row, tile, Math.floor(size / TILE_WIDTH ** row)));
    tiles.set(name, held);
    return rootIn(held, { level: height, index: index - (tile * TILE_WIDTH) / width });
  }
}

/** The root of a log from its tiles. */
export async function rootFromTiles(storage: Storage, size: number): Promise<Buffer> {
  return foldRoots(await hashesOf(storage, size, size === 0 ? [] : [[0, size]]));
}

/** The hash of each entry, from the tiles. */
export async function leavesFromTiles(storage: Storage, size: number): Promise<readonly Buffer[]> {
  const leaves: Buffer[] = [];
  while (leaves.length < size) leaves.push(...(await readTile(storage, 0, leaves.length / TILE_WIDTH, size)));
  return leaves;
}

/** @param count of hashes in this row of the whole log; the tile, where not full, has the rest of it */
async function readTile(storage: Storage, level: number, index: number, count: number): Promise<Buffer[]> {
  const width = Math.min(TILE_WIDTH, count - index * TILE_WIDTH);
  const key = tileKey(level, index, width);
  const bytes = (await storage.read(key)) ?? (await storage.read(tileKey(level, index, TILE_WIDTH)));
  if (bytes === null || bytes.length < width * HASH_BYTES)
    throw damaged(storage, key, bytes === null ? 'is not there' : 'is too short');
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** The root of a subtree of a row of hashes, by the levels between. */
function rootIn(row: readonly Buffer[], { level, index }: Subtree): Buffer {
  let hashes = row.slice(index * 2 ** level, (index + 1) * 2 ** level);
  while (hashes.length > 1)
    hashes = Array.from({ length: hashes.length / 2 }, (_, i) =>
      nodeHash(hashes[2 * i] as Buffer, hashes[2 * i + 1] as Buffer),
    );
  return hashes[0] as Buffer;
}

/** Writes the tiles of the entries from `size` to `end`, as the lists have them, and gives the root of all. */
export async function extendTiles(
  storage: Storage,
  { size, end }: { readonly size: number; readonly end: number },
): Promise<Buffer> {
  const tiles = await openTiles(storage, size, async (key, bytes) => void (await storage.write(key, bytes)));
  for (const start of (await sealStarts(storage)).filter((each) => each >= size && each < end))
    for await (const { line } of entriesOf(storage, start)) await tiles.add(line);
  await tiles.finish();
  if (tiles.size() !== end)
    throw damaged(storage, 'seals', `${counted(tiles.size(), 'entry', 'entries')} where ${end} should be`);
  return tiles.root();
}
