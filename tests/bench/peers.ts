/**
 * What archiving costs beside what other programs take for the same pages, on this machine, in this run:
 * `npm run bench -- --peers [--articles 200] [--rounds 3] [--limit SECONDS]`.
 * Every program has a row: one that is not there, fails or runs out of time says so. Linux only: reads /proc.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../../src/fetch/chromium.ts';
import type { NewspaperArticle } from '../newspaper/newspaper.ts';
import { runMeasured } from './measure.ts';
import { openNewspaperProcess, type ServedNewspaper } from './newspaper-process.ts';
import { findPeers, type Peer } from './peer-programs.ts';
import { type PeerResult, peerTables } from './peer-table.ts';
import { hashesIn, yieldOf } from './peer-yield.ts';

export interface PeerBench {
  readonly articles: number;
  readonly rounds: number;
  readonly images: number;
  /** Ends a run of a program that takes longer than anybody would wait. */
  readonly limitOf: (peer: Peer, out: string) => AbortSignal;
  readonly say: (text: string) => void;
  /** What is compared; the reference of all ratios first. */
  readonly find: (
    folder: string,
    places: { readonly config: string; readonly out: string },
  ) => Promise<readonly Peer[]>;
  /** Variables that the programs are given, PEER_BROWSER among them. */
  readonly env: NodeJS.ProcessEnv;
}

/** As one types it: with the programs of `peer-programs.ts`, on standard output. */
export async function benchPeers(options: {
  readonly articles: number;
  readonly rounds: number;
  readonly limitMs: number;
}): Promise<void> {
  const found = await findBrowser({ executablePath: null, playwrightPath: chromium.executablePath(), log: () => {} });
  const { NODE_COMPILE_CACHE: _cache, ...outer } = process.env; // the others have none: the launcher gives ours its own
  const env = { ...outer, ...found.env, PEER_BROWSER: found.executablePath };
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const limitOf = () => AbortSignal.timeout(options.limitMs);
  const rows = await comparePeers({ ...options, images: 4, limitOf, say, find: findPeers, env });
  const browser = spawnSync(found.executablePath, ['--version'], { env, encoding: 'utf8' }).stdout?.trim();
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout?.trim();
  say(
    `\n${new Date().toISOString().slice(0, 10)}, commit ${commit || 'unknown'}; ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB; Node.js ${process.version}; ${browser || 'a browser without a version'}\n`,
  );
  say(rows);
}

/**
 * Runs every program once for warming up, with two articles, then once a round, and gives the tables: of what has ended, where
 * this process is interrupted.
 */
export async function comparePeers(bench: PeerBench): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guancha-peers-'));
  try {
    const counts = ['--articles', String(bench.articles), '--images', String(bench.images)];
    await using newspaper = await openNewspaperProcess(counts);
    const truth = await newspaper.truth();
    const [config, out] = [join(folder, 'config.yaml'), join(folder, 'out')];
    await writeFile(config, configFor(newspaper));
    bench.say('installing the programs of npm into a temporary folder');
    const rows = (await bench.find(join(folder, 'npm'), { config, out })).map((peer) => ({ peer, results: [] }));
    await runRounds(rows, bench, { newspaper, truth, out, urls: join(folder, 'urls.txt') });
    return peerTables(rows, { articles: truth.length, pictures: hashesIn(truth).size });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly newspaper: ServedNewspaper;
  readonly truth: readonly NewspaperArticle[];
  /** The folder that a program writes into, made for each run. */
  readonly out: string;
  /** The file of addresses. */
  readonly urls: string;
}

/** Fills the results of the rows. */
async function runRounds(
  rows: readonly { readonly peer: Peer; readonly results: PeerResult[] }[],
  bench: PeerBench,
  place: Place,
): Promise<void> {
  for (let round = 0; round <= bench.rounds; round++) {
    const given = round === 0 ? place.newspaper.articles.slice(0, 2) : place.newspaper.articles;
    await writeFile(place.urls, `${given.join('\n')}\n`);
    for (const { peer, results } of rotated(rows, round)) {
      const { command } = peer;
      if (command === null || results.some(({ fault }) => fault !== null)) continue; // it would fail again
      const result = await runPeer({ ...peer, command }, given, bench, place);
      if (result === null) return bench.say(`interrupted in round ${round} of ${bench.rounds}`);
      if (round > 0) results.push(result);
      const end = result.fault ?? `${(result.wallMs / 1000).toFixed(1)} s`;
      bench.say(`round ${round} of ${bench.rounds}: ${peer.name}: ${end}`);
    }
  }
}

/** Null where this process was interrupted. */
async function runPeer(
  peer: Peer & { readonly command: readonly [string, ...string[]] },
  given: readonly string[],
  bench: PeerBench,
  { newspaper, truth, out, urls }: Place,
): Promise<PeerResult | null> {
  await mkdir(out);
  await newspaper.counts();
  const run = await runMeasured(peer.command, {
    input: given.join('\n'),
    memory: true,
    env: { ...bench.env, PEER_OUT: out, PEER_URLS: urls },
    signal: bench.limitOf(peer, out),
    cwd: out,
  });
  if (run.interrupted) return null;
  const served = await newspaper.counts();
  const yielded = await yieldOf(out, truth, peer.archive);
  await rm(out, { recursive: true });
  return { ...run, fault: faultOf(peer, run), served, yielded };
}

/** No pauses, two pages at a time, robots.txt obeyed. */
function configFor({ www, community, images }: ServedNewspaper): string {
  const politeness = { intervalMs: 0, assetIntervalMs: 0, concurrency: 2 };
  const site = { www, community, images: [images] };
  const network = { allowAddresses: ['127.0.0.1'] };
  return JSON.stringify({ site, network, sources: [], politeness, checks: { render: 'never' } });
}

/** Each begins another round, so that none is always the one after the same. */
function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const start = by % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

function faultOf(
  { succeeds = [] }: Peer,
  { code, stderr, wallMs }: { readonly code: number | null; readonly stderr: string; readonly wallMs: number },
): string | null {
  if (code === null) return `out of time after ${Math.round(wallMs / 1000)} s`;
  if (code === 0 || succeeds.includes(code)) return null;
  const said = stderr
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim()
    .slice(0, 120);
  return `failed with code ${code}${said === undefined ? '' : `: ${said}`}`;
}
