/**
 * What pages made to be slow or large cost: `npm run bench:pages [-- --largest 16000000] [--only NAME]`. Each kind is read from
 * 1 KB to the largest size, as a crawl reads it: an unusual page on trial first, in its thread. A row for each kind: the most
 * processor time and memory that one of its pages took, how its time grows with its size, and what came of the largest.
 */
import { parseArgs } from 'node:util';
import { isUnusual, openPageTrial } from '../../src/crawl/page-trial.ts';
import { ArchiveError } from '../../src/errors.ts';
import { parseArticleUrl } from '../../src/site/address.ts';
import { NEWS_URL, SITE } from '../support/article-page.ts';
import { fetchedPage } from '../support/fetched-page.ts';
import { HEAVY_LISTS, HEAVY_PAGES } from '../support/heavy-pages.ts';
import { readHeavyList, readHeavyPage } from '../support/read-heavy-page.ts';

const { values } = parseArgs({
  options: { largest: { type: 'string', default: '16000000' }, only: { type: 'string', default: '' } },
});
const largest = Number(values.largest);
const sizes = [1000, 8000, 64_000, 256_000, 1_000_000, 4_000_000, 16_000_000].filter((bytes) => bytes <= largest);
const trial = openPageTrial(SITE);
const kinds = [
  ...HEAVY_PAGES.map((kind) => ({ ...kind, read: readHeavyPage, address: parseArticleUrl(NEWS_URL, SITE) })),
  ...HEAVY_LISTS.map((kind) => ({ ...kind, read: readHeavyList, address: null })),
].filter(({ name }) => name.includes(values.only));

const MB = 1_000_000;
process.stdout.write('| kind | most s | most MB | 64 → 256 KB | the largest |\n|---|---|---|---|---|\n');
for (const { name, make, read, address } of kinds) {
  const took = new Map<number, number>();
  let mostBytes = 0;
  let came = '';
  for (const bytes of sizes) {
    const html = make(bytes);
    const body = Buffer.from(html);
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 10);
    const start = process.cpuUsage();
    try {
      await trial(fetchedPage({ url: NEWS_URL, body }), address);
      came = read(html);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      came = `${error.code}${isUnusual(body) ? ' on trial' : ''}`;
    }
    clearInterval(watch);
    const { user, system } = process.cpuUsage(start);
    took.set(bytes, (user + system) / 1e6);
    mostBytes = Math.max(mostBytes, most - before, process.memoryUsage.rss() - before);
  }
  const growth = (took.get(256_000) ?? 0) / Math.max(took.get(64_000) ?? 0, 0.05);
  const slowest = Math.max(...took.values());
  process.stdout.write(
    `| ${name} | ${slowest.toFixed(1)} | ${Math.round(mostBytes / MB)} | ${growth.toFixed(1)} | ${came} |\n`,
  );
}
