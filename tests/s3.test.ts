/** The storage in an object store: the contract against a strict stub over loopback, with and without faults; what it refuses. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareKeys } from '../src/archive/keys.ts';
import { openS3 } from '../src/archive/s3.ts';
import { nameOfS3, parseS3Address } from '../src/archive/s3-address.ts';
import { PATIENCE } from '../src/archive/s3-failures.ts';
import { inFolderOrder } from '../src/archive/s3-order.ts';
import { ArchiveError } from '../src/errors.ts';
import { testStorage } from './storage.contract.ts';
import { temporaryFolder } from './support/command.ts';
import { openS3Stub, STUB_KEYS, type StubOptions } from './support/s3-stub.ts';

const QUICK = { ...PATIENCE, firstPauseMs: 1, longestPauseMs: 20, longestMs: 5000 };
const SKIPS = { 'lets no file be a folder': 'an object store has no folders: each name stands alone' };
const SEGMENT = 'captures/2026/11/20261127T031003123Z.warc.gz';
process.env.AWS_ACCESS_KEY_ID = STUB_KEYS.id;
process.env.AWS_SECRET_ACCESS_KEY = STUB_KEYS.secret;

async function opened(options: StubOptions = {}, patience = QUICK) {
  await using cleanup = new AsyncDisposableStack();
  const stub = cleanup.use(await openS3Stub(options));
  const folder = cleanup.use(await temporaryFolder());
  const open = () => openS3(stub.address, { local: folder.path, patience });
  const kept = cleanup.move();
  return { stub, storage: open(), reopen: open, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

testStorage('in an object store', () => opened({ pageKeys: 3 }), { skips: SKIPS, runs: 6 });

const FAULTS = { internal: 0.05, slowDown: 0.05, reset: 0.05, lost: 0.05, twice: 0.05, cut: 0.05 };
let seed = 0;
testStorage(
  'in an object store of which a quarter of the calls fail',
  () => opened({ faults: { ...FAULTS, twice: 0 }, seed: ++seed }),
  { skips: SKIPS, runs: 4 },
);

describe('the object store', () => {
  it('holds every write that returned, whatever fails meanwhile, and none twice', async () => {
    await using all = await opened({ faults: FAULTS, seed: 7 });
    const wanted = new Map<string, string>();
    for (let i = 0; i < 60; i++) {
      const [key, text] = [`articles/第${i % 20} 篇+&.html`, `${i}`];
      const there = await all.storage.readRevised(key);
      const wrote = await all.storage.writeRevised(key, text, there?.revision ?? null).catch((error: unknown) => {
        // A write that was delivered twice met itself: it stands, and whoever wrote looks again.
        assert.ok(error instanceof ArchiveError && error.code === 'ARCHIVE_OVERTAKEN', String(error));
      });
      if (wrote !== undefined) wanted.set(key, text);
      else wanted.set(key, String(await all.storage.read(key)));
    }
    for (const [key, text] of wanted) assert.equal(String(await all.storage.read(key)), text, key);
    for (const fault of Object.keys(FAULTS)) assert.ok((all.stub.struck.get(fault as 'lost') ?? 0) > 0, fault);
  });

  it('stores large files in parts, reads them back over broken lines, and leaves no upload behind', async () => {
    await using all = await opened({ faults: { ...FAULTS, twice: 0, cut: 0.4 }, seed: 3 });
    const bytes = randomBytes(21_000_000);
    const file = await all.storage.temporary('assets');
    await file.fill((open) => new Promise<void>((done) => open().end(bytes, done)));
    await file.commit('assets/ab/large');
    const digest = await all.storage.digest('assets/ab/large');
    assert.deepEqual(digest, { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length });
    assert.equal(all.stub.uploads(), 0);
  });

  it('lets a writer that was stopped change nothing once another has written', async () => {
    await using all = await opened();
    const stopped = await all.storage.readRevised('records/a.json');
    await all.storage.writeRevised('records/a.json', 'by another', null);
    await assert.rejects(all.storage.writeRevised('records/a.json', 'late', stopped?.revision ?? null), {
      code: 'ARCHIVE_OVERTAKEN',
    });
    assert.equal(String(await all.storage.read('records/a.json')), 'by another');
  });

  it('keeps captures on this machine until they are named, and takes them up after a kill', async () => {
    await using all = await opened();
    await all.storage.append(`${SEGMENT}.open`, '甲');
    assert.equal(all.stub.objects.get(`of/archive/${SEGMENT}`), undefined);
    const next = all.reopen();
    assert.equal(String(await next.read(`${SEGMENT}.open`)), '甲');
    all.stub.set({ refusal: { status: 503, code: 'SlowDown' } });
    const away = openS3(all.stub.address, { local: '/nonexistent', patience: { ...QUICK, longestMs: 50 } });
    await assert.rejects(away.read('a'), { code: 'ARCHIVE_AWAY' });
    all.stub.set({});
    await next.move(`${SEGMENT}.open`, SEGMENT);
    assert.equal(String(all.stub.objects.get(`of/archive/${SEGMENT}`)), '甲');
    assert.equal(all.stub.objects.size, 1);
  });

  it('still writes what is in hand once it is asked to stop, and waits for nobody who is away', async () => {
    await using all = await opened();
    await using folder = await temporaryFolder();
    const patience = { ...QUICK, longestMs: 600_000 };
    const stopped = openS3(all.stub.address, { local: folder.path, patience, stopSignal: AbortSignal.abort() });
    await stopped.write('a', 'in hand');
    assert.equal(String(await stopped.read('a')), 'in hand');
    all.stub.set({ refusal: { status: 503, code: 'SlowDown' } });
    await assert.rejects(stopped.write('b', 'late'), { code: 'INTERRUPTED' });
  });

  it('lets no two machines write captures of one name', async () => {
    await using one = await opened();
    await using folder = await temporaryFolder();
    const other = openS3(one.stub.address, { local: folder.path, patience: QUICK });
    await one.storage.append(`${SEGMENT}.open`, '甲');
    await assert.rejects(other.append(`${SEGMENT}.open`, '乙'), { code: 'ARCHIVE_OVERTAKEN' });
    assert.deepEqual((await other.names('captures/2026/11')).files, [], 'what another machine writes to is not seen');
    await one.storage.append(`${SEGMENT}.open`, '丙');
    assert.equal(String(await one.storage.read(`${SEGMENT}.open`)), '甲丙');
  });

  it('follows the clock of the store, and gives up a store that stays away', async () => {
    await using all = await opened({ aheadMs: 3_600_000 }, { ...QUICK, longestMs: 300 });
    await all.storage.write('a', '甲');
    assert.equal(String(await all.storage.read('a')), '甲');
    await all.stub[Symbol.asyncDispose]();
    await assert.rejects(all.storage.read('a'), { code: 'ARCHIVE_AWAY' });
  });

  const refusals = [
    [403, 'InvalidAccessKeyId', 'STORE_REFUSED', /access key/],
    [403, 'SignatureDoesNotMatch', 'STORE_REFUSED', /secret key/],
    [403, 'AccessDenied', 'STORE_REFUSED', /may not/],
    [404, 'NoSuchBucket', 'STORE_REFUSED', /bucket/],
    [403, 'RequestTimeTooSkewed', 'STORE_REFUSED', /clock/],
    [301, 'PermanentRedirect', 'STORE_REFUSED', /region/],
    [307, 'TemporaryRedirect', 'STORE_REFUSED', /region/],
    [400, 'AuthorizationHeaderMalformed', 'STORE_REFUSED', /region/],
    [400, 'KeyTooLongError', 'STORE_REFUSED', /KeyTooLong/],
    [501, 'NotImplemented', 'ARCHIVE_UNFIT', /does not know/],
    [500, 'InternalError', 'ARCHIVE_AWAY', /500/],
    [503, 'SlowDown', 'ARCHIVE_AWAY', /SlowDown/],
    [429, 'TooManyRequests', 'ARCHIVE_AWAY', /TooMany/],
    [400, 'RequestTimeout', 'ARCHIVE_AWAY', /RequestTimeout/],
  ] as const;
  for (const [status, code, known, says] of refusals)
    it(`says what ${status} ${code} means, without secrets`, async () => {
      await using all = await opened({ refusal: { status, code } }, { ...QUICK, longestMs: 20 });
      const works = [
        () => all.storage.read('a'),
        () => all.storage.write('a', ''),
        () => Array.fromAsync(all.storage.list('')),
        () => all.storage.temporary('').then((file) => file.commit('a')),
      ];
      for (const work of works)
        await assert.rejects(work, (error: unknown) => {
          assert.ok(error instanceof ArchiveError, String(error));
          assert.equal(error.code, known);
          assert.match(error.message, says);
          for (const secret of Object.values(STUB_KEYS)) assert.ok(!error.message.includes(secret));
          return true;
        });
    });
});

describe('the order of folders', () => {
  it('is that of keys, however few are held', async () => {
    const part = fc
      .array(fc.constantFrom('a', 'b', '-', '.', ' '), { minLength: 1, maxLength: 3 })
      .map((each) => each.join(''));
    const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (keys, mostHeld) => {
          const list = async function* (folder: string): AsyncGenerator<{ readonly key: string }> {
            const inBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
            for (const each of inBytes) if (folder === '' || each.startsWith(`${folder}/`)) yield { key: each };
          };
          const ordered = (folder: string): AsyncGenerator<{ readonly key: string }> =>
            inFolderOrder(list(folder), { below: ordered, from: folder === '' ? '' : `${folder}/`, mostHeld });
          const found = (await Array.fromAsync(ordered(''))).map((each) => each.key);
          assert.deepEqual(found, [...keys].sort(compareKeys));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the address of an object store', () => {
  it('is read, and named without what may be secret', () => {
    const read = parseS3Address('s3://archive/of%20mine/?endpoint=http://127.0.0.1:9000&region=here');
    assert.deepEqual(read, { bucket: 'archive', prefix: 'of mine', endpoint: 'http://127.0.0.1:9000', region: 'here' });
    assert.equal(nameOfS3({ bucket: 'archive', prefix: '' }), 's3://archive');
    assert.deepEqual(parseS3Address('s3://archive'), {
      bucket: 'archive',
      prefix: '',
      endpoint: null,
      region: 'us-east-1',
    });
  });

  for (const text of [
    's3://',
    's3://key:geheim@archive/a',
    's3://archive/a?secret=geheim',
    's3://archive/../b',
    's3://archive/a//b',
    's3://archive/a?endpoint=geheim',
    's3://archive/a?endpoint=http://key:geheim@127.0.0.1',
    's3://Archive_/a',
    'https://archive/a',
  ])
    it(`${text} is refused`, () => {
      const why = parseS3Address(text);
      assert.ok(typeof why === 'string');
      assert.doesNotMatch(why, /geheim/);
    });
});
