/**
 * What captures cost: a crawl of the newspaper with each setting of `capture.what` beside one with `off`, by the CPU of the
 * whole family of processes, and what they take on the disk. `npm run bench:captures [-- --rounds N --articles N]`
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { measure } from './measure.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, articles: { type: 'string', default: '100' } },
});
const rounds = Number(values.rounds);
const COMMAND = join(import.meta.dirname, '../../bin/guancha-archive');
const SETTINGS = ['off', 'pages', 'all'] as const;

interface Sample {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Under `captures/`, and of all else that lies in the archive. */
  readonly bytes: { readonly captures: number; readonly others: number };
}

const server = spawn(
  process.execPath,
  [join(import.meta.dirname, '../newspaper/main.ts'), '--articles', values.articles, '--images', '4'],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const folder = await mkdtemp(join(tmpdir(), 'guancha-captures-'));
try {
  const { www, community, images, articles } = await origins();
  const base = {
    site: { www, community, images: [images] },
    network: { allowAddresses: ['127.0.0.1'] },
    sources: [],
    politeness: { intervalMs: 0, assetIntervalMs: 0, concurrency: 2 },
  };
  let archives = 0;
  const crawl = async (what: (typeof SETTINGS)[number], urls: readonly string[]): Promise<Sample> => {
    const [archive, config] = [join(folder, String(archives++)), join(folder, 'config.yaml')];
    await writeFile(config, JSON.stringify({ ...base, capture: { what } }));
    const { cpuMs, wallMs } = await measure(
      [process.execPath, COMMAND, 'archive', '--json', '--config', config, '--archive', archive, '-'],
      { input: urls.join('\n') },
    );
    const bytes = await bytesIn(archive);
    await rm(archive, { recursive: true });
    return { cpuMs, wallMs, bytes };
  };

  await crawl('pages', articles.slice(0, 1)); // unpacks a browser where there is none, fills the caches
  const samples = SETTINGS.map((): Sample[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, setting] of SETTINGS.entries()) samples[i]?.push(await crawl(setting, articles));
  const median = (i: number, of: (sample: Sample) => number) =>
    (samples[i] ?? []).map(of).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  const count = articles.length;
  process.stdout.write(
    `\n${count} articles with 4 pictures each; medians of ${rounds}\n\n| capture.what | CPU ms per article | ratio | wall ms per article | captures, KB per article | all else, KB per article |\n|---|---|---|---|---|---|\n`,
  );
  for (const [i, setting] of SETTINGS.entries()) {
    const cpu = median(i, ({ cpuMs }) => cpuMs);
    const wall = median(i, ({ wallMs }) => wallMs / count).toFixed(0);
    const [kept, others] = [median(i, ({ bytes }) => bytes.captures), median(i, ({ bytes }) => bytes.others)].map(
      (bytes) => (bytes / count / 1000).toFixed(1),
    );
    process.stdout.write(
      `| ${setting} | ${(cpu / count).toFixed(0)} | ${(cpu / median(0, ({ cpuMs }) => cpuMs)).toFixed(2)} | ${wall} | ${kept} | ${others} |\n`,
    );
  }
} finally {
  server.stdin.end();
  await rm(folder, { recursive: true, force: true });
}

async function bytesIn(archive: string): Promise<Sample['bytes']> {
  const bytes = { captures: 0, others: 0 };
  for (const entry of await readdir(archive, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name));
    bytes[entry.parentPath.includes('/captures') ? 'captures' : 'others'] += size;
  }
  return bytes;
}

interface Served {
  readonly www: string;
  readonly community: string;
  readonly images: string;
  readonly articles: readonly string[];
}

/** What the newspaper says of itself in its first line. */
async function origins(): Promise<Served> {
  for await (const line of createInterface({ input: server.stdout })) return JSON.parse(line) as Served;
  throw new Error('the newspaper did not open');
}
