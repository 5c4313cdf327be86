/** Where a configuration is looked for, and the one that `init` writes. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../src/config.ts';
import { configSource, SERVICE_CONFIG } from '../src/config-file.ts';
import { RECOMMENDED_LISTS } from '../src/site/recommended-lists.ts';
import { temporaryFolder } from './support/command.ts';
import { runHere } from './support/run-here.ts';

describe('the configuration', () => {
  it('is the one of the flag, of the environment, of the folder, of one above it, of the user', async () => {
    await using folder = await temporaryFolder();
    const [before, from] = [{ ...process.env }, process.cwd()];
    const at = (...parts: readonly string[]) => join(folder.path, ...parts, 'crawl.config.yaml');
    try {
      process.env.XDG_CONFIG_HOME = join(folder.path, 'xdg');
      delete process.env.GUANCHA_ARCHIVE_CONFIG;
      const user = at('xdg', 'guancha-archive');
      for (const parts of [
        ['xdg', 'guancha-archive'],
        ['a', 'b', 'c'],
      ])
        await mkdir(join(folder.path, ...parts), { recursive: true });
      process.chdir(join(folder.path, 'a/b/c'));
      assert.ok([null, SERVICE_CONFIG].includes(configSource(null).file), 'where this machine has a service, its own');
      for (const file of [user, at('a'), at('a', 'b'), at('a', 'b', 'c')]) {
        await writeFile(file, '');
        assert.deepEqual([configSource(null).file, configSource(null).isNamed], [file, false]);
      }
      process.env.GUANCHA_ARCHIVE_CONFIG = user;
      assert.deepEqual([configSource(null).file, configSource(null).isNamed], [user, true]);
      assert.equal(configSource(at('a')).file, at('a'));
    } finally {
      process.chdir(from);
      process.env = before;
    }
  });
});

describe('init', () => {
  it('writes what is recommended, once, and an archive that is merely new', async () => {
    await using folder = await temporaryFolder();
    const dir = join(folder.path, 'new/place');
    const first = await runHere(['init', dir, '--yes']);
    assert.equal(first.exit, 0, first.stderr);
    const file = join(dir, 'crawl.config.yaml');
    const text = await readFile(file, 'utf8');
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    assert.ok((await readFile(fileURLToPath(schema), 'utf8')).includes('"$schema"'));
    const config = loadConfig(file);
    assert.deepEqual(
      config.sources.map(({ name }) => name),
      RECOMMENDED_LISTS.map(({ name }) => name),
    );
    assert.equal(config.archive, join(dir, 'archive'));
    const status = await runHere(['status', '--config', file]);
    assert.deepEqual([status.exit, /nothing has been archived here yet/.test(status.stdout)], [0, true]);
    const second = await runHere(['init', dir, '--yes']);
    assert.deepEqual([second.exit, /error CONFIG_EXISTS/.test(second.stderr)], [2, true]);
    assert.equal(await readFile(file, 'utf8'), text);
  });

  it('asks on a terminal, and nowhere else', async () => {
    await using folder = await temporaryFolder();
    const unasked = await runHere(['init', folder.path]);
    assert.deepEqual([unasked.exit, /--yes takes what is recommended/.test(unasked.stderr)], [2, true]);
    const wrong = await runHere(['init', folder.path], { terminal: { isTTY: true }, input: 'here\nsome\n\n' });
    assert.deepEqual([wrong.exit, /some is none of the answers/.test(wrong.stderr)], [2, true]);
    assert.deepEqual(await readdir(folder.path), []);
    const asked = await runHere(['init', folder.path], {
      terminal: { isTTY: true },
      input: 'kept: #1\nheadlines\nall\n',
    });
    assert.equal(asked.exit, 0, asked.stderr);
    const { archive, sources, capture } = loadConfig(join(folder.path, 'crawl.config.yaml'));
    assert.deepEqual([archive, sources.length, capture.what], [join(folder.path, 'kept: #1'), 1, 'all']);
  });
});
