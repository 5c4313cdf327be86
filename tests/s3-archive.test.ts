/** An archive in an object store: copied there and back, crawled into beside faults, tried by the doctor. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { copyArchive } from '../src/archive/copy.ts';
import { openDisk } from '../src/archive/disk.ts';
import { isOperational } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { openS3 } from '../src/archive/s3.ts';
import { PATIENCE } from '../src/archive/s3-failures.ts';
import type { Storage } from '../src/archive/storage.ts';
import { tryStore } from '../src/archive/try-store.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { run, start, temporaryFolder } from './support/command.ts';
import { openS3Stub, STUB_KEYS, type StubOptions } from './support/s3-stub.ts';
import { digests } from './support/tree.ts';

const QUICK = { ...PATIENCE, firstPauseMs: 1, longestPauseMs: 20, longestMs: 20_000 };
const FAULTS = { internal: 0.02, slowDown: 0.01, reset: 0.01, lost: 0.01, cut: 0.01 };
const FIXTURE = join(import.meta.dirname, 'fixtures/archive-1');
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: STUB_KEYS.id,
  AWS_SECRET_ACCESS_KEY: STUB_KEYS.secret,
  AWS_EC2_METADATA_DISABLED: 'true',
};
Object.assign(process.env, ENVIRONMENT);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
});
after(() => folder[Symbol.asyncDispose]());

const isFile = (path: string) => !isOperational(path);

async function stubbed(options: StubOptions = {}) {
  const stub = await openS3Stub(options);
  const storage = openS3(stub.address, {
    local: join(folder.path, `local-${stub.address.endpoint?.slice(-5)}`),
    patience: QUICK,
  });
  return { stub, storage, [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose]() };
}

describe('a copy of an archive', () => {
  it('is the same to a store and back, byte for byte, whatever fails meanwhile', async () => {
    await using there = await stubbed({ faults: FAULTS, seed: 5, pageKeys: 7 });
    const back = join(folder.path, 'back');
    const now = new Date();
    await copyArchive(openDisk(FIXTURE), there.storage, { now });
    const copied = await copyArchive(there.storage, openDisk(back), { now });
    assert.deepEqual([copied.present, copied.replaced], [0, 0]);
    assert.deepEqual(await digests(back), await digests(FIXTURE, isFile));
    const again = await copyArchive(there.storage, openDisk(back), { now });
    assert.equal(again.present, again.files);
  });

  it('goes on where it was killed, in both directions', async () => {
    await using there = await stubbed({ latencyMs: 15 });
    const back = join(folder.path, 'killed');
    const target = there.stub.url;
    for (const [from, to] of [
      [FIXTURE, target],
      [target, back],
    ] as const) {
      const running = start(['copy', '--json', from, to], { env: ENVIRONMENT });
      let lines = 0;
      running.child.stdout?.on('data', (text: string) => {
        lines += text.split('\n').length - 1;
        if (lines >= 5) running.child.kill('SIGKILL');
      });
      assert.equal((await running.ended).signal, 'SIGKILL');
      const ended = await run(['copy', '--json', from, to], { env: ENVIRONMENT });
      assert.equal(ended.code, 0, ended.stderr);
      assert.ok(Number(ended.last().present) > 0, 'what was copied is not copied again');
      for (const secret of Object.values(STUB_KEYS)) assert.ok(!(ended.stdout + ended.stderr).includes(secret));
    }
    assert.deepEqual(
      await digests(back, (path) => isFile(path) && !/\.tmp$/.test(path)),
      await digests(FIXTURE, isFile),
    );
    // What a copy leaves behind, such as the queue of runs, is not missed.
    const audited = await run(['audit', '--fail-on', 'warning', '--archive', back], { env: ENVIRONMENT });
    assert.equal(audited.code, 0, audited.stdout);
  });

  it('keeps what it replaces, and leaves what only the copy has', async () => {
    const [from, to] = [openMemory(), openMemory()];
    await from.write('articles/a.html', 'new');
    await to.write('articles/a.html', 'old');
    await to.write('articles/b.html', 'own');
    const copied = await copyArchive(from, to, { now: new Date(0) });
    assert.equal(copied.replaced, 1);
    assert.equal(String(await to.read('articles/a.html')), 'new');
    assert.equal(String(await to.read('articles/b.html')), 'own');
    assert.equal(String(await to.read('trash/1970-01-01T00-00-00.000Z/articles/a.html')), 'old');
  });

  it('says which copy is not what was read', async () => {
    const from = openMemory();
    await from.write('a', 'whole');
    const to = openMemory();
    const weak: Storage = {
      ...to,
      digest: async (key) => ((await to.stat(key)) ? { sha256: '0'.repeat(64), bytes: 1 } : null),
    };
    await assert.rejects(copyArchive(from, weak, { now: new Date() }), { code: 'ARCHIVE_IO' });
  });
});

describe('an archive that two processes write', () => {
  it('keeps what the first one wrote', async () => {
    const storage = openMemory();
    const limits = { minFreeBytes: 0 };
    const record = { id: 'guancha:1' } as never;
    const [first, stopped] = [openArchive(storage, limits), openArchive(storage, limits)];
    const key = '2022/01/2022_01_28_1';
    const other = stopped.update(key, async () => {
      await first.update(key, () => ({ record }));
      return { record: { id: 'guancha:2' } as never };
    });
    await assert.rejects(other, { code: 'ARCHIVE_OVERTAKEN' });
    assert.match(String(await storage.read(`records/${key}.json`)), /guancha:1/);
  });
});

describe('a store', () => {
  it('is fit where it keeps conditions', async () => {
    await using there = await stubbed();
    await tryStore(there.storage);
    assert.equal(there.stub.objects.size, 0);
  });

  it('is refused where it takes conditions and writes in any case', async () => {
    await using there = await stubbed({ ignoresConditions: true });
    await assert.rejects(tryStore(there.storage), { code: 'ARCHIVE_UNFIT' });
    assert.equal(there.stub.objects.size, 0);
  });
});

describe('a crawl into a store that fails now and then', () => {
  it('archives what a crawl into a folder archives, and reading commands find it', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using there = await stubbed({ faults: FAULTS, seed: 11 });
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0 };
    const config = async (name: string, more: string) => {
      const file = join(folder.path, `${name}.yaml`);
      await mkdir(join(folder.path, name), { recursive: true });
      await writeFile(file, `${newspaper.config({ archive: `./${name}`, politeness })}${more}`);
      return file;
    };
    const inStore = await config('stored', `cluster: { storage: "${there.stub.url}" }\n`);
    const inFolder = await config('foldered', '');
    const settings = { env: ENVIRONMENT };
    for (const file of [inStore, inFolder]) {
      const ended = await run(['crawl', '--json', '--config', file], settings);
      assert.equal(ended.code, 0, ended.stderr);
      for (const secret of Object.values(STUB_KEYS)) assert.ok(!(ended.stdout + ended.stderr).includes(secret));
    }
    const back = join(folder.path, 'of-store');
    await copyArchive(there.storage, openDisk(back), { now: new Date() });
    const isText = (path: string) => /^(?:articles|assets)\//.test(path);
    const expected = await digests(join(folder.path, 'foldered'), isText);
    assert.ok(Object.keys(expected).length >= 8);
    assert.deepEqual(await digests(back, isText), expected);
    assert.deepEqual(
      [...there.stub.objects.keys()].filter((name) => name.endsWith('.open')),
      [],
    );
    const audited = await run(['audit', '--json', back], settings);
    assert.equal(audited.code, 0, audited.stdout);
    const refused = await run(['audit', '--config', inStore], settings);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /ARCHIVE_ELSEWHERE/);
    const listed = await run(['list', '--json', '--config', inStore], settings);
    assert.equal(listed.code, 0, listed.stderr);
    assert.ok(listed.lines().length >= 8);
  });
});
