/** Crawlee's PlaywrightCrawler over the same pages: two at a time, no pause, everything but documents blocked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Configuration, log, PlaywrightCrawler } from 'crawlee';

const { PEER_OUT, PEER_BROWSER } = process.env;
const urls = (await text(process.stdin)).split('\n').filter(Boolean);
log.setLevel(log.LEVELS.ERROR);
let number = 0;
const crawler = new PlaywrightCrawler(
  {
    minConcurrency: 2,
    maxConcurrency: 2,
    maxRequestRetries: 0,
    launchContext: { launchOptions: { executablePath: PEER_BROWSER, chromiumSandbox: false, headless: true } },
    preNavigationHooks: [
      async ({ page }) => {
        await page.route('**/*', (route) =>
          route.request().resourceType() === 'document' ? route.continue() : route.abort(),
        );
      },
    ],
    requestHandler: async ({ page }) => {
      writeFileSync(join(PEER_OUT, `${number++}.html`), await page.content());
    },
  },
  new Configuration({ storageClientOptions: { localDataDirectory: join(PEER_OUT, 'storage') } }),
);
await crawler.run(urls);
