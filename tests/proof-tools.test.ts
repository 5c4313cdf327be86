/** What the script of a proof says on a machine that cannot check it: never that the proof is refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from './support/command.ts';
import { hasOpenssl } from './support/openssl.ts';
import { proofIn } from './support/proof.ts';

const TOOLS = ['sh', 'base64', 'cat', 'dirname', 'head', 'mktemp', 'openssl', 'rm', 'sha256sum', 'tail'];
const NEEDED = { base64: 'GNU coreutils', sha256sum: 'GNU coreutils', openssl: 'openssl 3' };

describe('the script of a proof', { skip: !hasOpenssl && 'openssl is not installed here' }, () => {
  it('says what to install where a tool is missing, or another program has its name', async () => {
    await using folder = await temporaryFolder();
    const { path } = await proofIn(folder.path, 8);
    const bin = join(folder.path, 'bin');
    await mkdir(bin);
    for (const tool of TOOLS) await symlink(whole(tool), join(bin, tool));
    const check = () => {
      const { status, stdout } = spawnSync(join(bin, 'sh'), [join(path, 'check.sh')], {
        encoding: 'utf8',
        env: { PATH: bin },
      });
      return [status, stdout.split(' /')[0], stdout];
    };
    assert.deepEqual(check().slice(0, 2), [0, 'OK']);
    for (const [tool, needed] of Object.entries(NEEDED)) {
      const place = join(bin, tool);
      for (const other of [null, '#!/bin/sh\necho "unknown option" >&2; exit 1\n']) {
        await rm(place);
        if (other !== null) await writeFile(place, other, { mode: 0o755 });
        const [status, word, said] = check();
        assert.deepEqual([status, word], [8, 'NOT CHECKED'], `${tool}: ${said}`);
        assert.ok(String(said).includes(`install ${needed} /`), `${tool}: ${said}`);
        await rm(place, { force: true });
        await symlink(whole(tool), place);
      }
    }
    assert.deepEqual(check().slice(0, 2), [0, 'OK']);
  });
});

function whole(tool: string): string {
  const found = (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, tool)));
  assert.ok(found !== undefined, `${tool} is not installed here`);
  return join(found, tool);
}
