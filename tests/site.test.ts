/** `export site`: what it writes, what a second run touches, what it leaves and refuses, and that no link leads nowhere. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { idOf } from '../src/archive/keys.ts';
import { isElement, parseFragment } from '../src/page/html.ts';
import { type ExportRoom, openExportRoom } from './support/export-room.ts';
import { HOSTILE_BODIES } from './support/hostile-bodies.ts';
import { HOSTILE_TEXTS } from './support/hostile-texts.ts';

const PHOTO = readFileSync(join(import.meta.dirname, 'newspaper/pictures/canal-530x353.jpg'));
const LIST = '.guancha-archive-site.jsonl';
const ORIGIN = 'https://www.guancha.cn/politics';

let room: ExportRoom;
let folder: string;

const names = async (of = folder) =>
  (await readdir(of, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(of.length + 1))
    .sort();
const contents = async (of = folder) => {
  const found = new Map<string, string>();
  for (const name of await names(of)) found.set(name, await readFile(join(of, name), 'base64'));
  return found;
};
const exported = async (...args: string[]) => {
  const ended = await room.exported('site', 'site', ...args);
  const summary = ended.last() as { wrote: number; leftOut: Record<string, number> };
  return { ...ended, wrote: summary.wrote, leftOut: summary.leftOut };
};
const text = (path: string) => readFile(join(folder, path), 'utf8');

before(async () => {
  room = await openExportRoom();
  folder = join(room.folder, 'site');
  const photo = await room.picture(PHOTO, 'jpg', 'https://i.guancha.cn/a.jpg');
  const drawing = await room.picture(
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'svg',
    'https://i.guancha.cn/b.svg',
  );
  await room.put({
    id: 'guancha:904001',
    title: '甲篇',
    body: `<p><img src="${photo.src}"><img src="${drawing.src}"></p><p>见<a href="${ORIGIN}/2026_10_14_904002.shtml">乙</a>和<a href="${ORIGIN}/2026_10_14_904009.shtml">外面</a>。</p>`,
    assets: [photo, drawing],
    article: { columnists: [{ name: '周/波 ?#%', title: null, url: null }] },
  });
  await room.put({ id: 'guancha:904002', title: '乙篇', publishedAt: '2026-10-15T08:00:00+08:00' });
  await room.put({
    id: 'guancha:904002',
    title: '乙篇改',
    body: '<p>改过的</p>',
    publishedAt: '2026-10-15T08:00:00+08:00',
  });
  await room.put({ id: 'fengwen:1741030', title: '丙篇', publishedAt: '2025-02-03T08:00:00+08:00' });
  for (let i = 0; i < 42; i++)
    await room.put({
      id: `guancha:${800_000 + i}`,
      title: `旧闻${i}`,
      publishedAt: `2024-03-0${1 + (i % 5)}T08:00:${String(i).padStart(2, '0')}+08:00`,
      article: { columnists: [{ name: '常客', title: null, url: null }] },
    });
});
after(() => room[Symbol.asyncDispose]());

describe('a site', () => {
  it('links nothing that is not there, and nothing that a server answers', async () => {
    const ended = await exported();
    assert.equal(ended.code, 0, ended.stderr);
    const there = new Set(await names());
    const linked = new Set<string>();
    for (const name of [...there].filter((each) => each.endsWith('.html'))) {
      const $ = parseFragment((await text(name)).replace(/<template>[\s\S]*<\/template>/, ''));
      for (const element of $('[href], [src], [action]').toArray()) {
        const { href, src, action } = element.attribs;
        const to = href ?? src ?? action ?? '';
        if (/^https?:|^#/.test(to)) continue;
        assert.doesNotMatch(to, /^\/|[?#:]/, name);
        const path = normalize(join(dirname(name), to));
        assert.ok(there.has(path), `${name} links ${to}`);
        linked.add(path);
      }
    }
    const unlinked = [...there].filter((name) => name.endsWith('.html') && !linked.has(name));
    assert.deepEqual(unlinked, [], 'every page is reached');
    assert.ok(there.has('people.html') && there.has('en/people.html') && !there.has('run.html'));
    assert.equal([...there].filter((name) => name.startsWith('people/')).length, 3, 'the second page of one name');
    assert.ok(![...there].some((name) => name.endsWith('.svg') && name.startsWith('pictures/')));
  });

  it('has the reader’s pages, in both languages', async () => {
    const page = await text('articles/guancha/904/904001.html');
    assert.match(
      page,
      /<a [^>]*class="archived"[^>]* href="904002\.html"|<a href="904002\.html"[^>]* class="archived"/,
    );
    assert.match(page, /href="https:\/\/www\.guancha\.cn\/politics\/2026_10_14_904009\.shtml"/);
    assert.match(page, /src="\.\.\/\.\.\/\.\.\/pictures\/[0-9a-f]{2}\/[0-9a-f]{64}\.jpg"/);
    assert.match(page, /href="\.\.\/\.\.\/\.\.\/en\/articles\/guancha\/904\/904001\.html"/);
    assert.doesNotMatch(page, /<script/);
    assert.match(page, /Content-Security-Policy/);
    assert.match(await text('en/articles/guancha/904/904002-diff-1-2-side.html'), /Side by side/);
    assert.match(await text('en/search.html'), /<noscript>.+needs scripts/);
  });

  it('has feeds with relative addresses, or those of the place that is named', async () => {
    const feed = await text('en/feeds/atom.xml');
    assert.match(feed, /<link href="\.\.\/articles\/guancha\/904\/904002\.html"\/>/);
    assert.match(feed, /<id>urn:guancha-archive:site:en:<\/id>/);
    const json = JSON.parse(await text('feeds/changes/feed.json')) as { readonly items: readonly { url: string }[] };
    assert.deepEqual(
      json.items.map(({ url }) => url),
      ['../../articles/guancha/904/904002-diff-1-2.html'],
    );
    const ended = await exported('--base-url', 'https://example.org/archive');
    assert.equal(ended.wrote, 8, 'the feeds alone');
    assert.match(
      await text('feeds/atom.xml'),
      /"https:\/\/example\.org\/archive\/articles\/guancha\/904\/904002\.html"/,
    );
    assert.equal((await room.exported('csv', 'x.csv', '--base-url', 'https://example.org/')).code, 2);
    assert.equal((await exported('--base-url', 'nowhere')).code, 2);
    await exported();
  });

  it('writes nothing where nothing has changed, and what has where it has', async () => {
    const times = async () =>
      Promise.all(
        (await names()).filter((name) => name !== LIST).map(async (name) => (await stat(join(folder, name))).mtimeMs),
      );
    const before = await times();
    assert.equal((await exported()).wrote, 0);
    assert.deepEqual(await times(), before);
    const old = await contents();
    await room.put({
      id: 'guancha:904002',
      title: '乙篇再改',
      body: '<p>又改过的</p>',
      publishedAt: '2026-10-15T08:00:00+08:00',
    });
    await exported();
    const changed = (await names()).filter((name) => !old.has(name) || name.startsWith('articles/'));
    const touched: string[] = [];
    for (const [name, content] of await contents()) if (old.get(name) !== content) touched.push(name);
    assert.ok(touched.includes('articles/guancha/904/904002.html') && touched.includes('text/guancha/904/904002.js'));
    assert.ok(!touched.includes('articles/guancha/904/904001.html'));
    assert.ok(!touched.some((name) => name.startsWith('days/2024/') || name.startsWith('calendar/2024')));
    assert.ok(changed.includes('articles/guancha/904/904002-v3.html'));
  });

  it('writes again the page that links an article which came since', async () => {
    await room.put({ id: 'guancha:904009', title: '丁篇' });
    await exported();
    assert.match(await text('articles/guancha/904/904001.html'), /<a [^>]*href="904009\.html"/);
  });

  it('goes on after an end at any point, with the same result', async () => {
    const whole = await contents();
    const lines = (await text(LIST)).trimEnd().split('\n');
    const lost = ['articles/guancha/904/904001.html', 'search/index.js', 'index.html', 'rows/0/0.js'];
    for (const kept of [lines.slice(0, 1), lines]) {
      await writeFile(join(folder, LIST), `${kept.join('\n')}\n{"group":"2026/10/20`);
      for (const name of lost) await rm(join(folder, name));
      await mkdir(join(folder, '.unfinished'), { recursive: true });
      for (const name of ['lists.sqlite', 'pairs-0', 'pairs-1'])
        await writeFile(join(folder, '.unfinished', name), 'cut off');
      assert.equal((await exported()).code, 0);
      assert.deepEqual(await contents(), whole);
    }
  });

  it('gives the same bytes in another folder', async () => {
    const other = join(room.folder, 'other');
    assert.equal((await room.exported('site', 'other')).code, 0);
    assert.deepEqual(await contents(other), await contents());
  });

  it('leaves what others wrote or changed, and takes away what is outdated', async () => {
    const page = join(folder, 'articles/guancha/904/904002.html');
    await appendFile(page, 'mine');
    await writeFile(join(folder, 'mine.html'), 'mine');
    await room.put({ id: 'guancha:904002', title: '乙篇三改', publishedAt: '2026-10-15T08:00:00+08:00' });
    const { code, leftOut } = await exported();
    assert.deepEqual([code, leftOut.edited], [0, 1]);
    assert.match(await readFile(page, 'utf8'), /mine$/);
    await rm(join(room.root, 'records/2026/10/2026_10_14_904009.json'));
    await exported();
    const left = await names();
    assert.ok(left.includes('mine.html'));
    assert.ok(!left.some((name) => name.includes('904009')));
    assert.doesNotMatch(await text('articles/guancha/904/904001.html'), /904009\.html"/);
  });

  it('holds a selection alone', async () => {
    assert.equal((await room.exported('site', 'part', '--since', '2026-01-01')).code, 0);
    const part = await names(join(room.folder, 'part'));
    assert.ok(part.includes('articles/guancha/904/904001.html'));
    assert.ok(!part.some((name) => name.includes('800001')));
  });

  it('refuses a folder with other things in it', async () => {
    const other = join(room.folder, 'full');
    await mkdir(other);
    await writeFile(join(other, 'index.html'), 'mine');
    const ended = await room.exported('site', 'full');
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /index\.html lies there/);
    assert.deepEqual(await readdir(other), ['index.html']);
  });

  it('says on its page that an article is damaged, and names it', async () => {
    const copy = join(room.folder, 'copy');
    await cp(room.root, copy, { recursive: true });
    await writeFile(join(room.root, 'articles/2026/10/2026_10_14_904001.html'), 'other');
    const ended = await room.exported('site', 'damaged');
    assert.equal(ended.code, 3);
    assert.match(
      await readFile(join(room.folder, 'damaged/articles/guancha/904/904001.html'), 'utf8'),
      /文档与记录不符/,
    );
    await rm(room.root, { recursive: true });
    await cp(copy, room.root, { recursive: true });
  });
});

describe('hostile texts in a site', () => {
  it('stay texts', async () => {
    await using hostile = await openExportRoom();
    const titles = Object.values(HOSTILE_TEXTS);
    const bodies = Object.values(HOSTILE_BODIES);
    const keys: string[] = [];
    for (const [i, body] of bodies.entries())
      keys.push(
        await hostile.put({
          id: `guancha:${700_000 + i}`,
          title: titles[i % titles.length] ?? '',
          body: `<p>文</p>${body}`,
          article: { source: titles[(i + 1) % titles.length] ?? null },
        }),
      );
    const ended = await hostile.exported('site', 'site');
    assert.equal(ended.code, 0, ended.stderr);
    const site = join(hostile.folder, 'site');
    for (const key of keys) {
      const place = idOf(key).replace('guancha:', 'guancha/700/');
      const markup = await readFile(join(site, `articles/${place}.html`), 'utf8');
      const $ = parseFragment(markup);
      assert.equal($('script, iframe, object, embed, svg, math, base, style').length, 0, key);
      for (const attribs of $('*')
        .toArray()
        .map((each) => (isElement(each) ? each.attribs : {})))
        for (const [name, value] of Object.entries(attribs)) {
          assert.doesNotMatch(name, /^on/, key);
          if (name === 'href' || name === 'src' || name === 'action')
            assert.match(value, /^(?:https?:|[\w#./-]+$)/, key);
        }
      const shard = await readFile(join(site, `text/${place}.js`), 'utf8');
      assert.equal(JSON.parse(`[${shard.slice('guanchaArchive('.length, -3)}]`).length, 2);
    }
  });
});
