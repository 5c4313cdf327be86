/** One run at a time: who is refused, who waits, and what a killed or failed run leaves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from '../src/app.ts';
import { openDisk } from '../src/archive/disk.ts';
import { filesOf, isOutside } from '../src/archive/manifest.ts';
import { loadConfig } from '../src/config.ts';
import type { ArchiveError } from '../src/errors.ts';
import { describeHolder, lockArchive, requireLocks, waitForLock } from '../src/frontier/lock.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { connect } from '../src/sqlite.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Running, run, start, temporaryFolder } from './support/command.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let config: string;
let handed = 0;
before(async () => {
  newspaper = await openNewspaper({ articles: 8, specials: false });
  folder = await temporaryFolder();
  config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A run that has its article in hand, until the newspaper answers, which it does after `after`. */
async function runInHand(name: string, after: Promise<void>): Promise<Running> {
  newspaper.handle(({ path }) => (path.includes(name) ? { after, status: 404 } : undefined));
  handed += 1;
  const url = `${newspaper.www}/${name}/2026_10_01_90299${handed}.shtml`;
  const running = start(['archive', '--json', '--config', config, url]);
  while (!newspaper.requests.some(({ path }) => path.includes(name))) await sleep(20);
  return running;
}

const urlOf = (index: number) => newspaper.articles[index]?.url ?? '';

describe('a second run', () => {
  it('waits with --wait, and says for whom', async () => {
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    const first = await runInHand('slowly', promise);
    const second = start(['archive', '--wait', '--json', '--config', config, urlOf(0)]);
    await second.says('run: waiting for archive on ');
    answer();
    const { code, stderr } = await second.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /run: waiting for archive on \S+, process \d+, since /);
    assert.equal((await first.ended).lines()[0]?.outcome, 'gone');
  });

  it('is refused while the first one lives, with who holds the archive: 6; a kill frees it at once', async () => {
    const first = await runInHand('killed', new Promise(() => {}));
    const holder = await readHolder();
    assert.deepEqual([holder.command, holder.pid], ['archive', first.child.pid]);
    const refused = await run(['extract', '--all', '--json', '--config', config]);
    assert.equal(refused.code, 6, refused.stderr);
    const named = `archive on ${holder.host}, process ${first.child.pid}, since ${holder.since}`;
    assert.ok(refused.stderr.includes('error ARCHIVE_IN_USE') && refused.stderr.includes(named), refused.stderr);
    const status = await run(['status', '--config', config]);
    assert.match(status.stdout, /last run: archive, \S+ \S+ \S+ to now/);

    first.child.kill('SIGKILL');
    await first.ended;
    assert.deepEqual(await readHolder(), holder, 'the killed run leaves its name');
    const cut = await run(['status', '--config', config]);
    assert.match(cut.stdout, /last run: archive, \S+ \S+ \S+ to when it was cut off/);
    const next = await run(['archive', '--json', '--config', config, urlOf(1)]);
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stderr, /the last run was cut off/);
    assert.deepEqual(await lockFiles(archive()), ['lock.sqlite']);
  });
});

describe('the lock of an archive', () => {
  it('goes to one at a time, names its holder, and takes the name away', async () => {
    await using other = await temporaryFolder();
    {
      await using _lock = await lockArchive(other.path, 'first');
      assert.deepEqual(await lockFiles(other.path), ['lock.json', 'lock.sqlite']);
      await assert.rejects(
        lockArchive(other.path, 'second'),
        (error: ArchiveError) =>
          error.code === 'ARCHIVE_IN_USE' && /^first on \S+, process \d+, since \d{4}-\S+Z$/.test(error.detail),
      );
      assert.match(String(await describeHolder(other.path)), /^first on /);
    }
    assert.deepEqual(await lockFiles(other.path), ['lock.sqlite']);
    assert.equal(await describeHolder(other.path), null);
    await using _again = await lockArchive(other.path, 'again');
  });

  it('is not what lock.json says: one that was left behind, or holds nonsense, blocks nobody', async () => {
    await using other = await temporaryFolder();
    for (const text of [`{"command":"crawl","host":"h","pid":${process.pid},"since":"2026"}`, '[', '', 'null', '{}']) {
      await writeFile(join(other.path, 'lock.json'), text);
      assert.equal(await describeHolder(other.path), null);
      await using _lock = await lockArchive(other.path, 'test');
      assert.match(await readFile(join(other.path, 'lock.json'), 'utf8'), /"command":"test"/);
    }
  });

  it('is refused all the same where lock.json cannot be read, and that is said', async () => {
    await using other = await temporaryFolder();
    await using _lock = await lockArchive(other.path, 'test');
    for (const text of ['[', '7', '{"command":"crawl"}', null]) {
      if (text === null) await rm(join(other.path, 'lock.json'));
      else await writeFile(join(other.path, 'lock.json'), text);
      await assert.rejects(
        lockArchive(other.path, 'second'),
        (error: ArchiveError) =>
          error.code === 'ARCHIVE_IN_USE' && /^another run; which one cannot be read from /.test(error.detail),
      );
    }
  });

  it('is not disturbed by those who only look', async () => {
    await using other = await temporaryFolder();
    await using _lock = await lockArchive(other.path, 'first');
    for (let look = 0; look < 5; look++) assert.notEqual(await describeHolder(other.path), null);
    await assert.rejects(lockArchive(other.path, 'second'), { code: 'ARCHIVE_IN_USE' });
  });

  it('can be waited for, and the wait ends when it is asked to', async () => {
    await using other = await temporaryFolder();
    const first = await lockArchive(other.path, 'first');
    const reported: string[] = [];
    const stop = new AbortController();
    const wait = () =>
      waitForLock(other.path, 'second', {
        stopSignal: stop.signal,
        report: (holder) => void reported.push(holder),
      });
    const waiting = wait();
    while (reported.length === 0) await sleep(20);
    await first[Symbol.asyncDispose]();
    await using _second = await waiting;
    assert.match(reported.join(), /^first on \S+, process \d+, since \S+$/);
    const third = wait();
    stop.abort();
    await assert.rejects(third, { code: 'INTERRUPTED' });
  });

  it('is needed by nobody who reads, and not made', async () => {
    await using other = await temporaryFolder();
    openOperations(other.path)[Symbol.dispose]();
    assert.equal((await run(['status', '--archive', other.path])).code, 0);
    assert.deepEqual(await lockFiles(other.path), []);
  });

  it('is no lock where lock.sqlite may not be written', {
    skip: process.getuid?.() !== 0 && 'only root can start a process of another user',
  }, async () => {
    await using other = await temporaryFolder();
    await (await lockArchive(other.path, 'first'))[Symbol.asyncDispose]();
    await chmod(other.path, 0o777);
    await chmod(join(other.path, 'lock.sqlite'), 0o444);
    const script = `
      const { lockArchive } = await import(${JSON.stringify(join(import.meta.dirname, '../src/frontier/lock.ts'))});
      await lockArchive(${JSON.stringify(other.path)}, 'second').catch(({ code }) => console.log(code));`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { uid: 65_534, encoding: 'utf8' });
    assert.equal(ended.stdout, 'ARCHIVE_NOT_WRITABLE\n', ended.stderr);
  });

  it('is no file of the archive to a manifest', async () => {
    await using other = await temporaryFolder();
    await using _lock = await lockArchive(other.path, 'test');
    for (const name of ['frontier.sqlite', 'frontier.sqlite-wal', 'lock.sqlite-journal', 'lock.sqlite-wal'])
      await writeFile(join(other.path, name), '');
    await writeFile(join(other.path, 'notes.txt'), '');
    const seen = await Array.fromAsync(filesOf(openDisk(other.path), isOutside, () => {}));
    assert.deepEqual(seen, ['notes.txt']);
  });
});

describe('a run whose start fails', () => {
  const options = { command: 'test', log: () => {}, wait: null, prepared: false };

  it('leaves no lock where the frontier cannot be opened', async () => {
    await using other = await temporaryFolder();
    const opened = { ...loadConfig(config), archive: other.path };
    await mkdir(join(other.path, 'frontier.sqlite'));
    await assert.rejects(openApp(opened, options), { code: 'DATABASE_DAMAGED' });
    assert.deepEqual(await lockFiles(other.path), ['lock.sqlite']);
    await rm(join(other.path, 'frontier.sqlite'), { recursive: true });
    await using _app = await openApp(opened, options);
  });

  it('leaves no lock where the last run cannot be swept', async () => {
    await using other = await temporaryFolder();
    const opened = { ...loadConfig(config), archive: other.path };
    await (await openApp(opened, options))[Symbol.asyncDispose](); // did not come to its end
    await writeFile(join(other.path, 'versions'), 'no folder');
    await assert.rejects(openApp(opened, { ...options, prepared: true }), { code: 'ARCHIVE_NOT_WRITABLE' });
    await using _app = await openApp(opened, options);
  });
});

const archive = () => join(folder.path, 'archive');

async function readHolder(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(archive(), 'lock.json'), 'utf8')) as Record<string, unknown>;
}

async function lockFiles(root: string): Promise<string[]> {
  return (await readdir(root)).filter((name) => name.includes('lock')).sort();
}

describe('a disk without locks', () => {
  const busy = Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 });
  const disks = {
    'that refuses every lock (ENOLCK, which SQLite calls busy)': () => ({
      exec: () => {
        throw busy;
      },
      close: () => {},
    }),
    'that gives a lock to everybody': (url: URL) => {
      url.searchParams.set('vfs', 'unix-none');
      return connect(url);
    },
  };
  for (const [name, open] of Object.entries(disks)) {
    it(`${name} is not fit for an archive, and nothing stays behind`, async () => {
      await using unfit = await temporaryFolder();
      await assert.rejects(lockArchive(unfit.path, 'test', { open }), { code: 'ARCHIVE_UNFIT' });
      assert.throws(() => requireLocks(unfit.path, { open }), { code: 'ARCHIVE_UNFIT', message: /locks do not work/ });
      assert.deepEqual(
        (await readdir(unfit.path)).filter((each) => each !== 'lock.sqlite'),
        [],
      );
    });
  }

  it('is told apart from an archive that another run holds', async () => {
    await using held = await temporaryFolder();
    await using _lock = await lockArchive(held.path, 'first');
    await assert.rejects(lockArchive(held.path, 'second'), { code: 'ARCHIVE_IN_USE' });
    requireLocks(held.path);
    assert.match((await describeHolder(held.path)) ?? '', /^first/);
  });
});
