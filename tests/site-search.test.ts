/**
 * The search of a site without a server: what the browser runs is run here, over an index in memory. Every piece of two to
 * eight characters that stands in a text is found, in both scripts, and nothing else.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { Converter } from 'opencc-js';
import { openMemory } from '../src/archive/memory.ts';
import { fold, kindOf } from '../src/catalog/fold.ts';
import { openSiteIndex } from '../src/export/site-index.ts';
import { foldingTable, openFolding } from '../src/reader/files-folding.ts';
import {
  gapsOf,
  nameOfRows,
  nameOfShard,
  placeOf,
  ROWS,
  readNumbers,
  type Shard,
  stepsOf,
  writeNumbers,
} from '../src/reader/files-index.ts';
import { type FilesSearch, openFilesSearch } from '../src/reader/files-search.ts';
import { articleOf, random } from './bench/generated-news.ts';

const folding = openFolding(foldingTable());
const tools = { folding, readNumbers, nameOfShard, nameOfRows, placeOf };

interface Text {
  readonly title: string;
  readonly names?: string;
  readonly body: string;
}

/** A site's index in memory, as a browser loads it. @param held pairs that are kept before they are laid down */
async function searchOf(
  texts: readonly Text[],
  held?: number,
): Promise<{ readonly search: FilesSearch; readonly shards: ReadonlyMap<string, Shard>; readonly loaded: string[] }> {
  const storage = openMemory();
  const index = openSiteIndex(storage, { keyOf: (part) => `pairs-${part}`, ...(held === undefined ? {} : { held }) });
  const shards = new Map<string, Shard>();
  for (let number = texts.length - 1; number >= 0; number--) {
    const { title, names = '', body } = texts[number] ?? { title: '', body: '' };
    await index.add(
      number,
      [title, names, body].map((text) => folding(text).flat),
    );
    shards.set(`text/${placeOf(`guancha:${1000 + number}`)}`, [title, names, body]);
    const rows = shards.get(nameOfRows(number)) ?? [];
    shards.set(nameOfRows(number), [`guancha:${1000 + number}`, '2026-10-14 21:22', title, ...rows]);
  }
  for await (const { name, shard } of index.files(texts.length)) {
    assert.ok(!shards.has(name), `${name} is made twice`);
    shards.set(name, JSON.parse(JSON.stringify(shard)) as Shard);
  }
  assert.deepEqual((await storage.names('')).files, [], 'nothing that was laid down stays');
  const loaded: string[] = [];
  const load = async (name: string) => {
    loaded.push(name);
    const shard = shards.get(name);
    if (shard === undefined) throw new Error(name);
    return shard;
  };
  return { search: openFilesSearch({ ...tools, load }), shards, loaded };
}

/** Numbers of all articles that a query finds, answer after answer. */
async function foundBy(search: FilesSearch, query: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (let next: number | undefined; ; ) {
    const answer = await search.find(query, next);
    if (answer.kind !== 'found') return numbers;
    numbers.push(...answer.hits.map(({ id }) => Number(id.split(':')[1]) - 1000));
    if (answer.next === null) return numbers;
    next = answer.next;
  }
}

describe('the folding of a site', () => {
  it('is the catalog’s, for every character there is', () => {
    const wrong: string[] = [];
    for (let point = 0; point < 0x110000; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      if (point > 0x30000 && point < 0xdff00) point += 96; // nothing is there but what has no meaning yet
      const character = String.fromCodePoint(point);
      const folded = fold(character);
      const kind = kindOf(folded.codePointAt(0) ?? 0);
      const expected = kind === 'solid' || kind === 'mark' ? folded : '';
      if (folding(character).flat !== expected) wrong.push(point.toString(16));
    }
    assert.deepEqual(wrong, []);
  });

  it('knows where each character stood', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { flat, places } = folding(text);
        assert.equal(places.length, flat.length + 1);
        const folded = fold(text);
        assert.equal(
          places
            .slice(0, -1)
            .map((place) => folded[place])
            .join(''),
          flat,
        );
      }),
    );
  });

  it('needs nothing around it in a browser', () => {
    const alone = runInNewContext(`(${String(openFolding)})`) as typeof openFolding;
    assert.equal(alone(foldingTable())('國家 ＡＢＣ').flat, '国家abc');
  });
});

describe('the numbers of an index', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 31)), (numbers) => {
        const text = writeNumbers(numbers);
        assert.deepEqual(readNumbers(text), numbers);
        assert.match(text, /^[!#-[\]-~]*$/, 'nothing that JSON escapes, and no space');
      }),
    );
    assert.deepEqual(gapsOf([9, 8, 3]), [9, 0, 4]);
    assert.deepEqual(stepsOf([3, 8, 9]), [3, 5, 1]);
  });
});

describe('a search without a server', () => {
  const articles = Array.from({ length: 400 }, (_, i): Text => {
    const { title, paragraphs } = articleOf(i);
    return { title, names: `作者${i % 7}`, body: paragraphs.join('\n') };
  });
  let made: Awaited<ReturnType<typeof searchOf>>;
  before(async () => {
    made = await searchOf(articles);
  });

  it('finds every piece of two to eight characters, in both scripts, and what else has it', async () => {
    const next = random(15);
    const convert = (['t', 'tw', 'hk'] as const).map((to) => Converter({ from: 'cn', to }));
    const flats = articles.map(({ title, names = '', body }) => [title, names, body].map((text) => folding(text).flat));
    for (let drawn = 0; drawn < 400; drawn++) {
      const number = Math.floor(next() * articles.length);
      const { title, body } = articles[number] ?? { title: '', body: '' };
      const text = next() < 0.1 ? title : body;
      const length = 2 + Math.floor(next() * 7);
      const at = Math.floor(next() * (text.length - length));
      const piece = text.slice(at, at + length);
      const { flat } = folding(piece);
      if (flat.length < 2) continue;
      for (const asked of [piece, convert[drawn % 3]?.(piece) ?? piece]) {
        const expected = flats.flatMap((texts, i) => (texts.some((each) => each.includes(flat)) ? [i] : [])).reverse();
        assert.ok(expected.includes(number));
        assert.deepEqual(await foundBy(made.search, `"${asked}"`), expected, asked);
      }
    }
  });

  it('takes any texts, with signs, spaces, letters, pairs of units and nothing', async () => {
    const unit = fc.constantFrom(...'中国國美Ａａ1，。”“ \n-𠀀😀é\u200b');
    const text = fc.string({ unit, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ title: text, body: text }), { maxLength: 6 }),
        text,
        async (texts, asked) => {
          const { search } = await searchOf(texts, 8);
          const wanted = asked.replace(/[“”"]/g, '');
          const { flat } = folding(wanted);
          const answer = await foundBy(search, `"${wanted}"`);
          const isIn = (each: Text) => [each.title, each.body].some((one) => folding(one).flat.includes(flat));
          const expected = [...flat].length < 2 ? [] : texts.flatMap((each, i) => (isIn(each) ? [i] : [])).reverse();
          assert.deepEqual(answer, expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('joins words, leaves out others, and says what it needs', async () => {
    const { search } = await searchOf([
      { title: '茶山的雨季', body: '一' },
      { title: '雨季', body: '茶山下了暴雨' },
      { title: '茶山', body: '中国人' },
    ]);
    assert.deepEqual(await foundBy(search, '茶山 雨季'), [1, 0]);
    assert.deepEqual(await foundBy(search, '茶山 AND 雨季'), [1, 0]);
    assert.deepEqual(await foundBy(search, '茶山 -暴雨'), [2, 0]);
    assert.deepEqual(await foundBy(search, 'NOT 中国人 茶山'), [1, 0]);
    assert.deepEqual(await foundBy(search, '“茶山的雨”'), [0]);
    assert.deepEqual(await foundBy(search, '茶山雨季'), []);
    assert.deepEqual(await foundBy(search, '没有'), []);
    assert.equal((await search.find('茶')).kind, 'short');
    assert.equal((await search.find('茶山 雨')).kind, 'short');
    assert.equal((await search.find('-茶山')).kind, 'short');
    assert.equal((await search.find(' ')).kind, 'nothing asked');
    const answer = await search.find('茶山');
    assert.ok(answer.kind === 'found' && answer.total === 3);
    assert.deepEqual(answer.hits[0]?.title, [{ text: '茶山', hit: true }]);
  });

  it('reads of a pair that nearly all have only the newest part, and the others where it goes on', async () => {
    const many = Array.from({ length: 21_000 }, (_, i) => ({ title: `${i}`, body: i === 3 ? '中国最早' : '中国' }));
    const { search, loaded, shards } = await searchOf(many, 1 << 14);
    const first = await search.find('中国');
    assert.ok(first.kind === 'found' && first.total === many.length && first.hits.length === 10);
    const parts = [...shards].filter(([, shard]) => shard[0] === 'older').map(([name]) => name);
    assert.ok(parts.length > 0 && !loaded.some((name) => parts.includes(name)));
    assert.deepEqual(await foundBy(search, '中国最早'), [3]);
    const numbers: number[] = [];
    for (let next: number | undefined = 30; next !== undefined; ) {
      const answer = await search.find('中国', next);
      assert.ok(answer.kind === 'found');
      numbers.push(...answer.hits.map(({ id }) => Number(id.split(':')[1]) - 1000));
      next = answer.next ?? undefined;
    }
    assert.deepEqual(
      numbers,
      Array.from({ length: 30 }, (_, i) => 29 - i),
    );
  });

  it('has every file where it says, and few bytes in each', () => {
    const sizes = [...made.shards]
      .filter(([name]) => name.startsWith('search/'))
      .map(([, shard]) => JSON.stringify(shard));
    assert.ok(sizes.every((text) => Buffer.byteLength(text) < 24_000));
    assert.equal(made.shards.get(nameOfRows(0))?.length, ROWS * 3);
  });
});
