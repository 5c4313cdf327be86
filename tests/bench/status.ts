/**
 * What `status` costs at a size, beside `--help`, the least that the program does: CPU and wall, in pairs, with the ratio.
 * `npm run bench:status [-- --articles 100000 --pairs 11 --keep DIR]`; DIR is made where it is not there, and stays.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { segmentKey } from '../../src/archive/keys.ts';
import { makeArchive } from './archive-generator.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/guancha-archive');
const DAY_MS = 86_400_000;
/** A schedule leaves a file of captures a day. */
const CAPTURES = 730;

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '100000' },
    pairs: { type: 'string', default: '11' },
    keep: { type: 'string' },
  },
});
const [articles, pairs] = [Number(values.articles), Number(values.pairs)];
const say = (text: string) => process.stdout.write(`${text}\n`);

const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'guancha-status-')));
try {
  const archive = join(folder, 'archive');
  if (!existsSync(archive)) {
    makeArchive(archive, { articles, pictures: 1, pictureBytes: 1000 });
    for (let day = 0; day < CAPTURES; day++) {
      const file = join(archive, segmentKey(new Date(Date.UTC(2024, 0, 1) + day * DAY_MS)));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Buffer.alloc(100));
    }
    run('reindex', '--archive', archive);
  }
  const of = { status: [] as Used[], help: [] as Used[] };
  for (let pair = 0; pair <= pairs; pair++) {
    const [status, help] = [run('status', '--archive', archive), run('--help')];
    if (pair === 0)
      say(status.stdout); // it warms the caches
    else {
      of.status.push(status);
      of.help.push(help);
    }
  }
  for (const figure of ['cpu', 'wall'] as const) {
    const [status, help] = [of.status, of.help].map((all) => median(all.map((used) => used[figure])));
    const ratio = median(of.status.map((used, i) => used[figure] / (of.help[i]?.[figure] ?? Number.NaN)));
    say(
      `${figure}: status ${status?.toFixed(2)} s, --help ${help?.toFixed(2)} s, ratio ${ratio.toFixed(2)} (medians of ${pairs} pairs)`,
    );
  }
} finally {
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
}

interface Used {
  /** In seconds, as the shell counts them; of the whole family of processes. */
  readonly cpu: number;
  readonly wall: number;
  readonly stdout: string;
}

function run(...args: readonly string[]): Used {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" 2> /dev/null';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, PROGRAM, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return { cpu: user + system, wall, stdout };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
