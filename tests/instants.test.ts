/** A machine whose clock is ten years ahead for an hour, or behind: once it is right, nothing that it wrote is waited for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { believed } from '../src/clock.ts';
import type { Database } from '../src/database.ts';
import { instantsOf, openInstants, SETTLED } from '../src/frontier/instants.ts';
import { openMemoryFrontier } from '../src/frontier/memory.ts';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { nextVisit } from '../src/journal/journal.ts';
import { openDatabase } from '../src/sqlite.ts';
import { target } from './frontier.contract.ts';
import { temporaryFolder } from './support/command.ts';

const NOW = Date.parse('2026-10-14T08:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEARS = 10 * 365 * DAY;
const LONGEST_MS = 6 * HOUR;

/** Whole numbers that are no instants. */
const COUNTS =
  'priority attempts rounds status pid clean number entries fresh untitled untimed elapsed_ms took interval_ms delivered page failures tries deaths begun looks offset length exit done total served place';

function numbersOf(database: Database): { readonly table: string; readonly column: string }[] {
  return database
    .prepare(
      `SELECT t.name AS name, c.name AS col FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
       WHERE t.type = 'table' AND c.type = 'INTEGER' ORDER BY 1, 2`,
    )
    .all()
    .map(({ name, col }) => ({ table: String(name), column: String(col) }));
}

describe('the instants of frontier.sqlite', () => {
  it('are all in the table that says what they can mean', () => {
    using database = openDatabase(':memory:', { migrations: MIGRATIONS });
    const instants = instantsOf(LONGEST_MS);
    const found = numbersOf(database).filter(({ column }) => !COUNTS.split(' ').includes(column));
    const named = Object.entries(instants).flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => ({ table, column })),
    );
    const byName = (a: { table: string; column: string }, b: typeof a) =>
      `${a.table} ${a.column}` < `${b.table} ${b.column}` ? -1 : 1;
    assert.deepEqual(found.sort(byName), named.sort(byName));
  });

  const columns = Object.entries(instantsOf(LONGEST_MS)).flatMap(([table, senses]) =>
    Object.entries(senses).flatMap(([column, sense]) => (sense === null ? [] : [{ table, column, sense }])),
  );

  /** A row of each table with `at` in every column of an instant. */
  function fill(database: Database, at: number): void {
    for (const table of new Set(columns.map((each) => each.table))) {
      const all = database.prepare(`SELECT name, type FROM pragma_table_info('${table}')`).all();
      const names = all.map(({ name }) => String(name)).filter((name) => name !== 'outcome');
      const values = names.map((name) => {
        const isInstant = columns.some((each) => each.table === table && each.column === name);
        const type = all.find((column) => column.name === name)?.type;
        return isInstant ? at : type === 'INTEGER' ? 1 : 'x';
      });
      const outcome = table === 'visits' || table === 'probes' ? ", 'gone'" : '';
      database
        .prepare(
          `INSERT INTO ${table} (${names.join(', ')}${outcome && ', outcome'}) VALUES (${names.map(() => '?').join(', ')}${outcome})`,
        )
        .run(...values);
    }
  }

  it('make sense when the database is opened, and when the clock goes back while it is open', () => {
    const written = fc.integer({ min: 0, max: NOW + 2 * YEARS });
    fc.assert(
      fc.property(written, fc.boolean(), (at, isOpen) => {
        using database = openDatabase(':memory:', { migrations: MIGRATIONS });
        let clock = isOpen ? NOW + 3 * YEARS : NOW;
        const open = () => openInstants(database, { now: () => clock, longestPauseMs: LONGEST_MS });
        const early = isOpen ? open() : null;
        fill(database, at);
        clock = NOW;
        if (early === null) open();
        else early();
        for (const { table, column, sense } of columns) {
          const [row] = database.prepare(`SELECT ${column} AS at FROM ${table}`).all();
          assert.equal(row?.at, believed(at, sense, NOW), `${table}.${column}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are left alone by a clock that is corrected by a minute', () => {
    using database = openDatabase(':memory:', { migrations: MIGRATIONS });
    let clock = NOW;
    const now = openInstants(database, { now: () => clock, longestPauseMs: LONGEST_MS });
    fill(database, NOW);
    clock = NOW - 60_000;
    assert.equal(now(), clock);
    assert.equal(database.prepare('SELECT at FROM robots').get()?.at, NOW);
  });
});

for (const name of ['in memory', 'in SQLite'] as const) {
  describe(`the queue, ${name}, once the clock is right again`, () => {
    const pace = { attempts: 3, backoffMs: 1000, restMs: HOUR };

    async function after(
      wrongBy: number,
      work: (frontier: ReturnType<typeof openMemoryFrontier>, right: (laterMs?: number) => void) => void,
    ) {
      await using folder = await temporaryFolder();
      let clock = NOW + wrongBy;
      const now = () => clock;
      using frontier =
        name === 'in memory'
          ? openMemoryFrontier({ pace, now })
          : openOperations(folder.path, { ...pace, now }).frontier;
      work(frontier, (laterMs = 0) => {
        clock = NOW + laterMs;
      });
    }

    for (const wrongBy of [YEARS, -YEARS]) {
      it(`gives out what it gave back or put off, ${wrongBy > 0 ? 'ahead' : 'behind'}`, () =>
        after(wrongBy, (frontier, right) => {
          frontier.add([target(1), target(2)]);
          const [one, two] = [frontier.take(), frontier.take()];
          assert.ok(one !== null && two !== null);
          frontier.settle(one, { kind: 'failed', code: 'TIMEOUT', detail: 'x' }); // in this run
          frontier.settle(two, { kind: 'failed', code: 'TOO_LARGE', detail: 'x' }); // later
          right();
          assert.ok((frontier.nextDue() ?? 0) <= NOW);
          assert.equal(frontier.take()?.target.id, one.target.id);
          assert.ok((frontier.find(two.target.id)?.settledAt ?? 0) <= NOW);
          frontier.requeue({ dueAt: NOW });
          assert.equal(frontier.take()?.target.id, two.target.id);
        }));
    }

    it('leaves what is in hand to who has it, and to others two minutes later', () =>
      after(YEARS, (frontier, right) => {
        frontier.add([target(1)]);
        frontier.take();
        right(0);
        assert.equal(frontier.take(), null);
        right(120_001);
        assert.equal(frontier.take()?.target.id, 'guancha:1');
      }));
  });
}

describe('the plan of revisits', () => {
  it('has what a clock visited that was ahead visited again', async () => {
    await using folder = await temporaryFolder();
    {
      using wrong = openOperations(folder.path, { command: 'test', now: () => NOW + YEARS });
      wrong.frontier.add([target(1)]);
      wrong.journal.visits.note('guancha:1', 'archived');
      wrong.journal.runs.endRun();
    }
    using operations = openOperations(folder.path, { command: 'test', now: () => NOW });
    assert.deepEqual(
      operations.journal.revisits.due(NOW, 9).map(({ id }) => id),
      ['guancha:1'],
    );
    assert.deepEqual(operations.journal.visits.of('guancha:1'), [
      { outcome: 'archived', at: new Date(NOW).toISOString() },
    ]);
  });

  it('has no visit that is further away than the last age, whatever day the site prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NOW + 100 * YEARS }), fc.boolean(), (publishedAt, hasChanged) => {
        const next = nextVisit({ publishedAt, hasChanged }, { agesMs: [HOUR, 7 * DAY], now: NOW });
        assert.ok(next === null || (next.dueAt > NOW && next.dueAt <= next.lastAt && next.lastAt <= NOW + 8 * DAY));
      }),
    );
  });
});

it('what is settled was not settled after the present', () => assert.equal(believed(NOW + 1, SETTLED, NOW), NOW));
