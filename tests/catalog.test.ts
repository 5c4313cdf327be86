/** The catalog: what it finds, in which order, and that it follows the files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readBody } from '../src/archive/diff.ts';
import { openDisk } from '../src/archive/disk.ts';
import { renderBody } from '../src/archive/document-body.ts';
import { CATALOG, documentKey, NEW_CATALOG, recordKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { openCatalog } from '../src/catalog/catalog.ts';
import { textOfBody } from '../src/catalog/document-text.ts';
import { fold } from '../src/catalog/fold.ts';
import { parseQuery } from '../src/catalog/query.ts';
import { reindex } from '../src/catalog/reindex.ts';
import { DAY_ROWS } from '../src/catalog/schema.ts';
import { snippetOf } from '../src/catalog/snippet.ts';
import { ArchiveError } from '../src/errors.ts';
import { catalogOf, found, put } from './support/catalogued.ts';
import { variantsFile } from './support/han-variants.ts';

describe('the catalog', () => {
  it('finds any two characters of a text, in both scripts, in full width and in capitals', async () => {
    const { catalog } = await catalogOf([
      { number: 1, html: '<p>渡口的木船开往对岸，GDP增长5.4%。</p>' },
      { number: 2, html: '<p>茶山的雾散了。</p><p>體育館外的燈亮了。</p>' },
    ]);
    for (const query of ['口的', '船开往对', '船開往對', 'gdp', 'ＧＤＰ增', '岸，G', '5.4%', '"5.4%。"'])
      assert.deepEqual(await found(catalog, query), [1], query);
    for (const query of ['体育馆', '體育館', '灯', '燈亮', '"散了。 體育"', '茶山 灯亮', '茶'])
      assert.deepEqual(await found(catalog, query), [2], query);
    for (const query of ['山茶', '木船 茶山', '对岸 -GDP', '口木'])
      assert.deepEqual(await found(catalog, query), [], query);
    catalog[Symbol.dispose]();
  });

  it('orders by the time of publication, whenever an article came', async () => {
    const { catalog, storage } = await catalogOf([
      { number: 3, publishedAt: '2026-10-04T16:00:00+08:00' },
      { number: 1, publishedAt: '2026-10-02T08:00:00+08:00' },
      { number: 4, publishedAt: '2026-10-04T18:00:00+08:00' },
    ]);
    await put(storage, { number: 2, publishedAt: '2026-10-04T07:00:00+08:00' });
    await put(storage, { number: 5, publishedAt: '2026-10-04T23:59:00+08:00' });
    await catalog.refresh();
    assert.deepEqual(await found(catalog, ''), [5, 4, 3, 2, 1]);
    assert.deepEqual(await found(catalog, '正文', { sort: 'oldest' }), [1, 2, 3, 4, 5]);
    const first = await catalog.search({ texts: [], filters: [], since: null, until: null }, { limit: 2 });
    assert.equal(first.total, 5);
    assert.deepEqual(await found(catalog, '', { limit: 2, after: first.next }), [3, 2]);
    catalog[Symbol.dispose]();
  });
});

describe('the order of time', () => {
  const time = fc.record({ day: fc.integer({ min: 1, max: 4 }), minute: fc.integer({ min: 0, max: 1439 }) });

  it('holds for articles that come late or change their time, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(time, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        async (times, limit) => {
          const samples = times.map(({ day, minute }, i) => {
            const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
            return { number: i + 1, publishedAt: `2026-10-0${day}T${clock}:00+08:00` };
          });
          const { catalog } = await catalogOf(samples);
          const wanted = samples.map(({ publishedAt }) => publishedAt).sort();
          for (const sort of ['newest', 'oldest'] as const) {
            const seen: string[] = [];
            let after = null;
            do {
              const answer = await catalog.search(parseQuery('正文'), { limit, sort, after });
              seen.push(...answer.articles.map(({ publishedAt }) => publishedAt));
              after = answer.next;
            } while (after !== null);
            assert.deepEqual(sort === 'oldest' ? seen : seen.reverse(), wanted);
          }
          catalog[Symbol.dispose]();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('holds for a day with more articles than it has rows', async () => {
    const storage = openMemory();
    const many = DAY_ROWS + 40;
    const at = (i: number) =>
      `2026-10-02T00:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}+08:00`;
    await put(storage, { number: 1, publishedAt: '2026-10-01T23:00:00+08:00' });
    await put(storage, { number: 2, publishedAt: '2026-10-03T01:00:00+08:00' });
    for (let i = 0; i < many; i++) await put(storage, { number: 100 + i, publishedAt: at(many - i) });
    using catalog = await openCatalog(storage, { path: null });
    await catalog.refresh();
    await put(storage, { number: 3, publishedAt: '2026-10-03T02:00:00+08:00' });
    await catalog.refresh();
    assert.deepEqual(await found(catalog, '', { limit: 4 }), [3, 2, 100, 101]);
    assert.deepEqual(await found(catalog, '正文', { limit: 3, sort: 'oldest' }), [1, 99 + many, 98 + many]);
    assert.deepEqual(await found(catalog, '正文 since:2026-10-03'), [3, 2]);
    assert.equal((await catalog.search(parseQuery('until:2026-10-02'), { limit: 1 })).total, many + 1);
    assert.deepEqual(await found(catalog, '正文 until:2026-10-01', { sort: 'best' }), [1]);
  });
});

describe('what the catalog follows', () => {
  it('a new time, a new text, a record that goes, comes to harm and is whole again', async () => {
    const { catalog, storage } = await catalogOf([{ number: 1 }, { number: 2, html: '<p>木船靠岸。</p>' }]);
    using _closed = catalog;
    const key = await put(storage, {
      number: 2,
      html: '<p>木船离岸。</p>',
      but: { publishedAt: '2026-10-09T01:00:00+08:00' },
    });
    await catalog.refresh();
    assert.deepEqual(await found(catalog, '靠岸'), []);
    assert.deepEqual(await found(catalog, '离岸'), [2]);
    assert.deepEqual(await found(catalog, 'is:edited'), [2]);
    assert.deepEqual(await found(catalog, ''), [2, 1]);
    assert.equal((await catalog.changes({ limit: 5 }))[0]?.what, 'edited');
    const record = await storage.read(recordKey(key));
    await storage.write(recordKey(key), '{"format":1');
    assert.equal((await catalog.refresh()).damaged, 1);
    assert.deepEqual(await found(catalog, '离岸'), []);
    await storage.write(recordKey(key), record ?? '');
    const document = await storage.read(documentKey(key));
    await storage.write(documentKey(key), 'other bytes');
    assert.deepEqual([(await catalog.refresh()).damaged, (await catalog.state()).lackText], [0, 1]);
    assert.deepEqual(await found(catalog, '离岸'), []);
    await storage.write(documentKey(key), document ?? '');
    assert.equal((await catalog.refresh()).lackText, 0);
    assert.deepEqual(await found(catalog, '离岸'), [2]);
    await storage.remove(recordKey(key));
    assert.equal((await catalog.refresh()).articles, 1);
    assert.deepEqual(await found(catalog, '离岸'), []);
    assert.deepEqual(await catalog.labels('list', { limit: 5 }), [{ name: '头条', url: null, articles: 1 }]);
  });
});

describe('a catalog on a disk', () => {
  /** An archive of two articles, and a way to open its catalog. */
  async function archive() {
    const root = await mkdtemp(join(tmpdir(), 'guancha-test-'));
    const storage = openDisk(root);
    await put(storage, { number: 1, html: '<p>渡口的木船。</p>' });
    await put(storage, { number: 2, html: '<p>渡口的灯。</p>' });
    const warnings: string[] = [];
    const open = () =>
      openCatalog(storage, { path: join(root, CATALOG), log: ({ message }) => void warnings.push(message) });
    return { root, storage, open, warnings, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
  }

  it('is kept, and only what is new is read', async () => {
    await using there = await archive();
    {
      using catalog = await there.open();
      assert.deepEqual(await catalog.refresh(), { articles: 2, damaged: 0, lackText: 0, behind: 0, place: 'kept' });
    }
    await put(there.storage, { number: 3, html: '<p>渡口的石桥。</p>' });
    using catalog = await there.open();
    assert.deepEqual(await found(catalog, '渡口'), [2, 1]);
    const read: number[] = [];
    await catalog.refresh({ onProgress: (done) => void read.push(done) });
    assert.deepEqual(read, [1]);
    assert.deepEqual(await found(catalog, '渡口'), [3, 2, 1]);
    assert.deepEqual(there.warnings, []);
  });

  it('is looked at again a day later, where a copy kept the date of the folder', async () => {
    await using there = await archive();
    using catalog = await there.open();
    const folder = join(there.root, 'records/2026/10');
    const past = new Date('2026-10-05T00:00:00Z');
    await utimes(folder, past, past);
    const start = Date.now();
    for (const now of [start, start + 10_000]) await catalog.refresh({ now: () => now });
    await put(there.storage, { number: 4 });
    await utimes(folder, past, past);
    assert.equal((await catalog.refresh({ now: () => start + 20_000 })).articles, 2);
    assert.equal((await catalog.refresh({ now: () => start + 86_400_000 })).articles, 3);
  });

  for (const [what, bytes] of Object.entries({
    'no database': Buffer.from('this is no database'.repeat(400)),
    'a database of something else': null,
  }))
    it(`is built anew where ${what} lies in its place`, async () => {
      await using there = await archive();
      if (bytes === null) {
        const { DatabaseSync } = await import('node:sqlite');
        using other = new DatabaseSync(join(there.root, CATALOG));
        other.exec('CREATE TABLE articles (a); PRAGMA user_version = 7');
      } else await writeFile(join(there.root, CATALOG), bytes);
      using catalog = await there.open();
      await catalog.refresh();
      assert.deepEqual(await found(catalog, '渡口'), [2, 1]);
      assert.equal((await catalog.state()).place, 'kept');
    });

  it('is built anew where it proves damaged while it is asked', async () => {
    await using there = await archive();
    {
      using catalog = await there.open();
      await catalog.refresh();
    }
    const file = join(there.root, CATALOG);
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, 4096)); // all pages but the first, which has the tables' names
    using catalog = await there.open();
    assert.deepEqual(await found(catalog, '渡口'), [2, 1]);
    assert.match(there.warnings.join(), /built anew/);
  });

  it('is made elsewhere where it cannot be, and says what it lacks where it cannot be written', {
    skip: process.getuid?.() === 0 ? 'root may write everywhere' : false,
  }, async () => {
    await using there = await archive();
    await chmod(there.root, 0o555);
    {
      using catalog = await there.open();
      assert.equal((await catalog.refresh()).place, 'temporary');
      assert.deepEqual(await found(catalog, '渡口'), [2, 1]);
    }
    await chmod(there.root, 0o755);
    {
      using catalog = await there.open();
      await catalog.refresh();
    }
    await put(there.storage, { number: 3 });
    await chmod(join(there.root, CATALOG), 0o444);
    await chmod(there.root, 0o555);
    using catalog = await there.open();
    const state = await catalog.refresh();
    await chmod(there.root, 0o755);
    assert.deepEqual(state, { articles: 2, damaged: 0, lackText: 0, behind: 1, place: 'old' });
  });

  it('makes no folder where nothing is archived', async () => {
    const root = join(tmpdir(), `guancha-test-none-${process.pid}`);
    using catalog = await openCatalog(openDisk(root), { path: join(root, CATALOG) });
    assert.equal((await catalog.refresh()).articles, 0);
    assert.deepEqual(await found(catalog, '渡口'), []);
    await assert.rejects(readdir(root));
  });

  it('is replaced by a reindex under whoever has it open, and what a killed one left is in nobody’s way', async () => {
    await using there = await archive();
    using catalog = await there.open();
    await catalog.refresh();
    await writeFile(join(there.root, NEW_CATALOG), 'half of a page');
    await put(there.storage, { number: 3, html: '<p>渡口的石桥。</p>' });
    assert.deepEqual(await reindex(there.storage, there.root), { indexed: 3, removed: 0 });
    assert.deepEqual(await found(catalog, '渡口'), [2, 1]);
    await put(there.storage, { number: 4, html: '<p>渡口的雾。</p>' });
    assert.equal((await catalog.refresh()).articles, 4);
    assert.deepEqual(await found(catalog, '渡口'), [4, 3, 2, 1]);
    assert.deepEqual((await readdir(there.root)).sort(), ['articles', CATALOG, 'records']);
  });
});

describe('queries', () => {
  for (const query of [
    '"渡口',
    '，',
    'sorce:观察者网',
    'since:2026-13',
    'since:yesterday',
    '-since:2026',
    'is:lost',
    '来源:',
    '渡口 OR 灯',
    '渡口 NOT',
    'NOT AND 渡口',
    '渡'.repeat(1001),
    Array.from({ length: 33 }, (_, i) => `词${i}`).join(' '),
  ])
    it(`are refused as what they are: ${query.slice(0, 30)}`, () => {
      assert.throws(
        () => parseQuery(query),
        (error) => error instanceof ArchiveError && error.code === 'QUERY_INVALID',
      );
    });

  it('take a colon as it stands where no filter is meant', () => {
    for (const query of ['12:30', '记者：多少', 'https://www.guancha.cn/', '比分3:1'])
      assert.deepEqual(parseQuery(query).texts, [{ text: query, not: false }]);
  });

  it('are read or refused, whatever they are, and answered', async () => {
    const { catalog } = await catalogOf([{ number: 1 }]);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'"“”：:-*()^渡NOT ，is') })),
        async (text) => {
          try {
            await catalog.search(parseQuery(text), { limit: 1 });
          } catch (error) {
            assert.ok(error instanceof ArchiveError && error.code === 'QUERY_INVALID', String(error));
          }
        },
      ),
    );
    catalog[Symbol.dispose]();
  });
});

describe('text', () => {
  it('keeps its length when it is folded, and is folded once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = fold(text);
        assert.equal(folded.length, text.length);
        assert.equal(fold(folded), folded);
      }),
    );
    assert.equal(fold('ＧＤＰ、Pokémon 國'), 'gdp、pokemon 国');
  });

  it('has the variants of OpenCC', async () => {
    assert.equal(
      readFileSync(join(import.meta.dirname, '../src/catalog/han-variants.ts'), 'utf8'),
      await variantsFile(),
    );
  });

  it('is read from a body as a parser reads it', () => {
    const piece = fc.constantFrom(
      ...'<p>|</p>|<br>|<img src="a>b" alt>|<a href="x&amp;y">|</a>|文|&amp;|&lt;b|<|>|&nbsp;|&|&copy|<table><td>|<pre>\n|<b>|</b>| |\n|<!--x-->|"'.split(
        '|',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const body = renderBody(pieces.join(''), { base: 'https://www.guancha.cn/', lead: null });
        assert.equal(textOfBody(body), readBody(body).blocks.join('\n'));
      }),
      { numRuns: 2000 },
    );
  });

  it('is cut round what was asked for, and stays the text', () => {
    const text = `${'雾散了。'.repeat(40)}渡口的木船靠岸，渡口又空了。${'灯亮了。'.repeat(40)}`;
    const pieces = snippetOf(text, parseQuery('渡口 木船'), 40);
    assert.deepEqual(
      pieces.filter(({ hit }) => hit).map((piece) => piece.text),
      ['渡口', '木船', '渡口'],
    );
    const cut = pieces.map((piece) => piece.text).join('');
    assert.ok(text.includes(cut.slice(1, -1)) && cut.startsWith('…渡口') && cut.length < 50, cut);
    assert.deepEqual(snippetOf('國際 合作', parseQuery('国际'), 40)[0], { text: '國際', hit: true });
  });
});
