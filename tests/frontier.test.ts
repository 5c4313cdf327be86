/** The two frontiers keep the same promises; that of SQLite keeps what it holds, and is quick however much that is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { openMemoryFrontier } from '../src/frontier/memory.ts';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { type Operations, openOperations } from '../src/frontier/operations.ts';
import { openSqliteFrontier } from '../src/frontier/sqlite.ts';
import { openJournal } from '../src/journal/journal.ts';
import type { ArticleId } from '../src/model.ts';
import { openDatabase } from '../src/sqlite.ts';
import { target, testFrontier } from './frontier.contract.ts';
import { temporaryFolder } from './support/command.ts';

const pace = { attempts: 3, restMs: 3_600_000 };

testFrontier('in memory', async ({ now, backoffMs }) => {
  const frontier = openMemoryFrontier({ pace: { ...pace, backoffMs }, now });
  return { frontier, [Symbol.asyncDispose]: async () => frontier[Symbol.dispose]() };
});

testFrontier('in SQLite', async ({ now, backoffMs }) => {
  const folder = await temporaryFolder();
  const { frontier, [Symbol.dispose]: close } = openOperations(folder.path, { ...pace, backoffMs, now });
  return {
    frontier,
    [Symbol.asyncDispose]: async () => {
      close();
      await folder[Symbol.asyncDispose]();
    },
  };
});

const open = (archive: string) => openOperations(archive, { command: 'test', ...pace });

function close(operations: Operations): void {
  operations.journal.runs.endRun();
  operations[Symbol.dispose]();
}

describe('the frontier in SQLite', () => {
  it('keeps pauses and outcomes from one run to the next', async () => {
    await using folder = await temporaryFolder();
    const first = openOperations(folder.path, { command: 'test', ...pace, backoffMs: 60_000 });
    first.frontier.add([target(1), target(2)]);
    const lease = first.frontier.take() ?? assert.fail();
    first.frontier.settle(lease, { kind: 'failed', code: 'TIMEOUT', detail: 'why' });
    first.frontier.settle(first.frontier.take() ?? assert.fail(), { kind: 'gone', detail: 'why' });
    const before = [first.frontier.nextDue(), first.frontier.find('guancha:1'), first.frontier.find('guancha:2')];
    close(first);
    using second = open(folder.path);
    const { frontier } = second;
    assert.deepEqual([frontier.nextDue(), frontier.find('guancha:1'), frontier.find('guancha:2')], before);
    assert.equal(frontier.take(), null);
  });

  it('takes over from a run that was killed, with what it had in hand', async () => {
    await using folder = await temporaryFolder();
    const script = `
      const { openOperations } = await import(${JSON.stringify(join(import.meta.dirname, '../src/frontier/operations.ts'))});
      const { frontier } = openOperations(${JSON.stringify(folder.path)}, { command: 'killed', attempts: 3 });
      frontier.add([${JSON.stringify(target(1))}]);
      frontier.take();
      process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(killed.signal, 'SIGKILL');
    using operations = open(folder.path);
    assert.ok(operations.journal.runs.unfinishedSince !== null);
    assert.equal(operations.frontier.take()?.target.id, 'guancha:1');
  });

  it('settles and remembers in one step, or not at all', async () => {
    await using folder = await temporaryFolder();
    using operations = open(folder.path);
    const { frontier, journal, transaction } = operations;
    frontier.add([target(1)]);
    const lease = frontier.take() ?? assert.fail();
    {
      using other = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
      other.exec(
        `CREATE TRIGGER refused BEFORE UPDATE OF outcome ON targets BEGIN SELECT RAISE(ABORT, 'refused by the database'); END`,
      );
    }
    const end = () =>
      transaction(() => {
        journal.visits.note('guancha:1', 'archived');
        frontier.add([target(2)], { leads: true });
        return frontier.settle(lease, { kind: 'archived', key: 'k' });
      });
    assert.throws(end, { code: 'DATABASE_DAMAGED' });
    assert.deepEqual([journal.visits.of('guancha:1'), frontier.find('guancha:2')], [[], null]);
    {
      using other = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
      other.exec('DROP TRIGGER refused');
    }
    end();
    assert.equal(journal.visits.of('guancha:1').length, 1);
    assert.equal(frontier.find('guancha:1')?.state, 'archived');
  });

  it('gives a row out without what cannot be read of it, and says so', async () => {
    await using folder = await temporaryFolder();
    const told: string[] = [];
    using operations = openOperations(folder.path, { onDamage: (damage) => void told.push(damage) });
    const { frontier } = operations;
    for (const value of ['{"src": 7}', '{"src"', '', '[]', 'null', '{}']) {
      frontier.add([target(1), target(2)]);
      frontier.requeue({ ids: [target(1).id] });
      using other = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
      other.prepare('UPDATE targets SET lead_picture = ? WHERE id = ?').run(value, target(1).id);
      const taken = [frontier.take(), frontier.take()];
      assert.deepEqual(
        taken.map((lease) => lease?.target.leadPicture),
        [null, null],
        value,
      );
      assert.equal(told.splice(0).length, 1, value);
      for (const lease of taken) if (lease !== null) frontier.release(lease);
    }
    assert.equal(frontier.find(target(1).id)?.target.leadPicture, null);
  });

  it('looks through no table for what each article of a run needs', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'frontier.sqlite');
    using database = openDatabase(path, { migrations: MIGRATIONS });
    const prepared: string[] = [];
    const listening = {
      ...database,
      prepare: (sql: string) => {
        prepared.push(sql);
        return database.prepare(sql);
      },
    };
    const frontier = openSqliteFrontier(listening, { pace: { ...pace, backoffMs: 0 }, now: Date.now });
    const leadPicture = { src: 'https://i.guancha.cn/a.jpg', width: null, height: null };
    for (const targets of [[target(1)], [target(1, { leadPicture }), target(2)]])
      frontier.add(targets, { leads: true });
    frontier.take(['guancha:1'] satisfies ArticleId[]);
    const { length } = prepared;
    openJournal(listening, { now: Date.now, command: null, longestPauseMs: 6 * 3_600_000 });
    const [ofQueue, ofJournal] = [prepared.slice(0, length), prepared.slice(length)];
    const ofEach = ofJournal.filter((sql) => /FROM (?:places|hosts|revisits INDEXED)/.test(sql));
    assert.deepEqual([ofQueue.length > 25, ofEach.length], [true, 7]);
    const scans = [...ofQueue, ...ofEach]
      .filter((sql) => !ONCE_IN_A_WHILE.some((start) => sql.includes(start)))
      .flatMap((sql) =>
        database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail))
          .filter(
            (detail) =>
              /^SCAN (?!json_each|new|\d+-ROW VALUES|CONSTANT ROW)|TEMP B-TREE/.test(detail) && !IN_ORDER.test(detail),
          )
          .map((detail) => `${detail}: ${sql}`),
      );
    assert.deepEqual(scans, []);
  });
});

/** Counts and lists for people, and what makes many targets wait again at once. */
const ONCE_IN_A_WHILE = ['count(*)', 'ORDER BY settled_at DESC', 'WHERE outcome IS NOT NULL', 'ORDER BY next_at DESC'];
/** Walked from its first row on, to one that is due; of `not_well` all rows are meant. */
const IN_ORDER = /^SCAN (?:targets|t) USING INDEX (?:waiting|due|not_well)/;
