/** Folders of a command: one that a killed process left goes with the next, and nobody else's does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openTemporary } from '../src/temporary.ts';
import { temporaryFolder } from './support/command.ts';

it('a folder that a killed process left goes with the next one, and those of others stay', async () => {
  await using home = await temporaryFolder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = home.path;
  try {
    assert.equal(tmpdir(), home.path);
    const host = hostname().replace(/[^\w.]/g, '_');
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    const place = (name: string) => join(home.path, name);
    const left = place(`guancha-archive-copy-${host}-${dead}-abc123`);
    const others = [
      `guancha-archive-copy-${host}-${process.pid}-abc123`,
      `guancha-archive-copy-elsewhere-${dead}-abc123`,
      `guancha-audit-${host}-${dead}-abc123`,
      `guancha-archive-copy-${host}-${dead}-abc123.notes`,
    ].map(place);
    for (const folder of [left, ...others]) mkdirSync(join(folder, 'spool'), { recursive: true });
    {
      await using mine = await openTemporary('archive-copy');
      assert.ok(existsSync(mine.path));
      assert.ok(!existsSync(left));
    }
    assert.deepEqual(readdirSync(home.path).map(place).sort(), others.sort());
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});
