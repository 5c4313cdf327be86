/** Exports that people read: hostile bodies and titles in each, opened by programs that are not ours. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright';
import yauzl from 'yauzl';
import { launch } from '../src/fetch/chromium.ts';
import { parseDocument } from '../src/page/html.ts';
import { type ExportRoom, openExportRoom } from './support/export-room.ts';
import { HOSTILE_BODIES } from './support/hostile-bodies.ts';
import { HOSTILE_TEXTS } from './support/hostile-texts.ts';

const PICTURES = join(import.meta.dirname, 'newspaper/pictures');
const EPUBCHECK = '/usr/share/java/epubcheck.jar';
const bodies = Object.values(HOSTILE_BODIES);
const titles = Object.values(HOSTILE_TEXTS);

/** Markup that is well meant and stands where no strict reader takes it. */
const ODD_MARKUP = [
  '<span><p>a</p></span><b><div>b</div></b>',
  '<ul>a<p>b</p><li>c<li>d</ul><li>e</li><dl><dd>f</dd><p>g</p></dl>',
  '<table><caption>a</caption><colgroup span="0"></colgroup><thead><tr></tr></thead><thead><tr><td colspan="0" rowspan="99999">b</td></tr></thead>c<tr>d<td>e</td></tr></table>',
  '<figure><figcaption>a</figcaption>b<figcaption>c</figcaption></figure><figcaption>d</figcaption>',
  '<ruby>a<rt>b</rt></ruby><rt>c</rt><details>d</details><summary>e</summary>',
  '<h2><p>a</p></h2><h6>b</h6><pre>\n\n<div>c</div></pre><ol start="x" reversed><li value="y">d</li></ol>',
  '<a href="https://a.example/?a=|^[]{}%zz#b#c d">a<table><tr><td><a href="https://b.example/">b</a></td></tr></table></a>',
  '<p lang="!" dir="up" id="a"></p><p id="a">b</p><time datetime="x">c</time><bdo>d</bdo><q cite="x">e</q>',
  '<blockquote class="content-quote"><p>a</p>b</blockquote><center>c</center><font color="red">d</font><tt>e</tt><strike>f</strike>',
];

describe('exports for reading', () => {
  let room: ExportRoom;
  let browser: Browser;

  before(async () => {
    room = await openExportRoom();
    const jpg = await room.picture(
      readFileSync(join(PICTURES, 'canal-530x353.jpg')),
      'jpg',
      'https://i.guancha.cn/a.jpg',
    );
    const webp = await room.picture(
      readFileSync(join(PICTURES, 'shelf-400x300.webp')),
      'webp',
      'https://i.guancha.cn/b.webp',
    );
    const svg = await room.picture(
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran=1"><script>window.ran=1</script></svg>'),
      'svg',
      'https://i.guancha.cn/c.svg',
    );
    const assets = [jpg, webp, svg];
    const shown = assets.map(({ src }) => `<p><img src="${src}"></p>`).join('');
    const link = '<p><a href="https://www.guancha.cn/politics/2026_10_15_905000.shtml">另一篇</a></p>';
    await room.put({
      id: 'guancha:904001',
      body: `${shown}<p>图注</p>${link}`,
      assets,
      article: { images: assets.map(({ src }, i) => ({ src, caption: i === 2 ? '图注' : null })) },
    });
    for (const [i, body] of [...bodies, ...ODD_MARKUP].entries())
      await room.put({ id: `guancha:${905000 + i}`, publishedAt: '2026-10-15T08:00:00+08:00', body, assets });
    for (const [i, text] of titles.entries())
      await room.put({
        id: `guancha:${906000 + i}`,
        publishedAt: '2026-10-16T08:00:00+08:00',
        recordTitle: text,
        body: `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
        draft: { source: text },
        article: { source: text, columnists: [{ name: text, title: null, url: null }] },
      });
    browser = await launch({ executablePath: null, proxy: 'socks5://127.0.0.1:9', log: () => {} });
  });
  after(async () => {
    await browser.close();
    await room[Symbol.asyncDispose]();
  });

  const made = async (format: string, target: string, ...args: string[]) => {
    const ended = await room.exported(format, target, ...args);
    assert.equal(ended.code, 0, ended.stderr);
    return join(room.folder, target);
  };

  it('epub: every page is well-formed and runs nothing; all articles are in the contents', async () => {
    const files = await unpacked(await made('epub', 'a.epub', '--since', '2026-10-14'));
    assert.equal([...files.keys()][0], 'mimetype');
    const pages = [...files].filter(([name]) => name.startsWith('EPUB/text/'));
    assert.equal(pages.length, 1 + bodies.length + ODD_MARKUP.length + titles.length);
    for (const [name, bytes] of pages) {
      requireHarmless(bytes.toString(), name);
      assert.doesNotMatch(bytes.toString(), /(?!\n)\p{Cc}|[\ufffe\uffff]/u, name);
    }
    const first = files.get('EPUB/text/2026_10_14_904001.xhtml')?.toString() ?? '';
    assert.match(first, /href="2026_10_15_905000\.xhtml"/);
    assert.equal([...first.matchAll(/src="\.\.\/pictures\/[0-9a-f]{64}\.(?:jpg|webp)"/g)].length, 2);
    assert.equal([...files.keys()].filter((name) => name.includes('/pictures/')).length, 2, 'no drawing');
    const contents = files.get('EPUB/nav.xhtml')?.toString() ?? '';
    assert.equal([...contents.matchAll(/href="text\//g)].length, pages.length);
    assert.deepEqual(
      [...contents.matchAll(/<span>(2026-[\d-]+)<\/span>/g)].map(([, day]) => day),
      ['2026-10-14', '2026-10-15', '2026-10-16'],
    );
  });

  it('epub: epubcheck has no word against it', {
    skip: existsSync(EPUBCHECK) ? false : 'epubcheck is not installed (Debian: apt install epubcheck)',
  }, async () => {
    const path = await made('epub', 'a.epub', '--since', '2026-10-14');
    const { stdout, stderr } = await promisify(execFile)('java', ['-jar', EPUBCHECK, path]).catch(
      (error: { readonly stdout: string; readonly stderr: string }) => error,
    );
    assert.match(stdout + stderr, /Messages: 0 fatals \/ 0 errors \/ 0 warnings/);
  });

  it('epub: the same articles give the same bytes', async () => {
    const [one, other] = [
      await made('epub', 'b.epub', '--day', '2026-10-14'),
      await made('epub', 'c.epub', '--day', '2026-10-14'),
    ];
    assert.deepEqual(await readFile(one), await readFile(other));
  });

  it('html: one article in Chromium, in light and dark, with its pictures and without a request', async () => {
    const path = await made('html', 'a.html', 'guancha:904001');
    for (const colorScheme of ['light', 'dark'] as const) {
      const shown = await opened(path, colorScheme);
      assert.equal(shown.pictures, 3);
      assert.deepEqual(shown.requests, []);
      assert.equal(shown.ran, undefined);
      assert.equal(shown.background, colorScheme === 'light' ? 'rgb(251, 250, 246)' : 'rgb(23, 24, 26)');
    }
  });

  it('html: hostile bodies and titles run nothing and ask nobody', async () => {
    const ids = [...bodies.keys()].map((i) => `guancha:${905000 + i}`);
    ids.push(...titles.keys().map((i) => `guancha:${906000 + i}`));
    for (const id of ids) {
      const path = await made('html', 'h.html', id);
      requireHarmless(await readFile(path, 'utf8'), id);
    }
    // A browser for those that are all of it at once: one page each would take minutes.
    for (const id of ids.filter((_, i) => i % 10 === 0)) {
      const shown = await opened(await made('html', 'h.html', id), 'light');
      assert.deepEqual([shown.ran, shown.requests], [undefined, []], id);
    }
  });

  async function opened(path: string, colorScheme: 'light' | 'dark') {
    const page = await browser.newPage({ colorScheme });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    try {
      await page.goto(pathToFileURL(path).href);
      return {
        requests: requests.slice(1).filter((url) => !url.startsWith('data:')),
        ran: await page.evaluate('window.ran'),
        pictures: await page.evaluate(
          '[...document.images].filter((image) => image.complete && image.src.startsWith("data:")).length',
        ),
        background: await page.evaluate('getComputedStyle(document.body).backgroundColor'),
      };
    } finally {
      await page.close();
    }
  }
});

const ACTIVE =
  'script, iframe, object, embed, form, input, button, base, link:not([rel=stylesheet]), svg, math, template, video, audio';

/** No element runs or loads anything, and no attribute does. */
function requireHarmless(text: string, name: string): void {
  const $ = parseDocument(text);
  assert.equal($(ACTIVE).length, 0, name);
  for (const { name: element, attribs } of $('body *').toArray() as {
    name: string;
    attribs: Record<string, string>;
  }[]) {
    for (const [attribute, value] of Object.entries(attribs)) {
      assert.doesNotMatch(attribute, /^on|^style$|^srcset$|^action$|^formaction$/, `${name}: ${element}`);
      if (attribute === 'href') assert.match(value, /^(?:https?:\/\/|[\w]+\.xhtml$|$)/, name);
      if (attribute === 'src') assert.match(value, /^(?:\.\.\/)?pictures\/[0-9a-f]{64}\.\w+$|^data:image\//, name);
    }
  }
}

/** The entries of a ZIP file in their order. */
async function unpacked(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(path, { lazyEntries: true });
  const open = promisify(zip.openReadStream.bind(zip)) as (entry: yauzl.Entry) => Promise<AsyncIterable<Buffer>>;
  const ended = once(zip, 'end');
  const read = async (entry: yauzl.Entry) => {
    files.set(entry.fileName, Buffer.concat(await Array.fromAsync(await open(entry))));
    zip.readEntry();
  };
  zip.on('entry', (entry: yauzl.Entry) => void read(entry).catch((error: unknown) => zip.emit('error', error)));
  zip.readEntry();
  await ended;
  return files;
}
