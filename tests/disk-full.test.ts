/** Whole crawls on disks that fill up or fail: they end cleanly, damage nothing, and go on when it is over. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Ended, run, temporaryFolder } from './support/command.ts';
import { digests, files, isInPlace, withoutDateHeader } from './support/tree.ts';

const SUPPORT = join(import.meta.dirname, 'support');
const [CLOCK, FAULTS] = [join(SUPPORT, 'fixed-clock.ts'), join(SUPPORT, 'fault-points.ts')];

/** `npm run torture` tries many more places. */
const isLong = process.env.GUANCHA_ARCHIVE_TORTURE === '1';
const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const STEPS = { ENOSPC: isLong ? range(1, 400, 20) : [1, 150], EIO: isLong ? range(11, 400, 20) : [40, 400] };
const KILOBYTES = isLong ? range(48, 800, 16) : [64, 400];

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let whole: Record<string, string>;
before(async () => {
  newspaper = await openNewspaper({ articles: 16, specials: false });
  folder = await temporaryFolder();
  const ended = await crawl('whole');
  assert.equal(ended.code, 0, ended.stderr);
  whole = await state('whole');
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const state = (archive: string) => digests(join(folder.path, archive), isInPlace, withoutDateHeader);

async function crawl(
  archive: string,
  settings: { readonly fault?: string; readonly limits?: string } = {},
): Promise<Ended> {
  const { fault, limits = '{ minFreeBytes: 0 }' } = settings;
  const root = join(folder.path, archive);
  const config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 2 };
  await writeFile(config, `${newspaper.config({ archive: root, politeness })}limits: ${limits}\n`);
  return run(['crawl', '--config', config], {
    preload: fault === undefined ? [CLOCK] : [CLOCK, FAULTS],
    env: fault === undefined ? {} : { GUANCHA_ARCHIVE_FAULT: fault, GUANCHA_ARCHIVE_FAULT_ROOT: root },
  });
}

/** It says what happened and what is safe, and whatever has its final name is whole. */
async function endedCleanly(ended: Ended, archive: string, code: RegExp): Promise<void> {
  assert.match(ended.stderr, code);
  assert.match(ended.stderr, /What is archived/);
  assert.doesNotMatch(ended.stderr, /^\s+at /m, 'a stack is not for people');
  assert.equal(ended.code, 8, ended.stderr);
  const records = (await files(join(folder.path, archive))).filter(
    (path) => path.startsWith('records/') && !path.endsWith('.tmp'),
  );
  const there = await state(archive);
  for (const path of records) {
    assert.equal(there[path], whole[path], path);
    const { document } = JSON.parse(await readFile(join(folder.path, archive, path), 'utf8')) as {
      readonly document: { readonly path: string };
    };
    assert.equal(there[document.path], whole[document.path], document.path);
  }
}

describe('a crawl on a disk that refuses', () => {
  const faults = Object.entries(STEPS).flatMap(([kind, steps]) => steps.map((at) => ({ kind, at })));
  for (const { kind, at } of faults) {
    it(`by ${kind} from step ${at} on: ends with 8, and the next crawl goes on`, async () => {
      const archive = `${kind}-${at}`;
      const ended = await crawl(archive, { fault: `${kind}:${at}` });
      await endedCleanly(ended, archive, kind === 'EIO' ? /error ARCHIVE_IO/ : /error ARCHIVE_FULL/);
      const again = await crawl(archive);
      assert.equal(again.code, 0, again.stderr);
      assert.deepEqual(await state(archive), whole);
    });
  }

  it('ends before its next article where less room is left than wanted', async () => {
    const ended = await crawl('little', { limits: '{ minFreeBytes: 9000000000000000 }' });
    await endedCleanly(
      ended,
      'little',
      /error ARCHIVE_FULL[\s\S]*bytes free, limits\.minFreeBytes is 9000000000000000/,
    );
    assert.equal((await crawl('little')).code, 0);
    assert.deepEqual(await state('little'), whole);
  });
});

const mount = (path: string, options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' }).status === 0;

describe('a crawl on a small tmpfs', () => {
  for (const kilobytes of KILOBYTES) {
    it(`of ${kilobytes} KB: ends with 8 when it is full, and goes on when there is room`, async (test) => {
      const archive = `tmpfs-${kilobytes}`;
      const path = join(folder.path, archive);
      await mkdir(path);
      if (!mount(path, `size=${kilobytes}k`)) return test.skip('nothing can be mounted here');
      try {
        await endedCleanly(await crawl(archive), archive, /error ARCHIVE_FULL/);
        assert.ok(mount(path, 'remount,size=100m'));
        const again = await crawl(archive);
        assert.equal(again.code, 0, again.stderr);
        assert.deepEqual(await state(archive), whole);
      } finally {
        spawnSync('umount', [path]);
      }
    });
  }
});
