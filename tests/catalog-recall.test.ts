/**
 * Every piece of 2 to 8 characters that stands in an article is found, in both scripts: a draw from the newspaper, and from
 * the given documents where they are. `RECALL_DRAWS=10000` draws more (`npm run recall`).
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Converter } from 'opencc-js';
import { readBody } from '../src/archive/diff.ts';
import { readDocument } from '../src/archive/document.ts';
import type { Catalog } from '../src/catalog/catalog.ts';
import { phraseOf } from '../src/catalog/query.ts';
import { random } from './bench/generated-news.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { catalogOf, catalogOfNewspaper, type Printed } from './support/catalogued.ts';

const DRAWS = Number(process.env.RECALL_DRAWS ?? 600);
const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const absent = existsSync(SAMPLES) ? false : 'the given documents (../shared/samples/documents) are not here';
const SCRIPTS = ['t', 'tw', 'hk'] as const;

describe('the newspaper', () => {
  let [catalog, printed]: [Catalog | null, readonly Printed[]] = [null, []];
  before(async () => {
    await using newspaper = await openNewspaper({ articles: 60 });
    ({ catalog, printed } = await catalogOfNewspaper(newspaper));
  });
  after(() => catalog?.[Symbol.dispose]());

  it('is found by every piece of it', async () => {
    assert.ok(catalog);
    await findEach(catalog, printed);
  });
});

describe('the given documents', { skip: absent }, () => {
  it('are found by every piece of them', async () => {
    const documents = readdirSync(SAMPLES).filter((name) => name.endsWith('.html'));
    const samples = documents.map((name, i) => {
      const { title, body } = readDocument(readFileSync(join(SAMPLES, name), 'utf8'));
      return { number: i + 1, title, html: body };
    });
    const { catalog } = await catalogOf(samples);
    const { articles } = await catalog.search({ texts: [], filters: [], since: null, until: null }, { limit: 1000 });
    const keys = new Map(articles.map(({ id, key }) => [Number(id.split(':')[1]), key]));
    const printed = samples.flatMap(({ number, title, html }) =>
      [title, ...readBody(html).blocks].map((text) => ({ key: keys.get(number) ?? '', text })),
    );
    assert.ok(printed.length > samples.length, 'no text was read');
    await findEach(catalog, printed);
    catalog[Symbol.dispose]();
  });
});

async function findEach(catalog: Catalog, printed: readonly Printed[]): Promise<void> {
  const next = random(Number(process.env.RECALL_SEED ?? 15));
  const convert = SCRIPTS.map((to) => Converter({ from: 'cn', to }));
  const missed: string[] = [];
  let drawn = 0;
  for (let tries = 0; drawn < DRAWS && tries < 10 * DRAWS; tries++) {
    const { key, text } = printed[Math.floor(next() * printed.length)] ?? { key: '', text: '' };
    const characters = [...text];
    const length = 2 + Math.floor(next() * 7);
    const at = Math.floor(next() * Math.max(1, characters.length - length + 1));
    const piece = characters.slice(at, at + length).join('');
    const { words, singles } = phraseOf(piece);
    // White space, or one sign beside it.
    if ([...piece].length < 2 || words.length + singles.length === 0) continue;
    drawn += 1;
    for (const asked of [piece, convert[drawn % convert.length]?.(piece) ?? piece]) {
      const query = { texts: [{ text: asked, not: false }], filters: [], since: null, until: null };
      const { articles } = await catalog.search(query, { limit: 1000 });
      if (!articles.some((article) => article.key === key)) missed.push(`${JSON.stringify(asked)} of ${key}`);
    }
  }
  assert.ok(drawn >= DRAWS, `${drawn} drawn`);
  assert.deepEqual(missed, []);
}
