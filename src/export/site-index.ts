/**
 * Makes the index that a site searches itself with: for each two characters that follow one another, the articles in which
 * they do. What is counted is kept in memory up to a limit and then laid down, so that no archive is too large for it.
 */
import type { Storage } from '../archive/storage.ts';
import { gapsOf, nameOfShard, type Shard, stepsOf, writeNumbers } from '../reader/files-index.ts';

export interface SiteIndex {
  /** Articles come with falling numbers. @param flats what is searched, folded; no pair reaches from one to the next */
  add(number: number, flats: readonly string[]): Promise<void>;
  /** The files of the index with their names, the one that names the others last. To be asked for once. */
  files(articles: number): AsyncGenerator<{ readonly name: string; readonly shard: Shard }>;
}

/** A file of the index holds about as much. */
const SHARD_BYTES = 12_000;
/** Pairs in memory: 16 bytes each. */
const MOST_HELD = 1 << 22;
/** First characters of which each 256 are laid down together. */
const PARTS = 0x110000 >> 8;
const POINTS = 0x110000;

/** Numbers of articles, falling, by second character. */
type Lists = Map<number, number[]>;

/** @param options `keyOf` names a file for what is laid down: its part of what was counted, from 0 */
export function openSiteIndex(
  storage: Pick<Storage, 'write' | 'chunks' | 'remove'>,
  { keyOf, held = MOST_HELD }: { readonly keyOf: (part: number) => string; readonly held?: number },
): SiteIndex {
  const pairs = openPairs();
  let pairOf = new Uint32Array(held);
  let numberOf = new Uint32Array(held);
  let count = 0;
  /** For each file where its parts begin, in 4 bytes. */
  const laid: Uint32Array[] = [];

  return {
    add: async (number, flats) => {
      let length = 0;
      for (const flat of flats) length += flat.length;
      if (count + length > pairOf.length) await layDown();
      if (length > pairOf.length) [pairOf, numberOf] = [new Uint32Array(length), new Uint32Array(length)];
      for (const flat of flats) {
        let before = -1;
        for (let at = 0; at < flat.length; at++) {
          const point = flat.codePointAt(at) ?? 0;
          if (point > 0xffff) at += 1;
          const pair = before < 0 ? -1 : pairs.note(before, point, number);
          before = point;
          if (pair < 0) continue;
          pairOf[count] = pair;
          numberOf[count] = number;
          count += 1;
        }
      }
    },
    files: async function* (articles) {
      await layDown();
      const starts: number[] = [];
      for (let part = 0; part < PARTS; part++) {
        const lists = await readPart(part);
        if (lists.size === 0) continue;
        for (const { name, shard, start } of shardsOf(lists, part << 8)) {
          if (start !== null) starts.push(start);
          yield { name, shard };
        }
      }
      for (const i of laid.keys()) await storage.remove(keyOf(i));
      yield { name: 'search/index', shard: [articles, writeNumbers(stepsOf(starts))] };
    },
  };

  /** Sorts what is held by pairs, and writes for each its two characters, how many numbers follow, and these. */
  async function layDown(): Promise<void> {
    if (count === 0) return;
    const places = new Uint32Array(pairs.count() + 1);
    for (let i = 0; i < count; i++) {
      const next = (pairOf[i] ?? 0) + 1;
      places[next] = (places[next] ?? 0) + 1;
    }
    for (let i = 1; i < places.length; i++) places[i] = (places[i] ?? 0) + (places[i - 1] ?? 0);
    const sorted = new Uint32Array(count);
    const next = places.slice();
    for (let i = 0; i < count; i++) {
      const pair = pairOf[i] ?? 0;
      sorted[next[pair] ?? 0] = numberOf[i] ?? 0;
      next[pair] = (next[pair] ?? 0) + 1;
    }
    const byPart = new Map<number, number[]>();
    for (let pair = 0; pair < pairs.count(); pair++) {
      if (places[pair] === places[pair + 1]) continue;
      const part = pairs.first(pair) >> 8;
      const those = byPart.get(part);
      if (those === undefined) byPart.set(part, [pair]);
      else those.push(pair);
    }
    const words = new Uint32Array(count + 3 * [...byPart.values()].reduce((sum, { length }) => sum + length, 0));
    const begins = new Uint32Array(PARTS + 1);
    let at = 0;
    for (let part = 0; part < PARTS; part++) {
      begins[part] = at;
      for (const pair of byPart.get(part) ?? []) {
        const numbers = sorted.subarray(places[pair], places[pair + 1]);
        words.set([pairs.first(pair), pairs.second(pair), numbers.length], at);
        words.set(numbers, at + 3);
        at += 3 + numbers.length;
      }
    }
    begins[PARTS] = at;
    await storage.write(keyOf(laid.length), new Uint8Array(words.buffer));
    laid.push(begins);
    count = 0;
  }

  async function readPart(part: number): Promise<Map<number, Lists>> {
    const lists = new Map<number, Lists>();
    for (const [i, begins] of laid.entries()) {
      const [from, to] = [begins[part] ?? 0, begins[part + 1] ?? 0];
      if (from === to) continue;
      const pieces: Buffer[] = [];
      const range = { offset: from * 4, length: (to - from) * 4 };
      for await (const piece of storage.chunks(keyOf(i), range)) pieces.push(piece);
      const words = new Uint32Array(Uint8Array.from(Buffer.concat(pieces)).buffer);
      for (let at = 0; at < words.length; ) {
        const [first = 0, second = 0, length = 0] = words.subarray(at, at + 3);
        const ofFirst: Lists = lists.get(first) ?? new Map();
        lists.set(first, ofFirst);
        const numbers = ofFirst.get(second) ?? [];
        ofFirst.set(second, numbers);
        for (let j = at + 3; j < at + 3 + length; j++) numbers.push(words[j] ?? 0);
        at += 3 + length;
      }
    }
    return lists;
  }
}

// Pairs of characters as numbers from 0: a table of open addressing, which takes a tenth of what a Map takes.

function openPairs() {
  let size = 1 << 16;
  let [firsts, seconds] = [new Uint32Array(size), new Uint32Array(size)];
  let last = new Int32Array(size).fill(-1);
  let slots = new Int32Array(size * 2).fill(-1);
  let count = 0;

  const slotOf = (first: number, second: number) => {
    let slot = (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 0;
    for (slot = (slot ^ (slot >>> 15)) & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      const pair = slots[slot] ?? -1;
      if (pair < 0 || (firsts[pair] === first && seconds[pair] === second)) return slot;
    }
  };
  const grow = () => {
    size *= 2;
    [firsts, seconds, last] = [widened(firsts, size), widened(seconds, size), widened(last, size)];
    slots = new Int32Array(size * 2).fill(-1);
    for (let pair = 0; pair < count; pair++) slots[slotOf(firsts[pair] ?? 0, seconds[pair] ?? 0)] = pair;
  };
  return {
    count: () => count,
    first: (pair: number) => firsts[pair] ?? 0,
    second: (pair: number) => seconds[pair] ?? 0,
    /** The pair's number, or -1 where the last article in which it was noted is this one. */
    note: (first: number, second: number, article: number) => {
      let slot = slotOf(first, second);
      let pair = slots[slot] ?? -1;
      if (pair < 0) {
        if (count === size) {
          grow();
          slot = slotOf(first, second);
        }
        pair = count;
        count += 1;
        slots[slot] = pair;
        firsts[pair] = first;
        seconds[pair] = second;
        last[pair] = -1;
      }
      if (last[pair] === article) return -1;
      last[pair] = article;
      return pair;
    },
  };
}

function widened<T extends Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(array: T, size: number): T {
  const wide = (array instanceof Int32Array ? new Int32Array(size) : new Uint32Array(size)) as T;
  wide.set(array);
  return wide;
}

// Files: stretches of characters are halved until what is in one fits, so that a change in one leaves others as they are.

interface NamedShard {
  readonly name: string;
  readonly shard: Shard;
  /** The first character where it begins; null for what another file leads to. */
  readonly start: number | null;
}

function* shardsOf(lists: ReadonlyMap<number, Lists>, from: number): Generator<NamedShard> {
  const written = [...lists]
    .sort(([a], [b]) => a - b)
    .map(([point, ofFirst]) => {
      const seconds = [...ofFirst].sort(([a], [b]) => a - b).map(([second, numbers]) => listed(second, numbers));
      return { point, seconds, bytes: seconds.reduce((sum, { bytes }) => sum + bytes, 4) };
    });
  for (const { start, entries } of halved(written, { from, length: 256 })) {
    const [only] = entries;
    if (only !== undefined && entries.length === 1 && only.bytes > SHARD_BYTES)
      yield* partsOf(only.point, only.seconds, start);
    else yield { name: nameOfShard(start), shard: ['pairs', ...entries.flatMap(pairsOf)], start };
  }
}

interface WrittenList {
  /** The second character. */
  readonly point: number;
  readonly numbers: readonly number[];
  readonly text: string;
  readonly bytes: number;
}

function listed(point: number, numbers: readonly number[]): WrittenList {
  const text = writeNumbers(gapsOf(numbers));
  return { point, numbers, text, bytes: text.length + 4 };
}

function pairsOf({ point, seconds }: { readonly point: number; readonly seconds: readonly WrittenList[] }): string[] {
  const characters = seconds.map((each) => String.fromCodePoint(each.point)).join('');
  return [String.fromCodePoint(point), characters, seconds.map(({ text }) => text).join(' ')];
}

/** The files of a first character that has too much for one. */
function* partsOf(first: number, seconds: readonly WrittenList[], start: number): Generator<NamedShard> {
  const starts: number[] = [];
  for (const part of halved(seconds, { from: 0, length: POINTS })) {
    starts.push(part.start);
    const [only] = part.entries;
    if (only !== undefined && part.entries.length === 1 && only.bytes > SHARD_BYTES)
      yield* longList(first, only, part.start);
    else
      yield {
        name: nameOfShard(first, part.start),
        shard: ['pairs', ...pairsOf({ point: first, seconds: part.entries })],
        start: null,
      };
  }
  yield { name: nameOfShard(start), shard: ['parts', writeNumbers(stepsOf(starts))], start };
}

/** Parts are made from the oldest article on: what is new changes only the newest one. */
function* longList(first: number, { point, numbers, text }: WrittenList, start: number): Generator<NamedShard> {
  const length = Math.ceil((numbers.length * SHARD_BYTES) / text.length / 1000) * 1000;
  const older = Math.floor((numbers.length - 1) / length);
  const newest = numbers.length - older * length;
  for (let part = 1; part <= older; part++) {
    const end = numbers.length - (part - 1) * length;
    const those = numbers.slice(end - length, end);
    yield { name: nameOfShard(first, point, part), shard: ['older', writeNumbers(gapsOf(those))], start: null };
  }
  const list = writeNumbers(gapsOf(numbers.slice(0, newest)));
  yield { name: nameOfShard(first, start), shard: ['long', numbers.length, older, list], start: null };
}

/** @param entries by their characters, rising, all of them within the stretch */
function* halved<T extends { readonly point: number; readonly bytes: number }>(
  entries: readonly T[],
  { from, length }: { readonly from: number; readonly length: number },
): Generator<{ readonly start: number; readonly entries: readonly T[] }> {
  if (entries.length === 0) return;
  if (entries.length === 1 || entries.reduce((sum, { bytes }) => sum + bytes, 0) <= SHARD_BYTES) {
    yield { start: entries.length === 1 ? (entries[0]?.point ?? from) : from, entries };
    return;
  }
  const half = Math.ceil(length / 2);
  const middle = from + half;
  yield* halved(
    entries.filter(({ point }) => point < middle),
    { from, length: half },
  );
  yield* halved(
    entries.filter(({ point }) => point >= middle),
    { from: middle, length: length - half },
  );
}
