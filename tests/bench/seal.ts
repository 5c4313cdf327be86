/**
 * What a seal costs beside `sha256sum` of the same files, and what a later one costs for what is new: by the CPU of the whole
 * command, in pairs one after the other. Options: --files N (100,000), --bytes N of each on average (16,000), --rounds N (3).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { assetKey, documentKey, recordKey } from '../../src/archive/keys.ts';
import { documentOf } from '../support/drafts.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    bytes: { type: 'string', default: '16000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [files, bytes, rounds] = [Number(values.files), Number(values.bytes), Number(values.rounds)];
const CLI = join(import.meta.dirname, '../../src/cli.ts');
const folder = mkdtempSync(join(tmpdir(), 'guancha-bench-seal-'));
const root = join(folder, 'archive');
const frame = documentOf('<p>TEXT</p>');

/** A document, a record and a picture of the wanted size together. */
function writeArticle(n: number): void {
  const place = `2026/${String(1 + (n % 12)).padStart(2, '0')}/2026_10_04_${1_000_000 + n}`;
  const picture = Buffer.alloc(bytes * 2, `${n} `);
  const digest = createHash('sha256').update(picture).digest('hex');
  const parts = [
    [documentKey(place), frame.replace('TEXT', `${n} `.repeat(bytes / 20))],
    [recordKey(place), `${n} `.repeat(bytes / 12)],
    [assetKey(digest, 'jpg'), picture],
  ] as const;
  for (const [path, content] of parts) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly stdout: string;
}

/** Of a shell's command and all that it starts, as the shell's own `times` has it. */
function costOf(command: string): Cost {
  const from = performance.now();
  const stdout = execFileSync('sh', ['-c', `${command}; times`], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, XDG_DATA_HOME: join(folder, 'keys') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const wallMs = performance.now() - from;
  const [user = '', system = ''] = stdout.trimEnd().split('\n').at(-1)?.split(' ') ?? [];
  return { cpuMs: msOf(user) + msOf(system), wallMs, stdout };
}

/** Of `1m2.5s`. */
function msOf(time: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(time) ?? [];
  if (minutes === undefined || seconds === undefined) throw new Error(`not what times prints: ${time}`);
  return (Number(minutes) * 60 + Number(seconds)) * 1000;
}

const sums = () => costOf('find articles records assets -type f -print0 | xargs -0 sha256sum > /dev/null');
const sealAll = () => costOf(`'${process.execPath}' '${CLI}' seal --json --archive '${root}'`);
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

function say(name: string, cost: Cost, plain: Cost): void {
  const sealed = /"files":(\d+)/.exec(cost.stdout)?.[1] ?? '?';
  const ratio = (cost.cpuMs / plain.cpuMs).toFixed(2);
  process.stdout.write(
    `${name}: ${sealed} files, CPU ${cost.cpuMs.toFixed(0)} ms, ${ratio} × sha256sum of all (${plain.cpuMs.toFixed(0)} ms); wall ${cost.wallMs.toFixed(0)} and ${plain.wallMs.toFixed(0)} ms\n`,
  );
}

try {
  const articles = Math.ceil(files / 3);
  for (let n = 0; n < articles; n++) writeArticle(n);
  sums(); // everything is in the page cache from here on
  const ratios: number[] = [];
  let plain = sums();
  for (let round = 0; round < rounds; round++) {
    for (const name of ['seals', 'seals.sqlite']) rmSync(join(root, name), { recursive: true, force: true });
    rmSync(join(folder, 'keys'), { recursive: true, force: true });
    const first = sealAll();
    say('first seal', first, plain);
    ratios.push(first.cpuMs / plain.cpuMs);
    plain = sums();
  }
  process.stdout.write(
    `first seal: median ${median(ratios).toFixed(2)} of ${rounds}, ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}\n`,
  );
  for (let n = articles; n < articles + 100; n++) writeArticle(n);
  say('later seal', sealAll(), plain);
  say('seal of nothing new', sealAll(), plain);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
