/**
 * A large work over 1, 2 and 4 hands beside the same command alone, in one run: time, and processor time of all that took
 * part, so that the share of coordination shows where there are fewer cores than hands.
 * `npm run bench:partitions [-- --articles 3000 --captured 400 --rounds 2]`
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDisk } from '../../src/archive/disk.ts';
import { singlePageUrl } from '../../src/site/address.ts';
import { findOriginals } from '../mutants/originals.ts';
import { run, start } from '../support/command.ts';
import { exchangeOf } from '../support/fetched-page.ts';
import { openKeptCrawl } from '../support/kept-crawl.ts';
import { targetOf } from '../support/memory-crawl.ts';
import { startRedis } from '../support/servers.ts';
import { makeArchive } from './archive-generator.ts';
import { familyOf } from './family.ts';
import { measure } from './measure.ts';

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '3000' },
    captured: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '2' },
  },
});
const [articles, captured, rounds] = [Number(values.articles), Number(values.captured), Number(values.rounds)];
const HANDS = [1, 2, 4];
const COMMAND = join(import.meta.dirname, '../../src/cli.ts');
/** Clock ticks of /proc are hundredths of a second. */
const MS_PER_TICK = 10;

const WORKS = [
  { name: 'audit', archive: 'written', args: ['audit', '--json'], one: ['--jobs', '1'] },
  { name: 'reindex', archive: 'written', args: ['reindex', '--json'], one: [] },
  { name: 'extract --all', archive: 'captured', args: ['extract', '--all', '--diff', '--json'], one: ['--jobs', '1'] },
] as const;

interface Cost {
  readonly wallMs: number;
  /** Of the command and, where there are any, of the hands. */
  readonly cpuMs: number;
  /** Of the command alone. */
  readonly ownMs: number;
}

const folder = await mkdtemp(join(tmpdir(), 'guancha-bench-'));
try {
  await using redis = await startRedis();
  for (const archive of ['written', 'captured'])
    await writeFile(configOf(archive), `archive: ./${archive}\ncluster: { redis: '${redis.url}' }\n`);
  makeArchive(join(folder, 'written'), { articles, pictures: 0 });
  await capture(join(folder, 'captured'));

  process.stdout.write(`${articles} articles, ${captured} with captures; the smaller of ${rounds} rounds each\n\n`);
  process.stdout.write(
    '| work | by | time, s | of one thread’s | processor, s | of one thread’s | the command’s part |\n',
  );
  process.stdout.write('|---|---|---|---|---|---|---|\n');
  for (const { name, archive, args, one } of WORKS) {
    const config = ['--config', configOf(archive)];
    const alone = await least(() => costOf([...args, ...one, ...config], []));
    row(name, 'one thread', alone, alone);
    for (const count of HANDS) {
      const hands = await handsOf(count, config);
      try {
        await costOf([...args, '--cluster', ...config], hands); // modules are loaded and made fast
        row(name, `${count} hands`, await least(() => costOf([...args, '--cluster', ...config], hands)), alone);
      } finally {
        for (const { child } of hands) child.kill('SIGTERM');
        await Promise.all(hands.map(({ ended }) => ended));
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function configOf(archive: string): string {
  return join(folder, `${archive}.yaml`);
}

function row(work: string, by: string, cost: Cost, alone: Cost): void {
  const s = (ms: number) => (ms / 1000).toFixed(1);
  const part = by === 'one thread' ? '' : `${Math.round((100 * cost.ownMs) / cost.cpuMs)} %`;
  const ratios = [(cost.wallMs / alone.wallMs).toFixed(2), (cost.cpuMs / alone.cpuMs).toFixed(2)];
  process.stdout.write(
    `| ${work} | ${by} | ${s(cost.wallMs)} | ${ratios[0]} | ${s(cost.cpuMs)} | ${ratios[1]} | ${part} |\n`,
  );
}

async function least(measured: () => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round++) costs.push(await measured());
  const [first] = costs.toSorted((a, b) => a.wallMs - b.wallMs);
  if (first === undefined) throw new TypeError('no rounds');
  return first;
}

type Hands = Awaited<ReturnType<typeof handsOf>>;

async function handsOf(count: number, config: readonly string[]) {
  const hands = Array.from({ length: count }, () => start(['worker', '--no-visits', ...config]));
  await Promise.all(hands.map(({ says }) => says('takes partitions')));
  return hands;
}

async function costOf(args: readonly string[], hands: Hands): Promise<Cost> {
  const used = () => hands.reduce((sum, { child }) => sum + ticksOf(child.pid ?? 0), 0) * MS_PER_TICK;
  const before = used();
  const { wallMs, cpuMs } = await measure([process.execPath, COMMAND, ...args]);
  return { wallMs, cpuMs: cpuMs + used() - before, ownMs: cpuMs };
}

function ticksOf(pid: number): number {
  return [...familyOf(pid).values()].reduce((sum, ticks) => sum + ticks, 0);
}

/** Articles of pages as heavy as the site's, with their captures. */
async function capture(root: string): Promise<void> {
  const crawl = openKeptCrawl(openDisk(root));
  for (const { address, html } of await findOriginals(captured)) {
    const url = singlePageUrl(address);
    const body = Buffer.from(html);
    await crawl.visit(targetOf(address.url), [exchangeOf({ url, body, fetchedAt: '2026-11-23T04:00:00.000Z' })]);
  }
  if ((await run(['extract', '--all', '--diff', '--config', configOf('captured')])).code !== 0)
    throw new Error('the archive with captures is not as it should be');
}
