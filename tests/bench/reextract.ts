/**
 * What `extract --all` costs beside extraction alone, in CPU time of one process, in this run: an archive in memory of the
 * newspaper's pages as heavy as the site's, with their captures. `npm run bench:reextract [-- --articles 200]`
 */
import { parseArgs } from 'node:util';
import { extract } from '../../src/page/extract.ts';
import { judge } from '../../src/page/judge.ts';
import { parsePage } from '../../src/page/page.ts';
import { singlePageUrl } from '../../src/site/address.ts';
import type { Original } from '../mutants/kind.ts';
import { findOriginals, SITE } from '../mutants/originals.ts';
import { exchangeOf, fetchedPage } from '../support/fetched-page.ts';
import { openKeptCrawl } from '../support/kept-crawl.ts';
import { targetOf } from '../support/memory-crawl.ts';

const { values } = parseArgs({
  options: { articles: { type: 'string', default: '48' }, rounds: { type: 'string', default: '5' } },
});
const originals = (await findOriginals(Number(values.articles))).filter(({ html }) => html.length > 60_000);
const FETCHED = '2026-11-23T04:00:00.000Z';

const crawl = openKeptCrawl();
for (const { address, html } of originals) {
  const url = singlePageUrl(address);
  await crawl.visit(targetOf(address.url), [exchangeOf({ url, body: Buffer.from(html), fetchedAt: FETCHED })]);
}

function alone({ html, address }: Original): void {
  const url = singlePageUrl(address);
  const page = parsePage(fetchedPage({ url, body: Buffer.from(html), fetchedAt: FETCHED }));
  if (judge(page, SITE).kind === 'article') extract([page], address, SITE);
}

async function seconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const bytes = originals.reduce((sum, { html }) => sum + Buffer.byteLength(html), 0) / originals.length;
process.stdout.write(`${originals.length} articles, ${Math.round(bytes / 1000)} KB a page\n\n`);
process.stdout.write(
  '| CPU ms an article | extraction alone | extract --all | ratio | reproduce | ratio |\n|---|---|---|---|---|---|\n',
);
const rows: { readonly alone: number; readonly all: number; readonly again: number }[] = [];
for (let round = -1; round < Number(values.rounds); round++) {
  const row = {
    alone: await seconds(() => originals.forEach(alone)),
    all: await seconds(() => crawl.extractAll({ writes: true })),
    again: await seconds(() => crawl.reproduce()),
  };
  if (round >= 0) rows.push(row); // the first one warms up
}
const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
const ms = (of: (row: (typeof rows)[number]) => number) =>
  ((1000 * median(rows.map(of))) / originals.length).toFixed(1);
const ratio = (of: (row: (typeof rows)[number]) => number) => median(rows.map((row) => of(row) / row.alone)).toFixed(2);
process.stdout.write(
  `| median of ${rows.length} rounds | ${ms((row) => row.alone)} | ${ms((row) => row.all)} | ${ratio((row) => row.all)} | ${ms((row) => row.again)} | ${ratio((row) => row.again)} |\n`,
);
