/** Why a browser does not start is said by its name: the library that it lacks, the room, or its own words. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  faultOfTemporary,
  launch,
  loadPlaywright,
  missingLibraries,
  saidIn,
  startInstalled,
} from '../src/fetch/chromium.ts';
import { temporaryFolder } from './support/command.ts';

describe('a browser that does not start', () => {
  const lacks: readonly [string, readonly string[]][] = [
    [
      'shell: error while loading shared libraries: libone.so.2: cannot open shared object file: No such file',
      ['libone.so.2'],
    ],
    ['[pid=7][err] /x/shell: error while loading shared libraries: libtwo.so: file too short', ['libtwo.so']],
    ['Error loading shared library libthree.so.0: No such file or directory (needed by /x/shell)', ['libthree.so.0']],
    ['dyld[77]: Library not loaded: @rpath/libfour.dylib\n  Referenced from: /x/shell', ['@rpath/libfour.dylib']],
    ["/x/shell: /lib/libc.so.6: version `GLIBC_2.99' not found (required by /x/shell)", ['/lib/libc.so.6']],
    [
      '║ Host system is missing dependencies to run browsers. ║\n║ Missing libraries: ║\n║     libfive.so.1 ║\n║     libsix.so  ║',
      ['libfive.so.1', 'libsix.so'],
    ],
    ['browserType.launch: Timeout 60000ms exceeded.', []],
    ['<launching> /opt/liberty.sock/shell --disable-features=libseven.so', []],
  ];
  for (const [text, libraries] of lacks)
    it(`lacks ${libraries.join(' and ') || 'nothing'} where it says: ${text.slice(0, 40)}…`, () => {
      assert.deepEqual(missingLibraries(text), libraries);
    });

  it('is quoted, and not at length', () => {
    const log =
      '<launching> /x/shell\n<launched> pid=7\n[pid=7][err] no such display\n[pid=7] <process did exit: exitCode=3, signal=null>';
    assert.equal(
      saidIn(`browserType.launch: closed\nCall log:\n${log}`),
      'browserType.launch: closed; no such display; exitCode=3, signal=null',
    );
    assert.ok(saidIn('x'.repeat(5000)).length <= 300);
  });

  const script = async (folder: string, text: string) => {
    const path = join(folder, 'shell');
    await writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  };
  const start = (executablePath: string) =>
    launch({ executablePath, proxy: 'socks5://127.0.0.1:9', log: () => {} }).then((browser) => browser.close());

  const scripts: readonly [string, string, RegExp][] = [
    [
      'echo "shell: error while loading shared libraries: libnine.so: cannot open" >&2; exit 127',
      'BROWSER_LIBRARY_MISSING',
      /libnine\.so/,
    ],
    ['echo "the fuse is blown" >&2; exit 4', 'NO_BROWSER', /the fuse is blown.*exitCode=4/],
    ['kill -9 $$', 'NO_BROWSER', /signal=SIGKILL/],
  ];
  for (const [text, code, says] of scripts)
    it(`ends with ${code} where it says ${String(says)}`, async () => {
      await using folder = await temporaryFolder();
      await assert.rejects(start(await script(folder.path, text)), { code, message: says });
    });

  it('ends with NO_BROWSER where it is a folder, or nothing at all', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'shell'));
    for (const name of ['shell', 'none']) await assert.rejects(start(join(folder.path, name)), { code: 'NO_BROWSER' });
  });

  it('ends with TEMPORARY_NOT_WRITABLE where there is no folder for its profile', async () => {
    await using folder = await temporaryFolder();
    const path = await script(folder.path, 'exit 1');
    const outside = process.env.TMPDIR;
    process.env.TMPDIR = join(folder.path, 'none');
    try {
      await assert.rejects(start(path), { code: 'TEMPORARY_NOT_WRITABLE', message: /none/ });
    } finally {
      if (outside === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = outside;
    }
    assert.equal(await faultOfTemporary(), null);
  });
});

describe('a browser that is installed where no PATH leads', () => {
  const absent = (channel: string) => new Error(`Chromium distribution '${channel}' is not found at /x`);

  it('is Chrome, else Edge', async () => {
    const installed: readonly [readonly string[], string][] = [
      [['chrome', 'msedge'], 'chrome'],
      [['chrome'], 'chrome'],
      [['msedge'], 'msedge'],
    ];
    for (const [channels, started] of installed) {
      const got = await startInstalled(async (which) => {
        const channel = 'channel' in which ? which.channel : '';
        if (!channels.includes(channel)) throw absent(channel);
        return channel;
      });
      assert.equal(got, started);
    }
  });

  it('says why it does not start, and no other takes its place', async () => {
    const refused = startInstalled(async () => {
      throw new Error('browserType.launch: the fuse is blown');
    });
    await assert.rejects(refused, { code: 'NO_BROWSER', message: /channel chrome: .*the fuse is blown/ });
  });

  const places = ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'];
  const skip =
    process.platform !== 'linux'
      ? 'the places of Linux'
      : places.some((path) => existsSync(path)) && 'Chrome or Edge is installed here';
  it('is missing by the words of the Playwright that is in use', { skip }, async () => {
    const { chromium } = await loadPlaywright();
    const missing = startInstalled(({ env: _env, ...which }) => chromium.launch(which));
    await assert.rejects(missing, { code: 'NO_BROWSER', message: /looked for .*chromium.*chrome, msedge/ });
  });
});
