/**
 * What judging and extracting a page costs beside cheerio's bare `load` of the same text, in one process, in this run;
 * and whether memory stays flat. `npm run bench:extract [-- --pages 10000]`
 */
import { parseArgs } from 'node:util';
import { load } from 'cheerio';
import { extract } from '../../src/page/extract.ts';
import { judge } from '../../src/page/judge.ts';
import { parsePage } from '../../src/page/page.ts';
import type { Original } from '../mutants/kind.ts';
import { findOriginals, SITE } from '../mutants/originals.ts';
import { fetchedPage } from '../support/fetched-page.ts';

const { values } = parseArgs({ options: { pages: { type: 'string', default: '10000' } } });
const originals = await findOriginals(16);
const heavy = originals.filter(({ html }) => html.length > 60_000);

function whole({ html, address }: Original): void {
  const page = parsePage(
    fetchedPage({
      url: address.url,
      body: Buffer.from(html),
      fetchedAt: '2026-11-23T04:00:00.000Z',
    }),
  );
  if (judge(page, SITE).kind === 'article') extract([page], address, SITE);
}

const bare = ({ html }: Original): void => void load(html);

function time(work: (original: Original) => void, original: Original): number {
  const startedAt = performance.now();
  work(original);
  return performance.now() - startedAt;
}

for (let i = 0; i < 200; i++) for (const original of heavy.slice(0, 3)) [whole, bare].map((work) => work(original)); // warm
const times = { whole: [] as number[], bare: [] as number[] };
for (let round = 0; round < 40; round++) {
  for (const original of heavy) {
    times.bare.push(time(bare, original));
    times.whole.push(time(whole, original));
  }
}
const at = (list: readonly number[], share: number) =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length * share)] ?? Number.NaN;
process.stdout.write(
  `${heavy.length} pages of ${kilobytes(heavy, Math.min)} to ${kilobytes(heavy, Math.max)} KB\n\n| ms per page | parse, judge, extract | bare load | ratio |\n|---|---|---|---|\n`,
);
for (const [name, share] of [
  ['median', 0.5],
  ['95th percentile', 0.95],
] as const) {
  const [ours, theirs] = [at(times.whole, share), at(times.bare, share)];
  process.stdout.write(`| ${name} | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${(ours / theirs).toFixed(2)} |\n`);
}

const count = Number(values.pages);
const memory: number[] = [];
for (let i = 0; i < count; i++) {
  const original = originals[i % originals.length];
  if (original !== undefined) whole(original);
  if (i % Math.ceil(count / 10) === 0) memory.push(process.memoryUsage().rss);
}
process.stdout.write(
  `\nresident memory over ${count} pages, MB: ${memory.map((bytes) => Math.round(bytes / 1e6)).join(', ')}\n`,
);

function kilobytes(all: readonly Original[], of: (...sizes: number[]) => number): number {
  return Math.round(of(...all.map(({ html }) => Buffer.byteLength(html))) / 1000);
}
