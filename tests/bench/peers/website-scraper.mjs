/** website-scraper over the same pages, with what they show: two requests at a time. */
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import scrape from 'website-scraper';

const urls = (await text(process.stdin)).split('\n').filter(Boolean);
await scrape({
  urls,
  directory: join(process.env.PEER_OUT, 'site'),
  requestConcurrency: 2,
  filenameGenerator: 'bySiteStructure',
  ignoreErrors: true,
});
