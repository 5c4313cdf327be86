/** Disks that cannot do what most can: an archive on them is whole, or it is refused with the reason. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { documentKey, recordKey, versionKey } from '../src/archive/keys.ts';
import { hashFile } from '../src/archive/manifest.ts';
import { openTrash } from '../src/archive/trash.ts';
import { temporaryFolder } from './support/command.ts';
import { captured, digest, documentOf, draft, KEY, save } from './support/drafts.ts';
import { files } from './support/tree.ts';
import { installWeakDisk, type Lacks } from './support/weak-disk.ts';

const UNKNOWN = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EBADF', 'EISDIR', 'ENOTTY'];
const LINKLESS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL'];

const DISKS: readonly (readonly [name: string, lacks: Lacks, told: RegExp | null])[] = [
  ...UNKNOWN.map((code) => [`folders answer ${code}`, { syncFolder: code }, /folders cannot be synced/] as const),
  ...['EACCES', 'EPERM', 'EISDIR', 'EINVAL'].map(
    (code) => [`folders cannot be opened: ${code}`, { openFolder: code }, /folders cannot be synced/] as const,
  ),
  ...['EINVAL', 'ENOTSUP', 'ENOSYS'].map(
    (code) => [`files answer ${code}`, { syncFile: code }, /files cannot be synced/] as const,
  ),
  ...LINKLESS.map((code) => [`links answer ${code}`, { link: code }, null] as const),
];

describe('a disk', () => {
  for (const [name, lacks, told] of DISKS) {
    it(`where ${name} holds an archive, and says once what it cannot do`, async () => {
      await using folder = await temporaryFolder();
      using _ = installWeakDisk(lacks);
      const weaknesses: string[] = [];
      const disk = openDisk(folder.path, { onWeakness: (weakness) => void weaknesses.push(weakness) });
      const archive = openArchive(disk, { minFreeBytes: 0 });
      const first = documentOf('<p>一</p>');
      await save(archive, KEY, first, draft());
      await save(archive, KEY, documentOf('<p>二</p>'), draft({ contentHash: digest('b') }));
      assert.equal(await readFile(join(folder.path, versionKey(KEY, 1)), 'utf8'), first);
      assert.equal(await disk.write('a/b', '一', { ifAbsent: true }), true);
      assert.equal(await disk.write('a/b', '二', { ifAbsent: true }), false);
      await disk.append('a/list', 'x');
      const trash = openTrash(disk, { now: new Date(0) });
      await trash.keep(documentKey(KEY), 'a test');
      await disk.write(documentKey(KEY), 'x');
      const kept = await trash.find((await archive.find('guancha:903180', '2026-10-04'))?.record.document.sha256 ?? '');
      assert.match(String(await disk.read(kept ?? '')), /二/);
      assert.ok((await files(folder.path)).every((path) => !path.endsWith('.tmp')));
      if (told === null) assert.deepEqual(weaknesses, []);
      else assert.match(weaknesses.join('\n'), told);
      assert.equal(weaknesses.length, new Set(weaknesses).size);
    });
  }

  for (const code of ['EIO', 'ENOSPC', 'EDQUOT'])
    it(`that answers ${code} to a sync has not written`, async () => {
      await using folder = await temporaryFolder();
      const disk = openDisk(folder.path);
      for (const lacks of [{ syncFolder: code }, { syncFile: code }]) {
        using _ = installWeakDisk(lacks);
        await assert.rejects(disk.write('a/b', '一'), { code: code === 'EIO' ? 'ARCHIVE_IO' : 'ARCHIVE_FULL' });
      }
    });

  it('is not written through a link in the place of a folder', async () => {
    await using folder = await temporaryFolder();
    await using outside = await temporaryFolder();
    const root = join(folder.path, 'archive');
    await symlink(outside.path, root);
    const archive = openArchive(openDisk(root), { minFreeBytes: 0 });
    await save(archive, KEY, '一', draft()); // the archive itself may be named by a link
    assert.deepEqual(await files(outside.path), [documentKey(KEY), recordKey(KEY)]);
    const away = join(folder.path, 'away');
    await mkdir(away);
    for (const place of ['versions', 'assets', 'articles/2026/11', 'records/2027', 'trash', 'quarantine']) {
      await mkdir(join(root, place, '..'), { recursive: true });
      await symlink(away, join(root, place));
      const disk = openDisk(root);
      await assert.rejects(disk.write(`${place}/x/y`, 'x'), { code: 'ARCHIVE_NOT_WRITABLE', message: /is a link/ });
      await assert.rejects(disk.temporary(place), { code: 'ARCHIVE_NOT_WRITABLE' });
    }
    const edited = { contentHash: digest('b'), capture: captured('2026-10-05T09:00:00.000Z') };
    await assert.rejects(save(archive, KEY, '二', draft(edited)), { code: 'ARCHIVE_NOT_WRITABLE' });
    assert.deepEqual(await files(away), []);
  });

  it('of links to the bytes, as git-annex lays them, is read as if they lay there', async () => {
    await using folder = await temporaryFolder();
    const disk = openDisk(folder.path);
    const archive = openArchive(disk, { minFreeBytes: 0 });
    await save(archive, KEY, documentOf('<p>一</p>'), draft());
    const before = await Array.fromAsync(disk.list(''), ({ key, bytes }) => `${key} ${bytes}`);
    await mkdir(join(folder.path, '.annex'));
    for (const [i, key] of [documentKey(KEY), recordKey(KEY)].entries()) {
      await rename(join(folder.path, key), join(folder.path, `.annex/${i}`));
      await symlink(`../../../.annex/${i}`, join(folder.path, key));
    }
    const listed = await Array.fromAsync(disk.list(''), ({ key, bytes }) => `${key} ${bytes}`);
    assert.deepEqual(
      listed.filter((line) => !line.startsWith('.annex')),
      before,
    );
    const [stored] = await Array.fromAsync(archive.records());
    assert.ok(stored !== undefined && 'record' in stored);
    assert.equal((await hashFile(disk, documentKey(KEY))).sha256, stored.record.document.sha256);
    const trash = openTrash(disk, { now: new Date(0) });
    await trash.keep(documentKey(KEY), 'a test');
    assert.notEqual(await trash.find(stored.record.document.sha256), null);
    await save(archive, KEY, documentOf('<p>二</p>'), draft({ contentHash: digest('b') }));
    assert.match(String(await disk.read(versionKey(KEY, 1))), /一/);
    assert.match(await readFile(join(folder.path, '.annex/0'), 'utf8'), /一/, 'nothing is written through a link');
  });

  it('with a FIFO in the place of a record is not waited for', { timeout: 20_000 }, async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, recordKey(KEY), '..'), { recursive: true });
    execFileSync('mkfifo', [join(folder.path, recordKey(KEY))]);
    const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
    await assert.rejects(archive.find('guancha:903180', '2026-10-04'), { code: 'ARCHIVE_NOT_WRITABLE' });
  });
});
