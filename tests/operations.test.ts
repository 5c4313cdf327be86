/** `frontier.sqlite`: taken over from older versions step by step, and read without a trace. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { openDatabase } from '../src/sqlite.ts';
import { target } from './frontier.contract.ts';
import { run, temporaryFolder } from './support/command.ts';
import { digests, mtimes } from './support/tree.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const OLD = join(FIXTURES, 'archive-1');
const CONFIG = join(FIXTURES, 'archive-1.config.yaml');
const DAY = 86_400_000;

type Rows = readonly Readonly<Record<string, unknown>>[];

const { tables } = JSON.parse(await readFile(join(FIXTURES, 'archive-1.json'), 'utf8')) as {
  readonly tables: Readonly<Record<string, Rows>>;
};

/** What a later version leaves out of a table, or adds to it. */
const NEW_COLUMNS = ['again_at', 'round_of', 'rounds'];
const OLD_COLUMNS = ['beat_at', 'birth', 'rounds'];

function without(rows: Rows, columns: readonly string[]): Rows {
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name))));
}

describe('the database of an older version', () => {
  it('keeps every row', async () => {
    await using folder = await temporaryFolder();
    await copyFile(join(OLD, 'frontier.sqlite'), join(folder.path, 'frontier.sqlite'));
    openOperations(folder.path)[Symbol.dispose]();
    using database = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
    assert.ok(Object.keys(tables).length >= 16);
    for (const [name, rows] of Object.entries(tables)) {
      const columns = Object.keys(rows[0] ?? {}).filter((column) => !OLD_COLUMNS.includes(column));
      const now = database.prepare(`SELECT ${columns.map((each) => `"${each}"`).join(', ')} FROM ${name}`).all();
      const sorted = (all: Rows) =>
        without(all, [...OLD_COLUMNS, ...NEW_COLUMNS])
          .map((row) => JSON.stringify(row))
          .sort();
      assert.deepEqual(sorted(now), sorted(rows), name);
    }
  });

  it('is asked again for what had ended, as the table of outcomes says', async () => {
    await using folder = await temporaryFolder();
    await copyFile(join(OLD, 'frontier.sqlite'), join(folder.path, 'frontier.sqlite'));
    using operations = openOperations(folder.path);
    const rest = (id: number) => {
      const { againAt, settledAt } = operations.frontier.find(`guancha:${id}`) ?? assert.fail();
      return againAt === null ? null : (againAt - (settledAt ?? 0)) / DAY;
    };
    assert.deepEqual([904308, 904335, 904332, 904329, 904302, 904344, 904350, 904201, 904200].map(rest), [
      null,
      7,
      7,
      7,
      null,
      1 / 12,
      1 / 12,
      1,
      7,
    ]);
    assert.equal(operations.journal.places.get('fengwen:1741030'), 'fengwen/2026/10/1741030');
  });

  it('may lack tables and columns, and rows of runs that locked the archive', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'frontier.sqlite');
    const now = Date.now();
    {
      using database = new DatabaseSync(path);
      database.exec(`CREATE TABLE targets (id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT, via TEXT, lead_picture TEXT,
          priority INTEGER NOT NULL, added_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
          token TEXT, leased_until INTEGER, outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER) STRICT;
        INSERT INTO targets (id, url, priority, added_at) VALUES ('guancha:1', 'https://www.guancha.cn/a/2026_10_04_1.shtml', 1, 1);
        CREATE TABLE runs (token TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL,
          pid INTEGER NOT NULL, started_at INTEGER NOT NULL, beat_at INTEGER NOT NULL, ended_at INTEGER) STRICT;
        INSERT INTO runs VALUES ('t', 'crawl', 'h', 1, 1, 2, 3), ('u', 'crawl', 'h', ${process.pid}, ${now}, ${now}, NULL)`);
    }
    {
      using operations = openOperations(folder.path, { command: 'test' });
      assert.equal(operations.journal.runs.unfinishedSince, now, 'the first one ended, the second one was cut off');
      assert.equal(operations.frontier.take()?.target.id, 'guancha:1');
    }
    using database = new DatabaseSync(path);
    assert.equal(database.prepare('PRAGMA user_version').get()?.user_version, MIGRATIONS.length);
    assert.deepEqual(
      database
        .prepare('PRAGMA table_info(runs)')
        .all()
        .map(({ name }) => name),
      ['token', 'command', 'host', 'pid', 'started_at', 'ended_at', 'clean'],
    );
  });

  it('goes through each step once, or through none of those that fail', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.sqlite');
    const steps = ['CREATE TABLE a (x INTEGER)', 'INSERT INTO a VALUES (1)'];
    for (const migrations of [steps.slice(0, 1), steps, steps]) openDatabase(path, { migrations })[Symbol.dispose]();
    const broken = [...steps, 'INSERT INTO a VALUES (2)', 'no SQL'];
    assert.throws(() => openDatabase(path, { migrations: broken }), { code: 'DATABASE_DAMAGED' });
    using database = openDatabase(path, { migrations: steps });
    assert.deepEqual(
      database
        .prepare('SELECT x FROM a')
        .all()
        .map(({ x }) => x),
      [1],
    );
  });

  it('is left alone where it is that of a newer one', async () => {
    await using folder = await temporaryFolder();
    openOperations(folder.path)[Symbol.dispose]();
    {
      using database = new DatabaseSync(join(folder.path, 'frontier.sqlite'));
      database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    }
    for (const readOnly of [true, false])
      assert.throws(() => openOperations(folder.path, { readOnly }), { code: 'ARCHIVE_NEWER' });
    const status = await run(['status', '--archive', folder.path]);
    assert.equal(status.code, 8, status.stderr);
    assert.match(status.stderr, /error ARCHIVE_NEWER/);
  });
});

describe('reading', () => {
  it('makes no file, and changes none', async () => {
    await using folder = await temporaryFolder();
    {
      using nothing = openOperations(join(folder.path, 'none'), { readOnly: true });
      assert.deepEqual([nothing.frontier.counts(), nothing.journal.runs.lastRun()], [[], null]);
      assert.throws(() => nothing.frontier.add([target(1)]), { code: 'ARCHIVE_NOT_WRITABLE' });
    }
    assert.deepEqual(await readdir(folder.path), []);
    const archive = join(folder.path, 'archive');
    openOperations(archive, { command: 'test' })[Symbol.dispose]();
    const before = await treeOf(archive);
    {
      using operations = openOperations(archive, { readOnly: true });
      assert.equal(operations.journal.runs.lastRun()?.command, 'test');
      assert.throws(() => operations.frontier.add([target(1)]), { code: 'ARCHIVE_NOT_WRITABLE' });
    }
    assert.deepEqual(await treeOf(archive), before);
  });

  it('sees what a run has written that goes on, and what one wrote that was killed', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    const copy = join(folder.path, 'copy');
    const noted = (root: string) => {
      using operations = openOperations(root, { readOnly: true });
      return operations.frontier.waiting();
    };
    {
      using writing = openOperations(archive, { command: 'test' });
      writing.frontier.add([target(1), target(2)]);
      assert.equal(noted(archive), 2);
      await cp(archive, copy, { recursive: true });
    }
    assert.equal(noted(archive), 2);
    const files = (await readdir(copy)).sort();
    assert.deepEqual(files, ['frontier.sqlite', 'frontier.sqlite-shm', 'frontier.sqlite-wal'], 'as after a kill');
    assert.equal(noted(copy), 2);
    await rm(join(copy, 'frontier.sqlite-shm'));
    assert.equal(noted(copy), 2);
    assert.deepEqual((await readdir(copy)).sort(), ['frontier.sqlite', 'frontier.sqlite-wal']);
  });

  it('leaves nothing in the temporary folder', async () => {
    const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('guancha-read-')).length;
    const before = await left();
    using operations = openOperations(OLD, { readOnly: true });
    assert.equal(operations.frontier.waiting(), 8);
    operations[Symbol.dispose]();
    assert.equal(await left(), before);
  });

  /** Commands that read, with what they must say. */
  const COMMANDS: readonly (readonly [readonly string[], RegExp, number])[] = [
    [['status'], /guancha:|last run: crawl/, 0],
    [['status', '--json'], /"planned":8/, 0],
    [['history', 'guancha:904306'], /last archived /, 0],
    [['diff', 'guancha:904306'], /version/, 0],
    [['coverage', '--since', '2026-10-01'], /OUT_OF_SCOPE/, 0],
    [['changes', '--json'], /"withdrawn"/, 0],
    [['sources', 'list'], /headline|头条/, 0],
    [['quarantine', 'list'], /blocked/, 0],
    [['doctor'], /✗ archive/, 3],
  ];

  async function readAll(archive: string, uid?: number): Promise<void> {
    const before = await treeOf(archive);
    for (const [args, says, code] of COMMANDS) {
      const flags = ['--archive', archive, '--config', CONFIG];
      const ended = await run([...args, ...flags], uid === undefined ? {} : { uid });
      assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
      assert.match(ended.stdout, says, args.join(' '));
    }
    assert.deepEqual(await treeOf(archive), before);
  }

  /** The old archive, and one of today's. */
  async function openArchive(folder: string, isOld: boolean): Promise<string> {
    const archive = join(folder, 'archive');
    await cp(OLD, archive, { recursive: true });
    if (!isOld) openOperations(archive)[Symbol.dispose]();
    await chmod(folder, 0o755);
    return archive;
  }

  const isRoot = process.getuid?.() === 0;

  it('needs no leave to write, though an older version made the archive', {
    skip: !isRoot && 'only root can start a process of another user',
  }, async () => {
    await using folder = await temporaryFolder();
    await readAll(await openArchive(folder.path, true), 65_534);
  });

  it('works on a disk that cannot be written', { skip: !mayMount() && 'nothing may be mounted here' }, async () => {
    await using folder = await temporaryFolder();
    const archive = await openArchive(folder.path, false);
    using _mount = mountReadOnly(archive);
    await assert.rejects(writeFile(join(archive, 'x'), ''), { code: 'EROFS' });
    await readAll(archive);
  });

  it('works on a disk that cannot be written where a run was killed', {
    skip: !mayMount() && 'nothing may be mounted here',
  }, async () => {
    for (const isWhole of [true, false]) {
      await using folder = await temporaryFolder();
      const archive = join(folder.path, 'archive');
      const copy = join(folder.path, 'copy');
      {
        using writing = openOperations(archive, { command: 'test' });
        writing.frontier.add([target(1)]);
        await cp(archive, copy, { recursive: true });
      }
      if (!isWhole) await rm(join(copy, 'frontier.sqlite-shm'));
      using _mount = mountReadOnly(copy);
      using operations = openOperations(copy, { readOnly: true });
      assert.equal(operations.frontier.waiting(), 1);
    }
  });

  it('is refused where nobody may look, and does not take it for empty', {
    skip: !isRoot && 'only root can start a process of another user',
  }, async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    await mkdir(archive);
    openOperations(archive)[Symbol.dispose]();
    await chmod(folder.path, 0o755);
    await chmod(archive, 0o700);
    const status = await run(['status', '--archive', archive], { uid: 65_534 });
    assert.equal(status.code, 8, status.stdout);
    assert.match(status.stderr, /EACCES/);
  });
});

function mountReadOnly(folder: string): Disposable {
  const mounted = spawnSync('mount', ['--bind', '-o', 'ro', folder, folder], { encoding: 'utf8' });
  assert.equal(mounted.status, 0, mounted.stderr);
  return {
    [Symbol.dispose]: () => {
      assert.equal(spawnSync('umount', [folder]).status, 0);
    },
  };
}

function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const probe = spawnSync('unshare', [
    '--mount',
    'mount',
    '--bind',
    '-o',
    'ro',
    import.meta.dirname,
    import.meta.dirname,
  ]);
  return probe.status === 0;
}

/** What is in a folder, and when it was changed. */
async function treeOf(folder: string): Promise<readonly object[]> {
  return [await digests(folder), await mtimes(folder)];
}
