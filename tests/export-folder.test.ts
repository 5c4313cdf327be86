/** Exports that fill a folder: what a second run touches, what it leaves, and that hostile texts stay texts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { appendFile, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse as parseHexo } from 'hexo-front-matter';
import { marked } from 'marked';
import nunjucks from 'nunjucks';
import { parse } from 'yaml';
import { parseFragment } from '../src/page/html.ts';
import { type ExportRoom, openExportRoom } from './support/export-room.ts';
import { HOSTILE_BODIES } from './support/hostile-bodies.ts';
import { HOSTILE_TEXTS } from './support/hostile-texts.ts';

const CAT = readFileSync(join(import.meta.dirname, 'newspaper/pictures/canal-530x353.jpg'));
const ORIGIN = 'https://www.guancha.cn/politics';

/** Every file of a folder with its text, or its length where it is a picture. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of names.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    files.set(name, /\.jpg$/.test(name) ? String((await stat(path)).size) : await readFile(path, 'utf8'));
  }
  return files;
}

const isList = (name: string) => name.startsWith('.guancha-archive');

describe('a folder of notes', () => {
  let room: ExportRoom;
  let folder: string;
  const notes = async () => [...(await filesIn(folder)).keys()].filter((name) => !isList(name)).sort();
  const exported = async (...args: string[]) => {
    const ended = await room.exported('markdown', 'notes', ...args);
    assert.equal(ended.code, 0, ended.stderr);
    const summary = ended.last() as { wrote: number; leftOut: Record<string, number> };
    return { wrote: summary.wrote, edited: summary.leftOut.edited };
  };

  before(async () => {
    room = await openExportRoom();
    folder = join(room.folder, 'notes');
    const picture = await room.picture(CAT, 'jpg', 'https://i.guancha.cn/a.jpg');
    await room.put({
      id: 'guancha:904001',
      title: '甲',
      body: `<p><img src="${picture.src}"></p><p>见<a href="${ORIGIN}/2026_10_14_904002.shtml">另|一篇]]</a>和<a href="${ORIGIN}/2026_10_14_904009.shtml">外面</a>。</p>`,
      assets: [picture],
    });
    await room.put({ id: 'guancha:904002', title: '乙' });
    await room.put({ id: 'fengwen:1741030', title: '丙' });
  });
  after(() => room[Symbol.asyncDispose]());

  it('links archived articles by their names, and all others by their addresses', async () => {
    assert.deepEqual(await exported(), { wrote: 4, edited: 0 });
    const names = await notes();
    assert.equal(names.length, 4);
    const note = await readFile(join(folder, '2026-10/2026-10-14 甲 904001.md'), 'utf8');
    assert.match(note, /\[\[2026-10-14 乙 904002\|另 一篇\]\]/);
    assert.match(note, /\[外面\]\(https:\/\/www\.guancha\.cn/);
    assert.match(note, /!\[\]\(\.\.\/pictures\/[0-9a-f]{2}\/[0-9a-f]{64}\.jpg\)/);
    assert.ok(names.includes('2026-10/2026-10-14 丙 f1741030.md'));
  });

  it('writes nothing where nothing has changed', async () => {
    const times = async () =>
      Promise.all((await notes()).map(async (name) => (await stat(join(folder, name))).mtimeMs));
    const before = await times();
    assert.deepEqual(await exported(), { wrote: 0, edited: 0 });
    assert.deepEqual(await times(), before);
  });

  it('writes what has another title under its new name, and the notes that link to it', async () => {
    await room.put({ id: 'guancha:904002', title: '乙乙' });
    assert.deepEqual(await exported(), { wrote: 2, edited: 0 });
    const names = await notes();
    assert.ok(names.includes('2026-10/2026-10-14 乙乙 904002.md'));
    assert.ok(!names.includes('2026-10/2026-10-14 乙 904002.md'));
    const note = await readFile(join(folder, '2026-10/2026-10-14 甲 904001.md'), 'utf8');
    assert.match(note, /\[\[2026-10-14 乙乙 904002\|/);
  });

  it('leaves out pictures that only a superseded version showed', async () => {
    const [other, first] = [await room.picture(Buffer.from('other'), 'jpg', 'https://i.guancha.cn/b.jpg'), '904003'];
    const id = `guancha:${Number(first)}` as const;
    await room.put({ id, title: '丁', body: `<p><img src="${other.src}"></p>`, assets: [other] });
    await room.put({ id, title: '丁', body: '<p>无图</p>' });
    assert.deepEqual(await exported(), { wrote: 1, edited: 0 });
    await rm(join(room.root, 'records/2026/10/2026_10_14_904003.json'));
    await exported();
  });

  it('leaves notes that somebody wrote on, and files of others', async () => {
    const note = join(folder, '2026-10/2026-10-14 丙 f1741030.md');
    await appendFile(note, 'mine');
    await writeFile(join(folder, '2026-10/mine.md'), 'mine');
    await room.put({ id: 'fengwen:1741030', title: '丙', body: '<p>新的</p>' });
    assert.deepEqual(await exported(), { wrote: 0, edited: 1 });
    assert.match(await readFile(note, 'utf8'), /mine$/);
    assert.equal(await readFile(join(folder, '2026-10/mine.md'), 'utf8'), 'mine');
    await rm(note);
    assert.deepEqual(await exported(), { wrote: 1, edited: 0 });
    assert.match(await readFile(note, 'utf8'), /新的/);
  });

  it('keeps what a narrower selection does not name, and brings back what is missing', async () => {
    const names = await notes();
    await rm(join(folder, '2026-10/2026-10-14 乙乙 904002.md'));
    await rm(join(folder, 'pictures'), { recursive: true });
    assert.deepEqual(await exported('fengwen:1741030'), { wrote: 0, edited: 0 });
    assert.deepEqual(await exported(), { wrote: 2, edited: 0 }, 'the note and the picture');
    assert.deepEqual(await notes(), names);
  });

  it('takes away the note of an article that left the archive, with its picture', async () => {
    const record = join(room.root, 'records/2026/10/2026_10_14_904001.json');
    await rename(record, join(room.folder, 'kept.json'));
    await exported();
    assert.deepEqual(await notes(), [
      '2026-10/2026-10-14 丙 f1741030.md',
      '2026-10/2026-10-14 乙乙 904002.md',
      '2026-10/mine.md',
    ]);
    await rename(join(room.folder, 'kept.json'), record);
    assert.deepEqual(await exported(), { wrote: 2, edited: 0 });
  });

  it('goes on after an end at any point, with the same result', async () => {
    const whole = await filesIn(folder);
    const list = [...whole.keys()].find(isList) ?? '';
    const lines = (whole.get(list) ?? '').trimEnd().split('\n');
    for (const kept of [lines.slice(0, 1), lines, []]) {
      // The list is ahead of the files, or behind them: a kill between the two.
      await writeFile(join(folder, list), `${kept.join('\n')}\n{"key":"2026/10/20`);
      await rm(join(folder, '2026-10/2026-10-14 甲 904001.md'));
      await exported();
      assert.deepEqual(await filesIn(folder), whole);
    }
  });
});

describe('hostile texts', () => {
  let room: ExportRoom;
  const bodies = Object.values(HOSTILE_BODIES);
  const titles = Object.values(HOSTILE_TEXTS);

  before(async () => {
    room = await openExportRoom();
    for (const [i, body] of bodies.entries())
      await room.put({ id: `guancha:${905000 + i}`, publishedAt: '2026-10-15T08:00:00+08:00', body });
    for (const [i, text] of titles.entries()) {
      const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>');
      await room.put({
        id: `guancha:${906000 + i}`,
        recordTitle: text,
        body: `<p>${html}</p><table><tr><td>${html}</td></tr></table><pre>${html}</pre>`,
        article: {
          keywords: [text],
          source: text,
          summary: text,
          columnists: [{ name: text, title: null, url: null }],
        },
        draft: { source: text },
      });
    }
  });
  after(() => room[Symbol.asyncDispose]());

  const made = async (format: string) => {
    const ended = await room.exported(format, format);
    assert.equal(ended.code, 0, ended.stderr);
    return [...(await filesIn(join(room.folder, format)))].filter(([name]) => !isList(name));
  };

  it('markdown: names that every disk takes, YAML that reads back, and nothing that runs', async () => {
    const files = await made('markdown');
    assert.equal(files.length, bodies.length + titles.length);
    for (const [name, text] of files) {
      const base = name.split('/').at(-1) ?? '';
      assert.ok(Buffer.byteLength(base) <= 255, base);
      assert.doesNotMatch(base, /[\\:*?"<>|#^[\]\p{Cc}\p{Cf}]|^[. ]/u);
      const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
      const fields = parse(front);
      assert.equal(typeof fields.title, 'string');
      assert.equal(fields.aliases[0], fields.title);
      assert.doesNotMatch(body, /(?!\n)\p{Cc}/u);
      const $ = parseFragment(await marked(body, { gfm: true }));
      for (const { name: element, attribs } of $('*').toArray() as {
        name: string;
        attribs: Record<string, string>;
      }[]) {
        assert.match(
          element,
          /^(?:p|h[1-6]|a|em|strong|del|ul|ol|li|table|thead|tbody|tr|th|td|pre|code|br|hr|blockquote)$/,
          name,
        );
        for (const attribute of Object.keys(attribs)) assert.match(attribute, /^(?:href|title|start|align)$/, name);
        if (attribs.href !== undefined) assert.match(attribs.href, /^(?:https?:|mailto:)/, name);
      }
      const outsideCode = body.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
      assert.doesNotMatch(outsideCode, /(?<!\\)(?:\[\[|%%|\$|==)/, `${name}: means something to Obsidian`);
    }
    const heading = (title: string) =>
      files.find(([, text]) => parse(text.split('---\n')[1] ?? '').title === title)?.[1] ?? '';
    const $ = parseFragment(
      await marked(heading('*a* _b_ **c** ~~d~~ ==e== %%f%% $g$ #h ^i').replace(/^---\n[\s\S]*?\n---\n/, '')),
    );
    assert.equal($('h1').text(), '*a* _b_ **c** ~~d~~ ==e== %%f%% $g$ #h ^i');
    assert.equal($('p').first().text(), '*a* _b_ **c** ~~d~~ ==e== %%f%% $g$ #h ^i');
  });

  it('hexo: front matter that Hexo reads, and nothing that its template engine or its filters run', async () => {
    const engine = new nunjucks.Environment(null, { autoescape: false, trimBlocks: true, lstripBlocks: true });
    for (const [name, text] of await made('hexo')) {
      const { title, date, _content: content = '', ...others } = parseHexo(text);
      assert.equal(typeof title, 'string', name);
      assert.doesNotMatch(String(title), /[<>"'{}`]/, name);
      assert.ok(!Number.isNaN(Date.parse(String(date))), name);
      assert.equal(engine.renderString(content, { page: {}, site: {} }), content, name);
      assert.doesNotMatch(content, /^(?:[^\S\n]|[>*+.\d-])*(?:```|~~~)/m, name);
      assert.doesNotMatch(JSON.stringify(others), /[<{]%|\{\{/, name);
      const $ = parseFragment(content);
      assert.equal($('script, style, iframe, object, embed, form, base, svg, math, [style], [srcset]').length, 0, name);
    }
  });
});
