/** What every database promises its callers; an adapter's test calls this with the way to open an empty one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Database, Value } from '../src/database.ts';
import { ArchiveError, type ErrorCode } from '../src/errors.ts';

interface Opened extends AsyncDisposable {
  readonly database: Database;
  /** What a statement with a fault comes as, and one to a table that is not there. */
  readonly faults: { readonly statement: ErrorCode; readonly table: ErrorCode };
}

const TABLE = 'CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, size BIGINT)';

/** @param name of the adapter */
export function testDatabase(name: string, open: () => Promise<Opened>, skip: string | false = false): void {
  const test = (promise: string, body: (database: Database, faults: Opened['faults']) => void): void =>
    void it(promise, async () => {
      await using opened = await open();
      opened.database.exec(TABLE);
      body(opened.database, opened.faults);
    });

  describe(`the database, ${name}`, { skip }, () => {
    test('says how many rows were changed, and gives them by get, all and iterate', (database) => {
      const insert = database.prepare('INSERT INTO things (id, name, size) VALUES (?, ?, ?)');
      assert.equal(insert.run(1, '一', 10), 1);
      assert.equal(insert.run(2, null, null), 1);
      assert.equal(insert.run(3, "it's ? a 'text'", -7), 1);
      const rows = [
        { id: 1, name: '一', size: 10 },
        { id: 2, name: null, size: null },
        { id: 3, name: "it's ? a 'text'", size: -7 },
      ];
      const plain = (given: Iterable<object>) => Array.from(given, (row) => ({ ...row }));
      const all = database.prepare('SELECT * FROM things ORDER BY id');
      assert.deepEqual(plain(all.all()), rows);
      assert.deepEqual(plain(all.iterate()), rows);
      assert.deepEqual({ ...all.get() }, rows[0]);
      const one = database.prepare('SELECT * FROM things WHERE id = ?');
      assert.equal(one.get(4), undefined);
      assert.deepEqual(one.all(4), []);
      assert.deepEqual([...one.iterate(4)], []);
      assert.equal(database.prepare('UPDATE things SET size = 0 WHERE id > ?').run(1), 2);
      assert.equal(database.prepare('DELETE FROM things').run(), 3);
    });

    test('takes numbered parameters, and leaves a ? in texts, names and comments alone', (database) => {
      const sql = `SELECT CAST(?2 AS TEXT) AS b, CAST(?1 AS TEXT) AS "a?", '?''?' AS c, CAST(?2 AS TEXT) AS d -- ?3
        /* ?4 */`;
      assert.deepEqual({ ...database.prepare(sql).get('x', 'y') }, { b: 'y', 'a?': 'x', c: "?'?", d: 'y' });
    });

    test('gives numbers back as numbers, counts and sums too', (database) => {
      const insert = database.prepare('INSERT INTO things (id, name, size) VALUES (?, ?, ?)');
      for (const size of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_790_000_000_000])
        insert.run(size, '', size);
      const row = database.prepare('SELECT count(*) AS n, max(size) AS m, min(id) AS l FROM things').get();
      assert.deepEqual({ ...row }, { n: 3, m: Number.MAX_SAFE_INTEGER, l: Number.MIN_SAFE_INTEGER });
    });

    test('gives any values back as they were', (database) => {
      const write = database.prepare(
        'INSERT INTO things (id, name, size) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, size = excluded.size',
      );
      const read = database.prepare('SELECT name, size FROM things');
      const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''));
      fc.assert(
        fc.property(fc.option(text), fc.option(fc.maxSafeInteger()), (name, size) => {
          write.run(name, size);
          assert.deepEqual({ ...read.get() }, { name, size: size === 0 ? 0 : size });
        }),
        { numRuns: 50 },
      );
    });

    test('goes through many rows without all of them in memory, and may be left half way', (database) => {
      const { texts } = database.dialect;
      const insert = database.prepare(`INSERT INTO things (id) SELECT CAST(value AS BIGINT) FROM ${texts('?')}`);
      insert.run(JSON.stringify(Array.from({ length: 2500 }, (_, id) => `${id}`)));
      const some = database.prepare('SELECT id FROM things WHERE id >= ? ORDER BY id');
      assert.deepEqual(
        Array.from(some.iterate(100), ({ id }) => id),
        Array.from({ length: 2400 }, (_, i) => i + 100),
      );
      let seen = 0;
      for (const { id } of some.iterate(0)) {
        seen += 1;
        if (Number(id) === 1500) break;
      }
      assert.equal(seen, 1501);
      const size = database.transaction(() => {
        for (const { id } of some.iterate(2490))
          database.prepare('UPDATE things SET size = -1 WHERE id = ?').run(Number(id));
        return database.prepare('SELECT count(*) AS n FROM things WHERE size = -1').get()?.n;
      });
      assert.equal(size, 10);
    });

    test('writes all of a transaction, or nothing where it throws, the inner ones with it', (database) => {
      const insert = database.prepare('INSERT INTO things (id) VALUES (?)');
      const ids = () =>
        database
          .prepare('SELECT id FROM things ORDER BY id')
          .all()
          .map(({ id }) => id);
      assert.equal(
        database.transaction(() => {
          insert.run(1);
          return database.transaction(() => insert.run(2));
        }),
        1,
      );
      const fault = new Error('of the caller');
      const failing = () =>
        database.transaction(() => {
          insert.run(3);
          database.transaction(() => insert.run(4));
          assert.deepEqual(ids(), [1, 2, 3, 4]);
          throw fault;
        });
      assert.throws(failing, fault);
      assert.deepEqual(ids(), [1, 2]);
      const refused = () =>
        database.transaction(() => {
          insert.run(5);
          insert.run(1);
        });
      assert.throws(refused, { code: 'DATABASE_DAMAGED' });
      assert.deepEqual(ids(), [1, 2], 'nothing of it, and the database goes on');
      database.transaction(() => insert.run(6));
      assert.deepEqual(ids(), [1, 2, 6]);
    });

    test('says a statement that it refuses as a known failure', (database, faults) => {
      const code = (expected: ErrorCode) => (error: unknown) =>
        error instanceof ArchiveError && error.code === expected;
      assert.throws(() => database.prepare('SELEC 1').all(), code(faults.statement));
      assert.throws(() => database.exec('SELEC 1'), code(faults.statement));
      assert.throws(() => database.prepare('SELECT * FROM nothing').all(), code(faults.table));
      const nothingMuch = database.prepare('SELECT CAST(? AS TEXT) AS a');
      for (const values of [[], ['a', 'b']] satisfies Value[][]) {
        if (values.length === 0 && database.dialect.forUpdate === '') continue; // SQLite takes what is missing for NULL
        assert.throws(() => nothingMuch.get(...values));
      }
      assert.equal(nothingMuch.get('a')?.a, 'a');
    });

    test('reads the dialect: texts of a parameter, texts of a group, an index, a row to be changed', (database) => {
      const { texts, gathered, indexed, forUpdate } = database.dialect;
      database.exec('CREATE INDEX by_size ON things (size)');
      const insert = database.prepare(
        `INSERT INTO things (id, name) SELECT length(value), value FROM ${texts('?1')} WHERE true`,
      );
      assert.equal(insert.run(JSON.stringify(['a', '二二', "'?'"])), 3);
      assert.equal(insert.run('[]'), 0);
      const names = database.prepare(`SELECT ${gathered('name')} AS names FROM things`).get()?.names;
      assert.deepEqual((JSON.parse(String(names)) as string[]).sort(), ["'?'", 'a', '二二'].sort());
      const update = database.prepare(
        `UPDATE things SET size = 1 WHERE id = (SELECT id FROM things ${indexed('by_size')} WHERE size IS NULL ORDER BY id LIMIT 1 ${forUpdate}) RETURNING id`,
      );
      assert.deepEqual([update.get()?.id, update.get()?.id, update.get()?.id, update.get()?.id], [1, 2, 3, undefined]);
    });

    test('closes with statements open', (database) => {
      database.prepare('INSERT INTO things (id) VALUES (1)').run();
      const rows = database.prepare('SELECT * FROM things').iterate();
      rows.next();
      database[Symbol.dispose]();
    });
  });
}
