/** Another attempt: when it comes, and how failed URLs are given back. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { retryPauseMs } from '../src/clock.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

describe('the pause before another attempt', () => {
  it('doubles up to an hour, and lies between half and the whole', () => {
    const least = (attempt: number) => retryPauseMs(attempt, { baseMs: 30_000, random: () => 0 });
    const most = (attempt: number) => retryPauseMs(attempt, { baseMs: 30_000, random: () => 1 - Number.EPSILON });
    assert.deepEqual([1, 2, 3, 20].map(least), [15_000, 30_000, 60_000, 1_800_000]);
    assert.deepEqual([1, 2, 3, 20].map(most), [30_000, 60_000, 120_000, 3_600_000]);
    assert.equal(retryPauseMs(3, { baseMs: 0 }), 0);
  });
});

describe('a crawl', () => {
  it('waits for what is due again, and retry gives back what it gave up', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using folder = await temporaryFolder();
    const [first, second] = newspaper.articles.filter(({ lists, wholeForm }) => lists.length > 0 && wholeForm);
    assert.ok(first && second);
    const visits: number[] = [];
    let repaired = false;
    newspaper.handle(({ path }) => {
      if (path.includes(String(first.id.split(':')[1])) && visits.push(performance.now()) < 3) return { status: 503 };
      return !repaired && path.includes(String(second.id.split(':')[1])) ? { status: 500 } : undefined;
    });
    const file = join(folder.path, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 400 };
    await writeFile(file, newspaper.config({ archive: './archive', politeness }));
    const crawl = async (...more: string[]) => run(['crawl', '--json', '--config', file, ...more]);

    const ended = await crawl();
    const outcomeOf = (id: string) => ended.lines().find((line) => line.id === id)?.outcome;
    assert.deepEqual([ended.code, outcomeOf(first.id), outcomeOf(second.id)], [3, 'archived', 'failed'], ended.stderr);
    assert.match(ended.stderr, /HTTP_STATUS, HTTP status 503; nothing to see; tried again in 1 s/);
    assert.ok((visits[1] ?? 0) - (visits[0] ?? 0) >= 200 && (visits[2] ?? 0) - (visits[1] ?? 0) >= 400);

    const retry = async (...more: string[]) => run(['retry', '--config', file, ...more]);
    const unknown = await retry('--code', 'HTTP_STATSU');
    assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
    assert.match((await retry('--code', 'TIMEOUT')).stdout, /nothing to try again/);
    const unnamed = await retry('--source', '无');
    assert.deepEqual([unnamed.code, unnamed.stdout], [2, '']);
    assert.match(unnamed.stderr, /SOURCE_UNKNOWN[\s\S]*无; there are /);
    const given = await retry('--json', '--code', 'HTTP_STATUS', '--source', second.lists[0] ?? '');
    assert.deepEqual(given.lines(), [
      { schema: 1, type: 'requeued', id: second.id, url: second.url, code: 'HTTP_STATUS' },
    ]);
    repaired = true;
    const again = await crawl();
    assert.deepEqual(
      again.lines().map(({ id, outcome }) => [id, outcome]),
      [[second.id, 'archived']],
      again.stderr,
    );
  });
});
