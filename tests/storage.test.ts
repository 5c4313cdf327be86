/** Every storage keeps the contract; what only a disk has, the disk keeps besides. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openDisk, pathOf } from '../src/archive/disk.ts';
import { openMemory } from '../src/archive/memory.ts';
import { testStorage } from './storage.contract.ts';
import { temporaryFolder } from './support/command.ts';
import { files } from './support/tree.ts';

testStorage(
  'on a disk',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'guancha-storage-'));
    return {
      storage: openDisk(root),
      [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
    };
  },
  {
    skips: {
      'writes what was read only while nobody else has written it': 'the lock of the archive keeps other writers away',
    },
  },
);

testStorage('in memory', () => Promise.resolve({ storage: openMemory(), [Symbol.asyncDispose]: async () => {} }));

describe('keys and paths', () => {
  it('never leave the archive, whatever the key', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom('..', '.', '', 'a', '\0', 'b\\c', '甲')).map((parts) => parts.join('/')),
        ),
        (key) => {
          let path: string;
          try {
            path = pathOf('/archive', key);
          } catch {
            return; // refused
          }
          assert.ok(path.startsWith('/archive/') && !path.split('/').includes('..'), path);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the disk', () => {
  it('sweeps what a killed run left, and nothing else', async () => {
    await using folder = await temporaryFolder();
    const disk = openDisk(folder.path);
    await disk.write('a/b.html', '甲');
    await disk.temporary('assets');
    await writeFile(join(folder.path, 'a/.b.html.0123456789ab.tmp'), '半');
    const foreign = ['a/.syncthing.b.html.tmp', 'a/._b.html', 'a/.b.html.aB3dEf', 'trash/.b.html.0123456789ab.tmp'];
    await mkdir(join(folder.path, 'trash'));
    for (const path of foreign) await writeFile(join(folder.path, path), 'of another program');
    assert.equal(await disk.sweep(), 2);
    assert.deepEqual(await files(folder.path), ['a/b.html', ...foreign].sort());
  });

  it('names a link and follows none', async () => {
    await using folder = await temporaryFolder();
    await using outside = await temporaryFolder();
    await writeFile(join(outside.path, 'file'), 'outside');
    const disk = openDisk(folder.path);
    await disk.write('a/b', '');
    await symlink(join(outside.path, 'file'), join(folder.path, 'a/link'));
    await symlink(outside.path, join(folder.path, 'folder'));
    assert.deepEqual(await disk.names(''), { files: [], folders: ['a'] });
    assert.deepEqual(await disk.names('a'), { files: ['b'], folders: [] });
    const entry = await disk.stat('folder');
    assert.deepEqual([entry?.kind, entry?.target], ['a symbolic link', outside.path]);
    const read = async () => {
      for await (const chunk of disk.chunks('a/link')) assert.fail(String(chunk));
    };
    await assert.rejects(read, { code: 'ARCHIVE_NOT_WRITABLE' });
    await disk.move('folder', 'trash/folder');
    assert.equal((await disk.stat('trash/folder'))?.target, outside.path);
  });

  it('says what is wrong with a place that cannot be written', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    await assert.rejects(openDisk(join(folder.path, 'file')).write('a.html', ''), { code: 'ARCHIVE_NOT_WRITABLE' });
  });
});
