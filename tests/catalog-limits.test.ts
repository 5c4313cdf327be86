/** How far a search goes: with bounds so small that a few articles reach them, against the same search without any. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../src/archive/memory.ts';
import { parseQuery } from '../src/catalog/query.ts';
import { refresh } from '../src/catalog/refresh.ts';
import { SCHEMA, VERSION } from '../src/catalog/schema.ts';
import { type Cursor, openSearch, type Search, type Sort } from '../src/catalog/search.ts';
import { openDerivedDatabase } from '../src/sqlite.ts';
import { put } from './support/catalogued.ts';

const WORDS = ['渡口', '茶山', '石桥', '灯塔'] as const;
const NONE = { counted: 1e6, rare: 1e6, recent: 1e6, first: 1e6 };

const article = fc.record({
  day: fc.integer({ min: 1, max: 9 }),
  title: fc.subarray([...WORDS], { maxLength: 2 }),
  body: fc.subarray([...WORDS]),
  source: fc.constantFrom('甲报', '乙报'),
});
const term = fc.constantFrom(
  '渡口',
  '茶山',
  '石桥',
  '-灯塔',
  '-石桥',
  '茶',
  '来源:甲报',
  '-来源:乙报',
  'since:2026-10-03',
);
const query = fc.array(term, { minLength: 1, maxLength: 4 }).map((terms) => terms.join(' '));
const limits = fc.record({
  counted: fc.integer({ min: 4, max: 12 }),
  rare: fc.integer({ min: 0, max: 12 }),
  recent: fc.integer({ min: 1, max: 30 }),
  first: fc.integer({ min: 1, max: 9 }),
});

describe('a search with bounds', () => {
  it('finds the same articles page by page, counts none that is not there, and ranks the newest that it counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(article, { minLength: 1, maxLength: 24 }),
        fc.array(query, { minLength: 6, maxLength: 6 }),
        limits,
        fc.integer({ min: 1, max: 4 }),
        async (articles, queries, bounds, limit) => {
          using database = await databaseOf(articles);
          const [all, bounded] = [openSearch(database, NONE), openSearch(database, bounds)];
          for (const text of queries) {
            const wanted = all.answer(parseQuery(text), { limit: 100 });
            const keys = wanted.articles.map(({ key }) => key);
            assert.deepEqual(pages(bounded, text, 'newest', limit), keys, text);
            assert.deepEqual(pages(bounded, text, 'oldest', limit), keys.toReversed(), text);
            const { total, isMore } = bounded.answer(parseQuery(text), { limit });
            assert.ok(total <= keys.length && total >= Math.min(keys.length, limit), text);
            assert.equal(isMore, total < keys.length, text);
            const ranked = pages(bounded, text, 'best', limit);
            const hasWords = /(?:^| )(?:渡口|茶山|石桥|-灯塔|-石桥)(?: |$)/.test(text);
            if (hasWords) assert.equal(ranked.length, total, text);
            assert.equal(new Set(ranked).size, ranked.length, text);
            assert.ok(
              ranked.every((key) => keys.includes(key)),
              text,
            );
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('puts a frequent word of the title before one of the text, and the newest first among equals', async () => {
    const articles = [[], ['渡口'], [], ['渡口'], []].map((title, i) => ({
      day: i + 1,
      title,
      body: ['渡口'] as const,
      source: '甲报',
    }));
    using database = await databaseOf(articles);
    const search = openSearch(database, { ...NONE, rare: 1 });
    const days = search
      .answer(parseQuery('渡口'), { limit: 9, sort: 'best' })
      .articles.map(({ publishedAt }) => Number(publishedAt.slice(8, 10)));
    assert.deepEqual(days, [4, 2, 5, 3, 1]);
  });
});

async function databaseOf(
  articles: readonly {
    readonly day: number;
    readonly title: readonly string[];
    readonly body: readonly string[];
    readonly source: string;
  }[],
) {
  const storage = openMemory();
  for (const [i, { day, title, body, source }] of articles.entries())
    await put(storage, {
      number: i + 1,
      title: `第${i + 1}篇${title.join('与')}`,
      html: `<p>正文，${body.join('，')}。</p>`,
      publishedAt: `2026-10-0${day}T08:${String(i).padStart(2, '0')}:00+08:00`,
      but: { source },
    });
  const database = openDerivedDatabase(':memory:', { schema: SCHEMA, version: VERSION, mode: 'write' });
  await refresh(database, storage);
  return database;
}

/** Keys of all articles that the pages of an answer have, in their order. */
function pages(search: Search, text: string, sort: Sort, limit: number): readonly string[] {
  const keys: string[] = [];
  let after: Cursor | null = null;
  do {
    const { articles, next } = search.answer(parseQuery(text), { limit, sort, after });
    keys.push(...articles.map(({ key }) => key));
    after = next;
  } while (after !== null);
  return keys;
}
