/** One run at a time, through the real command: who waits, and who must stop. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Running, run, start, temporaryFolder } from './support/command.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let config: string;
let handed = 0;
before(async () => {
  newspaper = await openNewspaper({ articles: 8, specials: false });
  folder = await temporaryFolder();
  config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A run that has its article in hand, until the newspaper answers. */
async function runInHand(name: string, delayMs: number): Promise<Running> {
  newspaper.handle(({ path }) => (path.includes(name) ? { delayMs, status: 404 } : undefined));
  handed += 1;
  const url = `${newspaper.www}/${name}/2026_10_01_90299${handed}.shtml`;
  const running = start(['archive', '--json', '--config', config, url]);
  while (!newspaper.requests.some(({ path }) => path.includes(name))) await sleep(20);
  return running;
}

const urlOf = (index: number) => newspaper.articles[index]?.url ?? '';

describe('a second run', () => {
  it('waits with --wait, and says for whom', async () => {
    const first = await runInHand('slowly', 1500);
    const second = await run(['archive', '--wait', '--json', '--config', config, urlOf(0)]);
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stderr, /run: waiting for archive on \S+, process \d+, since /);
    assert.equal((await first.ended).lines()[0]?.outcome, 'gone');
  });

  it('takes over from one that was suspended for too long, which then stops itself: 6', async () => {
    const first = await runInHand('suspended', 30_000);
    first.child.kill('SIGSTOP');
    {
      using database = new DatabaseSync(join(folder.path, 'archive/frontier.sqlite'), { timeout: 5000 });
      database.prepare('UPDATE runs SET beat_at = beat_at - 61000 WHERE ended_at IS NULL').run();
    }
    const second = await run(['archive', '--json', '--config', config, urlOf(1)]);
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stderr, /the last run was cut off/);
    const third = await runInHand('third', 3000);
    first.child.kill('SIGCONT');
    const ended = await first.ended;
    assert.equal(ended.code, 6, ended.stderr);
    assert.match(
      ended.stderr,
      /error ARCHIVE_IN_USE[\s\S]*silent for too long, and archive on \S+, process \d+ took over/,
    );
    assert.equal((await third.ended).lines()[0]?.outcome, 'gone');
  });
});
