/** The reference: each page by `goto` and `content`, and its text into a file; everything but documents blocked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { chromium } from 'playwright';

const { PEER_OUT, PEER_BROWSER } = process.env;
const urls = (await text(process.stdin)).split('\n').filter(Boolean);
const browser = await chromium.launch({ executablePath: PEER_BROWSER, chromiumSandbox: false });
const page = await (await browser.newContext()).newPage();
await page.route('**/*', (route) => (route.request().resourceType() === 'document' ? route.continue() : route.abort()));
for (const [index, url] of urls.entries()) {
  await page.goto(url);
  writeFileSync(join(PEER_OUT, `${index}.html`), await page.content());
}
await browser.close();
