/**
 * Hands of a cluster that are killed and stopped at random, two schedules whose leader is killed, a database that starts
 * anew and a queue that is emptied: every article once, and one polite visitor as the server sees it.
 * As a program: `cluster.ts [--hands N] [--articles N] [--kills N] [--stops N] [--leaders N] [--restarts N] [--flushes N] [--seed N]`.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { requirePolite, rows } from '../support/cluster.ts';
import { type Running, start, temporaryFolder } from '../support/command.ts';
import { connectTo, startPostgres, startRedis } from '../support/servers.ts';

const INTERVAL_MS = 100;
const LONGEST_MS = 8000;
/** Of a stop: a claim of a host has run out by then. */
const STOPPED_MS = 6000;

const { values } = parseArgs({
  options: {
    hands: { type: 'string', default: '4' },
    articles: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '200' },
    stops: { type: 'string', default: '200' },
    leaders: { type: 'string', default: '20' },
    restarts: { type: 'string', default: '20' },
    flushes: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const wanted = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const { hands = 0, articles = 0, seed = 0 } = wanted;
const random = openRandom(seed, 'cluster');
const say = (line: string) => process.stdout.write(`${line}\n`);

await using postgresServer = await startPostgres();
await using redisServer = await startRedis();
await using newspaper = await openNewspaper({
  articles,
  imagesPerArticle: 1,
  specials: false,
  pageBytes: 4000,
  listSize: 200,
});
await using folder = await temporaryFolder();
const postgres = await postgresServer.database();
migrateCluster(postgres);
const config = join(folder.path, 'config.yaml');
const politeness = { intervalMs: INTERVAL_MS, assetIntervalMs: INTERVAL_MS, backoffMs: 100 };
const cluster = JSON.stringify({ postgres, redis: redisServer.url });
const text = newspaper.config({ archive: './archive', politeness });
await writeFile(config, `${text}\nbrowser: { timeoutMs: 2000 }\ncluster: ${cluster}\nrevisits: { agesMs: [] }\n`);

const begin = (command: string) => start([command, '--json', '--config', config]);
const workers = Array.from({ length: hands }, () => begin('worker'));
const schedules = [begin('schedule'), begin('schedule')];
const ended: Running[] = [];
const redis = new Redis(redisServer.url);

const DEEDS: Readonly<Record<string, () => Promise<void>>> = {
  kills: async () => replace(workers, 'worker'),
  leaders: async () => replace(schedules, 'schedule'),
  stops: async () => {
    const child = workers[random.int(0, workers.length - 1)]?.child;
    child?.kill('SIGSTOP');
    await sleep(STOPPED_MS);
    child?.kill('SIGCONT');
  },
  restarts: async () => {
    await postgresServer.stop('SIGKILL');
    await sleep(random.int(0, 2000));
    await postgresServer.start();
  },
  flushes: async () => void (await redis.flushall()),
};

const left = new Map(Object.keys(DEEDS).map((name) => [name, wanted[name] ?? 0]));
for (let still = deedsLeft(); still.length > 0; still = deedsLeft()) {
  const name = still[random.int(0, still.length - 1)] ?? '';
  await sleep(random.int(200, LONGEST_MS));
  await DEEDS[name]?.();
  left.set(name, (left.get(name) ?? 0) - 1);
  say(`${name}: ${left.get(name)} left`);
}
await using client = await connectTo(postgres);
// What two deaths had in hand is asked for again later; here at once.
await client.query(`UPDATE targets SET again_at = 1 WHERE code = 'RUN_DIED'`);
for (const { ended: end } of [...workers, ...schedules])
  void end.then(({ code, stderr }) => say(`ended with ${code}: ${stderr.slice(-1000)}`));
for (;;) {
  const [{ count = 0 } = {}] = await rows(
    client,
    `SELECT count(*) AS count FROM targets WHERE outcome IS DISTINCT FROM 'archived'`,
  );
  const [{ known = 0 } = {}] = await rows(client, 'SELECT count(*) AS known FROM targets');
  say(`${known} known, ${count} not yet archived`);
  if (Number(count) === 0 && Number(known) > 0) break;
  await sleep(5000);
}
for (const { child } of [...workers, ...schedules]) child.kill('SIGTERM');
const outputs = await Promise.all([...ended, ...workers, ...schedules].map((each) => each.ended));
redis.disconnect();
const settled = outputs
  .flatMap(({ stdout }) => stdout.split('\n'))
  .filter((line) => line.includes('"outcome":"archived"'));
const ids = settled.map((line) => (JSON.parse(line) as { readonly id: string }).id);
assert.equal(new Set(ids).size, ids.length, 'no article was settled twice');
const smallest = ['www', 'community'].map((origin) => requirePolite(newspaper.requests, origin, INTERVAL_MS));
say(
  `${ids.length} articles said to be archived, none twice; smallest gaps ${smallest.map(Math.round).join(' and ')} ms of ${INTERVAL_MS}`,
);

function deedsLeft(): string[] {
  return [...left].filter(([, count]) => count > 0).map(([name]) => name);
}

function replace(running: Running[], command: string): void {
  const place = random.int(0, running.length - 1);
  const victim = running[place];
  if (victim === undefined) return;
  victim.child.kill('SIGKILL');
  ended.push(victim);
  running[place] = begin(command);
}
