/** The launcher: which Node.js it takes, what it does without a home, and that its program never outlives it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockArchive } from '../src/frontier/lock.ts';
import { temporaryFolder } from './support/command.ts';
import { childrenOf } from './support/processes.ts';

/** A schedule that reads nothing before the next 29th of February. */
const QUIET =
  'archive: ./archive\nsources: [{ name: 头条, url: "https://www.guancha.cn/toutiao", cron: "0 0 29 2 *" }]\n';

const LAUNCHER = join(import.meta.dirname, '../bin/guancha-archive');
const PLATFORM = `node-${process.platform}-${process.arch}`;

/** Has the launcher believe that it runs on an old Node.js. */
const OLD = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})`;

/** Writes the address of each module that is loaded to standard error. */
const TELL = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load: (url, context, next) => (writeSync(2, url + '\\n'), next(url, context)) });
`)}`;

/** A copy of the launcher in a package of its own. */
async function packageAt(folder: string): Promise<string> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await cp(LAUNCHER, join(folder, 'bin/guancha-archive'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return join(folder, 'bin/guancha-archive');
}

/** A Node.js that does nothing but say whose it is. */
async function nodeIn(modules: string, whose: string): Promise<void> {
  const path = join(modules, PLATFORM, 'bin/node');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho ${whose}\n`, { mode: 0o755 });
}

function nodeOf(launcher: string): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, ['--import', OLD, launcher, '--with-node', 'node'], { encoding: 'utf8' });
}

describe('the launcher', () => {
  it('takes the Node.js of its own package, or one beside it where it is installed, and none further up', async () => {
    await using folder = await temporaryFolder();
    const outer = join(folder.path, 'outer');
    await nodeIn(join(outer, 'node_modules'), 'foreign');
    await nodeIn(join(folder.path, 'node_modules'), 'foreign');

    const checkout = await packageAt(join(outer, 'guancha-archive'));
    const refused = nodeOf(checkout);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /needs Node\.js 24\.15 or newer; this is v\d+\.\S+, and node-\S+ is not installed/);
    assert.equal(nodeOf(await packageAt(join(outer, 'node_modules/other'))).status, 1, 'not installed under its name');
    await nodeIn(join(outer, 'guancha-archive/node_modules'), 'own');
    assert.equal(nodeOf(checkout).stdout, 'own\n');

    const installed = await packageAt(join(outer, 'node_modules/guancha-archive'));
    assert.equal(nodeOf(installed).stdout, 'foreign\n');
    await nodeIn(join(outer, 'node_modules/guancha-archive/node_modules'), 'own');
    assert.equal(nodeOf(installed).stdout, 'own\n');
  });

  it('works for a user whom nobody knows, without a home', {
    skip: process.getuid?.() !== 0 && 'only root can start a process of another user',
  }, () => {
    const { HOME: _home, XDG_CACHE_HOME: _cache, ...env } = process.env;
    for (const home of [{}, { HOME: '/' }, { HOME: '/nonexistent' }]) {
      const options = { uid: 12_345, gid: 12_345, cwd: '/', env: { ...env, ...home }, encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, '--version'], options);
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(
        stdout,
        /^guancha-archive \d+\.\d+\.\d+ .*Node\.js \d+\.\d+\.\d+, .*Chromium.*, SQLite 3\.\d+\.\d+\n$/,
      );
    }
  });
});

describe('help', () => {
  it('is given by the process that was started, and loads nothing that only commands need', () => {
    const asked = spawnSync(process.execPath, ['--import', TELL, LAUNCHER, '--help'], { encoding: 'utf8' });
    assert.equal(asked.status, 0, asked.stderr);
    assert.match(asked.stdout, /Usage: guancha-archive/);
    const loaded = asked.stderr.match(/^(?:node|file):.*$/gm) ?? [];
    assert.ok(
      loaded.some((url) => url.endsWith('/src/program.ts')),
      asked.stderr,
    );
    const heavy =
      /^node:(?:crypto|https?|net|tls|sqlite|worker_threads|zlib)$|\/node_modules\/(?!(?:commander|leven)\/)/;
    assert.deepEqual(
      loaded.filter((url) => heavy.test(url)),
      [],
    );
  });
});

describe('the program', { skip: process.platform !== 'linux' && 'processes are looked for in /proc' }, () => {
  async function startSchedule(
    folder: string,
  ): Promise<{ readonly launcher: ChildProcess; readonly heard: () => string }> {
    const config = join(folder, 'config.yaml');
    await writeFile(config, QUIET);
    const launcher = spawn(process.execPath, [LAUNCHER, 'schedule', '--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let heard = '';
    for (const stream of [launcher.stdout, launcher.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
      });
    return { launcher, heard: () => heard };
  }

  const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) await sleep(20);
  }

  it('ends with its launcher, however that ends, and gives the archive back', async () => {
    await using folder = await temporaryFolder();
    const { launcher, heard } = await startSchedule(folder.path);
    const archive = join(folder.path, 'archive');
    const isHeld = () =>
      lockArchive(archive, 'test').then(
        (lock) => lock[Symbol.asyncDispose]().then(() => false),
        () => true,
      );
    // Not by asking for the lock: the program could find it taken.
    await until(() => existsSync(join(archive, 'lock.json')) || hasEnded(launcher));
    assert.ok(!hasEnded(launcher), heard());
    assert.ok(await isHeld());
    const [pid = 0] = childrenOf(launcher.pid ?? 0);
    assert.ok(pid > 0);
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    await until(async () => !(await isHeld()));
    await until(() => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true; // it is no more
      }
    });
  });

  it('takes a SIGHUP that comes before it listens for a wish to read the configuration again', async () => {
    await using folder = await temporaryFolder();
    const { launcher, heard } = await startSchedule(folder.path);
    await until(() => childrenOf(launcher.pid ?? 0).length > 0);
    launcher.kill('SIGHUP');
    await until(() => heard().includes('the configuration was read again') || hasEnded(launcher));
    assert.ok(!hasEnded(launcher), heard());
    launcher.kill('SIGTERM');
    const [code] = (await once(launcher, 'exit')) as [number];
    assert.equal(code, 0, heard());
  });
});
