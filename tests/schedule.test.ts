/** `schedule`: slots, what a host that refuses keeps waiting, reading the configuration again, an end when asked for. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/clock.ts';
import { createDelivery } from '../src/commands/schedule.ts';
import { ArchiveError } from '../src/errors.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { run, start, temporaryFolder } from './support/command.ts';
import { scheduleMonth } from './torture/schedule-month.ts';

/** A schedule that reads nothing before the next 29th of February. */
const QUIET =
  'archive: ./archive\nsources: [{ name: 头条, url: "https://www.guancha.cn/toutiao", cron: "0 0 29 2 *" }]\n';

describe('schedule', () => {
  it('goes on through SIGHUP, faulty configurations too, and ends by SIGTERM', async () => {
    await using newspaper = await openNewspaper({ articles: 8, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    const text = newspaper.config({ archive: './archive', politeness: { intervalMs: 0, assetIntervalMs: 0 } });
    await writeFile(config, `${text}schedule: { minIntervalMs: 1000, maxIntervalMs: 2000 }\n`);
    const running = start(['schedule', '--json', '--config', config]);
    await running.says('"outcome":"archived"');
    const crawl = await run(['crawl', '--limit', '1', '--config', config]);
    assert.equal(crawl.code, 0, crawl.stderr);
    assert.match(crawl.stderr, /handed over to schedule/);
    assert.match(crawl.stderr, /discover: 头条: \d+ articles/);
    assert.match(crawl.stdout, /archived|nothing to do/);

    const holder = () => readFile(join(folder.path, 'archive/lock.json'), 'utf8');
    const before = await holder();
    await writeFile(config, `${text}schedule: { minIntervalMs: never }\n`);
    running.child.kill('SIGHUP');
    await running.says('the old configuration goes on');
    await writeFile(config, `${text.replace('name: 头条', 'name: 要点')}schedule: { minIntervalMs: 1000 }\n`);
    for (let i = 0; i < 5; i++) running.child.kill('SIGHUP'); // however many, and whenever they come
    await running.says('"source":"要点"');
    assert.equal(await holder(), before, 'the lock was never given back');
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    assert.equal(ended.code, 0, ended.stderr);
    const lines = ended.lines();
    const runs = lines.filter(({ type }) => type === 'run');
    assert.ok(runs.every(({ entries, code }) => Number(entries) > 0 && code === null));
    const archived = lines.filter(({ outcome }) => outcome === 'archived').map(({ id }) => id);
    assert.equal(new Set(archived).size, archived.length, 'no article twice');
    assert.match((await run(['status', '--config', config])).stdout, /last run: schedule, .* to 2/);
  });

  it('leaves a host alone that refuses, and goes on with the others', async () => {
    await using newspaper = await openNewspaper({
      articles: 24,
      imagesPerArticle: 0,
      specials: false,
      pageBytes: 4000,
    });
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, blockedPauseMs: 3_600_000 };
    await writeFile(config, newspaper.config({ archive: './archive', politeness }));
    newspaper.handle(({ origin, path }) =>
      origin === 'www' && /\d{4}_\d{2}_\d{2}_\d+/.test(path) ? { status: 403, body: 'no' } : undefined,
    );
    const running = start(['schedule', '--json', '--config', config]);
    await running.says('is left alone for 3600 s');
    await running.says('"id":"fengwen:');
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    const outcomes = ended.lines().filter((line) => line.type === 'visit');
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'blocked').length, 5);
    assert.ok(outcomes.some(({ outcome, id }) => outcome === 'archived' && String(id).startsWith('fengwen:')));
  });

  it('ends where notices cannot be kept any more, and says why, though nobody waits for their delivery', async () => {
    const full = new ArchiveError('ARCHIVE_FULL', 'the disk');
    let asked = 0;
    const deliver = async () => {
      asked += 1;
      await Promise.resolve();
      throw full;
    };
    const notifier = { hasKept: () => false, notify: () => {}, deliver, nextDue: () => 0 };
    const delivery = createDelivery(notifier, { clock: systemClock, signal: new AbortController().signal });
    await delivery.ended();
    delivery.begin();
    await once(delivery.failed, 'abort');
    delivery.begin();
    await assert.rejects(delivery.ended(), (error) => error === full);
    assert.equal(asked, 1);
  });

  it('says what nobody caught like any other failure, gives the archive back, and ends with its exit code', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    await writeFile(config, QUIET);
    const preload = join(folder.path, 'preload.mjs');
    const error = `Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28 })`;
    await writeFile(preload, `process.on('SIGUSR2', () => void Promise.reject(${error}))`);
    const running = start(['schedule', '--json', '--config', config], { preload: [preload] });
    const archive = join(folder.path, 'archive');
    while (!existsSync(join(archive, 'frontier.sqlite'))) await sleep(20);
    running.child.kill('SIGUSR2');
    running.child.kill('SIGUSR2');
    const ended = await running.ended;
    assert.equal(ended.code, 8, ended.stderr);
    assert.equal(ended.stderr.match(/error FILE_REFUSED/g)?.length, 1, ended.stderr);
    assert.match(ended.stderr, /no space left on device/);
    assert.equal(existsSync(join(archive, 'lock.json')), false, 'it unwound');
  });

  for (const timing of ['cron: "61 * * * *"', 'cron: often', 'timeZone: Mars/Olympus'])
    it(`refuses ${timing}`, async () => {
      await using folder = await temporaryFolder();
      const config = join(folder.path, 'config.yaml');
      await writeFile(config, `sources:\n  - { name: 头条, url: https://www.guancha.cn/toutiao, ${timing} }\n`);
      const ended = await run(['schedule', '--config', config]);
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /config\.yaml:2: sources\[0\]\.(cron|timeZone): must be/);
    });

  it('loses no slot and serves none twice, killed and started again while clocks jump', async () => {
    const { kills, served } = await scheduleMonth({ days: 3, kills: 4, seed: 1, say: () => {} });
    assert.ok(kills > 0);
    assert.ok(served > 60);
  });
});
