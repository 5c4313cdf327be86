/** `schedule`: slots, what a host that refuses keeps waiting, reading the configuration again, an end when asked for. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openNewspaper } from './newspaper/newspaper.ts';
import { run, start, temporaryFolder } from './support/command.ts';
import { scheduleMonth } from './torture/schedule-month.ts';

describe('schedule', () => {
  it('goes on through SIGHUP, faulty configurations too, and ends by SIGTERM', async () => {
    await using newspaper = await openNewspaper({ articles: 8, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    const text = newspaper.config({ archive: './archive', politeness: { intervalMs: 0, assetIntervalMs: 0 } });
    await writeFile(config, `${text}schedule: { minIntervalMs: 1000, maxIntervalMs: 2000 }\n`);
    const running = start(['schedule', '--json', '--config', config]);
    await running.says('"outcome":"archived"');
    assert.equal((await run(['crawl', '--config', config])).code, 6, 'it holds the archive');

    await writeFile(config, `${text}schedule: { minIntervalMs: never }\n`);
    running.child.kill('SIGHUP');
    await running.says('the old configuration goes on');
    await writeFile(config, `${text.replace('name: 头条', 'name: 要点')}schedule: { minIntervalMs: 1000 }\n`);
    for (let i = 0; i < 5; i++) running.child.kill('SIGHUP'); // however many, and whenever they come
    await running.says('"run":"要点"');
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    assert.equal(ended.code, 0, ended.stderr);
    const lines = ended.lines();
    const runs = lines.filter((line) => 'run' in line);
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
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, blockedPauseMs: 86_400_000 };
    await writeFile(config, newspaper.config({ archive: './archive', politeness }));
    newspaper.handle(({ origin, path }) =>
      origin === 'www' && /\d{4}_\d{2}_\d{2}_\d+/.test(path) ? { status: 403, body: 'no' } : undefined,
    );
    const running = start(['schedule', '--json', '--config', config]);
    await running.says('is left alone for 86400 s');
    await running.says('"id":"fengwen:');
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    const outcomes = ended.lines().filter((line) => 'outcome' in line);
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'blocked').length, 5);
    assert.ok(outcomes.some(({ outcome, id }) => outcome === 'archived' && String(id).startsWith('fengwen:')));
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
