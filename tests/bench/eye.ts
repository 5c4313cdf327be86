/**
 * What the reader's eye costs: a crawl of the newspaper with each setting of `checks.render` beside one with `never`, by the
 * CPU of the whole family of processes. `npm run bench:eye [-- --rounds N --articles N]`. The newspaper's pages are right, so
 * that `new` looks at those alone that another check doubts; `every: 1` shows what one look costs.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { measure } from './measure.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, articles: { type: 'string', default: '100' } },
});
const rounds = Number(values.rounds);
const COMMAND = join(import.meta.dirname, '../../bin/guancha-archive');
const SETTINGS = ['never', 'new', { every: 20 }, { every: 1 }] as const;

interface Sample {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly looks: number;
  readonly flagged: number;
}

const server = spawn(
  process.execPath,
  [join(import.meta.dirname, '../newspaper/main.ts'), '--articles', values.articles, '--images', '4'],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const folder = await mkdtemp(join(tmpdir(), 'guancha-eye-'));
try {
  const { www, community, images, articles } = await origins();
  const site = { www, community, images: [images] };
  const base = {
    site,
    network: { allowAddresses: ['127.0.0.1'] },
    sources: [],
    politeness: { intervalMs: 0, assetIntervalMs: 0, concurrency: 2 },
  };
  let archives = 0;
  const crawl = async (render: (typeof SETTINGS)[number], urls: readonly string[]): Promise<Sample> => {
    const [archive, config] = [join(folder, String(archives++)), join(folder, 'config.yaml')];
    await writeFile(config, JSON.stringify({ ...base, checks: { render } }));
    const { cpuMs, wallMs } = await measure(
      [process.execPath, COMMAND, 'archive', '--json', '--config', config, '--archive', archive, '-'],
      { input: urls.join('\n') },
    );
    const records = await recordsOf(archive);
    const looks = records.flatMap(({ render: look }) => look ?? []);
    await rm(archive, { recursive: true });
    return { cpuMs, wallMs, looks: looks.length, flagged: looks.filter(({ result }) => result === 'otherwise').length };
  };

  await crawl({ every: 1 }, articles.slice(0, 1)); // unpacks a browser where there is none, fills the caches
  const samples = SETTINGS.map((): Sample[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, setting] of SETTINGS.entries()) samples[i]?.push(await crawl(setting, articles));
  const median = (i: number, of: (sample: Sample) => number) =>
    (samples[i] ?? []).map(of).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  const count = articles.length;
  process.stdout.write(
    `\n${count} articles with 4 pictures each; medians of ${rounds}\n\n| checks.render | looked at | flagged | CPU ms per article | ratio | wall ms per article |\n|---|---|---|---|---|---|\n`,
  );
  for (const [i, setting] of SETTINGS.entries()) {
    const cpu = median(i, ({ cpuMs }) => cpuMs);
    const [looks, flagged] = [median(i, (each) => each.looks), median(i, (each) => each.flagged)];
    const wall = median(i, ({ wallMs }) => wallMs / count).toFixed(0);
    const name = typeof setting === 'string' ? setting : `every: ${setting.every}`;
    process.stdout.write(
      `| ${name} | ${looks} | ${flagged} | ${(cpu / count).toFixed(0)} | ${(cpu / median(0, ({ cpuMs }) => cpuMs)).toFixed(2)} | ${wall} |\n`,
    );
  }
} finally {
  server.stdin.end();
  await rm(folder, { recursive: true, force: true });
}

async function recordsOf(archive: string): Promise<readonly ArchiveRecord[]> {
  const top = join(archive, 'records');
  const names = (await readdir(top, { recursive: true })).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(top, name), 'utf8')) as ArchiveRecord));
}

async function origins(): Promise<{
  readonly www: string;
  readonly community: string;
  readonly images: string;
  readonly articles: readonly string[];
}> {
  for await (const line of createInterface({ input: server.stdout }))
    return JSON.parse(line) as Awaited<ReturnType<typeof origins>>;
  throw new Error('the newspaper did not start');
}
