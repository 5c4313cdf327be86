/** Crawlee's CheerioCrawler over the same pages, without a browser: two at a time, no pause. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CheerioCrawler, Configuration, log } from 'crawlee';

const { PEER_OUT } = process.env;
const urls = (await text(process.stdin)).split('\n').filter(Boolean);
log.setLevel(log.LEVELS.ERROR);
let number = 0;
const crawler = new CheerioCrawler(
  {
    minConcurrency: 2,
    maxConcurrency: 2,
    maxRequestRetries: 0,
    requestHandler: ({ body }) => {
      writeFileSync(join(PEER_OUT, `${number++}.html`), body);
    },
  },
  new Configuration({ storageClientOptions: { localDataDirectory: join(PEER_OUT, 'storage') } }),
);
await crawler.run(urls);
