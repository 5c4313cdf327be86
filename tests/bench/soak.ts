/**
 * A long crawl: does memory stay flat, do descriptors, does it slow down? The newspaper is in a process of its own, the
 * crawl in another, without any pause between requests. `npm run bench:soak [-- --articles N]`. Linux only: reads /proc.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { familyOf, proportionalBytes } from './family.ts';

/** The process family of the crawl after so many articles. */
interface Sample {
  readonly articles: number;
  readonly seconds: number;
  readonly nodeBytes: number;
  /** Chromium's processes together; what they share counts once. */
  readonly browserBytes: number;
  readonly descriptors: number;
  readonly browserDescriptors: number;
}

const { values } = parseArgs({ options: { articles: { type: 'string', default: '10000' } } });
const articles = Number(values.articles);
const step = Math.max(1, Math.round(articles / 10));
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const server = spawn(
  process.execPath,
  [
    join(import.meta.dirname, '../newspaper/main.ts'),
    // Some articles are on no list.
    ...['--articles', String(Math.ceil(articles * 1.2)), '--images', '1', '--page-bytes', '30000', '--list-size', '60'],
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const folder = await mkdtemp(join(tmpdir(), 'guancha-soak-'));
try {
  const file = join(folder, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 2 };
  await writeFile(file, `${await configuration()}politeness: ${JSON.stringify(politeness)}\n`);
  report(await crawl(file));
} finally {
  server.stdin.end();
  await rm(folder, { recursive: true, force: true });
}

async function configuration(): Promise<string> {
  for await (const line of createInterface({ input: server.stdout }))
    return (JSON.parse(line) as { readonly config: string }).config;
  throw new Error('the newspaper did not start');
}

/** Samples at every `step` articles that are settled, from the first step on. */
async function crawl(file: string): Promise<readonly Sample[]> {
  const cli = join(import.meta.dirname, '../../src/cli.ts');
  const child = spawn(process.execPath, [cli, 'crawl', '--json', '--limit', String(articles), '--config', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const samples: Sample[] = [];
  const outcomes = new Map<string, number>();
  let settled = 0;
  let startedAt = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { outcome } = JSON.parse(line) as { readonly outcome: string };
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (settled === 0) startedAt = performance.now();
    settled += 1;
    if (settled % step !== 0) continue;
    samples.push(await sample(child.pid ?? 0, settled, (performance.now() - startedAt) / 1000));
    say(`${settled} articles in ${Math.round(samples.at(-1)?.seconds ?? 0)} s`);
  }
  say([...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', '));
  return samples;
}

async function sample(pid: number, settled: number, seconds: number): Promise<Sample> {
  const browser = [...familyOf(pid).keys()].filter((each) => each !== pid);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    articles: settled,
    seconds,
    nodeBytes: proportionalBytes(pid),
    browserBytes: sum(browser.map(proportionalBytes)),
    descriptors: await openDescriptors(pid),
    browserDescriptors: sum(await Promise.all(browser.map(openDescriptors))),
  };
}

async function openDescriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length; // it ended, or is somebody else's
}

function report(samples: readonly Sample[]): void {
  const rates = samples.map(
    ({ articles: count, seconds }, i) =>
      (count - (samples[i - 1]?.articles ?? 0)) / (seconds - (samples[i - 1]?.seconds ?? 0)),
  );
  say('\n| articles | node, MB | Chromium, MB | descriptors, node | descriptors, Chromium | articles/s |');
  say('|---|---|---|---|---|---|');
  samples.forEach((each, i) => {
    const { nodeBytes, browserBytes, descriptors, browserDescriptors } = each;
    const cells = [each.articles, megabytes(nodeBytes), megabytes(browserBytes), descriptors, browserDescriptors];
    say(`| ${cells.join(' | ')} | ${rates[i]?.toFixed(1)} |`);
  });
  const slopeOf = (value: (sample: Sample) => number) =>
    (slope(samples.map((each) => [each.articles / 1000, value(each)])) ?? 0).toFixed(2);
  say('\nper 1000 articles, by linear regression over all samples but the first:');
  say(
    `node ${slopeOf(({ nodeBytes }) => nodeBytes / 1e6)} MB, Chromium ${slopeOf(({ browserBytes }) => browserBytes / 1e6)} MB`,
  );
  say(
    `descriptors: node ${slopeOf((each) => each.descriptors)}, Chromium ${slopeOf((each) => each.browserDescriptors)}`,
  );
  say(`articles/s: first ${step} ${rates[0]?.toFixed(1)}, last ${step} ${rates.at(-1)?.toFixed(1)}`);
}

/** Least squares; the first point, where caches still fill, does not count. Null for fewer than two points. */
function slope(points: readonly (readonly [number, number])[]): number | null {
  const counted = points.slice(1);
  if (counted.length < 2) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(counted.map((point) => point[0])), mean(counted.map((point) => point[1]))];
  const above = counted.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / counted.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
