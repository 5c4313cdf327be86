/**
 * Copies of an archive to an object store and back that are killed with SIGKILL at random moments while the store fails 5 of
 * 100 requests, and go on by the same command: after each kill every file that lies there is whole and a record names nothing
 * that is not there, and at the end both are the same by their hashes.
 * As a program: `copy-kills.ts [--kills N] [--articles N] [--seed N] [--store stub|ceph]`; kills of each direction.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { openDisk } from '../../src/archive/disk.ts';
import { assetKey, isOperational, RECORDS } from '../../src/archive/keys.ts';
import { openStorage } from '../../src/archive/open-storage.ts';
import { sha256 } from '../../src/archive/record.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { run, start, temporaryFolder } from '../support/command.ts';
import { makeHealthyArchive } from '../support/healthy-archive.ts';
import { GATEWAY_KEYS, startGateway } from '../support/radosgw.ts';
import { type Faults, openS3Stub, STUB_KEYS } from '../support/s3-stub.ts';
import { digests } from '../support/tree.ts';

export interface CopyKillReport {
  readonly files: number;
  readonly bytes: number;
  readonly directions: Readonly<Record<'there' | 'back', DirectionReport>>;
  /** How often each fault of the stub struck. */
  readonly faults: Readonly<Partial<Record<keyof Faults, number>>>;
}

interface DirectionReport {
  readonly kills: number;
  /** Copies that came to their end, each into a place of its own. */
  readonly rounds: number;
  /** Of all that the last command of a round found there, the share that it had not to copy again. */
  readonly resumed: number;
}

/** 5 of 100 requests. */
const FAULTS: Partial<Faults> = { internal: 0.02, slowDown: 0.01, reset: 0.01, lost: 0.005, cut: 0.005 };
/** More than one part of an upload. */
const LARGE_BYTES = 12_000_000;

type Digests = Readonly<Record<string, string>>;

export async function killCopies(options: {
  readonly kills: number;
  readonly articles: number;
  readonly seed: number;
  readonly store: 'stub' | 'ceph';
  readonly say: (line: string) => void;
}): Promise<CopyKillReport> {
  const random = openRandom(options.seed, 'copy-kills');
  await using folder = await temporaryFolder();
  const archive = await makeHealthyArchive(folder.path, options);
  const large = randomBytes(LARGE_BYTES);
  await openDisk(archive).write(assetKey(sha256(large), 'jpg'), large);
  const whole = await digests(archive, (path) => !isOperational(path));
  await using store = await openStore(options);
  Object.assign(process.env, store.env);

  const there = await direction('there', {
    from: archive,
    placeOf: (round) => store.url(`r${round}`),
    found: async (place) => store.digests(place),
  });
  const full = store.url('whole');
  assert.equal((await run(['copy', archive, full], { env: store.env })).code, 0);
  const back = await direction('back', {
    from: full,
    placeOf: (round) => join(folder.path, `back-${round}`),
    found: (place) => digests(place, (path) => !isOperational(path)).catch(() => ({})), // nothing is there yet
  });
  const bytes = (await Array.fromAsync(openDisk(archive).list('')))
    .filter(({ key }) => key in whole)
    .reduce((sum, each) => sum + each.bytes, 0);
  return { files: Object.keys(whole).length, bytes, directions: { there, back }, faults: store.faults() };

  async function direction(
    name: string,
    {
      from,
      placeOf,
      found,
    }: {
      readonly from: string;
      readonly placeOf: (round: number) => string;
      readonly found: (place: string) => Promise<Digests>;
    },
  ): Promise<DirectionReport> {
    const wholeMs = await timed(async () => {
      const { code, stderr } = await run(['copy', from, placeOf(0)], { env: store.env });
      assert.equal(code, 0, stderr);
    });
    let [kills, round, present, files] = [0, 1, 0, 0];
    for (let ofRound = 0; kills < options.kills || ofRound > 0; ) {
      const place = placeOf(round);
      const copying = start(['copy', '--json', from, place], { env: store.env });
      // Past the start of the program, in which nothing is copied; the last command of a round is left alone.
      if (kills < options.kills && ofRound < MOST_OF_ROUND) {
        const working = once(copying.child.stdout ?? copying.child, 'data');
        await Promise.race([working, copying.ended]);
        await Promise.race([sleep(random.int(0, Math.round(wholeMs / 2))), copying.ended]);
        copying.child.kill('SIGKILL');
      }
      const ended = await copying.ended;
      const isEnd = ended.signal !== 'SIGKILL';
      const now = await found(place);
      requireWhole(now, { isEnd });
      if (!isEnd) {
        kills += 1;
        ofRound += 1;
        if (kills % 10 === 0) options.say(`${name}: ${kills} kills, ${round} rounds`);
        continue;
      }
      assert.equal(ended.code, 0, ended.stderr);
      const last = ended.last();
      present += Number(last.present);
      files += Number(last.files);
      assert.equal(last.replaced, 0, 'nothing that was half written was taken for a file');
      await store.forget(place).catch(() => {}); // of no use any more
      if (!place.startsWith('s3:')) await rm(place, { recursive: true });
      [round, ofRound] = [round + 1, 0];
    }
    return { kills, rounds: round - 1, resumed: present / files };
  }

  /** Each file as it is at its source, the records after all that they may name; at the end everything. */
  function requireWhole(now: Digests, { isEnd }: { readonly isEnd: boolean }): void {
    const own = Object.entries(now).filter(([path]) => isEnd || !TEMPORARY.test(path));
    for (const [path, digest] of own) assert.equal(digest, whole[path], `${path} is not what it was`);
    const [records, others] = [true, false].map((isRecord) =>
      Object.keys(whole).filter((path) => path.startsWith(`${RECORDS}/`) === isRecord && !path.startsWith('seals/')),
    );
    if (records?.some((path) => path in now) === true)
      for (const path of others ?? []) assert.ok(path in now, `records are there, and ${path} is not`);
    if (isEnd) assert.deepEqual(now, whole);
  }
}

/** What a killed copy leaves unfinished in a folder; the next one takes it away. */
const TEMPORARY = /(?:^|\/)\.[^/]+\.tmp$/;
const MOST_OF_ROUND = 10;

interface Store extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly url: (prefix: string) => string;
  /** Of all objects below the address. */
  readonly digests: (url: string) => Promise<Digests>;
  readonly forget: (url: string) => Promise<void>;
  readonly faults: () => CopyKillReport['faults'];
}

async function openStore({ store, seed }: { readonly store: 'stub' | 'ceph'; readonly seed: number }): Promise<Store> {
  await using cleanup = new AsyncDisposableStack();
  if (store === 'stub') {
    const stub = cleanup.use(await openS3Stub({ faults: FAULTS, seed, latencyMs: 5, pageKeys: 50 }));
    const prefixOf = (url: string) => `${new URL(url).pathname.slice(1)}/`;
    const kept = cleanup.move();
    return {
      env: keys(STUB_KEYS),
      url: (prefix) => stub.url.replace('of/archive', prefix),
      digests: async (url) =>
        Object.fromEntries(
          [...stub.objects]
            .filter(([name]) => name.startsWith(prefixOf(url)))
            .map(([name, bytes]) => [name.slice(prefixOf(url).length), sha256(bytes)] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      forget: async () => {},
      faults: () => Object.fromEntries(stub.struck),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }
  const gateway = cleanup.use(await startGateway());
  const env = keys(GATEWAY_KEYS);
  Object.assign(process.env, env);
  const client = new S3Client({ endpoint: gateway.endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'archive' }));
  const local = cleanup.use(await temporaryFolder());
  const open = (url: string) => openStorage({ archive: local.path, cluster: { storage: url } });
  const kept = cleanup.move();
  return {
    env,
    url: (prefix) => `s3://archive/${prefix}?endpoint=${gateway.endpoint}`,
    digests: async (url) => {
      const storage = await open(url);
      const found: Record<string, string> = {};
      for await (const { key } of storage.list('')) found[key] = (await storage.digest(key))?.sha256 ?? '';
      return found;
    },
    forget: async (url) => {
      const storage = await open(url);
      for await (const { key } of storage.list('')) await storage.remove(key);
    },
    faults: () => ({}),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function keys({ id, secret }: { readonly id: string; readonly secret: string }): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_EC2_METADATA_DISABLED: 'true' };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      articles: { type: 'string', default: '12' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
      store: { type: 'string', default: 'stub' },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const numbers = { kills: Number(values.kills), articles: Number(values.articles), seed: Number(values.seed) };
  say(`seed ${numbers.seed}`);
  say(JSON.stringify(await killCopies({ ...numbers, store: values.store === 'ceph' ? 'ceph' : 'stub', say })));
}
