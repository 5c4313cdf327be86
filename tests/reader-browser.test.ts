/**
 * The reader in a real Chromium, over an archive that the program made of the newspaper (edited, withdrawn, moved, flagged,
 * posts) with pictures of all kinds besides: every page in both languages and themes, narrow and wide, with and without
 * scripts, by keyboard alone; and hostile bodies with each of the two walls that the reader puts before them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Route } from 'playwright';
import { articleKey } from '../src/archive/keys.ts';
import { noteMovedTo } from '../src/archive/record.ts';
import { findBrowser, loadPlaywright } from '../src/fetch/chromium.ts';
import type { Listening } from '../src/listen.ts';
import { openSanitiser } from '../src/reader/sanitise.ts';
import { serveReader } from '../src/reader/serve.ts';
import { HOSTILE_BODIES } from './support/hostile-bodies.ts';
import { BITMAP, DRAWING, DRAWN_AVIF } from './support/pictures.ts';
import { openReadingRoom, type ReadingRoom } from './support/reading-room.ts';
import { files } from './support/tree.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/archive-1');
const PICTURES = join(import.meta.dirname, 'newspaper/pictures');
const WWW = 'http://127.0.0.1:34591';
const SITE = { www: WWW, community: 'http://127.0.0.1:40353', images: ['http://127.0.0.1:40325'], lists: [] };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const ARTICLE = '/articles/guancha/903180';
const MOVED = '/articles/guancha/903181';
const RETURNED = '/articles/guancha/904299';
const PATHS = [
  '/',
  '/?list=%E5%A4%B4%E6%9D%A1',
  ARTICLE,
  MOVED,
  RETURNED,
  '/articles/guancha/904308',
  '/articles/guancha/904306',
  '/articles/guancha/904306/versions/1',
  '/articles/guancha/904306/history',
  '/articles/guancha/904306/diff?from=1&to=3',
  '/articles/guancha/904306/diff?from=1&to=3&view=side',
  '/articles/fengwen/1741030',
  '/days/2026-10-14',
  '/calendar',
  '/people',
  '/topics',
  '/changes',
  '/search?q=%E5%9B%BE%E4%B9%A6%E9%A6%86',
  '/search?q=sorce:x',
  '/run',
  '/coverage',
  '/audit',
  '/nothing',
];

/** One of each kind of page. */
const DIFFERENT = [
  ARTICLE,
  '/',
  '/articles/guancha/904306/diff?from=1&to=3&view=side',
  '/calendar',
  '/articles/guancha/904306/history',
  '/people',
  '/changes',
  '/search?q=%E5%9B%BE%E4%B9%A6%E9%A6%86',
  '/run',
  '/coverage',
  '/audit',
  '/nothing',
];

let room: ReadingRoom;
let server: Listening;
let browser: Browser;

before(async () => {
  room = await openReadingRoom({ folder: FIXTURE, site: SITE });
  for (const path of await files(FIXTURE))
    if (/^(?:articles|records|versions|assets)\//.test(path))
      await room.storage.write(path, await readFile(join(FIXTURE, path)));
  await putPictures();
  server = await serveReader(room.reader, { host: '127.0.0.1', port: 0 });
  const { chromium } = await loadPlaywright();
  const found = await findBrowser({ executablePath: null, playwrightPath: chromium.executablePath(), log: () => {} });
  browser = await chromium.launch({
    executablePath: found.executablePath,
    env: { ...process.env, ...found.env },
    chromiumSandbox: false,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
});

after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

/** An article with a picture of each kind, one that is missing, a wide table, links and a player. */
async function putPictures(): Promise<void> {
  const src = (name: string) => `http://127.0.0.1:40325/${name}`;
  const photo = await readFile(join(PICTURES, 'tea-970x374.jpg'));
  const kinds: Readonly<Record<string, Buffer | string>> = {
    'a.jpg': photo,
    'b.svg': DRAWING,
    'c.gif': await readFile(join(PICTURES, 'tea-320x213.gif')),
    'd.png': await readFile(join(PICTURES, 'night-400x300.png')),
    'e.webp': await readFile(join(PICTURES, 'shelf-400x300.webp')),
    'f.avif': DRAWN_AVIF,
    'g.bmp': BITMAP,
    'cut.jpg': photo.subarray(0, photo.length / 2),
  };
  const assets = await Promise.all(
    Object.entries(kinds).map(async ([name, bytes]) => ({
      ...(await room.picture(bytes, name.split('.')[1] ?? '', src(name))),
      ...(name === 'cut.jpg' && { flaw: { kind: 'cut', detail: 'it breaks off' } as const }),
    })),
  );
  const cells = Array.from({ length: 14 }, (_, i) => `<td>第${i}列的数字</td>`).join('');
  await room.put({
    title: '一篇什么都有的文章：图、表、链接与播放器',
    publishedAt: '2026-10-04T16:19:35+08:00',
    body:
      `<p>　　${'山中的图书馆每天都有人来，夜里也亮着灯。'.repeat(20)}</p>` +
      Object.keys(kinds)
        .map((name) => `<p><img src="${src(name)}"></p>`)
        .join('') +
      `<p><img src="${src('gone.jpg')}"></p><table><tr>${cells}</tr></table><p><strong>小标题</strong></p>` +
      `<p><a href="${WWW}/x/2026_10_14_904308.shtml">旧闻</a>，<a href="https://example.org/${'long'.repeat(40)}">别处</a></p>` +
      `<iframe src="https://v.example/play"></iframe><h4>又一节</h4><blockquote>引文</blockquote><ul><li>甲</li><li>乙</li></ul><pre>x = 1\n${'y'.repeat(200)}</pre>`,
    article: {
      columnists: [{ name: '周波', title: '研究员', url: null }],
      editors: ['岑溪澜'],
      keywords: ['图书馆', '夜读'],
      summary: '摘要一句。',
      images: [{ src: src('a.jpg'), caption: '茶山' }],
    },
    assets: [...assets, { src: src('gone.jpg'), missing: 'IMAGE_MISSING' }],
    draft: { flags: [{ code: 'no-time', detail: '没有时间' }] },
  });
  await room.put({ id: 'guancha:903181', title: '一篇后来成了风闻的文章' });
  const move = { url: 'http://127.0.0.1:40353/main/content?id=1741030', since: '2026-10-16T00:00:00.000Z' };
  await room.archive.update(
    articleKey('guancha:903181', '2026-10-04'),
    (old) => old && { record: noteMovedTo(old, move) },
  );
}

/** A page whose every request and complaint is noted. */
async function open(options: BrowserContextOptions): Promise<{
  readonly context: BrowserContext;
  readonly page: Page;
  readonly foreign: string[];
  readonly complaints: string[];
}> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const [foreign, complaints]: [string[], string[]] = [[], []];
  const note = (url: string) => {
    if (!url.startsWith(`${server.origin}/`)) foreign.push(url);
  };
  page.on('requestfinished', (request) => note(request.url()));
  // What the policy forbids is told as a request that failed, and never left the browser.
  page.on('requestfailed', (request) => {
    if (!/^csp$|BLOCKED_BY_CSP/i.test(request.failure()?.errorText ?? '')) note(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  return { context, page, foreign, complaints };
}

const EXPECTED_STATUS: Readonly<Record<string, number>> = { '/nothing': 404, '/search?q=sorce:x': 400 };

describe('the reader in a browser', () => {
  for (const [locale, colorScheme, width, javaScriptEnabled] of [
    ['zh-CN', 'light', 1440, true],
    ['en-GB', 'dark', 320, true],
    ['zh-CN', 'dark', 320, false],
    ['en-GB', 'light', 1440, false],
  ] as const) {
    it(`shows every page: ${locale}, ${colorScheme}, ${width} px, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
      const { context, page, foreign, complaints } = await open({
        locale,
        colorScheme,
        viewport: { width, height: 800 },
        javaScriptEnabled,
      });
      for (const path of PATHS) {
        const answer = await page.goto(`${server.origin}${path}`);
        assert.equal(answer?.status(), EXPECTED_STATUS[path] ?? 200, path);
        const { content, language, pictures } = await page.evaluate<{
          readonly content: number;
          readonly language: string;
          readonly pictures: number;
        }>(`({
          content: document.documentElement.scrollWidth,
          language: document.documentElement.lang,
          pictures: [...document.images].filter((each) => each.complete && each.naturalWidth === 0).length,
        })`);
        assert.ok(content <= width, `${path} is ${content} px wide`);
        assert.equal(language.slice(0, 2), locale.slice(0, 2), path);
        assert.equal(pictures, 0, path);
      }
      assert.deepEqual(foreign, []);
      assert.deepEqual(
        complaints.filter((each) => !/status of 40[04]/.test(each)),
        [],
      );
      await closed(context);
    });
  }

  it('shows a picture of each kind, and says in words which is not whole and which is not there', async () => {
    const { context, page, foreign } = await open({ locale: 'en-GB', viewport: { width: 1000, height: 800 } });
    await page.goto(`${server.origin}${ARTICLE}`);
    const shown = await page.evaluate<readonly (readonly [type: string, width: number])[]>(`Promise.all(
      [...document.querySelectorAll('.body img')].map(async (each) => {
        each.loading = 'eager';
        await each.decode().catch(() => {}); // one that is cut is shown as far as it goes
        return [each.src.split('.').at(-1), each.naturalWidth];
      }))`);
    assert.deepEqual(
      shown.map(([type]) => type),
      ['jpg', 'svg', 'gif', 'png', 'webp', 'avif', 'bmp', 'jpg'],
    );
    for (const [type, width] of shown) assert.ok(width > 0, type);
    const text = await page.innerText('.body');
    assert.equal(text.split('This picture is not whole').length, 2);
    assert.equal(text.split('This picture was not stored (IMAGE_MISSING)').length, 2);
    const drawing = await page.evaluate<string>(`document.querySelector('.body img[src$=".svg"]').src`);
    await assert.rejects(page.goto(drawing), /Download is starting|ERR_ABORTED/);
    assert.equal(await page.evaluate('window.ran'), undefined);
    assert.deepEqual(foreign, []);
    await closed(context);
  });

  it('leads from an article that moved to where it went, and tells of one that returned', async () => {
    const { context, page } = await open({ locale: 'en-GB', viewport: { width: 1000, height: 800 } });
    await page.goto(`${server.origin}${MOVED}`);
    await page.click('.notice a');
    await page.waitForURL(/\/articles\/fengwen\/1741030/);
    await page.goto(`${server.origin}${RETURNED}`);
    assert.equal(await page.locator('.notice').count(), 0);
    await page.goto(`${server.origin}${RETURNED}/history`);
    assert.match(await page.innerText('main'), /withdrawn[\s\S]*returned|returned[\s\S]*withdrawn/);
    await closed(context);
  });

  it('has nothing that axe finds, in either theme', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { context, page } = await open({ colorScheme, viewport: { width: 1000, height: 800 } });
      await page.route('**/*', withoutPolicy);
      for (const path of colorScheme === 'light' ? DIFFERENT : DIFFERENT.slice(0, 4)) {
        await page.goto(`${server.origin}${path}`);
        await page.evaluate(AXE);
        const rules = colorScheme === 'light' ? '{}' : `{ runOnly: ['color-contrast'] }`;
        const violations = await page.evaluate<readonly string[]>(
          `axe.run(${rules}).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
        );
        assert.deepEqual(violations, [], `${path}, ${colorScheme}`);
      }
      await closed(context);
    }
  });

  it('is used by keyboard alone: from the skip link to an article and its provenance', async () => {
    const { context, page } = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${server.origin}/`);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'A skip');
    await page.keyboard.press('Enter');
    assert.equal(await focused(page), 'MAIN wide');
    await page.keyboard.press('/');
    assert.equal(await focused(page), 'INPUT ');
    await page.keyboard.type('什么都有');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?q=/);
    await tabTo(page, 'h2 a');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/articles\/guancha\/903180/);
    await tabTo(page, '.provenance summary');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(`document.querySelector('.provenance').open`), true);
    await closed(context);
  });

  it('stays readable in forced colours, without motion, at 400 % and on paper', async () => {
    const { context, page, complaints } = await open({
      forcedColors: 'active',
      reducedMotion: 'reduce',
      viewport: { width: 320, height: 256 },
    });
    for (const path of [ARTICLE, '/', '/articles/guancha/904306/diff?from=1&to=3']) {
      await page.goto(`${server.origin}${path}`);
      assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 320, path);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.evaluate(`getComputedStyle(document.querySelector('.masthead')).display`), 'none');
      await page.emulateMedia({ media: 'screen' });
    }
    assert.deepEqual(complaints, []);
    await closed(context);
  });
});

describe('a hostile body in a browser', () => {
  const href = () => `${server.origin}${ARTICLE}`;
  const hasRun = async (page: Page): Promise<boolean> => {
    const asked = page.frames().map(async (frame) =>
      Promise.race([
        frame.evaluate<boolean>('window.ran !== undefined').catch(() => false),
        sleep(2000, frame === page.mainFrame()), // a frame that never comes to a document of its own has run nothing
      ]),
    );
    return (await Promise.all(asked)).includes(true) || page.url() !== href();
  };
  const ofTheWeb = (urls: readonly string[]) => urls.filter((url) => /^(?:https?|wss?):/.test(url));

  it('runs nothing and asks nobody, behind the sanitiser alone', async () => {
    const { context, page, foreign } = await open({});
    const sanitise = await openSanitiser();
    const shown = Object.values(HOSTILE_BODIES).map((body) => `<div>${sanitise(body)}</div>`);
    await page.route(href(), (route) => withBody(route, shown.join('\n'), { policy: false }));
    await page.goto(href());
    await page.waitForTimeout(300);
    assert.equal(await hasRun(page), false);
    assert.equal(
      await page.evaluate('document.querySelectorAll(".body > div").length'),
      shown.length,
      'each in its place',
    );
    assert.deepEqual(ofTheWeb(foreign), []);
    await closed(context);
  });

  it('runs nothing and asks nobody, behind the policy alone', async () => {
    const { context, page, foreign } = await open({});
    let raw = '';
    await page.route(href(), (route) => withBody(route, raw, { policy: true }));
    const ran: string[] = [];
    for (const [kind, body] of Object.entries(HOSTILE_BODIES)) {
      raw = body;
      await page.goto(href(), { waitUntil: 'commit' });
      await page.waitForTimeout(30);
      if (await hasRun(page)) ran.push(kind);
    }
    assert.deepEqual(ran, []);
    assert.deepEqual(ofTheWeb(foreign), []);
    await closed(context);
  });
});

let shownArticle: { readonly text: string; readonly headers: Record<string, string> } | null = null;

/** The page of an article with another body in it. */
async function withBody(route: Route, body: string, { policy }: { readonly policy: boolean }): Promise<void> {
  if (shownArticle === null) {
    const answer = await route.fetch();
    shownArticle = { text: await answer.text(), headers: answer.headers() };
  }
  const { 'content-security-policy': sent = '', ...headers } = shownArticle.headers;
  const text = shownArticle.text.replace(
    /<div class="body">[\s\S]*<\/article>/,
    () => `<div class="body">${body}</div></article>`,
  );
  assert.ok(text.includes(body) && sent !== '');
  await route.fulfill({ headers: policy ? { ...headers, 'content-security-policy': sent } : headers, body: text });
}

/** Closes all, and leaves what was on its way. */
async function closed(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(`document.activeElement.matches('${selector}')`)) return;
  }
  assert.fail(`no way to ${selector} by keyboard`);
}

async function withoutPolicy(route: Route): Promise<void> {
  const answer = await route.fetch();
  const { 'content-security-policy': _policy, ...headers } = answer.headers();
  await route.fulfill({ response: answer, headers });
}

function focused(page: Page): Promise<string> {
  return page.evaluate<string>("document.activeElement.tagName + ' ' + document.activeElement.className");
}
