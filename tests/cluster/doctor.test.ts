/** The doctor asks each service of a cluster, says what is wrong with it and what to do, and no password. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { clusterChecks } from '../../src/commands/doctor-cluster.ts';
import type { CheckContext, Found } from '../../src/commands/found.ts';
import { type Config, defaultConfig } from '../../src/config.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { run, temporaryFolder } from '../support/command.ts';
import {
  addressOf,
  connectTo,
  freePort,
  PASSWORD,
  type PostgresServer,
  type Server,
  skippedWithout,
  startPostgres,
  startRedis,
} from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb', 'redis-server');
let postgresServer: PostgresServer;
let redisServer: Server & { readonly url: string };
if (skip === false) {
  before(async () => {
    [postgresServer, redisServer] = await Promise.all([startPostgres(), startRedis()]);
  });
  after(async () => {
    await postgresServer?.[Symbol.asyncDispose]();
    await redisServer?.[Symbol.asyncDispose]();
  });
}

const NONE = { postgres: null, redis: null, storage: null };

async function found(services: Partial<Config['cluster']>): Promise<ReadonlyMap<string, Found>> {
  const cluster = { ...defaultConfig().cluster, ...NONE, ...services };
  const config = { ...defaultConfig(), cluster };
  const all = new Map<string, Found>();
  for (const [name, check] of Object.entries(clusterChecks(cluster)))
    all.set(name, await check({ config } as CheckContext));
  const said = JSON.stringify([...all]);
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) assert.ok(!said.includes(secret), said);
  return all;
}

const states = (all: ReadonlyMap<string, Found>) =>
  Object.fromEntries([...all].map(([name, { state }]) => [name, state]));

describe('the doctor of a cluster', { skip }, () => {
  it('finds a cluster well, part by part', async () => {
    await using folder = await temporaryFolder();
    const postgres = await postgresServer.database();
    migrateCluster(postgres);
    const all = await found({ postgres, redis: redisServer.url, storage: folder.path });
    assert.deepEqual(states(all), {
      postgres: 'ok',
      tables: 'ok',
      clocks: 'ok',
      places: 'ok',
      vacuum: 'ok',
      redis: 'ok',
      store: 'ok',
    });
    assert.match(all.get('postgres')?.says ?? '', /^postgres:\/\/127\.0\.0\.1:\d+\/t\w+ is PostgreSQL \d+\.\d+$/);
    assert.match(
      all.get('places')?.says ?? '',
      /^\d+ of \d+ connections are in use, [1-9]\d* of them by this program$/,
    );
    assert.match(all.get('redis')?.says ?? '', /is Redis \d+\.\d+/);
    assert.deepEqual([...(await found({})).keys()], []);
  });

  it('prints the checks of a cluster behind those of the machine, for programs too', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    const postgres = await postgresServer.database();
    await writeFile(config, JSON.stringify({ archive: './archive', cluster: { postgres } }));
    const ended = await run(['doctor', '--json', '--config', config]);
    const tables = ended.lines().find(({ check }) => check === 'tables');
    assert.deepEqual([ended.code, tables?.state], [3, 'bad']);
    assert.match(String(tables?.fix), /cluster init/);
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)])
      assert.ok(!(ended.stdout + ended.stderr).includes(secret));
  });

  it('says what is wrong with a database', async () => {
    const fresh = await postgresServer.database();
    assert.match((await found({ postgres: fresh })).get('tables')?.fix ?? '', /cluster init/);
    const nowhere = await found({ postgres: addressOf(await freePort(), 'none') });
    assert.match(nowhere.get('postgres')?.says ?? '', /^DATABASE_AWAY: /);
    assert.deepEqual(
      [...nowhere].map(([, { state }]) => state),
      Array(5).fill('bad'),
    );
    const refused = await found({ postgres: addressOf(postgresServer.port, 'postgres', `not-${PASSWORD}`) });
    assert.match(refused.get('postgres')?.says ?? '', /^DATABASE_REFUSED: /);

    await using admin = await connectTo(addressOf(postgresServer.port, 'postgres'));
    await admin.query('ALTER SYSTEM SET autovacuum = off');
    await admin.query('SELECT pg_reload_conf()');
    const vacuum = async () => (await found({ postgres: fresh })).get('vacuum')?.state;
    while ((await vacuum()) !== 'warn'); // the server takes it up soon
    await admin.query('ALTER SYSTEM RESET autovacuum');
    await admin.query('SELECT pg_reload_conf()');
    while ((await vacuum()) !== 'ok');

    const asked = await admin.query<{ most: string }>(`SELECT current_setting('max_connections') AS most`);
    const most = Number(asked.rows[0]?.most);
    const others = await Promise.all(
      Array.from({ length: most - 8 }, () => connectTo(addressOf(postgresServer.port, 'postgres'))),
    );
    const places = (await found({ postgres: fresh })).get('places');
    for (const each of others) await each[Symbol.asyncDispose]();
    assert.equal(places?.state, 'warn', places?.says);
  });

  it('says what is wrong with a Redis', async () => {
    await using admin = disposable(new Redis(redisServer.url));
    const redis = async (url = redisServer.url) => (await found({ redis: url })).get('redis');
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    assert.match((await redis())?.fix ?? '', /noeviction/);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'replica-read-only', 'yes');
    await admin.replicaof('127.0.0.1', 1);
    assert.match((await redis())?.fix ?? '', /name the master/);
    await admin.replicaof('NO', 'ONE');
    assert.equal((await redis())?.state, 'ok');

    await admin.config('SET', 'requirepass', PASSWORD);
    const withPassword = (password: string) => redisServer.url.replace('//', `//:${encodeURIComponent(password)}@`);
    assert.match((await redis())?.says ?? '', /NOAUTH/);
    assert.match((await redis(withPassword(`not-${PASSWORD}`)))?.says ?? '', /WRONGPASS/);
    assert.equal((await redis(withPassword(PASSWORD)))?.state, 'ok');
    await admin.config('SET', 'requirepass', '');
    const nowhere = await redis(`redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${await freePort()}`);
    assert.deepEqual([nowhere?.state, /ECONNREFUSED/.test(nowhere?.says ?? '')], ['bad', true]);
  });
});

function disposable(redis: Redis): Redis & AsyncDisposable {
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() });
}
