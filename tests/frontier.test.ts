import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { type FailureMatch, type Frontier, openFrontier } from '../src/frontier/sqlite.ts';
import type { ArticleId, Outcome, Target } from '../src/model.ts';
import { temporaryFolder } from './support/command.ts';

const target = (number: number, changes: Partial<Target> = {}): Target => ({
  id: `guancha:${number}`,
  url: `https://www.guancha.cn/a/2026_10_04_${number}.shtml`,
  source: '头条',
  via: null,
  leadPicture: null,
  listed: null,
  priority: number,
  ...changes,
});
const open = (archive: string) => openFrontier(archive, { command: 'test', attempts: 3 });
const failed = (code: string): Outcome => ({ kind: 'failed', code, detail: 'why' });

function close(frontier: Frontier): void {
  frontier.endRun();
  frontier[Symbol.dispose]();
}

describe('the frontier', () => {
  it('gives out each target once, newest first', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    assert.equal(frontier.add([target(1), target(3), target(2)]), 3);
    assert.equal(frontier.add([target(3), target(4)]), 1);
    assert.deepEqual(
      frontier.unknown([target(4), target(5)]).map(({ id }) => id),
      ['guancha:5'],
    );
    const taken = [frontier.take(), frontier.take(), frontier.take(), frontier.take(), frontier.take()];
    assert.deepEqual(
      taken.map((lease) => lease?.target.id ?? null),
      ['guancha:4', 'guancha:3', 'guancha:2', 'guancha:1', null],
    );
  });

  it('remembers what the list prints, in a frontier from before as well', async () => {
    await using folder = await temporaryFolder();
    close(open(folder.path));
    const old = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
    old.exec('ALTER TABLE targets DROP COLUMN listed');
    old.close();
    const listed = target(1, {
      listed: { title: '茶山的雨', time: '2026-10-04 16:19', summary: null, picture: 'https://i.guancha.cn/a.jpg' },
    });
    using frontier = open(folder.path);
    frontier.add([listed]);
    assert.deepEqual(frontier.take()?.target, listed);
  });

  it('keeps to the articles it is asked for', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    frontier.add([target(1), target(2)]);
    assert.equal(frontier.take(['guancha:1'])?.target.id, 'guancha:1');
    assert.equal(frontier.take(['guancha:1']), null);
  });

  it('gives a waiting target the headline picture that a later list brings', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    const leadPicture = { src: 'https://i.guancha.cn/a.jpg', width: '970px', height: null };
    frontier.add([target(1, { source: '要闻' })]);
    frontier.add([target(1, { leadPicture })]);
    const lease = frontier.take();
    assert.deepEqual([lease?.target.source, lease?.target.leadPicture], ['头条', leadPicture]);
  });

  const outcomes: readonly Outcome[] = [
    { kind: 'archived', key: 'k' },
    { kind: 'unchanged', key: 'k' },
    { kind: 'gone', detail: 'why' },
    { kind: 'moved', to: { id: 'fengwen:1', url: 'https://user.guancha.cn/main/content?id=1', date: null } },
    { kind: 'link-out', to: null },
    { kind: 'blocked', code: 'BLOCKED', detail: 'why' },
    { kind: 'refused', code: 'ROBOTS_DISALLOWED', detail: 'why' },
    failed('NOT_AN_ARTICLE'),
  ];
  for (const outcome of outcomes) {
    it(`settles ${outcome.kind} and counts it`, async () => {
      await using folder = await temporaryFolder();
      using frontier = open(folder.path);
      frontier.add([target(1)]);
      const lease = frontier.take();
      assert.ok(lease);
      assert.deepEqual(frontier.settle(lease, outcome), { againInMs: null });
      assert.equal(frontier.take(), null);
      assert.deepEqual(frontier.counts(), [{ source: '头条', outcome: outcome.kind, count: 1 }]);
      const isFailure = ['blocked', 'refused', 'failed'].includes(outcome.kind);
      assert.equal(frontier.failures(10).length, isFailure ? 1 : 0);
    });
  }

  it('tries again what may pass, as often as allowed, behind the others', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    frontier.add([target(2), target(1)]);
    const seen: [ArticleId, boolean][] = [];
    for (let lease = frontier.take(); lease !== null; lease = frontier.take()) {
      const outcome: Outcome = lease.target.id === 'guancha:2' ? failed('NETWORK') : { kind: 'archived', key: 'k' };
      seen.push([lease.target.id, frontier.settle(lease, outcome).againInMs !== null]);
    }
    assert.deepEqual(seen, [
      ['guancha:2', true],
      ['guancha:1', false],
      ['guancha:2', true],
      ['guancha:2', false],
    ]);
    assert.equal(frontier.againLater(), 1);
    assert.equal(frontier.take()?.attempt, 1);
  });

  it('waits before another attempt, longer each time, over a restart too', async () => {
    await using folder = await temporaryFolder();
    const slow = () => openFrontier(folder.path, { command: 'test', attempts: 3, backoffMs: 60_000 });
    const frontier = slow();
    frontier.add([target(1)]);
    assert.ok((frontier.nextDue() ?? Number.NaN) <= Date.now());
    const lease = frontier.take();
    assert.ok(lease);
    const { againInMs } = frontier.settle(lease, failed('TIMEOUT'));
    assert.ok(againInMs !== null && againInMs >= 30_000 && againInMs <= 60_000, String(againInMs));
    assert.equal(frontier.take(), null);
    close(frontier);
    using later = slow();
    assert.equal(later.take(), null);
    assert.ok(Math.abs((later.nextDue() ?? 0) - Date.now() - againInMs) < 5000);
    assert.equal(later.nextDue(['guancha:2']), null);
    later.again(['guancha:1']);
    assert.equal(later.take()?.attempt, 1);
    assert.equal(later.nextDue(), null, 'nobody waits for what is in hand');
  });

  it('gives refused articles back behind the others, as long as they have attempts left', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    frontier.add([target(2), target(1)]);
    const blocked: Outcome = { kind: 'blocked', code: 'BLOCKED', detail: 'why' };
    const seen: string[] = [];
    for (let lease = frontier.take(); lease !== null; lease = frontier.take()) {
      const { id } = lease.target;
      frontier.settle(lease, id === 'guancha:2' ? blocked : { kind: 'archived', key: 'k' });
      seen.push(`${id} ${frontier.reconsider(id === 'guancha:2' ? [id] : []).length}`);
    }
    assert.deepEqual(seen, ['guancha:2 1', 'guancha:1 0', 'guancha:2 1', 'guancha:2 0']);
  });

  it('gives back what did not end well, by code and by source', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    const outcomes: readonly Outcome[] = [
      failed('TOO_LARGE'),
      { kind: 'refused', code: 'ROBOTS_DISALLOWED', detail: 'why' },
      { kind: 'blocked', code: 'BLOCKED', detail: 'why' },
      { kind: 'archived', key: 'k' },
      { kind: 'gone', detail: 'why' },
    ];
    frontier.add(outcomes.map((_, i) => target(i + 1, { source: i === 0 ? '头条' : '要闻' })));
    const settleAll = () => {
      for (let lease = frontier.take(); lease !== null; lease = frontier.take())
        frontier.settle(lease, outcomes[lease.target.priority - 1] ?? failed('INTERNAL'));
    };
    settleAll();
    const ids = (match: FailureMatch) => {
      const given = frontier.retry(match).map(({ id }) => id);
      settleAll();
      return given.sort();
    };
    assert.deepEqual(ids({}), ['guancha:1', 'guancha:2', 'guancha:3']);
    assert.deepEqual(ids({ codes: ['TOO_LARGE', 'NETWORK'] }), ['guancha:1']);
    assert.deepEqual(ids({ sources: ['要闻'] }), ['guancha:2', 'guancha:3']);
    assert.deepEqual(ids({ codes: ['TOO_LARGE'], sources: ['要闻'] }), []);
  });

  it('takes over the frontier of a version that knew no pauses', async () => {
    await using folder = await temporaryFolder();
    const old = open(folder.path);
    old.add([target(1)]);
    close(old);
    const database = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
    database.exec('DROP INDEX due; ALTER TABLE targets DROP COLUMN not_before');
    database.close();
    using frontier = open(folder.path);
    assert.equal(frontier.take()?.target.id, 'guancha:1');
  });

  it('does not give refusals by robots.txt back', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    frontier.add([target(1)]);
    const lease = frontier.take();
    assert.ok(lease);
    frontier.settle(lease, { kind: 'refused', code: 'ROBOTS_DISALLOWED', detail: 'why' });
    assert.equal(frontier.againLater(), 0);
    frontier.again(['guancha:1']);
    assert.equal(frontier.waiting(), 1);
  });

  it('remembers hosts and robots.txt between runs', async () => {
    await using folder = await temporaryFolder();
    const first = open(folder.path);
    first.hosts.setNextAt('a', 1234.5);
    first.hosts.setRobots('https://a', { text: 'x', status: 200, at: 7 });
    close(first);
    using second = open(folder.path);
    assert.equal(second.hosts.nextAt('a'), 1235);
    assert.equal(second.hosts.nextAt('b'), 0);
    assert.deepEqual(second.hosts.robots('https://a'), { text: 'x', status: 200, at: 7 });
  });

  it('sweeps after runs that did not end, and not after those that did', async () => {
    await using folder = await temporaryFolder();
    open(folder.path)[Symbol.dispose]();
    const cut = open(folder.path);
    assert.ok(cut.unfinishedSince !== null);
    close(cut);
    using last = open(folder.path);
    assert.equal(last.unfinishedSince, null);
  });

  it('takes over the frontier of versions that locked by their rows, whatever these say', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'frontier.sqlite');
    {
      using database = new DatabaseSync(path);
      database.exec(`CREATE TABLE runs (token TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL,
        pid INTEGER NOT NULL, started_at INTEGER NOT NULL, beat_at INTEGER NOT NULL, ended_at INTEGER) STRICT;
        INSERT INTO runs VALUES ('t', 'crawl', 'h', 1, 1, 2, 3)`);
    }
    {
      using frontier = open(folder.path);
      assert.equal(frontier.unfinishedSince, null, 'it ended');
      frontier.endRun();
    }
    const now = Date.now();
    {
      using database = new DatabaseSync(path);
      database.exec(`ALTER TABLE runs ADD COLUMN beat_at INTEGER NOT NULL DEFAULT 0; ALTER TABLE runs ADD COLUMN birth TEXT;
        INSERT INTO runs (token, command, host, pid, started_at, beat_at, birth)
        VALUES ('u', 'crawl', 'elsewhere', ${process.pid}, ${now}, ${now}, 'b pid:[1] 1')`);
    }
    using frontier = open(folder.path);
    assert.equal(frontier.unfinishedSince, now, 'it was cut off');
    assert.equal(frontier.lastRun()?.command, 'test');
    using database = new DatabaseSync(path);
    const columns = database.prepare('PRAGMA table_info(runs)').all();
    assert.deepEqual(
      columns.map(({ name }) => name),
      ['token', 'command', 'host', 'pid', 'started_at', 'ended_at', 'clean'],
    );
  });

  it('remembers the last visit of each kind', async () => {
    await using folder = await temporaryFolder();
    using frontier = open(folder.path);
    for (const outcome of ['archived', 'unchanged', 'unchanged', 'blocked'] as const)
      frontier.visits.note('guancha:1', outcome);
    assert.deepEqual(
      frontier.visits
        .of('guancha:1')
        .map(({ outcome }) => outcome)
        .sort(),
      ['archived', 'blocked', 'unchanged'],
    );
    assert.deepEqual(frontier.visits.of('guancha:2'), []);
  });

  it('takes over from a run that was killed, with what it had in hand', async () => {
    await using folder = await temporaryFolder();
    const script = `
      const { openFrontier } = await import(${JSON.stringify(join(import.meta.dirname, '../src/frontier/sqlite.ts'))});
      const frontier = openFrontier(${JSON.stringify(folder.path)}, { command: 'killed', attempts: 3 });
      frontier.add([${JSON.stringify(target(1))}]);
      frontier.take();
      process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(killed.signal, 'SIGKILL');
    using frontier = open(folder.path);
    assert.ok(frontier.unfinishedSince !== null);
    assert.equal(frontier.take()?.target.id, 'guancha:1');
  });
});
