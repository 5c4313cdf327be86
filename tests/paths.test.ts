/** Paths as people write them, and names of what is not there. */
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { loadConfig } from '../src/config.ts';
import { expandPath } from '../src/paths.ts';
import { run, temporaryFolder } from './support/command.ts';
import { documentOf, draft, KEY, save } from './support/drafts.ts';

const problem = { code: 'USAGE', where: '--archive' } as const;

describe('a path', () => {
  it('is read as a shell does: home, and variables of the environment', async () => {
    await using folder = await temporaryFolder();
    const before = { ...process.env };
    try {
      Object.assign(process.env, { HOME: '/home/me', GUANCHA_TEST_DATA: '/data/$1', GUANCHA_TEST_EMPTY: '' });
      const cases = {
        '~': '/home/me',
        '~/a': '/home/me/a',
        '$HOME/a': '/home/me/a',
        '${HOME}b/$GUANCHA_TEST_DATA': '/home/meb//data/$1',
        './~/a': './~/a',
        'a~b': 'a~b',
        '/a/$': '/a/$',
        '/中文/ ': '/中文/ ',
      };
      for (const [text, expected] of Object.entries(cases)) assert.equal(expandPath(text, problem), expected, text);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as people write it
      for (const text of ['$GUANCHA_TEST_NONE/a', '${GUANCHA_TEST_NONE}', '~you/a', '$GUANCHA_TEST_EMPTY/a'])
        assert.throws(() => expandPath(text, problem), { code: 'USAGE', message: /write the path out/ }, text);
      for (const text of ['$constructor/a', '$toString', '$__proto__'])
        assert.throws(() => expandPath(text, problem), { code: 'USAGE' }, text);
      const file = join(folder.path, 'c.yaml');
      await writeFile(
        file,
        'archive: ~/guancha\nmonitor: { file: $HOME/health.json }\nbrowser: { executablePath: ~/bin/chromium }\n',
      );
      const config = loadConfig(file);
      assert.equal(config.archive, '/home/me/guancha');
      assert.equal(config.monitor.file, '/home/me/health.json');
      assert.equal(config.browser.executablePath, '/home/me/bin/chromium');
      assert.equal(loadConfig(file, { archive: '~/x' }).archive, '/home/me/x');
      delete process.env.HOME;
      assert.throws(() => loadConfig(file), { code: 'CONFIG_INVALID', message: /archive: ~\/guancha/ });
    } finally {
      process.env = before;
    }
  });

  it('without either is read as it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !/^~|\$|\0/.test(text)),
        (text) => {
          assert.equal(expandPath(text, problem), text);
        },
      ),
    );
  });

  it('of a device or a file is no archive', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    for (const root of ['/dev/full', '/dev/null', join(folder.path, 'file'), join(folder.path, 'file/below')])
      await assert.rejects(save(openArchive(openDisk(root), { minFreeBytes: 0 }), KEY, '一', draft()), {
        code: 'ARCHIVE_NOT_WRITABLE',
      });
  });
});

describe('audit of one article', () => {
  it('says so where the archive has nothing of it, as history does', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    await save(openArchive(openDisk(archive), { minFreeBytes: 0 }), KEY, documentOf('<p>一</p>'), draft());
    await mkdir(join(folder.path, 'home'));
    const env = { HOME: join(folder.path, 'home') };
    const audit = (id: string, where = archive) => run(['audit', id, `--archive=${where}`], { env });
    for (const id of ['guancha:1', 'fengwen:903180', 'guancha:3180']) {
      const ended = await audit(id);
      assert.match(ended.stderr, /error NOT_ARCHIVED/, id);
      assert.equal(ended.code, 3);
    }
    assert.doesNotMatch((await audit('guancha:903180')).stderr, /NOT_ARCHIVED/);
    assert.match((await audit('guancha:1', '~/none')).stderr, /there is no archive/);
    assert.deepEqual(await readdir(folder.path), ['archive', 'home']);
  });
});
