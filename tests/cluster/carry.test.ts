/** Queue and journal go from one machine to a cluster and back, every row as it was; the tables of both are the same. */
import assert from 'node:assert/strict';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Database, Value } from '../../src/database.ts';
import { KEYS } from '../../src/frontier/carry.ts';
import { MIGRATIONS } from '../../src/frontier/migrations.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster, openCluster } from '../../src/frontier/postgres.ts';
import { openPostgres } from '../../src/postgres.ts';
import { openDatabase } from '../../src/sqlite.ts';
import { target } from '../frontier.contract.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { PASSWORD, type PostgresServer, skippedWithout, startPostgres } from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
if (skip === false) {
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
}

/** Three rows of each table, of every kind of value that its columns take. */
function fill(database: Database): void {
  for (const table of Object.keys(KEYS)) {
    const columns = database.prepare('SELECT name, type, "notnull" AS needed, pk FROM pragma_table_info(?)').all(table);
    for (let row = 1; row <= 3; row++) {
      const values = columns.map(({ name, type, needed, pk }): Value => {
        const isOptional = needed === 0 && pk === 0;
        if (row === 1 && isOptional) return null;
        if (type === 'INTEGER') return name === 'number' ? 7 * row : row === 2 ? 1_790_000_000_000 + row : row;
        return row === 2 ? `${String(name)} 雨'\\\n{"a":1} ${row}` : `${row === 1 ? 'Z' : 'a'}-${String(name)}`;
      });
      const names = columns.map(({ name }) => `"${String(name)}"`);
      const places = names.map(() => '?').join(', ');
      database.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`).run(...values);
    }
  }
}

describe('cluster', { skip }, () => {
  it('has the tables of one machine, column by column', async () => {
    const url = await server.database();
    migrateCluster(url);
    using cluster = openCluster(url);
    using alone = openDatabase(':memory:', { migrations: MIGRATIONS });
    const tables = alone
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
      .all()
      .map(({ name }) => String(name));
    assert.deepEqual(tables, Object.keys(KEYS).toSorted());
    for (const table of tables) {
      const own = alone.prepare('SELECT name FROM pragma_table_info(?)').all(table);
      const shared = cluster
        .prepare(
          'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?',
        )
        .all(table);
      const names = (rows: typeof own) => rows.map(({ name }) => String(name)).toSorted();
      assert.deepEqual(
        names(shared).filter((name) => name !== 'rowid'),
        names(own),
        table,
      );
    }
  });

  it('is made ready by init alone, once, and refuses tables of another version', async () => {
    const url = await server.database();
    assert.throws(() => openCluster(url), { code: 'DATABASE_NOT_READY' });
    const first = migrateCluster(url);
    assert.deepEqual([first.from, migrateCluster(url)], [0, { from: first.to, to: first.to }]);
    {
      using database = openPostgres(url);
      database.exec('UPDATE archive_version SET version = 99');
    }
    for (const open of [() => openCluster(url), () => migrateCluster(url)])
      assert.throws(open, { code: 'ARCHIVE_NEWER' });
  });

  it('takes queue and journal over, and gives them back the same', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    const before = join(folder.path, 'before.sqlite');
    openOperations(archive)[Symbol.dispose]();
    {
      using database = openDatabase(join(archive, 'frontier.sqlite'), { migrations: MIGRATIONS });
      fill(database);
    }
    await cp(join(archive, 'frontier.sqlite'), before);
    const config = join(folder.path, 'crawl.config.yaml');
    const url = await server.database();
    await writeFile(config, `archive: ${archive}\ncluster:\n  postgres: ${JSON.stringify(url)}\n`);
    const outputs: string[] = [];
    const cluster = async (action: string) => {
      const { code, stdout, stderr } = await run(['cluster', action, '--config', config]);
      outputs.push(stdout, stderr);
      return code;
    };
    assert.equal(await cluster('import'), 2, 'no tables yet');
    assert.equal(await cluster('init'), 0, outputs.join(''));
    assert.equal(await cluster('import'), 0, outputs.join(''));
    assert.equal(await cluster('import'), 0, 'the same is there');
    assert.equal(await cluster('export'), 0, 'the same is there');
    assert.ok(!(await readdir(archive)).includes('trash'));

    const place = { archive, cluster: { postgres: url } };
    {
      using operations = openOperations(place, { command: 'test' });
      operations.frontier.add([target(623950)]);
    }
    assert.equal(await cluster('import'), 2, 'it holds other rows');
    assert.match(outputs.at(-1) ?? '', /DATABASE_NOT_EMPTY/);
    assert.equal(await cluster('export'), 0, outputs.join(''));
    assert.ok((await readdir(archive)).includes('trash'), 'nothing is lost');
    using alone = openDatabase(join(archive, 'frontier.sqlite'), { migrations: MIGRATIONS, readOnly: true });
    using old = openDatabase(before, { migrations: MIGRATIONS, readOnly: true });
    const rowsOf = (database: Database, table: string) =>
      database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all();
    for (const table of Object.keys(KEYS).filter((name) => !CHANGED.includes(name)))
      assert.deepEqual(rowsOf(alone, table), rowsOf(old, table), table);
    assert.equal(rowsOf(alone, 'targets').length, rowsOf(old, 'targets').length + 1);
    for (const output of outputs)
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) assert.ok(!output.includes(secret));
  });
});

/** Where a run began, or the clock set right what lies ahead of it. */
const CHANGED = [
  'targets',
  'runs',
  'visits',
  'revisits',
  'hosts',
  'robots',
  'alarms',
  'notices',
  'latencies',
  'source_readings',
  'sightings',
  'forms',
  'followed',
  'lookups',
  'probes',
];
