/** A browser for pictures that shows Chinese on every machine: its type comes from npm packages, and none is installed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { findBrowser, loadPlaywright } from '../../src/fetch/chromium.ts';

/** The names by which the pages ask for the type, and the packages that have it. */
const TYPES = {
  'Noto Sans SC': '@fontsource-variable/noto-sans-sc',
  'Noto Serif SC': '@fontsource-variable/noto-serif-sc',
} as const;
/** No host has this name (RFC 6761); the page's requests to it are answered here. */
const ORIGIN = 'https://type.invalid';

/** A browser that reaches nothing but this machine. */
export async function openPictureBrowser(): Promise<Browser> {
  const { chromium } = await loadPlaywright();
  const found = await findBrowser({ executablePath: null, playwrightPath: chromium.executablePath(), log: () => {} });
  return await chromium.launch({
    executablePath: found.executablePath,
    env: { ...process.env, ...found.env },
    chromiumSandbox: false,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--font-render-hinting=none'],
  });
}

/** A context whose pages may load the type. */
export async function openContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext({ ...options, bypassCSP: true });
  const require = createRequire(import.meta.url);
  await context.route(`${ORIGIN}/**`, async (route) => {
    const [, name = '', file = ''] = /^\/(\d+)\/(.+)$/.exec(new URL(route.request().url()).pathname) ?? [];
    const folder = dirname(require.resolve(`${Object.values(TYPES)[Number(name)]}/package.json`));
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'font/woff2' };
    await route.fulfill({ headers, body: readFileSync(join(folder, 'files', file)) });
  });
  return context;
}

/** Gives a page that has loaded the type, and waits until it shows it. */
export async function setType(page: Page): Promise<void> {
  await page.addStyleTag({ content: typeStyle() });
  // Type is asked for when a page is drawn, which two frames are enough for.
  const frame = 'new Promise((resolve) => requestAnimationFrame(resolve))';
  await page.evaluate(`${frame}.then(() => ${frame}).then(() => document.fonts.ready).then(() => true)`);
}

function typeStyle(): string {
  const require = createRequire(import.meta.url);
  return Object.entries(TYPES)
    .map(([family, name], index) =>
      readFileSync(require.resolve(`${name}/index.css`), 'utf8')
        .replaceAll(/font-family: '[^']+'/g, `font-family: '${family}'`)
        .replaceAll('./files/', `${ORIGIN}/${index}/`),
    )
    .join('\n');
}
