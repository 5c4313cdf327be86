/** Large works over several hands: the same results in the same order as on one machine, whoever dies, stops or is emptied. */
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { openDisk } from '../../src/archive/disk.ts';
import { WORK, workResultKey } from '../../src/archive/keys.ts';
import { openMemory } from '../../src/archive/memory.ts';
import { ArchiveError } from '../../src/errors.ts';
import { programIdentity } from '../../src/partitions/identity.ts';
import { openPartitions, partitionsOf } from '../../src/partitions/partitions.ts';
import { takePartitions } from '../../src/partitions/queue.ts';
import { type Answer, job, type PartitionedWork } from '../../src/partitions/work.ts';
import { singlePageUrl } from '../../src/site/address.ts';
import { newspaperPages } from '../mutants/originals.ts';
import { put } from '../support/catalogued.ts';
import { type Running, start, temporaryFolder } from '../support/command.ts';
import { exchangeOf } from '../support/fetched-page.ts';
import { openKeptCrawl } from '../support/kept-crawl.ts';
import { targetOf } from '../support/memory-crawl.ts';
import { runHere, type Told } from '../support/run-here.ts';
import { type Server, skippedWithout, startRedis } from '../support/servers.ts';
import { digests, files } from '../support/tree.ts';

const skip = skippedWithout('redis-server');
let redis: Server & { readonly url: string };
if (skip === false) {
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis[Symbol.asyncDispose]());
}

const program = programIdentity();
const log = () => {};
const { signal: never } = new AbortController();

/** Squares, five to a partition and three at most together. */
const squares: PartitionedWork<{ readonly plus: number }, number, number> = {
  name: 'squares',
  parameters: z.strictObject({ plus: z.number() }),
  piece: z.number(),
  partitionOf: (piece) => `${Math.floor(piece / 5)}`,
  most: 3,
  open: () => Promise.reject(new TypeError('done by the test')),
};
const squaresOf = (pieces: readonly unknown[]) => pieces.map((piece) => Number(piece) ** 2);
const answerOf = (pieces: readonly unknown[]): Answer => ({
  results: {
    lines: squaresOf(pieces)
      .map((each) => `${each}\n`)
      .join(''),
  },
  file: null,
});

describe('partitions', () => {
  it('are pieces that follow each other and have one name', async () => {
    const names: string[] = [];
    for await (const { name, pieces } of partitionsOf([0, 1, 2, 3, 4, 5, 1], squares)) names.push(`${name}: ${pieces}`);
    assert.deepEqual(names, ['0: 0,1,2', '0-2: 3,4', '1: 5', '0: 1']);
  });
});

describe('a work that hands share', { skip }, () => {
  type Fate = 'done' | 'fails once' | 'is lost once';
  const fate = fc.record({
    fate: fc.constantFrom<Fate>('done', 'done', 'done', 'fails once', 'is lost once'),
    ms: fc.nat(30),
  });

  it('gives each result once and in order, whatever the hands, their pace and their failures', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(60),
        fc.array(fate, { minLength: 1, maxLength: 8 }),
        async (hands, count, fates) => {
          const seen = new Map<number, number>();
          const work = async (given: unknown): Promise<Answer> => {
            const { run: mine, number, pieces } = job.parse(given);
            const { fate: mineIs, ms } = fates[number % fates.length] ?? { fate: 'done', ms: 0 };
            const times = (seen.get(number) ?? 0) + 1;
            seen.set(number, times);
            await sleep(ms);
            if (times === 1 && mineIs === 'fails once') throw new ArchiveError('ARCHIVE_IO', 'a disk');
            const key = workResultKey(mine, number, { sha256: 'a'.repeat(64), type: 'jsonl' });
            if (times === 1 && mineIs === 'is lost once')
              return { results: { key, sha256: 'a'.repeat(64), bytes: 1 }, file: null };
            return answerOf(pieces);
          };
          await using _hands = await handsOf(hands, work);
          const storage = openMemory();
          const pieces = Array.from({ length: count }, (_, i) => i);
          assert.deepEqual(await allOf(pieces, storage), squaresOf(pieces));
          assert.deepEqual(await storage.names(WORK), { files: [], folders: [] });
        },
      ),
      { numRuns: 5 },
    );
  });

  it('goes on where the queue is emptied and its server starts anew', async () => {
    let first = true;
    await using _hands = await handsOf(2, async (given) => {
      if (first) {
        first = false;
        await redis.stop('SIGKILL');
        await redis.start();
      }
      return answerOf(job.parse(given).pieces);
    });
    const pieces = Array.from({ length: 40 }, (_, i) => i);
    assert.deepEqual(await allOf(pieces, openMemory()), squaresOf(pieces));
  });

  it('ends with what the hands fail with, and stops them where it is interrupted', async () => {
    const stop = new AbortController();
    const stopped = Promise.withResolvers<void>();
    await using _hands = await handsOf(1, async (given, signal) => {
      const { pieces } = job.parse(given);
      if (pieces[0] === 0) throw new ArchiveError('ARCHIVE_FULL', 'no room');
      stop.abort(new Error('Ctrl-C'));
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      stopped.resolve();
      return answerOf(pieces);
    });
    await assert.rejects(allOf([0], openMemory()), { code: 'ARCHIVE_FULL', detail: 'squares 0: no room' });
    await assert.rejects(allOf([1, 5, 9, 14], openMemory(), stop.signal), { message: 'Ctrl-C' });
    await stopped.promise;
    await using queue = partitionQueue();
    assert.deepEqual(await queue.getRanges(['waiting', 'delayed'], 0, -1), []);
  });

  it('is refused at once where no hand of this version is there, and says which are', async () => {
    await assert.rejects(allOf([1], openMemory()), { code: 'NO_HANDS' });
    await using _hands = await handsOf(1, async () => null, '0.0.9+abc');
    await assert.rejects(allOf([1], openMemory()), { code: 'NO_HANDS', detail: /0\.0\.9\+abc/ });
  });

  async function allOf(pieces: readonly number[], storage = openMemory(), signal = never): Promise<readonly number[]> {
    const options = { redis: redis.url, storage, signal, log };
    await using shared = await openPartitions(squares, { plus: 0 }, options);
    return await Array.fromAsync(shared.run(pieces));
  }

  /** Hands of this process, once the server knows them. */
  async function handsOf(
    count: number,
    work: (given: unknown, signal: AbortSignal) => Promise<unknown>,
    version = program,
  ): Promise<AsyncDisposable> {
    const hands = new AsyncDisposableStack();
    for (let i = 0; i < count; i++)
      await new Promise<void>((onReady) => {
        const options = { program: version, concurrency: 1, work, stopSignal: never, onReady, log };
        hands.use(takePartitions(redis.url, options));
      });
    return hands;
  }
});

describe('a command with --cluster', { skip }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const hands: Running[] = [];
  before(async () => {
    folder = await temporaryFolder();
    await fill(path('archive'));
    for (const archive of ['alone', 'shared']) {
      await cp(path('archive'), path(archive), { recursive: true, preserveTimestamps: true });
      await age(path(archive));
    }
    await damage(path('archive'));
    for (const [number, archive] of ['archive', 'shared', 'alone'].entries()) await config(archive, number);
  });
  after(async () => {
    for (const { child } of hands) child.kill('SIGKILL');
    await Promise.all(hands.map(({ ended }) => ended));
    await folder[Symbol.asyncDispose]();
  });

  it('says what is missing', async () => {
    const jobs = await ask('archive', 'audit', '--cluster', '--jobs', '2');
    assert.equal(jobs.exit, 2, jobs.stderr);
    const elsewhere = await ask('archive', 'audit', folder.path, '--cluster');
    assert.match(elsewhere.stderr, /the configured archive alone/);
    const none = await ask('archive', 'audit', '--cluster');
    assert.equal(none.exit, 3, none.stderr);
    assert.match(none.stderr, /NO_HANDS[\s\S]*start one: guancha-archive worker/);
  });

  it('has every partition done though the hand is killed with one in hand, and the queue emptied', async () => {
    const alone = await ask('archive', 'audit', '--json');
    assert.equal(alone.exit, 1, alone.stderr);
    const first = await hand('archive');
    const shared = ask('archive', 'audit', '--json', '--cluster');
    await using queue = partitionQueue();
    await until(async () => (await queue.getActiveCount()) > 0);
    first.child.kill('SIGKILL');
    await using admin = disposable(connection());
    await admin.flushall();
    await hand('archive');
    assert.deepEqual(said(await shared), said(alone));
  });

  it('audits as one machine does', async () => {
    await hand('archive');
    for (const args of [
      ['audit'],
      ['audit', '--only', 'files'],
      ['audit', '--since', '2022-01-01'],
      ['audit', 'guancha:7'],
    ]) {
      const [alone, shared] = [await ask('archive', ...args), await ask('archive', ...args, '--cluster')];
      assert.deepEqual(said(shared), said(alone), shared.stderr);
    }
    assert.deepEqual(await files(join(folder.path, 'archive', WORK)), []);
  });

  it('extracts as one machine does, and writes the same', async () => {
    await hand('shared');
    for (const flags of [['--diff'], ['--diff', '--since', '2026-01'], []]) {
      const [alone, shared] = [
        await ask('alone', 'extract', '--all', '--json', ...flags),
        await ask('shared', 'extract', '--all', '--json', ...flags, '--cluster'),
      ];
      assert.deepEqual(said(shared), said(alone), shared.stderr);
      assert.match(alone.stdout, /"result":"changed"/);
      assert.match(alone.stdout, /"result":"found"/);
    }
    const content = (path: string) => /^(?:articles|records|versions)\//.test(path);
    assert.deepEqual(await digests(path('shared'), content), await digests(path('alone'), content));
  });

  it('builds the same catalog', async () => {
    const [alone, shared] = [await ask('archive', 'reindex'), await tables(path('archive'))];
    assert.equal(alone.exit, 0, alone.stderr);
    const other = await ask('archive', 'reindex', '--cluster');
    assert.equal(other.exit, 0, other.stderr);
    assert.deepEqual(said(other), said(alone));
    assert.ok(shared.words_data !== undefined && shared.articles?.length);
    assert.deepEqual(await tables(path('archive')), shared);
  });

  it('exports the same bytes', async () => {
    for (const format of ['jsonl', 'csv', 'csl', 'ris', 'parquet', 'sqlite']) {
      const to = (name: string) => join(folder.path, `${name}.${format}`);
      const flags = format === 'csv' ? ['--since', '2021-03-02', '--until', '2022-01-03'] : [];
      const alone = await ask('archive', 'export', format, to('here'), ...flags);
      const shared = await ask('archive', 'export', format, to('there'), ...flags, '--cluster');
      assert.equal(alone.exit, 3, 'what is damaged is left out');
      const name = (text: string) => text.replace(/here|there/, '');
      assert.deepEqual([shared.exit, name(shared.stdout)], [alone.exit, name(alone.stdout)], shared.stderr);
      assert.ok((await readFile(to('there'))).equals(await readFile(to('here'))), format);
    }
    const refused = await ask('archive', 'export', 'wacz', join(folder.path, 'a.wacz'), '--cluster');
    assert.match(refused.stderr, /wacz is no table; jsonl, csv, csl, ris, parquet, sqlite are/);
  });

  it('seals the same files under the same hashes', async () => {
    const lists = async (archive: string) =>
      digests(
        path(archive),
        (name) => /^seals\/(?:lists|contents)\//.test(name),
        (_name, bytes) => bytes.toString().replace(/^.*(?:sealed 2| {2}seals\/contents).*$/gm, ''),
      );
    for (const archive of ['alone', 'shared'])
      await openDisk(path(archive)).write('articles/2022/02/2022_02_03_19.html', 'another');
    const [alone, shared] = [await ask('alone', 'seal', '--json'), await ask('shared', 'seal', '--json', '--cluster')];
    assert.equal(shared.exit, alone.exit, shared.stderr);
    const facts = ({ stdout }: Told) => {
      const { files, seen, size } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
      return { files, seen, size };
    };
    assert.deepEqual(facts(shared), facts(alone));
    assert.deepEqual(await lists('shared'), await lists('alone'));
  });

  it('takes back what waits where it is interrupted, and the hands stop', async () => {
    const one = start(['audit', '--cluster', '--config', join(folder.path, 'archive.yaml')]);
    await using queue = partitionQueue();
    await until(async () => (await queue.getActiveCount()) > 0 || one.child.exitCode !== null);
    one.child.kill('SIGINT');
    const { code, stderr } = await one.ended;
    assert.ok(code === 130 || code === 1, `${code}: ${stderr}`); // it may have ended before
    assert.deepEqual(await queue.getRanges(['waiting', 'delayed'], 0, -1), []);
    await until(async () => (await queue.getActiveCount()) === 0);
  });

  const path = (archive: string) => join(folder.path, archive);
  const ask = (archive: string, ...args: readonly string[]): Promise<Told> =>
    runHere([...args, '--config', join(folder.path, `${archive}.yaml`)]);

  /** @param number of the database of Redis: each archive has its own */
  async function config(archive: string, number: number): Promise<void> {
    const text = `archive: ./${archive}\ncluster: { redis: '${redis.url}/${number}' }\nseal: { key: '${folder.path}/seal.key' }\n`;
    await writeFile(join(folder.path, `${archive}.yaml`), text);
  }

  /** A process that takes partitions alone, once the server knows it. */
  async function hand(archive: string): Promise<Running> {
    const one = start(['worker', '--no-visits', '--config', join(folder.path, `${archive}.yaml`)]);
    hands.push(one);
    await one.says('takes partitions');
    return one;
  }
});

/** Without what says how long it took, and when. */
function said({ stdout, exit }: Told): { readonly exit: number; readonly lines: readonly string[] } {
  const lines = stdout
    .replace(/"elapsedMs":\d+/g, '')
    .replace(/\d+(?:\.\d+)? (?:s|ms|min|articles\/s)\b/g, '')
    .split('\n');
  return { exit, lines };
}

/** Articles with captures, and older ones of several months without. */
async function fill(root: string): Promise<void> {
  const storage = openDisk(root);
  const crawl = openKeptCrawl(storage);
  for (const { address, listed, html } of await newspaperPages(12)) {
    const answer = exchangeOf({
      url: singlePageUrl(address),
      body: Buffer.from(html),
      fetchedAt: '2026-11-26T05:00:00.000Z',
    });
    await crawl.visit(targetOf(address.url, { listed }), [answer]);
  }
  for (const [i, month] of ['2020-12', '2021-03', '2021-04', '2022-01', '2022-02'].entries())
    for (let day = 1; day <= 4; day++)
      await put(storage, { number: 4 * i + day, publishedAt: `${month}-0${day}T10:00:00+08:00` });
}

/** As if rules of another day had made a record, and another were lost with its document. */
async function age(root: string): Promise<void> {
  const storage = openDisk(root);
  const records = await Array.fromAsync(storage.list('records/2026'));
  const [first, second] = records.filter(({ key }) => !key.includes('fengwen'));
  const record = JSON.parse(String(await storage.read(first?.key ?? ''))) as { article: { title: string } };
  record.article.title = '从前的规则';
  await storage.write(first?.key ?? '', JSON.stringify(record));
  for (const key of [second?.key ?? '', second?.key.replace('records', 'articles').replace('.json', '.html') ?? ''])
    await storage.remove(key);
}

async function damage(root: string): Promise<void> {
  const storage = openDisk(root);
  const [first, second, third] = await Array.fromAsync(storage.list('articles'));
  await storage.remove(first?.key ?? '');
  await storage.append(second?.key ?? '', 'more');
  await storage.copy(third?.key ?? '', 'articles/2022/02/2022_02_09_999.html');
  await storage.write('articles/2021/03/notes.txt', 'nothing of ours');
  await storage.write('articles/2021/strange/notes.txt', 'nothing of ours');
  await storage.write('records/2022/01/2022_01_02_14.json', '{');
}

/** The rows of every table of a catalog, without the times at which it was made. */
async function tables(root: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  using database = new DatabaseSync(join(root, 'catalog.sqlite'), { readOnly: true });
  const names = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    .all();
  const rowsOf = (name: string) => {
    if (name === 'months') return database.prepare('SELECT month, written FROM months').all();
    return database.prepare(`SELECT * FROM "${name}"${name === 'facts' ? " WHERE name <> 'whole'" : ''}`).all();
  };
  return Object.fromEntries(names.map(({ name }) => [String(name), rowsOf(String(name))]));
}

function connection(): Redis {
  return new Redis(redis.url, { maxRetriesPerRequest: null });
}

function partitionQueue(): Queue & AsyncDisposable {
  const own = connection();
  const queue = new Queue(`partition-${program}`, { connection: own, prefix: 'guancha' });
  return Object.assign(queue, { [Symbol.asyncDispose]: async () => own.disconnect() });
}

function disposable<T extends { readonly disconnect: () => unknown }>(one: T): T & AsyncDisposable {
  return Object.assign(one, { [Symbol.asyncDispose]: async () => void one.disconnect() });
}

const PATIENCE_MS = 120_000;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const from = performance.now(); !(await isSo()); ) {
    assert.ok(performance.now() - from < PATIENCE_MS, `still not: ${isSo.toString()}`);
    await sleep(20);
  }
}
