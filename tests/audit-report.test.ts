/** The page of an audit as a file: written whole or not at all, and nothing else is written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Finding } from '../src/audit/promises.ts';
import { CHECKS, type CheckCode } from '../src/audit/promises.ts';
import { main } from '../src/cli.ts';
import { type Ended, run, temporaryFolder } from './support/command.ts';
import { DAMAGES } from './support/damages.ts';
import { makeHealthyArchive } from './support/healthy-archive.ts';
import { HOSTILE_NAMES } from './support/hostile-names.ts';
import { openPlant } from './support/plant.ts';
import { digests } from './support/tree.ts';

const findingsOf = (ended: Ended) => ended.lines() as unknown as Finding[];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let healthy: string;
let damaged: string;
before(async () => {
  folder = await temporaryFolder();
  healthy = await makeHealthyArchive(folder.path, { articles: 16 });
  damaged = join(folder.path, 'damaged');
  cpSync(healthy, damaged, { recursive: true });
  const plant = openPlant(damaged);
  const codes: readonly CheckCode[] = ['picture-changed', 'bare-brace', 'title-suspect', 'temporary-file', 'date-far'];
  for (const code of codes) {
    const damage = DAMAGES.find((each) => each.code === code && each.alone === undefined);
    assert.ok(damage, code);
    damage.plant(plant);
  }
  for (const name of HOSTILE_NAMES) plant.write(`articles/2026/10/${name}`, 'x');
});
after(() => folder[Symbol.asyncDispose]());

/** Runs an audit with its page into a new folder. */
async function report(...args: string[]) {
  const out = await mkdtemp(join(folder.path, 'out-'));
  const ended = await run(['audit', '--json', ...args, '--html', join(out, 'a.html')]);
  assert.deepEqual(await readdir(out), ['a.html'], ended.stderr);
  return { ended, html: await readFile(join(out, 'a.html'), 'utf8') };
}

describe('the report of a damaged archive', () => {
  it('is written beside JSON lines, with the same exit code, and nothing else is written', async () => {
    const before = await digests(damaged);
    const { ended } = await report(damaged);
    assert.equal(ended.code, 1, ended.stderr);
    assert.equal(findingsOf(ended).length, 5 + HOSTILE_NAMES.length, ended.stdout);
    assert.deepEqual(await digests(damaged), before);
    const plain = await run(['audit', damaged, '--html', join(folder.path, 'plain.html')]);
    assert.ok(plain.stdout.endsWith(`\nwrote ${join(folder.path, 'plain.html')}\n`), plain.stdout);
  });

  it('keeps to the checks that were asked for', async () => {
    const { ended, html } = await report(damaged, '--only', 'assets', '--only', 'picture-gone');
    assert.deepEqual([...new Set(findingsOf(ended).map(({ code }) => CHECKS[code].group))], ['assets']);
    const codes = Object.entries(CHECKS).flatMap(([code, { group }]) => (group === 'assets' ? [code] : []));
    assert.ok(html.includes(`${codes.length} checks asked of`));
  });
});

describe('the report where nothing is wrong', () => {
  it('says so of a healthy archive', async () => {
    const { ended, html } = await report(healthy);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(html, /<h1><bdi>Nothing is wrong<\/bdi><\/h1>/);
  });

  it('says of an empty folder that nothing was there, and counts no check that could not be asked', async () => {
    await using empty = await temporaryFolder();
    const { ended, html } = await report(empty.path);
    assert.equal(ended.code, 0, ended.stderr);
    const asked = Object.values(CHECKS).filter(({ group }) => ['files', 'format', 'article'].includes(group));
    assert.ok(html.includes(`${asked.length} checks asked of 0 articles: nothing was there to be read`));
  });

  it('distinguishes two folders', async () => {
    await using two = await temporaryFolder();
    for (const name of ['one', 'two']) {
      await mkdir(join(two.path, name));
      await symlink('/', join(two.path, name, 'away'));
    }
    const { html } = await report(join(two.path, 'one'), join(two.path, 'two'));
    for (const name of ['one/away', 'two/away']) assert.ok(html.includes(`<bdi>${join(two.path, name)}</bdi>`), name);
  });
});

describe('the file of the report', () => {
  const refused = async (args: readonly string[], code: number, text: RegExp, uid?: number) => {
    const ended = await run(['audit', healthy, ...args], uid === undefined ? {} : { uid });
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, text);
    assert.equal(ended.stdout, '', 'audited all the same');
  };

  it('is refused before anything is read: no folder, a folder, a device', async () => {
    const says = /error REPORT_NOT_WRITABLE[\s\S]*→ name a file in an existing folder/;
    await refused(['--html', join(folder.path, 'nowhere', 'a.html')], 8, says);
    await refused(['--html', folder.path], 8, says);
    await refused(['--html', '/dev/null'], 8, says);
    await refused(['--html', join(folder.path, 'config.yaml', 'a.html')], 8, says);
  });

  it('is refused in a folder that may not be written to', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async () => {
    await using closed = await temporaryFolder();
    await chmod(closed.path, 0o755);
    await chmod(folder.path, 0o755);
    await refused(
      ['--html', join(closed.path, 'a.html')],
      8,
      /error REPORT_NOT_WRITABLE[\s\S]*permission denied/,
      65_534,
    );
    assert.deepEqual(await readdir(closed.path), []);
  });

  it('is refused inside of what is audited, by whatever way', async () => {
    const link = join(folder.path, 'link');
    await symlink(healthy, link);
    await refused(['--html', join(healthy, 'a.html')], 2, /error USAGE[\s\S]*lies inside/);
    await refused(['--html', join(link, 'articles', 'a.html')], 2, /error USAGE[\s\S]*lies inside/);
  });

  it('ends the audit where the disk is full, and leaves nothing', { timeout: 60_000 }, async (test) => {
    const [disk, unclaimed] = [join(folder.path, 'disk'), join(folder.path, 'unclaimed')];
    await Promise.all([mkdir(disk), mkdir(join(unclaimed, 'articles', '2022', '01'), { recursive: true })]);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk], { stdio: 'ignore' });
    if (mounted.status !== 0) return test.skip('nothing can be mounted here');
    try {
      for (let i = 0; i < 1000; i++) await writeFile(join(unclaimed, 'articles', '2022', '01', `${i}.txt`), '');
      const ended = await run(['audit', unclaimed, '--jobs', '2', '--html', join(disk, 'a.html')]);
      assert.equal(ended.code, 8, ended.stderr);
      assert.match(ended.stderr, /error REPORT_NOT_WRITABLE[\s\S]*no space left/);
      assert.deepEqual(await readdir(disk), []);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('is not there after Ctrl-C, for a part would be taken for the whole; what was there stays as it was', async () => {
    const out = await mkdtemp(join(folder.path, 'out-'));
    const kept = await mkdtemp(join(folder.path, 'kept-'));
    await writeFile(join(kept, 'a.html'), 'before');
    const write = (text: string) => assert.ok(/^\S+ info run: configuration /.test(text), text);
    const io = { stdout: { write }, stderr: { write }, stdin: (async function* () {})() };
    const interrupts = {
      stopSignal: AbortSignal.abort(),
      abortSignal: new AbortController().signal,
      onHangup: () => () => {},
    };
    for (const jobs of ['1', '2']) {
      for (const into of [out, kept]) {
        const args = ['audit', healthy, '--jobs', jobs, '--html', join(into, 'a.html')];
        assert.equal(await main(args, io, interrupts), 130);
      }
      assert.deepEqual(await readdir(out), []);
      assert.deepEqual([await readdir(kept), await readFile(join(kept, 'a.html'), 'utf8')], [['a.html'], 'before']);
    }
  });

  it('replaces what was there where it comes to its end', async () => {
    const out = await mkdtemp(join(folder.path, 'out-'));
    const path = join(out, 'a.html');
    await writeFile(path, 'before');
    await run(['audit', healthy, '--html', path]);
    assert.deepEqual(await readdir(out), ['a.html']);
    assert.match(await readFile(path, 'utf8'), /^<!doctype html>/);
  });
});
