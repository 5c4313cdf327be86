/**
 * What an audit costs beside `sha256sum` and `cat` over the same files, and whether its memory grows with the archive.
 * `npm run bench:audit [-- --articles 10000 --rounds 3 --large 100000]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeArchive } from './archive-generator.ts';
import { measure, type Usage } from './measure.ts';

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    large: { type: 'string', default: '100000' },
    jobs: { type: 'string', default: '2' },
  },
});
const [articles, rounds, large] = [Number(values.articles), Number(values.rounds), Number(values.large)];
const COMMAND = join(import.meta.dirname, '../../src/cli.ts');
const PICTURES = 3;
const TEXT_ONLY = ['format', 'article', 'records', 'frontier'].flatMap((group) => ['--only', group]);

const folder = await mkdtemp(join(tmpdir(), 'guancha-bench-'));
try {
  const root = (name: string) => join(folder, name);
  makeArchive(root('whole'), { articles, pictures: PICTURES });
  const everything = `find ${root('whole')}/articles ${root('whole')}/records ${root('whole')}/assets -type f -print0`;
  const texts = `find ${root('whole')}/articles ${root('whole')}/records -type f -print0`;
  await compare(`${articles} articles with ${PICTURES} pictures each`, [], everything);
  await compare(`${articles} articles, documents and records alone`, TEXT_ONLY, texts);

  process.stdout.write('\n| articles, documents and records alone | articles/s | peak memory, MB |\n|---|---|---|\n');
  for (const count of [1000, 10_000, large]) {
    const name = String(count);
    makeArchive(root(name), { articles: count, pictures: 0 });
    const { wallMs, peakBytes } = await audit(root(name), [], true);
    process.stdout.write(`| ${count} | ${Math.round((count * 1000) / wallMs)} | ${Math.round(peakBytes / 1e6)} |\n`);
    await rm(root(name), { recursive: true });
  }

  async function compare(title: string, only: readonly string[], find: string): Promise<void> {
    const shell = (command: string) =>
      measure(['sh', '-c', `${find} | xargs -0 -n 500 -P ${values.jobs} ${command} > /dev/null`]);
    const runs = { audit: [] as Usage[], sha256sum: [] as Usage[], cat: [] as Usage[] };
    for (let round = 0; round <= rounds; round++) {
      const each = {
        audit: await audit(root('whole'), only, round === rounds),
        sha256sum: await shell('sha256sum'),
        cat: await shell('cat'),
      };
      if (round > 0) for (const name of ['audit', 'sha256sum', 'cat'] as const) runs[name].push(each[name]); // the first fills the caches
    }
    const bytes = Number(summaryOf(runs.audit[0]).bytes);
    const reference = median(runs.sha256sum.map(({ wallMs }) => wallMs));
    process.stdout.write(
      `\n${title}, ${Math.round(bytes / 1e6)} MB, ${values.jobs} jobs; medians of ${rounds}\n\n| | articles/s | MB/s | time, of sha256sum’s |\n|---|---|---|---|\n`,
    );
    for (const [name, usages] of Object.entries(runs)) {
      const wallMs = median(usages.map((usage) => usage.wallMs));
      const rate = `${Math.round((articles * 1000) / wallMs)} | ${Math.round(bytes / 1e3 / wallMs)}`;
      process.stdout.write(`| ${name} | ${rate} | ${(wallMs / reference).toFixed(2)} |\n`);
    }
    process.stdout.write(
      `\npeak memory ${Math.round(Math.max(...runs.audit.map(({ peakBytes }) => peakBytes)) / 1e6)} MB\n`,
    );
  }

  /** @throws where the audit finds anything: the archive is clean */
  async function audit(path: string, only: readonly string[], memory: boolean): Promise<Usage> {
    return measure(
      [process.execPath, COMMAND, 'audit', path, '--json', '--jobs', values.jobs, '--fail-on', 'warning', ...only],
      {
        memory,
      },
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function summaryOf(usage: Usage | undefined): Record<string, number> {
  const line = usage?.stdout.trim().split('\n').at(-1) ?? '{}';
  return JSON.parse(line) as Record<string, number>;
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
}
