/**
 * What opens the services of a cluster is said nowhere: by no command, no page, no metric and no record, whether the services
 * answer, are away or refuse, nor of a configuration that is wrong.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { commandNames, run, start, temporaryFolder } from '../support/command.ts';
import { runHere } from '../support/run-here.ts';
import { openS3Stub, STUB_KEYS, type Stub } from '../support/s3-stub.ts';
import {
  addressOf,
  freePort,
  PASSWORD,
  type PostgresServer,
  type Server,
  skippedWithout,
  startPostgres,
  startRedis,
} from '../support/servers.ts';

const SECRET = 'p@ss/wörd-of-the-cluster';
const S3_SECRET = 'secret-key-of-the-store/+';
const S3_ID = 'AKIDOFTHESTORE';
const SECRETS = [SECRET, PASSWORD, S3_SECRET, S3_ID, STUB_KEYS.secret, STUB_KEYS.id];

function requireNone(output: string, what: string): void {
  for (const secret of SECRETS.flatMap((each) => [each, encodeURIComponent(each)]))
    assert.ok(!output.includes(secret), `${what}: ${output}`);
}

const AWAY = {
  postgres: `postgres://archive:${encodeURIComponent(SECRET)}@127.0.0.1:1/papers`,
  redis: `redis://:${encodeURIComponent(SECRET)}@127.0.0.1:1`,
};
const WRONG = {
  postgres: { ...AWAY, postgres: `mysql://archive:${encodeURIComponent(SECRET)}@127.0.0.1/archive` },
  redis: { ...AWAY, redis: `http://:${encodeURIComponent(SECRET)}@127.0.0.1` },
  'no address': { ...AWAY, postgres: `archive:${encodeURIComponent(SECRET)}@127.0.0.1` },
  'an unknown key': { ...AWAY, password: SECRET },
  'keys in the address of the store': { storage: `s3://${S3_ID}:${encodeURIComponent(S3_SECRET)}@archive/papers` },
  'a password in the endpoint': {
    storage: `s3://archive/papers?endpoint=https://me:${encodeURIComponent(SECRET)}@127.0.0.1`,
  },
};

const ID = 'guancha:623950';
/** Commands with arguments by which they come to the services, or why they are left out; the others have none. */
const COMMANDS: Readonly<Record<string, readonly string[] | string>> = {
  help: 'reads no configuration',
  start: 'is archive or crawl',
  init: ['init', '--yes'],
  archive: ['archive', ID],
  crawl: ['crawl'],
  schedule: 'waits for what is away: tried in hands.test.ts',
  backfill: ['backfill', '--from', '2026-10-01', '--to', '2026-10-02'],
  import: ['import', 'nothing.warc'],
  orders: ['orders', 'list'],
  retry: ['retry'],
  worker: 'waits for what is away: tried below',
  demo: 'has an archive of its own',
  serve: 'goes on for ever: tried below',
  search: ['search', '茶山'],
  list: ['list'],
  history: ['history', ID],
  diff: ['diff', ID],
  changes: ['changes'],
  export: ['export', '--format', 'csv', 'out.csv'],
  copy: ['copy', 'other', 'another'],
  audit: ['audit'],
  seal: ['seal'],
  verify: ['verify'],
  prove: ['prove', ID, 'out'],
  corroborate: ['corroborate', 'other'],
  manifest: ['manifest', 'write'],
  reproduce: ['reproduce'],
  extract: ['extract', '--all'],
  status: ['status'],
  sources: ['sources', 'list'],
  coverage: ['coverage'],
  repair: ['repair'],
  reindex: ['reindex'],
  quarantine: ['quarantine', 'list'],
  vocabulary: ['vocabulary', 'list'],
  notify: ['notify', 'test'],
  doctor: 'asks the site as well: tried in doctor.test.ts',
  cluster: ['cluster', 'status'],
};

async function withConfig<T>(
  cluster: object,
  body: (config: string, folder: string) => Promise<T>,
  more: object = {},
): Promise<T> {
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  const settings = { archive: './archive', politeness: { robots: false }, browser: { executablePath: '/nowhere' } };
  await writeFile(config, JSON.stringify({ ...settings, cluster, ...more }));
  return await body(config, folder.path);
}

/** What all commands say, each once: for programs, and the first ones for people. */
async function sayNothing(cluster: object): Promise<string> {
  let all = '';
  for (const [i, name] of (await commandNames()).entries()) {
    const args = COMMANDS[name] ?? [name];
    if (typeof args === 'string') continue;
    await withConfig(cluster, async (config) => {
      const { stdout, stderr } = await runHere([...args, ...(i % 4 === 0 ? [] : ['--json']), '--config', config]);
      requireNone(stdout + stderr, args.join(' '));
      all += stdout + stderr;
    });
  }
  return all;
}

describe('the secrets of a cluster', () => {
  it('are said by no command where nothing answers', async () => {
    assert.match(await sayNothing(AWAY), /postgres:\/\/127\.0\.0\.1:1\/papers/);
  });

  for (const [name, cluster] of Object.entries(WRONG))
    it(`are not said of a configuration with another kind of ${name}`, () =>
      withConfig(cluster, async (config) => {
        const { code, stdout, stderr } = await run(['status', '--json', '--config', config]);
        assert.equal(code, 2);
        requireNone(stdout + stderr, name);
      }));
});

const skip = skippedWithout('postgres', 'initdb', 'redis-server');
let postgresServer: PostgresServer;
let redisServer: Server & { readonly url: string };
let store: Stub;
if (skip === false) {
  before(async () => {
    [postgresServer, redisServer, store] = await Promise.all([startPostgres(), startRedis(), openS3Stub()]);
    await using admin = disposable(new Redis(redisServer.url));
    await admin.config('SET', 'requirepass', PASSWORD);
  });
  after(async () => {
    await postgresServer?.[Symbol.asyncDispose]();
    await redisServer?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
  });
}

/** As if the environment of the test had the keys of the store. */
async function withKeys<T>(keys: { readonly id: string; readonly secret: string }, body: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret });
  try {
    return await body();
  } finally {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  }
}

async function services() {
  const postgres = await postgresServer.database();
  migrateCluster(postgres);
  return { postgres, redis: redisServer.url.replace('//', `//:${encodeURIComponent(PASSWORD)}@`), storage: store.url };
}

describe('the secrets of a cluster that answers', { skip }, () => {
  it('are said by no command, nor kept in the archive', async () => {
    const cluster = await services();
    await withKeys(STUB_KEYS, async () => {
      const said = await sayNothing(cluster);
      assert.match(said, /articles wait|"leases":\{"held":0/);
      for (const [key, bytes] of store.objects) requireNone(bytes.toString('latin1'), key);
    });
  });

  it('are said by no command where a password is wrong, or the keys of the store', async () => {
    const cluster = await services();
    const refused = { ...cluster, postgres: addressOf(postgresServer.port, 'postgres', SECRET) };
    const redis = { ...cluster, redis: redisServer.url.replace('//', `//:${encodeURIComponent(SECRET)}@`) };
    const closed = await freePort();
    const gone = { ...cluster, redis: `redis://:${encodeURIComponent(SECRET)}@127.0.0.1:${closed}` };
    const tried: readonly (readonly [object, readonly string[], RegExp])[] = [
      [refused, ['status'], /DATABASE_REFUSED|refuses this user/],
      [refused, ['cluster', 'init'], /DATABASE_REFUSED|refuses this user/],
      [redis, ['cluster', 'status'], /WRONGPASS/],
      [gone, ['cluster', 'status'], /ECONNREFUSED/],
    ];
    await withKeys(STUB_KEYS, async () => {
      for (const [services, args, why] of tried)
        await withConfig({ ...services, storage: null }, async (config) => {
          const { stdout, stderr } = await runHere([...args, '--config', config]);
          requireNone(stdout + stderr, args.join(' '));
          assert.match(stdout + stderr, why);
        });
    });
    await withKeys({ id: S3_ID, secret: S3_SECRET }, () =>
      withConfig(cluster, async (config) => {
        const { exit, stdout, stderr } = await runHere(['manifest', 'write', '--config', config]);
        requireNone(stdout + stderr, 'manifest write');
        assert.notEqual(exit, 0);
      }),
    );
  });

  it('are said by no page, metric, health file or log of what goes on for months', async () => {
    const cluster = { ...(await services()), storage: null };
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    await withConfig(cluster, async (config) => {
      await using reader = goingOn(['serve', '--port', `${port}`, '--config', config]);
      requireNone(await reader.hears(`${origin}/run`, '</html>'), '/run');
      requireNone(await reader.ended(), 'serve');
    });
    const more = { browser: {}, monitor: { listen: `127.0.0.1:${port}`, file: 'health.json' } };
    await withConfig(
      cluster,
      async (config, folder) => {
        await using hand = goingOn(['worker', '--json', '--config', config]);
        requireNone(await hand.hears(`${origin}/metrics`, 'cluster_queue_up'), '/metrics');
        requireNone(await readFile(join(folder, 'health.json'), 'utf8'), 'health.json');
        requireNone(await hand.ended(), 'worker');
      },
      more,
    );
  });
});

function goingOn(args: readonly string[]) {
  const running = start(args);
  const ended = async () => {
    running.child.kill('SIGTERM');
    const { stdout, stderr } = await running.ended;
    return stdout + stderr;
  };
  return {
    ended,
    /** What an address answers, once it says so. */
    hears: async (url: string, wanted: string): Promise<string> => {
      for (;;) {
        if (running.child.exitCode !== null) assert.fail(await ended());
        const text = await fetch(url).then(
          (answer) => answer.text(),
          () => '',
        );
        if (text.includes(wanted)) return text;
        await sleep(50);
      }
    },
    [Symbol.asyncDispose]: async () => void (await ended()),
  };
}

function disposable(redis: Redis): Redis & AsyncDisposable {
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() });
}
