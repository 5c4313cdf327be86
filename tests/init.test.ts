/** Where a configuration is looked for, and the one that `init` writes. */
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../src/config.ts';
import { configSource, SERVICE_CONFIG } from '../src/config-file.ts';
import { RECOMMENDED_LISTS } from '../src/site/recommended-lists.ts';
import { start, temporaryFolder } from './support/command.ts';
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

  it('of a folder above is taken where nobody else can have written it, and what was found is said', async () => {
    await using folder = await temporaryFolder();
    const [before, from] = [{ ...process.env }, process.cwd()];
    const file = join(folder.path, 'crawl.config.yaml');
    try {
      process.env.XDG_CONFIG_HOME = join(folder.path, 'xdg');
      delete process.env.GUANCHA_ARCHIVE_CONFIG;
      await mkdir(join(folder.path, 'below/archive/seals'), { recursive: true });
      await writeFile(file, 'archive: ./below/archive\n');
      process.chdir(join(folder.path, 'below'));
      await chmod(file, 0o666);
      assert.notEqual(configSource(null).file, file, 'everybody may write it');
      await chmod(file, 0o644);
      if (process.getuid?.() === 0) {
        await chown(file, 65_534, 65_534);
        assert.notEqual(configSource(null).file, file, 'it is somebody else’s');
        await chown(file, 0, 0);
      }
      const said = `configuration ${file}\n`;
      assert.ok((await runHere(['status'])).stderr.includes(said));
      assert.ok(!(await runHere(['status', '--config', file])).stderr.includes(said), 'who names it knows it');
      process.env.GUANCHA_ARCHIVE_CONFIG = file;
      assert.ok((await runHere(['status'])).stderr.includes(said));
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
    const mixed = await runHere(['init', folder.path, '--json'], { terminal: { isTTY: true }, input: '\n\n\n' });
    assert.deepEqual([mixed.exit, mixed.stdout.split('\n').length], [2, 2], 'no question between lines of JSON');
    assert.deepEqual(await readdir(folder.path), []);
    const asked = await runHere(['init', folder.path], {
      terminal: { isTTY: true },
      input: 'kept: #1\nheadlines\nall\n',
    });
    assert.equal(asked.exit, 0, asked.stderr);
    const { archive, sources, capture } = loadConfig(join(folder.path, 'crawl.config.yaml'));
    assert.deepEqual([archive, sources.length, capture.what], [join(folder.path, 'kept: #1'), 1, 'all']);
  });

  it('asks again where an answer is none, and writes nothing where the answers end before the questions', async () => {
    await using folder = await temporaryFolder();
    const asked = (...lines: readonly string[]) =>
      runHere(['init', folder.path], { terminal: { isTTY: true }, input: lines.map((each) => `${each}\n`).join('') });
    for (const lines of [[], ['kept'], ['kept', 'all'], ['kept', 'some'], ['$GUANCHA_TEST_NONE/a']]) {
      const ended = await asked(...lines);
      assert.deepEqual([ended.exit, /error USAGE[\s\S]*nothing was written/.test(ended.stderr)], [2, true]);
      assert.deepEqual(await readdir(folder.path), []);
    }
    const { exit, stdout } = await asked('s3://bucket/kept', '', 'some', 'headline', 'headlines', 'everything', 'off');
    assert.equal(exit, 0);
    assert.match(stdout, /object store is named by cluster\.storage/);
    assert.match(stdout, /some is none of the answers: all, headlines\n/);
    assert.match(stdout, /headline is none of the answers: all, headlines; did you mean headlines\?/);
    const { archive, sources, capture } = loadConfig(join(folder.path, 'crawl.config.yaml'));
    assert.deepEqual([archive, sources.length, capture.what], [join(folder.path, 'archive'), 1, 'off']);
    const again = await asked();
    assert.deepEqual([again.exit, again.stdout, /CONFIG_EXISTS/.test(again.stderr)], [2, '', true], 'nothing is asked');
  });

  it('leaves no configuration where its archive cannot be made', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'archive'), '');
    const first = await runHere(['init', folder.path, '--yes']);
    assert.deepEqual([first.exit, /error ARCHIVE_NOT_WRITABLE/.test(first.stderr)], [8, true]);
    assert.deepEqual(await readdir(folder.path), ['archive']);
    await rm(join(folder.path, 'archive'));
    assert.equal((await runHere(['init', folder.path, '--yes'])).exit, 0);
  });

  it('says what a folder refuses, also one that claims not to be there', async (context) => {
    for (const dir of ['/dev/null', '/dev/null/below'])
      assert.match((await runHere(['init', dir, '--yes'])).stderr, /error (?:FILE_REFUSED|ARCHIVE_NOT_WRITABLE)/, dir);
    if (process.platform !== 'linux') return context.skip('only Linux has /proc');
    for (const dir of ['/proc/none', '/proc/none/below'])
      assert.match((await runHere(['init', dir, '--yes'])).stderr, /error FILE_REFUSED[\s\S]*ENOENT/, dir);
  });

  it('in the folder of an archive is for that archive', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'frontier.sqlite'), '');
    assert.equal((await runHere(['init', folder.path, '--yes'])).exit, 0);
    assert.equal(loadConfig(join(folder.path, 'crawl.config.yaml')).archive, folder.path);
  });
});

it('a command that waits for stdin ends when it is told to', {
  skip: process.platform === 'win32' && 'no SIGINT',
}, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'config.yaml');
  await writeFile(file, 'archive: ./archive\n');
  const waiting = start(['archive', '-'], { stdinStays: true, env: { GUANCHA_ARCHIVE_CONFIG: file } });
  waiting.child.stdin?.write('# a list that goes on\n');
  await waiting.says('configuration ');
  waiting.child.kill('SIGINT');
  const { code, stderr } = await waiting.ended;
  assert.equal(code, 130);
  assert.match(stderr, /error INTERRUPTED/);
});

it('an archive is a folder: an object store has another key', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'crawl.config.yaml');
  await writeFile(file, 'archive: s3://me:secret@bucket/kept\n');
  for (const argv of [
    ['--config', file],
    ['--archive', 's3://me:secret@bucket/kept'],
  ]) {
    const { exit, stderr } = await runHere(['crawl', ...argv]);
    assert.deepEqual([exit, /cluster\.storage/.test(stderr), stderr.includes('secret')], [2, true, false], stderr);
  }
});
