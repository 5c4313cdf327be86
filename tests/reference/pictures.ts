/** The pictures of README, from a real run of the demo: its terminal, and an article in the reader. `npm run pictures` makes them. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { start } from '../support/command.ts';
import { openContext, openPictureBrowser, setType } from './chinese-type.ts';
import { recordCommand } from './recording.ts';
import { PALETTES, quickened, terminalSvg } from './terminal-svg.ts';

const ROOT = join(import.meta.dirname, '../..');
const PICTURES = join(ROOT, 'docs/pictures');
const DEMOS = join(ROOT, 'demo-archive');
const THEMES = ['light', 'dark'] as const;
const TERMINAL = { columns: 108, rows: 26 } as const;
const QUICK = { pauseMs: 700, momentMs: 320 } as const;
/** The one that the newspaper of the demo corrects: it has a lead picture and two versions. */
const ARTICLE = 'articles/guancha/904308';
const VIEW = { viewport: { width: 1080, height: 760 }, deviceScaleFactor: 1.5, locale: 'zh-CN' } as const;
/** Of a picture that a page of README shows. */
const MOST_BYTES = 150_000;

mkdirSync(PICTURES, { recursive: true });
const archive = await demoRecorded();
try {
  await articlePictures(join(archive, 'crawl.config.yaml'));
} finally {
  rmSync(archive, { recursive: true });
}

/** Runs the demo and draws what it shows. @returns the folder of its archive */
async function demoRecorded(): Promise<string> {
  const before = new Set(foldersOf(DEMOS));
  const screens = await recordCommand('npm run -s demo', { cwd: ROOT, ...TERMINAL, prompt: '$ npm run demo' });
  const shown = quickened(screens, QUICK);
  const title = 'npm run demo: a made-up newspaper is archived and compared with what was printed';
  for (const theme of THEMES)
    keep(`demo-${theme}.svg`, terminalSvg(shown, { ...TERMINAL, title, palette: PALETTES[theme] }));
  const [made] = foldersOf(DEMOS).filter((name) => !before.has(name));
  if (made === undefined) throw new Error('the demo made no archive');
  return join(DEMOS, made);
}

function foldersOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).map(({ name }) => name);
}

async function articlePictures(config: string): Promise<void> {
  const serving = start(['serve', '--port', '0', '--json', '--config', config]);
  let said = '';
  serving.child.stdout?.on('data', (chunk: string) => {
    said += chunk;
  });
  await serving.says('"origin"');
  const { origin } = JSON.parse(said) as { readonly origin: string };
  const browser = await openPictureBrowser();
  try {
    for (const theme of THEMES) keep(`article-${theme}.webp`, await pictureOf(browser, `${origin}/${ARTICLE}`, theme));
  } finally {
    await browser.close();
    serving.child.kill('SIGTERM');
    await serving.ended;
  }
}

async function pictureOf(browser: Browser, url: string, theme: (typeof THEMES)[number]): Promise<Buffer> {
  await using context = await openContext(browser, { ...VIEW, colorScheme: theme });
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'load' });
  await setType(page);
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  return Buffer.from(data, 'base64');
}

function keep(name: string, bytes: string | Buffer): void {
  if (Buffer.byteLength(bytes) > MOST_BYTES) throw new Error(`${name} has ${Buffer.byteLength(bytes)} bytes`);
  writeFileSync(join(PICTURES, name), bytes);
}
