/** The doctor finds what is wrong, says what to do, and is well where all is well. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CHECKS } from '../src/commands/doctor.ts';
import { lockArchive } from '../src/frontier/lock.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Ended, run, temporaryFolder } from './support/command.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  newspaper = await openNewspaper({ articles: 8, specials: false });
  folder = await temporaryFolder();
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function examine(more = '', ...args: string[]): Promise<Ended> {
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, `${newspaper.config({ archive: './archive' })}${more}`);
  return run(['doctor', '--json', '--config', config, ...args]);
}

const found = (ended: Ended, check: string) => ended.lines().find((line) => line.check === check);

describe('the doctor', () => {
  it('says of every check that all is well', async () => {
    const ended = await examine();
    assert.equal(ended.code, 0, ended.stdout);
    assert.deepEqual(
      ended.lines().map(({ check, state, fix }) => [check, state, fix]),
      Object.keys(CHECKS).map((check) => [check, 'ok', null]),
    );
    assert.match(String(found(ended, 'browser')?.says), /Chrome\/\d+/);
    assert.match(String(found(ended, 'network')?.says), /127\.0\.0\.1:\d+ answers 200; /);
    const asked = newspaper.requests.map(({ path }) => path);
    assert.deepEqual(asked, Array(6).fill('/robots.txt'), 'each origin by both ways');
  });

  const wrong: readonly {
    readonly check: string;
    readonly more?: string;
    readonly args?: readonly string[];
    readonly fix: RegExp;
  }[] = [
    { check: 'config', more: 'limts: {}\n', fix: /crawl\.config\.yaml/ },
    { check: 'room', more: 'limits: { minFreeBytes: 9000000000000000 }\n', fix: /free some space/ },
    {
      check: 'browser',
      more: 'browser: { executablePath: /nowhere/chromium }\n',
      fix: /npx playwright@[\d.]+ install/,
    },
    { check: 'archive', args: ['--archive', '/dev/null/archive'], fix: /check the permissions/ },
  ];
  for (const { check, more, args, fix } of wrong) {
    it(`finds a bad ${check} and says what to do: 3`, async () => {
      const ended = await examine(more, ...(args ?? []));
      assert.equal(ended.code, 3, ended.stderr);
      assert.equal(found(ended, check)?.state, 'bad');
      assert.match(String(found(ended, check)?.fix), fix);
    });
  }

  it('makes no archive, nor anything else, where none is yet', async () => {
    const before = await readdir(folder.path);
    const ended = await examine('', '--archive', join(folder.path, 'not', 'yet', 'archive'));
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual((await readdir(folder.path)).sort(), [...new Set([...before, 'config.yaml'])].sort());
  });

  it('finds an origin that does not answer: 3', async () => {
    newspaper.put('/robots.txt', { status: 503 }, 'community');
    const ended = await examine();
    newspaper.put('/robots.txt', { body: '' }, 'community');
    assert.equal(ended.code, 3);
    assert.match(String(found(ended, 'network')?.says), /answers 503; asked by downloads and browser, by no proxy/);
  });

  it('warns of a run that holds the archive, and does not disturb it', async () => {
    await using _lock = await lockArchive(join(folder.path, 'archive'), 'crawl');
    const ended = await examine();
    assert.equal(ended.code, 0);
    assert.equal(found(ended, 'lock')?.state, 'warn');
    assert.match(String(found(ended, 'lock')?.says), /^the archive is held by crawl on \S+, process \d+, since /);
    await assert.rejects(lockArchive(join(folder.path, 'archive'), 'test'), { code: 'ARCHIVE_IN_USE' });
  });
});

describe('the doctor in a folder with a configuration of somebody', () => {
  const named = async () => {
    const folderOfOther = await temporaryFolder();
    const marker = join(folderOfOther.path, 'started');
    const program = join(folderOfOther.path, 'program');
    await writeFile(program, `#!/bin/sh\ntouch ${marker}\nexit 1\n`, { mode: 0o755 });
    const text = `${newspaper.config({ archive: './archive' })}browser: { executablePath: ${program} }\n`;
    const config = join(folderOfOther.path, 'crawl.config.yaml');
    await writeFile(config, text);
    return { folderOfOther, marker, config };
  };

  it('says that a program is started before it starts it, and which configuration it reads', async () => {
    const { folderOfOther, marker, config } = await named();
    await using _folder = folderOfOther;
    const ended = await run(['doctor', '--json'], { cwd: folderOfOther.path });
    const [said, found] = ended.lines().filter(({ check }) => check === 'browser');
    assert.deepEqual([said?.state, found?.state], ['warn', 'bad']);
    assert.match(String(said?.says), /crawl\.config\.yaml names .*\/program as the browser, which is started now/);
    assert.ok(existsSync(marker));
    assert.ok(String(ended.lines().find(({ check }) => check === 'config')?.says).startsWith(config));
  });

  it('starts nothing that a configuration names which others may write', async () => {
    const { folderOfOther, marker, config } = await named();
    await using _folder = folderOfOther;
    await chmod(config, 0o666);
    const ended = await run(['doctor', '--json'], { cwd: folderOfOther.path });
    const found = ended.lines().filter(({ check }) => check === 'browser');
    assert.equal(found.length, 1);
    assert.match(String(found[0]?.says), /it is not yours: nothing was started/);
    assert.ok(!existsSync(marker));
    const trusted = await run(['doctor', '--json', '--config', config]);
    assert.equal(trusted.code, 3);
    assert.ok(existsSync(marker), 'who names it, trusts it');
  });

  it('warns where everybody may read the passwords of hooks; other commands say which file they read', async () => {
    await using other = await temporaryFolder();
    const config = join(other.path, 'crawl.config.yaml');
    const hooks = 'notify: [{ on: [alarm], webhook: "https://me:secret@127.0.0.1/" }]\n';
    await writeFile(config, `${newspaper.config({ archive: './archive' })}${hooks}`, { mode: 0o644 });
    const says = async () =>
      (await run(['doctor', '--json'], { cwd: other.path })).lines().find(({ check }) => check === 'config')?.state;
    assert.equal(await says(), 'warn');
    await chmod(config, 0o640);
    assert.equal(await says(), 'ok');
    const status = await run(['status'], { cwd: other.path });
    assert.ok(status.stderr.includes(`configuration ${config}`), status.stderr);
  });
});
