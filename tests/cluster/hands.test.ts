/** Several machines with one schedule: every article once, one polite visitor, whoever is killed, stopped or emptied. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Client } from 'pg';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { requirePolite, rows } from '../support/cluster.ts';
import { type Running, run, start, temporaryFolder } from '../support/command.ts';
import {
  connectTo,
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

const INTERVAL_MS = 120;
const ASSET_INTERVAL_MS = 80;
const TIMEOUT_MS = 2000;

describe('several hands and two schedules', { skip }, () => {
  it('archive every article once, politely, though hands are killed and stopped, the queue is emptied and the leader dies', async () => {
    await using newspaper = await openNewspaper({
      articles: 14,
      imagesPerArticle: 1,
      specials: false,
      pageBytes: 4000,
    });
    await using folder = await temporaryFolder();
    const postgres = await postgresServer.database();
    const redis = redisServer.url.replace('redis://', `redis://:${encodeURIComponent(PASSWORD)}@`);
    await using client = await connectTo(postgres);
    await using admin = disposable(new Redis(redisServer.url));
    await admin.call('CONFIG', 'SET', 'requirepass', PASSWORD);
    const config = join(folder.path, 'config.yaml');
    const politeness = { intervalMs: INTERVAL_MS, assetIntervalMs: ASSET_INTERVAL_MS, backoffMs: 100 };
    const cluster = JSON.stringify({ postgres, redis });
    const text = newspaper.config({ archive: './archive', politeness });
    await writeFile(config, `${text}\nbrowser: { timeoutMs: ${TIMEOUT_MS} }\ncluster: ${cluster}\n`);
    migrateCluster(postgres);

    await using all = processes();
    const leader = all.start(['schedule', '--json', '--config', config]);
    const [first, second] = [0, 1].map(() => all.start(['worker', '--json', '--config', config]));
    assert.ok(first !== undefined && second !== undefined);
    await until(async () => (await leaders(client)).length === 1);
    const heir = all.start(['schedule', '--json', '--config', config]);

    const killed = await inHandOf(first, client);
    first.child.kill('SIGKILL');
    await runOut(killed, client);
    await admin.flushall();

    const stopped = await inHandOf(second, client);
    second.child.kill('SIGSTOP');
    await runOut(stopped, client);
    const third = all.start(['worker', '--json', '--config', config]);
    await until(async () => (await outcomeOf(stopped, client)) !== null);
    const [before] = await rows(client, 'SELECT * FROM targets WHERE id = $1', stopped);
    second.child.kill('SIGCONT');

    leader.child.kill('SIGKILL');
    await heir.says('this schedule leads now');
    const status = await run(['cluster', 'status', '--config', config]);
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, /leads/);
    await until(async () => (await rows(client, 'SELECT 1 FROM targets WHERE outcome IS NULL')).length === 0);
    assert.deepEqual((await rows(client, 'SELECT * FROM targets WHERE id = $1', stopped))[0], before);

    for (const each of [heir, second, third]) each.child.kill('SIGTERM');
    const ended = await Promise.all([heir, second, third].map((each) => each.ended));
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0, 0],
      ended.map(({ stderr }) => stderr).join('\n'),
    );
    const outcomes = await rows(client, 'SELECT id, outcome FROM targets ORDER BY id');
    assert.deepEqual(
      outcomes.filter(({ outcome }) => outcome !== 'archived'),
      [],
    );
    assert.equal(outcomes.length, newspaper.articles.length);
    const said = (await all.outputs())
      .flatMap(({ stdout }) => stdout.split('\n'))
      .filter((line) => line.includes('"outcome":"archived"'));
    const ids = said.map((line) => (JSON.parse(line) as { readonly id: string }).id);
    assert.equal(new Set(ids).size, ids.length, 'no article was settled twice');
    const slots = await rows(client, 'SELECT source, slot_at FROM served_slots');
    assert.equal(slots.length, new Set(slots.map(({ source }) => source)).size, 'no slot was served twice');

    requirePolite(newspaper.requests, 'www', INTERVAL_MS);
    requirePolite(newspaper.requests, 'community', INTERVAL_MS);
    const pictures = newspaper.requests.filter(({ path }) => path !== '/robots.txt'); // which has the pace of pages
    requirePolite(pictures, 'images', ASSET_INTERVAL_MS);
    const outputs = [...(await all.outputs()), status].map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) assert.ok(!outputs.includes(secret), 'a password');
  });
});

/** An article that a hand has in hand just now. */
async function inHandOf({ child }: Running, client: Client): Promise<string> {
  let id = '';
  await until(async () => {
    const hands = await rows(client, 'SELECT name, in_hand FROM hands');
    const mine = hands.find(({ name }) => String(name).includes(`-${child.pid}-`));
    id = (JSON.parse((mine?.in_hand as string | undefined) ?? '[]') as string[])[0] ?? '';
    if (id === '') return false;
    return (await rows(client, 'SELECT 1 FROM targets WHERE id = $1 AND token IS NOT NULL', id)).length === 1;
  });
  return id;
}

/** As if the time of its lease had gone by. */
async function runOut(id: string, client: Client): Promise<void> {
  await client.query('UPDATE targets SET leased_until = 1 WHERE id = $1', [id]);
}

async function outcomeOf(id: string, client: Client): Promise<unknown> {
  return (await rows(client, 'SELECT outcome FROM targets WHERE id = $1', id))[0]?.outcome ?? null;
}

async function leaders(client: Client): Promise<readonly object[]> {
  return rows(client, 'SELECT 1 FROM hands WHERE leads = 1');
}

const PATIENCE_MS = 400_000;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const from = performance.now(); !(await isSo()); ) {
    assert.ok(performance.now() - from < PATIENCE_MS, `still not: ${isSo.toString()}`);
    await sleep(30);
  }
}

function disposable(redis: Redis): Redis & AsyncDisposable {
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() });
}

/** Processes that end with the test. */
function processes() {
  const running: Running[] = [];
  return {
    start: (args: readonly string[]): Running => {
      const one = start(args);
      running.push(one);
      return one;
    },
    /** Of those that have ended. */
    outputs: () => Promise.all(running.map(({ ended }) => ended)),
    [Symbol.asyncDispose]: async () => {
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}
