/**
 * A site in a real Chromium, from `file:` and from a server that only hands out files: every kind of page, the search, with
 * and without scripts, by what axe finds; nothing runs that should not, and no request leaves the folder.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { findBrowser, loadPlaywright } from '../src/fetch/chromium.ts';
import { type ExportRoom, openExportRoom } from './support/export-room.ts';
import { HOSTILE_BODIES } from './support/hostile-bodies.ts';
import { files } from './support/tree.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/archive-1');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/** Else one of five: `npm run site` tries them all. */
const ALL_BODIES = process.env.SITE_BODIES === 'all';

let room: ExportRoom;
let site: string;
let server: Server;
let browser: Browser;
let origins: Readonly<Record<'file' | 'server', string>>;

before(async () => {
  room = await openExportRoom();
  for (const path of await files(FIXTURE))
    if (/^(?:articles|records|versions|assets)\//.test(path)) await cp(join(FIXTURE, path), join(room.root, path));
  await room.put({
    id: 'guancha:903180',
    title: '一篇什么都有的文章',
    publishedAt: '2026-10-04T16:19:35+08:00',
    body: `<p>${'山中的图书馆每天都有人来。'.repeat(20)}</p>${Object.values(HOSTILE_BODIES).join('\n')}`,
  });
  assert.equal((await room.exported('site', 'site')).code, 0);
  site = join(room.folder, 'site');
  server = createServer(({ url = '' }, answer) => {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    readFile(join(site, path.endsWith('/') ? `${path}index.html` : path)).then(
      (bytes) => answer.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(bytes),
      () => answer.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origins = {
    file: `${pathToFileURL(site)}/`,
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  };
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
  server?.closeAllConnections();
  server?.close();
  await room?.[Symbol.asyncDispose]();
});

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Addresses outside of the site that were asked for. */
  readonly foreign: string[];
  readonly complaints: string[];
}

async function open(origin: string, options: BrowserContextOptions): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const [foreign, complaints]: [string[], string[]] = [[], []];
  const note = (url: string) => {
    if (!url.startsWith(origin)) foreign.push(url);
  };
  page.on('requestfinished', (request) => note(request.url()));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // What the policy forbids is told as a request that failed, and never left the browser.
    if (!/^csp$|BLOCKED_BY_CSP/i.test(why)) note(request.url());
    if (!/ERR_ABORTED/.test(why)) complaints.push(`${request.url()}: ${why}`); // the page was left before it came
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  return { context, page, foreign, complaints };
}

const PAGES = [
  'index.html',
  'articles/guancha/903/903180.html',
  'articles/guancha/904/904306.html',
  'articles/guancha/904/904306-v1.html',
  'articles/guancha/904/904306-history.html',
  'articles/guancha/904/904306-diff-1-2-side.html',
  'articles/fengwen/1741/1741030.html',
  'days/2026/2026-10-14.html',
  'calendar.html',
  'people.html',
  'topics.html',
  'changes.html',
  'search.html',
];

async function searched(page: Page): Promise<readonly string[]> {
  await page.waitForFunction(
    `!['', document.getElementById('found').dataset.busy].includes(document.querySelector('[role=status]').textContent)`,
  );
  return page.evaluate<readonly string[]>(`[...document.querySelectorAll('.hits h2')].map((each) => each.textContent)`);
}

describe('a site in a browser', () => {
  for (const [place, tree, colorScheme, width] of [
    ['file', '', 'light', 1440],
    ['server', 'en/', 'dark', 320],
  ] as const)
    it(`shows every page, and searches: ${place}, ${colorScheme}, ${width} px`, async () => {
      const origin = origins[place];
      const { context, page, foreign, complaints } = await open(origin, {
        colorScheme,
        viewport: { width, height: 800 },
      });
      for (const path of PAGES) {
        await page.goto(`${origin}${tree}${path}`);
        const { content, language, pictures, isStyled } = await page.evaluate<{
          readonly content: number;
          readonly language: string;
          readonly pictures: number;
          readonly isStyled: boolean;
        }>(`({
          content: document.documentElement.scrollWidth,
          language: document.documentElement.lang.slice(0, 2),
          pictures: [...document.images].filter((each) => each.complete && each.naturalWidth === 0).length,
          isStyled: getComputedStyle(document.body).margin === '0px',
        })`);
        assert.ok(content <= width, `${path} is ${content} px wide`);
        assert.deepEqual([language, pictures, isStyled], [tree === '' ? 'zh' : 'en', 0, true], path);
        assert.equal(await page.evaluate('window.ran'), undefined, path);
      }
      await page.goto(`${origin}${tree}articles/guancha/904/904306.html`);
      await page.fill('.search input', '圖書館 -什么都有');
      await page.keyboard.press('Enter');
      await page.waitForURL(/search\.html\?q=/);
      const titles = await searched(page);
      assert.ok(titles.length > 0 && titles.some((title) => title.includes('图书馆')), titles.join());
      assert.ok(!titles.includes('一篇什么都有的文章'));
      assert.ok(await page.evaluate<boolean>(`document.querySelectorAll('.hits mark').length > 0`));
      await page.click('.hits h2 a');
      await page.waitForURL(/articles\/(?:guancha|fengwen)\/\d+\/\d+\.html$/);
      await page.goto(`${origin}${tree}search.html?q=${encodeURIComponent('图')}`);
      assert.deepEqual(await searched(page), []);
      assert.match((await page.textContent('[role=status]')) ?? '', /至少两个字|at least two/);
      await page.goto(`${origin}${tree}index.html`);
      await page.click('.switches a');
      await page.waitForURL(tree === '' ? /\/en\/index\.html$/ : (url) => !url.pathname.includes('/en/'));
      assert.deepEqual(foreign, []);
      assert.deepEqual(complaints, []);
      await context.close();
    });

  it('is browsed without scripts, and says that the search needs them', async () => {
    const { context, page, complaints } = await open(origins.file, { javaScriptEnabled: false });
    await page.goto(`${origins.file}index.html`);
    await page.click('.sections a[href="calendar.html"]');
    await page.waitForURL(/calendar\.html$/);
    await page.click('.month a >> nth=0');
    await page.waitForURL(/days\/2026\/2026-\d\d-\d\d\.html$/);
    await page.click('main h3 a >> nth=0');
    await page.waitForURL(/articles\//);
    await page.fill('.search input', '图书馆');
    await page.keyboard.press('Enter');
    await page.waitForURL(/search\.html\?q=/);
    assert.equal(await page.isVisible('noscript .notice'), true);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('has nothing that axe finds', async () => {
    const { context, page } = await open(origins.server, { bypassCSP: true, viewport: { width: 1000, height: 800 } });
    for (const path of ['index.html', 'articles/guancha/904/904306-diff-1-2-side.html', 'search.html?q=图书馆']) {
      await page.goto(`${origins.server}${path}`);
      if (path.startsWith('search')) await searched(page);
      await page.evaluate(AXE);
      const violations = await page.evaluate<readonly string[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
      );
      assert.deepEqual(violations, [], path);
    }
    await context.close();
  });

  it('runs no script of an article, behind the policy of its head alone', async () => {
    const path = 'articles/guancha/903/903180.html';
    const { context, page, foreign } = await open(origins.server, {});
    const shown = await readFile(join(site, path), 'utf8');
    let raw = '';
    await page.route(`${origins.server}${path}`, (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: shown.replace(/<div class="body">[\s\S]*<\/article>/, () => `<div class="body">${raw}</div></article>`),
      }),
    );
    const ran: string[] = [];
    for (const [kind, body] of Object.entries(HOSTILE_BODIES).filter((_, i) => ALL_BODIES || i % 5 === 0)) {
      // A page in a file has no sandbox: what leads elsewhere by itself is for the sanitiser.
      if (/http-equiv/i.test(body)) continue;
      raw = body;
      await page.goto(`${origins.server}${path}`, { waitUntil: 'commit' });
      await page.waitForTimeout(20);
      if ((await page.evaluate('window.ran')) !== undefined) ran.push(kind);
    }
    assert.deepEqual(ran, []);
    assert.deepEqual(
      foreign.filter((url) => /^https?:/.test(url)),
      [],
    );
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });
});
