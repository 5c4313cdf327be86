/** `frontier.sqlite` and `lock.sqlite` of any bytes: a known failure that says what to do, and a repair that mends it. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openDisk } from '../src/archive/disk.ts';
import { validFields } from '../src/archive/record.ts';
import { openTrash } from '../src/archive/trash.ts';
import { ArchiveError } from '../src/errors.ts';
import { lockArchive } from '../src/frontier/lock.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { clearFrontier } from '../src/repair/frontier.ts';
import { target } from './frontier.contract.ts';
import { run, temporaryFolder } from './support/command.ts';

/** What a run and the commands that look do with a frontier. */
function use(archive: string): void {
  {
    using looked = openOperations(archive, { readOnly: true });
    looked.frontier.counts();
    looked.frontier.failures(10);
    looked.journal.runs.lastRun();
  }
  using written = openOperations(archive, { command: 'test' });
  written.frontier.add([target(3)]);
  const lease = written.frontier.take();
  if (lease !== null) written.frontier.settle(lease, { kind: 'gone', detail: 'x' });
  written.frontier.requeue({ dueAt: Date.now() });
  written.journal.revisits.due(Date.now(), 10);
  written.journal.outbox.nextDue();
}

async function wholeFrontier(archive: string): Promise<Buffer> {
  {
    using operations = openOperations(archive, { command: 'test' });
    operations.frontier.add(Array.from({ length: 200 }, (_, index) => target(index + 1)));
  }
  return readFile(join(archive, 'frontier.sqlite'));
}

async function put(archive: string, bytes: Uint8Array): Promise<void> {
  for (const end of ['', '-wal', '-shm'])
    await rm(join(archive, `frontier.sqlite${end}`), { recursive: true, force: true });
  await writeFile(join(archive, 'frontier.sqlite'), bytes);
}

async function mended(archive: string): Promise<void> {
  const storage = openDisk(archive);
  await clearFrontier(storage, openTrash(storage, { now: new Date() }));
  use(archive);
}

describe('a frontier of any bytes', () => {
  it('is used, or refused as what it is; once it was refused as damaged, a repair mends it', async () => {
    await using folder = await temporaryFolder();
    const whole = await wholeFrontier(folder.path);
    const place = fc.nat(whole.length - 1);
    const damage = fc.oneof(
      place.map((length) => whole.subarray(0, length)),
      fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 20 }).map((changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      }),
      fc
        .tuple(place, fc.nat(8192))
        .map(([at, length]) => Buffer.from(whole).fill(0, at, Math.min(at + length, whole.length))),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([whole.subarray(0, 100), bytes])),
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        await put(folder.path, bytes);
        try {
          use(folder.path);
        } catch (error) {
          assert.ok(error instanceof ArchiveError && error.code !== 'INTERNAL', String(error));
          if (error.code !== 'DATABASE_DAMAGED') return;
          refused += 1;
          await mended(folder.path);
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(refused > 5);
  });

  const others: Readonly<Record<string, (path: string) => unknown>> = {
    'a pointer to a large file': (path) => writeFile(path, 'version https://example.org/v1\noid sha256:00\nsize 1\n'),
    'a folder': (path) => mkdir(path),
    'another program’s database': (path) => {
      using database = new DatabaseSync(path);
      database.exec('CREATE TABLE targets (x); CREATE TABLE runs (y); PRAGMA user_version = 1');
    },
  };
  for (const [name, make] of Object.entries(others))
    it(`is refused where it is ${name}, and mended`, async () => {
      await using folder = await temporaryFolder();
      await make(join(folder.path, 'frontier.sqlite'));
      assert.throws(() => use(folder.path), { code: 'DATABASE_DAMAGED' });
      await mended(folder.path);
    });

  it('that is a folder is found by the audit', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'records'));
    await mkdir(join(folder.path, 'frontier.sqlite'));
    const ended = await run(['audit', '--json', folder.path]);
    assert.match(ended.stdout, /"code":"frontier-unreadable"[^\n]*a folder/);
  });
});

describe('a lock that is no database', () => {
  it('is said to be one, with what to do', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'lock.sqlite'), 'no database, but text that is long enough'.repeat(30));
    await assert.rejects(lockArchive(folder.path, 'test'), { code: 'LOCK_DAMAGED' });
  });
});

describe('a record with names that every object has', () => {
  it('keeps what is as it must be', () => {
    const value = JSON.parse('{ "constructor": 1, "__proto__": { "x": 1 }, "format": 1, "id": 3 }') as Record<
      string,
      unknown
    >;
    const valid = validFields(value);
    assert.deepEqual(Object.keys(valid).sort(), ['__proto__', 'constructor', 'format']);
    assert.equal(Object.getPrototypeOf(valid), Object.prototype);
  });
});

describe('a file whose name is no text', () => {
  it('is left out of a manifest, which says so, and stops neither it nor a check of it', async () => {
    await using folder = await temporaryFolder();
    const nameless = (path: string) => Buffer.concat([Buffer.from(`${folder.path}/${path}`), Buffer.from([0xff])]);
    await mkdir(join(folder.path, 'records/2022'), { recursive: true });
    await writeFile(join(folder.path, 'note'), 'text');
    await writeFile(nameless('bad'), 'x');
    await writeFile(nameless('records/deep'), 'x');
    await mkdir(nameless('records/2022/folder'));
    const written = await run(['manifest', 'write', '--archive', folder.path]);
    assert.equal(written.code, 0, written.stderr);
    const told =
      /bad\ufffd: its name is no text[\s\S]*records\/2022\/folder\ufffd: its [\s\S]*records\/deep\ufffd: its /;
    assert.match(written.stderr, told);
    assert.match(await readFile(join(folder.path, 'manifest-sha256.txt'), 'utf8'), /^[0-9a-f]{64} {2}note\n$/);
    const verified = await run(['manifest', 'verify', '--archive', folder.path]);
    assert.deepEqual([verified.code, told.test(verified.stderr)], [0, true]);
    await using bag = await temporaryFolder();
    const packed = await run(['manifest', 'write', '--archive', folder.path, '--bag', join(bag.path, 'bag')]);
    assert.deepEqual([packed.code, told.test(packed.stderr)], [0, true], packed.stderr);
    const audited = await run(['audit', '--json', '--archive', folder.path]);
    const stray = audited.lines().filter(({ code }) => code === 'stray-file');
    assert.deepEqual(stray.map(({ path }) => String(path)).sort(), ['records/2022/folder\ufffd', 'records/deep\ufffd']);
  });
});

describe('a folder that cannot be written', () => {
  it('ends demo with 8', async () => {
    const ended = await run(['demo', '--archive', '/dev/null/demo']);
    assert.equal(ended.code, 8, ended.stderr);
    assert.match(ended.stderr, /error ARCHIVE_NOT_WRITABLE/);
  });
});
