/** The browser that is unpacked once: known again by its bytes, unpacked anew where they differ, whoever else does the same. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { CARRIED_ARCHIVES } from '../src/fetch/carried-archives.ts';
import { requireBytes, unpackedAt } from '../src/fetch/carried-browser.ts';
import { temporaryFolder } from './support/command.ts';

const FILES: Readonly<Record<string, string>> = {
  chromium: 'the program',
  'lib/libone.so': 'a library',
  'icd.json': '{}',
};

const log = () => {};
const what = 'a browser';

async function unpackFiles(folder: string): Promise<void> {
  await mkdir(join(folder, 'lib'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
}

async function isWhole(home: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES)) assert.equal(await readFile(join(home, name), 'utf8'), text, name);
}

/** What was done to a browser in the cache. */
const DAMAGES: Readonly<Record<string, (home: string) => Promise<unknown>>> = {
  'a file cut short': (home) => truncate(join(home, 'chromium'), 3),
  'an empty file': (home) => truncate(join(home, 'lib/libone.so'), 0),
  'a missing file': (home) => rm(join(home, 'icd.json')),
  'a link in the place of a file': async (home) => {
    await rename(join(home, 'chromium'), join(home, 'elsewhere'));
    await symlink(join(home, 'elsewhere'), join(home, 'chromium'));
  },
  'other bytes of the same length and time': async (home) => {
    const { atime, mtime } = await stat(join(home, 'chromium'));
    await writeFile(join(home, 'chromium'), 'the PROGRAM');
    await utimes(join(home, 'chromium'), atime, mtime);
  },
  'no note': (home) => rm(join(home, 'unpacked.json')),
  'an empty note': (home) => writeFile(join(home, 'unpacked.json'), ''),
  'a note of nothing': (home) => writeFile(join(home, 'unpacked.json'), '{}'),
  'a note of another form': (home) => writeFile(join(home, 'unpacked.json'), '{"chromium":null}'),
  'a file in the place of the folder': async (home) => {
    await rm(home, { recursive: true });
    await writeFile(home, '');
  },
  'an empty folder': async (home) => {
    await rm(home, { recursive: true });
    await mkdir(home);
  },
};

describe('a carried browser', () => {
  it('is unpacked once', async () => {
    await using folder = await temporaryFolder();
    const home = join(folder.path, 'cache/browser-1');
    let unpacked = 0;
    const unpack = async (stage: string) => {
      unpacked += 1;
      await unpackFiles(stage);
    };
    for (const thorough of [false, false, true])
      assert.equal(await unpackedAt(home, unpack, { log, what, thorough }), home);
    assert.equal(unpacked, 1);
    await isWhole(home);
  });

  for (const [name, damage] of Object.entries(DAMAGES))
    it(`is unpacked anew after ${name}, and nothing is left behind`, async () => {
      await using folder = await temporaryFolder();
      const home = join(folder.path, 'browser-1');
      await unpackedAt(home, unpackFiles, { log, what });
      await damage(home);
      await unpackedAt(home, unpackFiles, { log, what });
      await isWhole(home);
      assert.deepEqual(await readdir(folder.path), ['browser-1']);
    });

  it('whose bytes went bad without a trace is found out where all of them are read', async () => {
    await using folder = await temporaryFolder();
    const home = join(folder.path, 'browser-1');
    await unpackedAt(home, unpackFiles, { log, what });
    await writeFile(join(home, 'chromium'), 'the pROGRAM');
    const { ctimeMs } = await stat(join(home, 'chromium'));
    const noted = JSON.parse(await readFile(join(home, 'unpacked.json'), 'utf8')) as Record<string, object>;
    const same = { ...noted, chromium: { ...noted.chromium, changedAtMs: ctimeMs } };
    await writeFile(join(home, 'unpacked.json'), JSON.stringify(same));
    await unpackedAt(home, unpackFiles, { log, what });
    assert.equal(await readFile(join(home, 'chromium'), 'utf8'), 'the pROGRAM');
    await unpackedAt(home, unpackFiles, { log, what, thorough: true });
    await isWhole(home);
  });

  it('is whole in the end for several that need it at once, whatever was there', async () => {
    for (const damage of [null, ...Object.values(DAMAGES)]) {
      await using folder = await temporaryFolder();
      const home = join(folder.path, 'browser-1');
      if (damage !== null) {
        await unpackedAt(home, unpackFiles, { log, what });
        await damage(home);
      }
      await Promise.all(Array.from({ length: 5 }, () => unpackedAt(home, unpackFiles, { log, what })));
      await isWhole(home);
      assert.deepEqual(await readdir(folder.path), ['browser-1']);
    }
  });

  it('leaves nothing where it cannot be unpacked, and sweeps what killed processes left, but not what living ones fill', async () => {
    await using folder = await temporaryFolder();
    const home = join(folder.path, 'browser-1');
    const full = async (stage: string) => {
      await writeFile(join(stage, 'chromium'), 'half');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    await assert.rejects(unpackedAt(home, full, { log, what }), { code: 'ENOSPC' });
    assert.deepEqual(await readdir(folder.path), []);

    const stage = (host: string, pid: number) => `.unpack-${host}-${pid}-0123456789ab`;
    const [dead, alive, foreign] = [stage(hostname(), 2 ** 22 + 1), stage(hostname(), process.ppid), stage('other', 1)];
    for (const name of [dead, alive, foreign, '.unpack-aB3dEf'])
      await mkdir(join(folder.path, name, 'lib'), { recursive: true });
    await utimes(join(folder.path, '.unpack-aB3dEf'), 1, 1);
    await unpackedAt(home, unpackFiles, { log, what });
    assert.deepEqual((await readdir(folder.path)).sort(), [alive, foreign, 'browser-1'].sort());
  });
});

describe('the package that carries a browser', () => {
  const archives = join(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))), 'bin');

  it('has the archives whose hashes are written down: new ones belong into src/fetch/carried-archives.ts', async () => {
    const found = await Promise.all(
      (await readdir(archives)).map(async (name) => [
        name,
        createHash('sha256')
          .update(await readFile(join(archives, name)))
          .digest('hex'),
      ]),
    );
    assert.deepEqual(Object.fromEntries(found), CARRIED_ARCHIVES);
    await requireBytes(archives, CARRIED_ARCHIVES);
  });

  it('is not unpacked where one of them has other bytes', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'chromium.br'), 'another browser');
    const { 'chromium.br': expected = '' } = CARRIED_ARCHIVES;
    await assert.rejects(requireBytes(folder.path, { 'chromium.br': expected }), {
      code: 'NO_BROWSER',
      message: /chromium\.br is not the one/,
    });
  });
});
