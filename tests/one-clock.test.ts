/** One clock: people see instants with their zone, programs ISO 8601, and nobody ms since 1970. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey } from '../src/archive/keys.ts';
import { wallClock } from '../src/clock.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { shownTime } from '../src/site/clock.ts';
import { temporaryFolder } from './support/command.ts';
import { documentOf, draft, save } from './support/drafts.ts';
import { readJson } from './support/json-lines.ts';
import { runHere } from './support/run-here.ts';

const ID = 'guancha:903180';

describe('the clock of all outputs', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let archive: string;
  before(async () => {
    folder = await temporaryFolder();
    archive = join(folder.path, 'archive');
    const store = openArchive(openDisk(archive), { minFreeBytes: 0 });
    await save(store, articleKey(ID, '2026-10-04'), documentOf('<p>一</p>'), draft({ id: ID }));
    const now = Date.now();
    using operations = openOperations(archive, { command: 'crawl' });
    const { journal } = operations;
    journal.hosts.setPause('www.guancha.cn', { nextAt: now + 3_600_000, reason: 'it refuses', failures: 1 });
    for (let i = 12; i >= 0; i -= 1) {
      const entries = i === 0 ? 0 : 60;
      const sample = { kind: 'front', url: 'https://www.guancha.cn/', fresh: 0, untitled: 0, untimed: 0, code: null };
      journal.sourceSamples.add({ ...sample, source: '头条', at: now - i * 60_000, entries, elapsedMs: 5 });
    }
    journal.visits.note(ID, 'unchanged');
    journal.orders.add({ kind: 'crawl', arguments: {}, askedBy: 'a test' });
    journal.runs.endRun();
  });
  after(() => folder[Symbol.asyncDispose]());

  const commands = [
    ['status'],
    ['sources', 'list'],
    ['orders'],
    ['history', ID],
    ['diff', ID],
    ['changes'],
    ['list'],
    ['quarantine', 'list'],
    ['vocabulary'],
  ];

  it('gives programs ISO 8601, and no number that is an instant', async () => {
    for (const command of commands) {
      const { stdout } = await runHere([...command, '--json', '--archive', archive]);
      for (const text of stdout.split('\n').filter(Boolean))
        JSON.parse(text, (key, value: unknown) => {
          assert.ok(typeof value !== 'number' || value < 1e11, `${command.join(' ')}: ${key} ${String(value)}`);
          return value;
        });
    }
    const sources = (await runHere(['sources', 'list', '--json', '--archive', archive])).stdout;
    assert.match(sources, /"last":\{[^}]*"at":"\d{4}-\d\d-\d\dT/);
    assert.match(sources, /"alarms":\[\{[^\]]*"since":"\d{4}-\d\d-\d\dT/);
  });

  it('shows what the archive holds, as of the catalog', async () => {
    await runHere(['list', '--archive', archive]);
    const { stdout } = await runHere(['status', '--json', '--archive', archive]);
    const [status = {}] = readJson(stdout).lines;
    const { holdings } = status as { holdings: Record<string, unknown> };
    const { articles, posts, versions, firstDay, asOf } = holdings;
    assert.deepEqual([articles, posts, versions, typeof firstDay, typeof asOf], [1, 0, 1, 'string', 'string']);
    assert.match((await runHere(['status', '--archive', archive])).stdout, /1 article, 0 of them posts, from \d{4}/);
  });

  it('gives people a zone with every time', async () => {
    for (const command of commands) {
      const { stdout } = await runHere([...command, '--archive', archive]);
      for (const [found, rest] of stdout.matchAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(.{0,7})/g))
        assert.match(rest ?? '', /^ [+-]\d\d:\d\d/, `${command.join(' ')}: ${found}`);
      assert.doesNotMatch(stdout, /\b1[789]\d{11}\b/);
    }
  });

  it('shows an instant from which the same one can be read', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }), (at) => {
        const read = Date.parse(wallClock(at.getTime()).replace(' ', 'T').replace(' ', ''));
        assert.equal(read, Math.floor(at.getTime() / 1000) * 1000);
      }),
    );
    assert.equal(wallClock('no instant'), 'no instant');
    assert.equal(shownTime('2022-01-28T10:30:43+08:00'), '2022-01-28 10:30 +08:00');
  });
});
