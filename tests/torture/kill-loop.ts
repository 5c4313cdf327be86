/**
 * A crawl that is killed with SIGKILL at random moments, again and again, then run to its end: the archive equals that of
 * an undisturbed crawl, file by file and byte by byte. As a program: `kill-loop.ts [--kills N] [--articles N] [--seed N]`.
 */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { type Ended, start, temporaryFolder } from '../support/command.ts';
import { digests, isInPlace, withoutDateHeader } from '../support/tree.ts';

export interface KillLoopReport {
  readonly kills: number;
  /** Crawls that were brought to their end, each in an archive of its own. */
  readonly crawls: number;
  /** Files that each of them must have. */
  readonly files: number;
}

/** Throws where a file differs: after each kill from what it must become, after each crawl from the undisturbed archive. */
export async function killLoop(options: {
  readonly kills: number;
  readonly articles: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<KillLoopReport> {
  const random = openRandom(options.seed, 'kills');
  await using newspaper = await openNewspaper({ articles: options.articles, specials: false });
  await using folder = await temporaryFolder();
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 2 };
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
  await mkdir(join(folder.path, 'tmp')); // what killed browsers leave goes with the folder
  const clock = join(import.meta.dirname, '../support/fixed-clock.ts');
  const begin = (archive: string) =>
    start(['crawl', '--json', '--config', config, '--archive', join(folder.path, archive)], {
      env: { TMPDIR: join(folder.path, 'tmp') },
      preload: [clock],
    });

  const from = performance.now();
  const undisturbed = await begin('whole').ended;
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
  const wholeMs = performance.now() - from;
  const whole = await digests(join(folder.path, 'whole'), isInPlace, withoutDateHeader);
  options.say(`undisturbed: ${Object.keys(whole).length} files in ${Math.round(wholeMs)} ms`);

  let kills = 0;
  let crawls = 0;
  while (kills < options.kills || crawls === 0) {
    const archive = `crawl-${crawls + 1}`;
    const before = kills;
    for (let ended: Ended | null = null; ended === null; ) {
      const running = begin(archive);
      if (kills < options.kills) ended = await killOr(running, random.int(50, Math.round(wholeMs)));
      else ended = await running.ended;
      if (ended === null) {
        kills += 1;
        await compareWhatIsThere(join(folder.path, archive), whole);
      } else assert.equal(ended.code, 0, ended.stderr);
    }
    assert.deepEqual(
      await digests(join(folder.path, archive), isInPlace, withoutDateHeader),
      whole,
      `after ${kills - before} kills`,
    );
    options.say(`crawl ${crawls + 1}: ${kills - before} kills, then the same ${Object.keys(whole).length} files`);
    await rm(join(folder.path, archive), { recursive: true });
    crawls += 1;
  }
  return { kills, crawls, files: Object.keys(whole).length };
}

/** Null where the process was killed; how it ended where it was faster. */
async function killOr(running: ReturnType<typeof start>, afterMs: number): Promise<Ended | null> {
  await Promise.race([sleep(afterMs), running.ended]);
  running.child.kill('SIGKILL');
  const ended = await running.ended;
  return ended.signal === 'SIGKILL' ? null : ended;
}

/** Whatever has its final name already is whole, and is what it will be at the end. */
async function compareWhatIsThere(archive: string, whole: Readonly<Record<string, string>>): Promise<void> {
  const there = await digests(archive, (path) => isInPlace(path) && !path.endsWith('.tmp'), withoutDateHeader).catch(
    () => ({}),
  );
  for (const [path, digest] of Object.entries(there)) assert.equal(digest, whole[path], `${path} after a kill`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { kills: { type: 'string' }, articles: { type: 'string' }, seed: { type: 'string' } },
  });
  const { kills = '200', articles = '40', seed = String(Date.now() % 1e6) } = values;
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`seed ${seed}`);
  const report = await killLoop({ kills: Number(kills), articles: Number(articles), seed: Number(seed), say });
  say(`${report.kills} kills in ${report.crawls} crawls: every archive has the same ${report.files} files`);
}
