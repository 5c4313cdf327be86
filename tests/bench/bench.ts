/**
 * What archiving costs beside a bare Playwright loop, on this machine, in this run. `npm run bench [-- --rounds N]`;
 * beside other programs with `-- --peers [--limit SECONDS]`.
 * Only the ratios mean anything elsewhere: the newspaper is served by a process of its own that is not counted.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, type Usage } from './measure.ts';
import { openNewspaperProcess } from './newspaper-process.ts';
import { benchPeers } from './peers.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    articles: { type: 'string', default: '200' },
    peers: { type: 'boolean', default: false },
    limit: { type: 'string', default: '600' },
  },
});
const rounds = Number(values.rounds);
const COMMAND = join(import.meta.dirname, '../../bin/guancha-archive');
const LOOP = join(import.meta.dirname, 'bare-loop.ts');

if (values.peers) await benchPeers({ articles: Number(values.articles), rounds, limitMs: Number(values.limit) * 1000 });
else await benchBare();

async function benchBare(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'guancha-bench-'));
  try {
    await using newspaper = await openNewspaperProcess(['--articles', values.articles, '--images', '4']);
    const { www, community, images, articles } = newspaper;
    const config = join(folder, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0, concurrency: 2 };
    const site = { www, community, images: [images] };
    const network = { allowAddresses: ['127.0.0.1'] };
    await writeFile(config, JSON.stringify({ site, network, sources: [], politeness }));
    let archives = 0;
    const archive = (urls: readonly string[], memory = false) =>
      measure(
        [
          process.execPath,
          COMMAND,
          'archive',
          '--json',
          '--config',
          config,
          '--archive',
          join(folder, String(archives++)),
          '-',
        ],
        { input: urls.join('\n'), memory },
      );
    // A script of one's own has no compile cache; the launcher gives this command one.
    const { NODE_COMPILE_CACHE: _cache, ...env } = process.env;
    const loop = (urls: readonly string[], memory = false) =>
      measure([process.execPath, LOOP], { input: urls.join('\n'), memory, env });

    const one = articles.slice(0, 1);
    await archive(one); // unpacks a browser where there is none, fills the caches of both
    await loop(one);
    await table(`${articles.length} articles with 4 pictures each`, articles.length, articles, archive, loop);
    await table('one URL, from the command to its end', 1, one, archive, loop);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Run = (urls: readonly string[], memory: boolean) => Promise<Usage>;

async function table(title: string, count: number, urls: readonly string[], ours: Run, bare: Run): Promise<void> {
  const results = { ours: [] as Usage[], bare: [] as Usage[] };
  const repeat = count === 1 ? rounds * 5 : rounds;
  for (let round = 0; round < repeat; round++) {
    results.bare.push(await bare(urls, count > 1));
    results.ours.push(await ours(urls, count > 1));
  }
  const row = (name: string, value: (usage: Usage) => number, digits: number) => {
    const [our, their] = [median(results.ours.map(value)), median(results.bare.map(value))];
    process.stdout.write(
      `| ${name} | ${our.toFixed(digits)} | ${their.toFixed(digits)} | ${(our / their).toFixed(2)} |\n`,
    );
  };
  process.stdout.write(
    `\n${title}; medians of ${repeat}\n\n| | guancha-archive | bare goto + content | ratio |\n|---|---|---|---|\n`,
  );
  if (count > 1) row('articles/s', ({ wallMs }) => (count * 1000) / wallMs, 1);
  row('wall ms per article', ({ wallMs }) => wallMs / count, 0);
  row('CPU ms per article, browser included', ({ cpuMs }) => cpuMs / count, 0);
  if (count > 1) row('peak memory, MB', ({ peakBytes }) => peakBytes / 1e6, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
