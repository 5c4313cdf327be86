/**
 * A command that is killed with SIGKILL at random moments, again and again, then run to its end: the archive equals that
 * which the command makes undisturbed, file by file and byte by byte, and after each kill every exchange that a record
 * names is there, and at the end each document can be made again from them. Now and then it is stopped (SIGSTOP) instead:
 * no other run takes its archive meanwhile, and it goes on as if nothing had been.
 * As a program: `kill-loop.ts [--work crawl|schedule|repair|backfill]… [--kills N] [--articles N] [--seed N]`.
 */
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LOCK_HOLDER } from '../../src/archive/keys.ts';
import { EXIT } from '../../src/errors.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { type Ended, type Running, start, temporaryFolder } from '../support/command.ts';
import { readSegments, requireEvidence } from '../support/evidence.ts';
import { digests, files, isInPlace, withoutDateHeader } from '../support/tree.ts';

export const WORKS = ['crawl', 'schedule', 'repair', 'backfill'] as const;
export type Work = (typeof WORKS)[number];

export interface KillLoopReport {
  readonly kills: number;
  /** Stopped, looked at by another run, and woken. */
  readonly stops: number;
  /** Commands that were brought to their end, each on an archive of its own. */
  readonly rounds: number;
  /** Files that each of them must have. */
  readonly files: number;
}

type Digests = Readonly<Record<string, string>>;

const ARGS: Readonly<Record<Work, readonly string[]>> = {
  crawl: ['crawl'],
  schedule: ['schedule'],
  repair: ['repair'],
  backfill: ['backfill', '--from', '2020-01-01', '--to', '2026-11-23'],
};
/** One of so many is a stop and no kill. */
const STOPPED_OF = 12;
/** On a busy machine a run is slow: each goes on where the last one died, so that all of its work is met all the same. */
const LATEST_KILL_MS = 30_000;
/** A schedule has no end of its own: it is over once it has the archive and every article, and nothing has changed for so long. */
const QUIET_MS = 5000;

/** Throws where a file differs: after each kill from what was or must become of it, at the end from the undisturbed archive. */
export async function killLoop(options: {
  readonly work: Work;
  readonly kills: number;
  readonly articles: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<KillLoopReport> {
  const { work } = options;
  const random = openRandom(options.seed, 'kills', work);
  await using newspaper = await openNewspaper({ articles: options.articles, specials: false });
  await using folder = await temporaryFolder();
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 2 };
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, `${newspaper.config({ archive: './archive', politeness })}revisits: { agesMs: [] }\n`);
  await mkdir(join(folder.path, 'tmp')); // what killed browsers leave goes with the folder
  const clock = join(import.meta.dirname, '../support/fixed-clock.ts');
  const rootOf = (archive: string) => join(folder.path, archive);
  const begin = (archive: string, args = ARGS[work]) =>
    start([...args, '--json', '--config', config, '--archive', rootOf(archive)], {
      env: { TMPDIR: join(folder.path, 'tmp') },
      preload: [clock],
    });
  const stateOf = (archive: string) =>
    digests(rootOf(archive), (path) => isInPlace(path) && !path.endsWith('.tmp'), withoutDateHeader).catch(() => ({}));

  if (work === 'repair') {
    const crawled = await begin('damaged', ARGS.crawl).ended;
    assert.equal(crawled.code, EXIT.ok, crawled.stderr);
    damage(rootOf('damaged'), await files(rootOf('damaged')));
  }
  const prepare = (archive: string) => {
    if (work === 'repair') cpSync(rootOf('damaged'), rootOf(archive), { recursive: true });
  };

  prepare('whole');
  const from = performance.now();
  const undisturbed = await toItsEnd(begin('whole'), 'whole');
  // A repair says that some pictures are nowhere to be had.
  const wanted = work === 'repair' ? EXIT.incomplete : EXIT.ok;
  assert.equal(undisturbed.code, wanted, undisturbed.stdout + undisturbed.stderr);
  const wholeMs = performance.now() - from - (work === 'schedule' ? QUIET_MS : 0);
  const whole: Digests = await stateOf('whole');
  options.say(`${work}, undisturbed: ${Object.keys(whole).length} files in ${Math.round(wholeMs)} ms`);

  let kills = 0;
  let stops = 0;
  let rounds = 0;
  while (kills < options.kills || rounds === 0) {
    const archive = `${work}-${rounds + 1}`;
    prepare(archive);
    const base: Digests = await stateOf(archive);
    const before = kills;
    for (let ended: Ended | null = null; ended === null; ) {
      const running = begin(archive);
      if (kills < options.kills) {
        await Promise.race([sleep(random.int(50, Math.round(Math.min(wholeMs, LATEST_KILL_MS)))), running.ended]);
        if (random.int(1, STOPPED_OF) === 1 && (await stopAndWake(running, archive))) stops += 1;
        running.child.kill('SIGKILL');
        const { signal } = await running.ended;
        ended = signal === 'SIGKILL' ? null : await running.ended;
      } else ended = await toItsEnd(running, archive);
      if (ended === null) {
        kills += 1;
        // Whatever has its final name already is whole, and is what it was or what it will be at the end.
        for (const [path, digest] of Object.entries(await stateOf(archive)))
          assert.ok([base[path], whole[path]].includes(digest), `${path} after a kill`);
        await requireEvidence(rootOf(archive), { all: work !== 'repair' }).catch(unlessNothing);
        if (kills % 10 === 0) options.say(`${work} ${rounds + 1}: ${kills} kills, ${stops} stops so far`);
      } else assert.equal(ended.code, wanted, ended.stderr);
    }
    if (kills > before && work !== 'repair') {
      // What was in hand when two runs died was set aside, and told: it waits again later, or at once after `retry`.
      for (const running of [() => begin(archive, ['retry']).ended, () => toItsEnd(begin(archive), archive)]) {
        const again = await running();
        assert.equal(again.code, EXIT.ok, again.stdout + again.stderr);
      }
    }
    assert.deepEqual(await stateOf(archive), whole, `after ${kills - before} kills`);
    await requireEvidence(rootOf(archive), { all: work !== 'repair' });
    const reproduced = await requireReproducible(archive);
    const { segments, records } = await readSegments(rootOf(archive));
    assert.ok(
      segments.every((name) => name.endsWith('.warc.gz')),
      'a file of captures is left open',
    );
    options.say(
      `${work} ${rounds + 1}: ${kills - before} kills, then the same ${Object.keys(whole).length} files, ${records.length} records in ${segments.length} captures, ${reproduced} documents reproduced; ${kills} kills, ${stops} stops in all`,
    );
    await rm(rootOf(archive), { recursive: true });
    rounds += 1;
  }
  return { kills, stops, rounds, files: Object.keys(whole).length };

  /** @returns how many documents are made again from their captures, byte for byte */
  async function requireReproducible(archive: string): Promise<number> {
    const { code, lines, stdout, stderr } = await begin(archive, ['reproduce']).ended;
    assert.equal(code, EXIT.ok, stdout + stderr);
    const results = lines().map(({ result }) => result);
    if (work !== 'repair') assert.ok(!results.includes('uncaptured'), stdout); // a repair makes some records of documents
    return results.filter((result) => result === 'same').length;
  }

  async function toItsEnd(running: Running, archive: string): Promise<Ended> {
    if (work !== 'schedule') return running.ended;
    const isHolder = () =>
      readFile(join(rootOf(archive), LOCK_HOLDER), 'utf8').then(
        (text) => text.includes(`"pid":${running.child.pid}`),
        () => false,
      );
    while (!(await isHolder()) && running.child.exitCode === null) await sleep(100); // else a SIGTERM would end Node.js itself
    for (let state = ''; ; ) {
      const isOver = await Promise.race([sleep(QUIET_MS, false), running.ended.then(() => true)]);
      const there = await stateOf(archive);
      const now = JSON.stringify(there);
      const articles = Object.keys(there).filter((path) => path.startsWith('records/')).length;
      if (isOver || (now === state && articles >= options.articles)) break;
      state = now;
    }
    running.child.kill('SIGTERM');
    return running.ended;
  }

  /** False where it had not yet taken the archive, or had ended. */
  async function stopAndWake({ child }: Running, archive: string): Promise<boolean> {
    child.kill('SIGSTOP');
    const other = await begin(archive, ['crawl', '--limit', '1']).ended;
    child.kill('SIGCONT');
    await sleep(random.int(0, 300));
    return other.code === EXIT.archiveInUse;
  }
}

/** A run that was killed early has made no folder yet. */
function unlessNothing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Of every five articles one loses its document and one its record, and every third picture is lost. */
function damage(root: string, paths: readonly string[]): void {
  for (const [folder, nth, of] of [
    ['articles', 0, 5],
    ['records', 2, 5],
    ['assets', 0, 3],
  ] as const) {
    const own = paths.filter((path) => path.startsWith(`${folder}/`));
    for (const [i, path] of own.entries()) if (i % of === nth) rmSync(join(root, path));
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      work: { type: 'string', multiple: true },
      kills: { type: 'string', default: '200' },
      articles: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`seed ${values.seed}`);
  const numbers = { kills: Number(values.kills), articles: Number(values.articles), seed: Number(values.seed) };
  for (const work of WORKS.filter((each) => values.work?.includes(each) ?? true)) {
    const { kills, stops, rounds, files: count } = await killLoop({ work, ...numbers, say });
    say(`${work}: ${kills} kills and ${stops} stops in ${rounds} rounds: every archive has the same ${count} files`);
  }
}
