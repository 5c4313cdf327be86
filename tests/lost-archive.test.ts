/** An archive that is moved or emptied under a run: the run ends, and no other one begins beside it. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockArchive } from '../src/frontier/lock.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { start, temporaryFolder } from './support/command.ts';

describe('a run', () => {
  it('ends where its archive is moved away or loses its frontier, and goes on where all is in place', async () => {
    await using folder = await temporaryFolder();
    const [root, away] = [join(folder.path, 'archive'), join(folder.path, 'away')];
    await using lock = await lockArchive(root, 'crawl');
    await lock.requireHeld();
    using operations = openOperations(root, { command: 'crawl' });
    assert.equal(operations.frontier.waiting(), 0);
    await lock.requireHeld();
    await rename(root, away);
    await assert.rejects(lock.requireHeld(), { code: 'ARCHIVE_NOT_WRITABLE', message: /not there any more/ });
    await rename(away, root);
    await lock.requireHeld();
    await rename(join(root, 'frontier.sqlite'), away);
    await assert.rejects(lock.requireHeld(), { code: 'ARCHIVE_NOT_WRITABLE', message: /frontier\.sqlite/ });
  });

  it('ends where another one has the archive since, whose name stays', async () => {
    await using folder = await temporaryFolder();
    const root = join(folder.path, 'archive');
    const first = await lockArchive(root, 'crawl');
    await rm(join(root, 'lock.sqlite'));
    await using second = await lockArchive(root, 'schedule');
    await assert.rejects(first.requireHeld(), { code: 'ARCHIVE_IN_USE', message: /schedule/ });
    await first[Symbol.asyncDispose]();
    assert.match(await readFile(join(root, 'lock.json'), 'utf8'), /schedule/);
    await second.requireHeld();
  });

  it('does not begin beside one that lives, though its lock was removed', async () => {
    await using folder = await temporaryFolder();
    const root = join(folder.path, 'archive');
    await mkdir(root);
    const other = start(['archive', '--archive', join(folder.path, 'other'), '-'], { input: '' });
    const holder = (pid: number | undefined) =>
      JSON.stringify({ command: 'crawl', host: hostname(), pid, since: 'now' });
    await writeFile(join(root, 'lock.json'), holder(other.child.pid));
    await assert.rejects(lockArchive(root, 'crawl'), { code: 'ARCHIVE_IN_USE' });
    await other.ended;
    for (const pid of [other.child.pid, 1, process.pid]) {
      await writeFile(join(root, 'lock.json'), holder(pid));
      await (await lockArchive(root, 'crawl'))[Symbol.asyncDispose]();
    }
  });
});
