/** The reference: a bare Playwright loop of `goto` and `content` over the URLs on stdin, everything but documents blocked. */
import { text } from 'node:stream/consumers';
import { chromium } from 'playwright';
import { findBrowser } from '../../src/fetch/chromium.ts';

const urls = (await text(process.stdin)).split('\n').filter(Boolean);
const found = await findBrowser({
  executablePath: null,
  playwrightPath: chromium.executablePath(),
  log: () => {},
});
const browser = await chromium.launch({
  executablePath: found.executablePath,
  env: { ...process.env, ...found.env },
  chromiumSandbox: false,
});
const page = await (await browser.newContext()).newPage();
await page.route('**/*', (route) => (route.request().resourceType() === 'document' ? route.continue() : route.abort()));
let characters = 0;
for (const url of urls) {
  await page.goto(url);
  characters += (await page.content()).length;
}
await browser.close();
process.stdout.write(`${JSON.stringify({ pages: urls.length, characters })}\n`);
