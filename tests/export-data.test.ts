/** Exports as tables and lists, each read back by a program that is not ours. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { Cite } from '@citation-js/core';
import '@citation-js/plugin-ris';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { damageRecord, type ExportRoom, openExportRoom } from './support/export-room.ts';
import { HOSTILE_TEXTS } from './support/hostile-texts.ts';

const CAT = readFileSync(join(import.meta.dirname, 'newspaper/pictures/canal-530x353.jpg'));
const hostile = Object.entries(HOSTILE_TEXTS);
/** Articles before the hostile ones: of three months, one of them a post. */
const PLAIN = 3;
const COUNT = PLAIN + hostile.length;

/** Characters that no text of an export may hold. */
const CONTROLS = /(?!\n)\p{Cc}|[\ufffe\uffff]/u;

describe('exports of data', () => {
  let room: ExportRoom;

  before(async () => {
    room = await openExportRoom();
    const picture = await room.picture(CAT, 'jpg', 'https://i.guancha.cn/news/a.jpg');
    const body = `<p>第一段。</p><p><img src="${picture.src}"></p><p>图注</p><p>第二段&lt;b&gt;</p>`;
    await room.put({
      id: 'guancha:900001',
      title: '茶山的雨',
      body,
      publishedAt: '2026-08-01T08:00:00+08:00',
      assets: [picture],
      article: {
        columnists: [{ name: '周波', title: null, url: null }],
        byline: { text: '【文/周波，译/韩桦】', credits: [{ role: '译', names: ['韩桦'], affiliation: null }] },
        editors: ['郝梧秋'],
        keywords: ['茶', '雨'],
        summary: '雨落在茶山上。',
        images: [{ src: picture.src, caption: '图注' }],
      },
    });
    await room.put({ id: 'guancha:900002', publishedAt: '2026-09-01T08:00:00+08:00', draft: { source: '要闻' } });
    await room.put({ id: 'fengwen:1741030', publishedAt: '2026-08-15T08:00:00+08:00' });
    for (const [i, [, text]] of hostile.entries())
      await room.put({
        id: `guancha:${904000 + i}`,
        recordTitle: text,
        body: `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
        article: {
          summary: text,
          keywords: [text],
          topic: { name: text, url: 'https://www.guancha.cn/' },
          editors: [text],
          columnists: [{ name: text, title: null, url: null }],
          byline: { text, credits: [{ role: '文', names: [text], affiliation: text }] },
          source: text,
          originalTitle: text,
        },
      });
  });
  after(() => room[Symbol.asyncDispose]());

  const made = async (format: string, target: string, ...args: string[]) => {
    const ended = await room.exported(format, target, ...args);
    assert.equal(ended.code, 0, ended.stderr);
    return join(room.folder, target);
  };

  it('jsonl: every line is JSON, in order of months, and says what the record says', async () => {
    const path = await made('jsonl', 'a.jsonl');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line));
    assert.equal(rows.length, COUNT);
    assert.deepEqual(
      rows.slice(0, PLAIN).map(({ id }) => id),
      ['guancha:900001', 'fengwen:1741030', 'guancha:900002'],
    );
    assert.equal(rows[0].text, '第一段。\n图注\n第二段<b>');
    assert.deepEqual(rows[0].authors, ['周波']);
    assert.deepEqual(rows[0].people.at(-1), { name: '郝梧秋', role: 'editor' });
    assert.equal(rows[0].pictures[0].caption, '图注');
    assert.ok(rows[0].pictures[0].file.startsWith('assets/'));
    for (const row of rows) for (const value of Object.values(row)) assert.doesNotMatch(String(value), CONTROLS);
    assert.equal(rows.find(({ id }) => id === `guancha:${904000 + keyOf('four bytes a character')}`).title, '🎉𠮷𝌆');
  });

  it('csv: a strict reader gives every row back, and no cell is a formula', async () => {
    const bytes = await readFile(await made('csv', 'a.csv'));
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    const rows: Record<string, string>[] = parse(bytes, { bom: true, columns: true });
    assert.equal(rows.length, COUNT);
    assert.equal(rows[0]?.title, '茶山的雨');
    assert.equal(rows[0]?.authors, '周波');
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        assert.doesNotMatch(value, /^[\s\u200b-\u200f\u202a-\u202e]*[=+\-@＝＋－＠]/u, name);
        assert.doesNotMatch(value, CONTROLS);
        assert.ok(value.length <= 32_767);
      }
    }
    assert.equal(rows[PLAIN + keyOf('a sum')]?.title, "'+1+1");
  });

  it('parquet: hyparquet reads every value, and a group of rows is a month', async () => {
    const file = await asyncBufferFromFile(await made('parquet', 'a.parquet'));
    const { row_groups: groups } = await parquetMetadataAsync(file);
    assert.deepEqual(
      groups.map(({ num_rows: rows }) => Number(rows)),
      [2, 1, hostile.length],
    );
    const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    assert.equal(rows.length, COUNT);
    assert.deepEqual(rows[0]?.published_at, new Date('2026-08-01T00:00:00Z'));
    assert.deepEqual(rows[0]?.authors, ['周波']);
    assert.equal(rows[0]?.withdrawn_since, null);
    assert.equal(rows[PLAIN + keyOf('an end of data')]?.title, ']]>');
  });

  it('sqlite: sound, without a log beside it, and every row is there', async () => {
    const path = await made('sqlite', 'a.sqlite');
    using database = new DatabaseSync(path, { readOnly: true });
    const one = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0];
    assert.equal(one('PRAGMA integrity_check'), 'ok');
    assert.equal(database.prepare('PRAGMA foreign_key_check').all().length, 0);
    assert.equal(one('PRAGMA journal_mode'), 'delete');
    assert.equal(one('SELECT count(*) FROM articles'), COUNT);
    assert.equal(one("SELECT name FROM people WHERE article = 'guancha:900001' AND role = '译'"), '韩桦');
    assert.equal(one('SELECT count(*) FROM pictures WHERE file IS NOT NULL'), 1);
    assert.equal(one('SELECT count(*) FROM articles WHERE instr(title, char(0)) > 0'), 0);
  });

  it('sqlite: keys, indexes and a search that Datasette finds, by another program where there is one', async () => {
    const path = await made('sqlite', 'b.sqlite');
    const ask = openSqlite(path);
    const column = (sql: string) => ask(sql).map((row) => Object.values(row)[0]);
    const tables = ['articles', 'people', 'keywords', 'pictures', 'versions', 'flags'];
    for (const table of tables) {
      assert.ok(column(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0`).length > 0, table);
      const references = ask(`SELECT "table", "from", "to" FROM pragma_foreign_key_list('${table}')`);
      assert.deepEqual(
        references.map((row) => ({ ...row })),
        table === 'articles' ? [] : [{ table: 'articles', from: 'article', to: 'id' }],
        table,
      );
    }
    assert.ok(column("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").length >= 5);
    // What datasette/utils/__init__.py (detect_fts) looks for.
    assert.deepEqual(
      column(
        `SELECT name FROM sqlite_master WHERE rootpage = 0 AND sql LIKE '%VIRTUAL TABLE%USING FTS%content="articles"%'`,
      ),
      ['articles_fts'],
    );
    const titles = column("SELECT title FROM articles WHERE id = 'guancha:900001'");
    const found = ask(
      `SELECT id FROM articles WHERE rowid IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH '"${String(titles[0]).slice(0, 3)}"')`,
    );
    assert.ok(found.some(({ id }) => id === 'guancha:900001'));
  });

  it('csl and ris: another program reads each item, and no item makes a second one', async () => {
    const json = await readFile(await made('csl', 'a.json'), 'utf8');
    const items: Record<string, unknown>[] = JSON.parse(json);
    assert.equal(items.length, COUNT);
    for (const item of items) checkCsl(item);
    assert.equal(new Cite(items).data.length, COUNT);
    assert.deepEqual(items[0]?.author, [{ literal: '周波' }]);
    assert.deepEqual(items[0]?.translator, [{ literal: '韩桦' }]);
    assert.equal(items[1]?.type, 'post');

    const text = await readFile(await made('ris', 'a.ris'), 'utf8');
    const references = new Cite(text).data;
    assert.equal(references.length, COUNT);
    assert.deepEqual([references[0]?.title, references[0]?.URL], [items[0]?.title, items[0]?.URL]);
    for (const line of text.split('\r\n')) assert.match(line, /^(?:[A-Z][A-Z0-9] {2}- [^\r\n]*)?$/);
  });

  it('keeps to the days, the sources and the articles that are named', async () => {
    const ids = async (...args: string[]) =>
      (await readFile(await made('jsonl', 'b.jsonl', ...args), 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).id);
    assert.deepEqual(await ids('--until', '2026-08-15'), ['guancha:900001', 'fengwen:1741030']);
    assert.deepEqual(await ids('--since', '2026-08-02', '--until', '2026-09-30'), [
      'fengwen:1741030',
      'guancha:900002',
    ]);
    assert.deepEqual(await ids('--day', '2026-09-01'), ['guancha:900002']);
    assert.deepEqual(await ids('--week', '2026-09-06'), ['guancha:900002']);
    assert.deepEqual(await ids('--week', '2026-09-07'), []);
    assert.deepEqual(await ids('--source', '要闻'), ['guancha:900002']);
    assert.deepEqual(await ids('fengwen:1741030', 'guancha:900002'), ['fengwen:1741030', 'guancha:900002']);
  });

  it('refuses what it cannot do, and then what lay there is still there', async () => {
    const kept = join(room.folder, 'kept.csv');
    await writeFile(kept, 'kept');
    const code = async (format: string, target: string, ...args: string[]) =>
      (await room.exported(format, target, ...args)).stderr.match(/^error ([A-Z_]+):/m)?.[1];
    assert.equal(await code('csv', 'archive/a.csv'), 'USAGE');
    await symlink(room.root, join(room.folder, 'link'));
    assert.equal(await code('csv', 'link/a.csv'), 'USAGE');
    assert.equal(await code('csv', 'archive'), 'USAGE');
    assert.equal(await code('csv', 'kept.csv/a.csv'), 'FILE_REFUSED');
    assert.equal(await code('csv', 'kept.csv', '--day', '2026-13-01'), 'USAGE');
    assert.equal(await code('csv', 'kept.csv', '--day', '2026-01-01', '--week', '2026-01-01'), 'USAGE');
    assert.equal(await code('csv', 'kept.csv', 'guancha:1'), 'NOT_ARCHIVED');
    assert.equal(await readFile(kept, 'utf8'), 'kept');
    assert.deepEqual(
      (await readdir(room.folder)).filter((name) => name.includes('unfinished')),
      [],
    );
  });

  it('changes nothing in the archive, whatever the format', async () => {
    const state = async () =>
      (await readdir(room.root, { recursive: true })).sort().map((name) => {
        const { mtimeMs, ctimeMs, size } = statSync(join(room.root, name));
        return `${name} ${mtimeMs} ${ctimeMs} ${size}`;
      });
    const before = await state();
    for (const format of ['jsonl', 'csv', 'parquet', 'sqlite', 'csl', 'ris', 'epub', 'html', 'markdown', 'hexo'])
      await made(format, `untouched.${format}`, 'guancha:900001');
    assert.deepEqual(await state(), before);
  });

  it('goes past a record and a document that are damaged, and says so', async () => {
    await using other = await openExportRoom();
    await other.put({ id: 'guancha:900001' });
    const broken = await other.put({ id: 'guancha:900002' });
    const changed = await other.put({ id: 'guancha:900003' });
    await damageRecord(other, broken);
    const document = join(other.root, 'articles', `${changed}.html`);
    await writeFile(document, 'x');
    const ended = await other.exported('csv', 'a.csv');
    assert.equal(ended.code, 3, ended.stderr);
    const found = ended.lines().flatMap(({ type, kind }) => (type === 'left-out' ? [kind] : []));
    assert.deepEqual(found, ['article-damaged', 'article-damaged']);
    assert.equal((ended.last().leftOut as Record<string, number>)['article-damaged'], 2);
    assert.equal((await stat(join(other.folder, 'a.csv'))).isFile(), true);
  });
});

function keyOf(name: string): number {
  return hostile.findIndex(([each]) => each === name);
}

/** What the schema of CSL-JSON 1.0.2 asks of the fields that are used: types, names and dates. */
function checkCsl(item: Record<string, unknown>): void {
  assert.ok(['article-newspaper', 'post'].includes(String(item.type)));
  assert.equal(typeof item.id, 'string');
  for (const [name, value] of Object.entries(item)) {
    if (name === 'issued' || name === 'accessed') {
      const [[year, month, day]] = (value as { readonly 'date-parts': number[][] })['date-parts'] as [number[]];
      assert.ok([year, month, day].every(Number.isInteger), name);
    } else if (name === 'author' || name === 'translator') {
      for (const person of value as { readonly literal: unknown }[]) assert.equal(typeof person.literal, 'string');
    } else {
      assert.equal(typeof value, 'string', name);
      assert.doesNotMatch(String(value), /\p{Cc}/u);
    }
  }
}

/** Rows by the `sqlite3` command, where the machine has it; else by Node's own SQLite. */
function openSqlite(path: string): (sql: string) => readonly Readonly<Record<string, unknown>>[] {
  if (spawnSync('sqlite3', ['-version']).status !== 0)
    return (sql) => {
      using database = new DatabaseSync(path, { readOnly: true });
      return database.prepare(sql).all();
    };
  return (sql) => {
    const { status, stdout, stderr } = spawnSync('sqlite3', ['-readonly', '-json', path, sql], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout || '[]');
  };
}
