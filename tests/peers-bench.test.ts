/** The comparison with other programs gives every one of them a row, whatever it does (`npm run bench -- --peers`). */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from './bench/peer-programs.ts';
import { comparePeers } from './bench/peers.ts';

const ARTICLES = 4;
/** Fetches what COUNT says of the pages that it is given, and keeps them. */
const FETCH = `
  const { writeFileSync } = await import('node:fs');
  const urls = (await import('node:fs')).readFileSync(process.env.PEER_URLS, 'utf8').split('\\n').filter(Boolean);
  for (const [index, url] of urls.slice(0, COUNT).entries())
    writeFileSync(process.env.PEER_OUT + '/' + index + '.html', await (await fetch(url)).text());`;
const fetching = (count: string, then = '') =>
  [process.execPath, '--input-type=module', '-e', FETCH.replace('COUNT', count) + then] as const;

const HANG = `
  process.on('SIGTERM', () => {});
  const { spawn } = await import('node:child_process');
  const { pid } = spawn('sleep', ['100000'], { detached: true });
  writeFileSync(process.env.PEER_OUT + '/hanging', String(pid));
  setInterval(() => {}, 1000);`;

const STUBS: readonly Peer[] = [
  { name: 'whole', version: '1.0', keeps: 'everything', command: fetching('1000') },
  { name: 'half', version: '2.0', keeps: 'half', command: fetching('urls.length / 2') },
  { name: 'crash', version: '', keeps: '', command: fetching('1', `console.error('disk on fire'); process.exit(3)`) },
  { name: 'hang', version: '', keeps: '', command: fetching('1', HANG) },
  { name: 'picky', version: '', keeps: '', succeeds: [8], command: fetching('1000', 'process.exit(8)') },
  { name: 'nowhere', version: '', keeps: '', command: ['/nosuch/program'] },
  { name: 'absent', version: '', keeps: '', command: null, absent: 'apt-get install absent' },
];

const skip = process.platform === 'linux' ? false : 'the bench reads /proc';

describe('a comparison of a program that does all, and others that do not', { skip }, () => {
  const cost = new Map<string, readonly string[]>();
  const came = new Map<string, readonly string[]>();
  const orphans: number[] = [];

  before(async () => {
    const text = await comparePeers({
      articles: ARTICLES,
      images: 1,
      rounds: 2,
      limitOf: ({ name }, out) => (name === 'hang' ? whenHanging(out, orphans) : new AbortController().signal),
      say: () => {},
      find: async () => STUBS,
      env: process.env,
    });
    const tables = text.split('\n\n');
    for (const [table, rows] of [
      [tables[0], cost],
      [tables[1], came],
    ] as const)
      for (const line of table?.split('\n').slice(2) ?? []) {
        const [, name = '', ...cells] = line.split('|').map((cell) => cell.trim());
        rows.set(name, cells.slice(0, -1));
      }
  });

  it('has a row for each in both tables', () => {
    const names = STUBS.map(({ name, version }) => `${name} ${version}`.trim());
    assert.deepEqual([...cost.keys()], names);
    assert.deepEqual([...came.keys()], names);
  });

  it('says how each ended, and why', () => {
    const ends = [...cost].map(([name, cells]) => [name, cells.at(-1)?.replace(/\d+ s$/, 'N s')]);
    assert.deepEqual(ends, [
      ['whole 1.0', '2 of 2 runs'],
      ['half 2.0', '2 of 2 runs'],
      ['crash', 'failed with code 3: disk on fire'],
      ['hang', 'out of time after N s'],
      ['picky', '2 of 2 runs'],
      ['nowhere', cost.get('nowhere')?.at(-1)],
      ['absent', 'absent: apt-get install absent'],
    ]);
    assert.match(cost.get('nowhere')?.at(-1) ?? '', /^failed with code 127: .*nosuch/);
  });

  it('counts what the server gave, and what lies there', () => {
    const whole = `${ARTICLES} of ${ARTICLES}`;
    const half = `${ARTICLES / 2} of ${ARTICLES}`;
    const [requests, served, files, , begun] = came.get('whole 1.0') ?? [];
    assert.deepEqual([requests, served, files, begun], [String(ARTICLES), whole, String(ARTICLES), whole]);
    assert.deepEqual([came.get('half 2.0')?.[1], came.get('half 2.0')?.[4]], [half, half]);
    assert.equal(came.get('crash')?.[1], `1 of ${ARTICLES}`);
    assert.equal(came.get('hang')?.[1], `1 of ${ARTICLES}`);
    assert.deepEqual(new Set(came.get('absent')), new Set(['–']));
  });

  it('takes ratios to the first of them, and none of what did not end', () => {
    assert.equal(cost.get('whole 1.0')?.[1], '1.00 (1.00–1.00)');
    assert.match(cost.get('half 2.0')?.[1] ?? '', /^\d+\.\d\d \(\d+\.\d\d–\d+\.\d\d\)$/);
    for (const name of ['crash', 'hang', 'nowhere', 'absent'])
      assert.deepEqual(new Set(cost.get(name)?.slice(0, -1)), new Set(['–']), name);
  });

  it('leaves nothing running of what it ended', () => {
    assert.equal(orphans.length, 2, 'once for warming up, once in the first round, and not again');
    for (const pid of orphans) assert.ok(!runs(pid), `${pid}`);
  });
});

/** Aborts once the stub has written that it hangs. */
function whenHanging(out: string, orphans: number[]): AbortSignal {
  const limit = new AbortController();
  const file = join(out, 'hanging');
  const watch = async () => {
    let pid = 0;
    for (; pid === 0; await sleep(20)) if (existsSync(file)) pid = Number(readFileSync(file, 'utf8'));
    orphans.push(pid);
    limit.abort();
  };
  void watch();
  return limit.signal;
}

function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // there is no such process
  }
}
