/** PostgreSQL keeps the promises of a database, against a real server that is stopped, restarted and made unreachable. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ArchiveError } from '../../src/errors.ts';
import { openPostgres } from '../../src/postgres.ts';
import { redacted, withoutSecrets } from '../../src/service-address.ts';
import { testDatabase } from '../database.contract.ts';
import { temporaryFolder } from '../support/command.ts';
import {
  addressOf,
  connectTo,
  PASSWORD,
  type PostgresServer,
  skippedWithout,
  startPostgres,
} from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
if (skip === false) {
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
}

testDatabase(
  'in PostgreSQL',
  async () => {
    const database = openPostgres(await server.database());
    const faults = { statement: 'DATABASE_DAMAGED', table: 'DATABASE_NOT_READY' } as const;
    return { database, faults, [Symbol.asyncDispose]: async () => database[Symbol.dispose]() };
  },
  skip,
);

const away = { name: 'ArchiveError', code: 'DATABASE_AWAY' };

describe('PostgreSQL as a database', { skip }, () => {
  it('goes on after a restart; a transaction that was cut is as if it had not begun', async () => {
    using database = openPostgres(await server.database());
    database.exec('CREATE TABLE things (id BIGINT)');
    const insert = database.prepare('INSERT INTO things VALUES (?)');
    const count = database.prepare('SELECT count(*) AS n FROM things');
    insert.run(1);
    await server.stop();
    assert.throws(() => insert.run(2), away);
    assert.throws(() => database.transaction(() => insert.run(2)), away);
    await server.start();
    insert.run(3);
    assert.equal(count.get()?.n, 2);

    // A connection that is ended between two statements of a transaction.
    await using other = await connectTo(addressOf(server.port, 'postgres'));
    const endOthers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'guancha-archive'`;
    const cut = database.prepare(endOthers);
    const cutOff = () =>
      database.transaction(() => {
        insert.run(4);
        try {
          cut.all();
        } catch {
          // The statement ends its own connection. Whoever goes on must not write outside of the transaction:
        }
        insert.run(5);
      });
    assert.throws(cutOff, away);
    assert.equal(count.get()?.n, 2);
    database.transaction(() => insert.run(6));
    assert.equal(count.get()?.n, 3);

    const rows = database.prepare('SELECT * FROM generate_series(1, 5000) AS n').iterate();
    rows.next();
    await other.query(endOthers);
    assert.throws(() => [...rows], away, 'the rest of a long answer does not come from another connection');
    assert.equal(count.get()?.n, 3);
  });

  it('waits for a server that says nothing for so long and no longer', async () => {
    using database = openPostgres(await server.database(), { statementMs: 500 });
    const one = database.prepare('SELECT 1 AS n');
    assert.throws(() => database.prepare('SELECT pg_sleep(60)').all(), away);
    assert.equal(one.get()?.n, 1, 'the server itself ended the statement');
    server.signal('SIGSTOP');
    try {
      assert.throws(() => one.get(), away);
    } finally {
      server.signal('SIGCONT');
    }
    assert.equal(one.get()?.n, 1);
  });

  it('does not wait for ever for a row that another connection holds', async () => {
    const url = await server.database();
    using database = openPostgres(url, { statementMs: 500 });
    database.exec('CREATE TABLE things (id BIGINT); INSERT INTO things VALUES (1)');
    await using other = await connectTo(url);
    await other.query('BEGIN; UPDATE things SET id = 2');
    assert.throws(() => database.prepare('UPDATE things SET id = 3').run(), away);
    await other.query('COMMIT');
    assert.equal(database.prepare('UPDATE things SET id = 3').run(), 1);
  });

  it('refuses every change where it is opened to read', async () => {
    const url = await server.database();
    using database = openPostgres(url, { readOnly: true });
    assert.throws(() => database.exec('CREATE TABLE things (id BIGINT)'), { code: 'DATABASE_REFUSED' });
  });

  it('says what is wrong with an address, and never the secret in it', async () => {
    const { port } = server;
    const cases = [
      [addressOf(port, 'postgres', 'wrong-secret'), 'DATABASE_REFUSED', /password authentication failed/],
      [addressOf(port, 'postgres', ''), 'DATABASE_REFUSED', /password/],
      [addressOf(port, 'nowhere'), 'DATABASE_REFUSED', /database "nowhere" does not exist/],
      [addressOf(1, 'postgres'), 'DATABASE_AWAY', /ECONNREFUSED/],
      [`${addressOf(port, 'postgres')}?sslmode=verify-full`, 'DATABASE_REFUSED', /SSL/],
      [`${addressOf(port, 'postgres')}?options=-c%20nothing%3D1`, 'DATABASE_REFUSED', /nothing/],
    ] as const;
    for (const [url, code, words] of cases) {
      const error = thrownBy(() => openPostgres(url, { connectMs: 1000 })[Symbol.dispose]());
      assert.equal(error.code, code, `${error.detail}`);
      assert.match(error.detail, words);
      assert.match(error.detail, /^postgres:\/\/127\.0\.0\.1:\d+\//);
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), 'wrong-secret'])
        assert.ok(!`${error.message} ${error.stack}`.includes(secret));
    }
  });

  it('says an address without its secrets, whatever form it has', () => {
    assert.equal(
      withoutSecrets('postgres://u:p%40ss@db.example.org:5433/a?password=x'),
      'postgres://db.example.org:5433/a',
    );
    assert.equal(withoutSecrets('redis://:secret@127.0.0.1:6379/1'), 'redis://127.0.0.1:6379/1');
    assert.equal(withoutSecrets('postgres://u:p[@@:x'), 'postgres:…');
    assert.equal(withoutSecrets('u:p'), 'u:…');
    assert.equal(redacted('no p@ss, no p%40ss, no x-key', 'postgres://u:p%40ss@h/a?sslkey=x-key'), 'no …, no …, no …');
  });

  it('keeps no process alive', async () => {
    const url = await server.database();
    const program = join(import.meta.dirname, '../../src/postgres.ts');
    await using folder = await temporaryFolder();
    const script = join(folder.path, 'script.mjs');
    await writeFile(
      script,
      `import { openPostgres } from ${JSON.stringify(program)};
      console.log(openPostgres(process.env.DATABASE).prepare('SELECT 1 AS n').get().n);`,
    );
    const env = { ...process.env, DATABASE: url };
    const ended = spawnSync(process.execPath, [script], { env, timeout: 30_000, encoding: 'utf8' });
    assert.deepEqual([ended.status, ended.stdout.trim()], [0, '1'], ended.stderr);
  });
});

function thrownBy(work: () => void): ArchiveError {
  try {
    work();
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
  return assert.fail('nothing was thrown');
}
