/** The frontier and the journal of a cluster keep the promises of those of one machine, and no two hands have one article. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Database } from '../../src/database.ts';
import { openInstants } from '../../src/frontier/instants.ts';
import { migrateCluster, openCluster, openPostgresFrontier } from '../../src/frontier/postgres.ts';
import { target, testFrontier } from '../frontier.contract.ts';
import { testJournal } from '../journal.contract.ts';
import { type PostgresServer, skippedWithout, startPostgres } from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
let url = '';
let database: Database;
if (skip === false) {
  before(async () => {
    server = await startPostgres();
    url = await server.database();
    migrateCluster(url);
    database = openCluster(url);
  });
  after(async () => {
    database?.[Symbol.dispose]();
    await server?.[Symbol.asyncDispose]();
  });
}

/** Without its rows: a new database for each test takes longer than the test. */
function emptied(): Database {
  const tables = database.prepare('SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()').all();
  const names = tables.map(({ name }) => String(name)).filter((name) => name !== 'archive_version');
  database.exec(`TRUNCATE ${names.join(', ')} RESTART IDENTITY`);
  return database;
}

const pace = { attempts: 3, restMs: 3_600_000, backoffMs: 0 };

testFrontier(
  'in PostgreSQL',
  async ({ now: machine, backoffMs }) => {
    const now = openInstants(emptied(), { now: machine, longestPauseMs: 6 * 3_600_000 });
    const frontier = openPostgresFrontier(database, { pace: { ...pace, backoffMs }, now });
    return { frontier, [Symbol.asyncDispose]: async () => frontier[Symbol.dispose]() };
  },
  { dead: 'run out', skip },
);

testJournal('in PostgreSQL', () => emptied(), skip);

describe('two hands', { skip }, () => {
  it('are never given the same article, and what one has in hand the other passes by without a wait', () => {
    emptied();
    using other = openCluster(url, { statementMs: 1000 });
    const [one, two] = [database, other].map((each) => openPostgresFrontier(each, { pace, now: Date.now }));
    assert.ok(one !== undefined && two !== undefined);
    one.add([target(1), target(2), target(3), target(4)]);
    database.transaction(() => {
      assert.equal(one.take()?.target.id, 'guancha:4');
      assert.equal(two.take()?.target.id, 'guancha:3', 'the first has not yet committed');
      assert.equal(two.take('guancha')?.target.id, 'guancha:2');
      assert.equal(two.take(['guancha:4', 'guancha:1'])?.target.id, 'guancha:1');
      assert.equal(two.take(), null);
    });
    assert.equal(two.take(), null);
    assert.deepEqual(two.takeOver(), []);
    assert.equal(one.take(), null, 'nobody takes from one that is at work');
  });

  it('count as dead where they let a lease run out twice, without anybody who begins', () => {
    emptied();
    let at = Date.now();
    const frontier = openPostgresFrontier(database, { pace, now: () => at });
    frontier.add([target(1), target(2)]);
    for (let death = 0; death < 2; death++) {
      assert.equal(frontier.take()?.target.id, 'guancha:2');
      at += 120_001;
    }
    assert.equal(frontier.take()?.target.id, 'guancha:1');
    assert.equal(frontier.find('guancha:2')?.code, 'RUN_DIED');
  });
});
