/**
 * Hands of a cluster that are killed and stopped at random, two schedules whose leader is killed, a database that starts anew,
 * a queue that is emptied or starts anew, a store that fails one call in twenty: every article once, one polite visitor as the
 * server sees it, and the archive that one undisturbed machine makes.
 * As a program: `cluster.ts [--hands N] [--articles N] [--kills N] [--stops N] [--leaders N] [--restarts N] [--flushes N] [--minutes N] [--seed N]`;
 * the deeds are spread over so many minutes.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import type { Client } from 'pg';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { requirePolite, rows } from '../support/cluster.ts';
import { type Running, run, start, temporaryFolder } from '../support/command.ts';
import { compareArchives, readAllExchanges } from '../support/compare-archives.ts';
import { STUB_KEYS } from '../support/s3-stub.ts';
import { startS3Stub } from '../support/s3-stub-thread.ts';
import { connectTo, startPostgres, startRedis } from '../support/servers.ts';
import { files } from '../support/tree.ts';

const INTERVAL_MS = 100;
/** Of a request. A claim of a host runs out after twice as long. */
const TIMEOUT_MS = 4000;
/** Of a stop: longer than a claim, and than half of one. */
const STOPS_MS = [300, 5000, 10_000];
/** One call in twenty. */
const FAULTS = { internal: 0.01, slowDown: 0.01, reset: 0.01, lost: 0.01, cut: 0.01 };

const { values } = parseArgs({
  options: {
    hands: { type: 'string', default: '4' },
    articles: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '200' },
    stops: { type: 'string', default: '200' },
    leaders: { type: 'string', default: '20' },
    restarts: { type: 'string', default: '20' },
    flushes: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const wanted = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const { hands = 0, articles = 0, minutes = 0, seed = 0 } = wanted;
const random = openRandom(seed, 'cluster');
const from = performance.now();
const say = (line: string) =>
  process.stdout.write(`${String(Math.round((performance.now() - from) / 1000)).padStart(5)} s  ${line}\n`);

await using postgresServer = await startPostgres();
await using redisServer = await startRedis();
await using stub = await startS3Stub({ faults: FAULTS, seed });
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
const env = { AWS_ACCESS_KEY_ID: STUB_KEYS.id, AWS_SECRET_ACCESS_KEY: STUB_KEYS.secret };
const politeness = { intervalMs: INTERVAL_MS, assetIntervalMs: INTERVAL_MS, backoffMs: 100 };
const cluster = { postgres, redis: redisServer.url, storage: stub.url };

/** Writes the configuration of a machine, whose own folder has its name. */
async function configOf(machine: string, more: object, pace: typeof politeness = politeness): Promise<string> {
  const file = join(folder.path, `${machine}.yaml`);
  const text = newspaper.config({ archive: `./${machine}`, politeness: pace });
  const settings = { browser: { timeoutMs: TIMEOUT_MS }, capture: { what: 'all' }, revisits: { agesMs: [] }, ...more };
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  await writeFile(file, `${text}\n${lines.join('\n')}\n`);
  return file;
}

// The first two hands share a machine, and so do the schedules.
const machines = await Promise.all(
  Array.from({ length: hands }, (_, i) => configOf(`machine-${Math.max(i, 1)}`, { cluster })),
);
const authority = await configOf('authority', { cluster });
/** Whoever ends without having been asked to is heard of. */
function begin(command: string, config: string): Running {
  const running = start([command, '--json', '--config', config], { env });
  void running.ended.then(({ code, stderr }) => {
    if (code !== null && code !== 0) say(`${command} ended with ${code}: ${stderr.slice(-2000)}`);
  });
  return running;
}
const workers = machines.map((config) => begin('worker', config));
const schedules = [begin('schedule', authority), begin('schedule', authority)];
const ended: Running[] = [];
const redis = new Redis(redisServer.url, { retryStrategy: () => 200, maxRetriesPerRequest: null });
redis.on('error', () => {}); // it is stopped here
const watch = await connectTo(postgres);
await watchSettles(watch);
await watch[Symbol.asyncDispose]();

/** What was settled by others while a hand that had it was stopped. */
const overtaken = new Map<string, string>();
const stopped = new Set<Running>();

const DEEDS: Readonly<Record<string, () => Promise<void>>> = {
  kills: async () => replace(workers, 'worker', machines),
  leaders: async () => replace(schedules, 'schedule', [authority, authority]),
  stops: async () => void stopForAWhile(random.pick(workers), random.pick(STOPS_MS)),
  restarts: async () => {
    await postgresServer.stop(random.pick(['SIGKILL', 'SIGINT']));
    await sleep(random.int(0, 2000));
    await postgresServer.start();
  },
  flushes: async () => {
    if (random.pick([true, false])) return void (await redis.flushall());
    await redisServer.stop('SIGKILL');
    await sleep(random.int(0, 2000));
    await redisServer.start();
  },
};

const left = new Map(Object.keys(DEEDS).map((name) => [name, wanted[name] ?? 0]));
const deeds = [...left]
  .flatMap(([name, count]) => Array.from({ length: count }, () => ({ name, place: random.int(0, 1e9) })))
  .toSorted((a, b) => a.place - b.place)
  .map(({ name }) => name);
const pauseMs = (minutes * 60_000) / Math.max(deeds.length, 1);
for (const [i, name] of deeds.entries()) {
  const due = from + (i + 1) * pauseMs;
  await sleep(Math.max(0, due - performance.now()));
  await DEEDS[name]?.();
  left.set(name, (left.get(name) ?? 0) - 1);
  if (i % 10 === 9) say(`${i + 1} of ${deeds.length} deeds, ${newspaper.requests.length} requests`);
}
while (stopped.size > 0) await sleep(100);
say('all deeds are done');
await using client = await connectTo(postgres);
for (let before = ''; ; await sleep(2000)) {
  // What two deaths had in hand is asked for again later, and what dead hands hold runs out; here at once.
  await client.query(`UPDATE targets SET again_at = 1 WHERE code = 'RUN_DIED'`);
  const [{ count = 0, known = 0 } = {}] = await rows(
    client,
    `SELECT count(*) FILTER (WHERE outcome IS DISTINCT FROM 'archived' AND outcome IS DISTINCT FROM 'unchanged') AS count, count(*) AS known FROM targets`,
  );
  const now = `${known} known, ${count} not yet archived`;
  if (now !== before) say(now);
  before = now;
  if (Number(count) === 0 && Number(known) === newspaper.articles.length) break;
}
const clusterMs = performance.now() - from;
// Captures of hands that died are taken up by those that live, who have files of their own.
const most = hands + 1;
for (let open = await openCaptures(); open.length > most; open = await openCaptures()) {
  say(`${open.length} files of captures are open`);
  await sleep(10_000);
}
for (const { child } of [...workers, ...schedules]) child.kill('SIGTERM');
const outputs = await Promise.all([...ended, ...workers, ...schedules].map((each) => each.ended));
redis.disconnect();
assert.deepEqual(await openCaptures(), [], 'nothing that the dead left is open');

// 0 lost, 0 settled twice.
const settles = await rows(client, 'SELECT id, outcome, token FROM settles');
const archived = settles.filter(({ outcome }) => outcome === 'archived' || outcome === 'unchanged');
assert.deepEqual(
  [...new Set(archived.map(({ id }) => id))].toSorted(),
  newspaper.articles.map(({ id }) => id).toSorted(),
  'every article was archived',
);
assert.equal(archived.length, newspaper.articles.length, 'none was settled twice');
assert.ok(
  archived.every(({ token }) => token !== null),
  'each by who had it',
);
const said = outputs
  .flatMap(({ stdout }) => stdout.split('\n'))
  .filter((line) => line.includes('"outcome":"archived"'));
const ids = said.map((line) => (JSON.parse(line) as { readonly id: string }).id);
assert.equal(new Set(ids).size, ids.length, 'none was said to be archived twice');
for (const [id, row] of overtaken)
  assert.equal(await rowOf(id, client), row, `${id}: a hand that had been stopped changed it`);
const deaths = settles.filter(({ outcome }) => outcome === 'failed').length;
say(`${archived.length} articles archived, none lost, none twice; ${deaths} times set aside after two deaths`);
say(`${overtaken.size} articles were archived by others while a hand that had them was stopped: it changed nothing`);

// The newspaper's view.
const seen = newspaper.requests.filter(({ origin, path }) => origin !== 'images' || path !== '/robots.txt'); // which has the pace of pages
for (const origin of ['www', 'community', 'images']) {
  const { smallest, count } = requirePolite(seen, origin, INTERVAL_MS);
  say(`${origin}: ${count} requests, never two at once; smallest gap ${smallest.toFixed(1)} ms of ${INTERVAL_MS}`);
}
const { requests, struck } = await stub.counts();
say(`store: ${requests} requests, ${struck} of them struck by a fault`);
stub.set({});

// The archive: on a disk, beside that of one machine.
const copy = join(folder.path, 'copy');
const copied = await run(['copy', stub.url, copy], { env });
assert.equal(copied.code, 0, copied.stderr);
const single = await configOf('single', {}, { ...politeness, intervalMs: 0, assetIntervalMs: 0 });
const crawled = await run(['crawl', '--config', single]);
assert.equal(crawled.code, 0, crawled.stderr.slice(-2000));
const compared = await compareArchives(copy, join(folder.path, 'single'));
assert.deepEqual(compared.differences.slice(0, 40), [], `${compared.differences.length} differences`);
say(`${compared.files} files, the same as those of one undisturbed machine`);
say(`${await readAllExchanges(copy)} exchanges that records name, each read by its place and hash`);
const audited = await run(['audit', '--config', await configOf('copy', { cluster: { postgres } })]);
assert.equal(audited.code, 0, audited.stdout.slice(-5000));
say(`audit of the copy with the queue in PostgreSQL: ${audited.stdout.trim().split('\n').at(-1)}`);
say(`${(clusterMs / 60_000).toFixed(1)} minutes for the cluster`);

/** In the spools of all machines. */
async function openCaptures(): Promise<readonly string[]> {
  return (await files(folder.path)).filter((path) => path.endsWith('.warc.gz.open'));
}

/** Writes down each article that gets an outcome, whoever it is that says so. */
async function watchSettles(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE settles (id TEXT, outcome TEXT, token TEXT);
    CREATE FUNCTION note_settle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO settles VALUES (NEW.id, NEW.outcome, OLD.token); RETURN NEW; END $$;
    CREATE TRIGGER settled AFTER UPDATE ON targets FOR EACH ROW
      WHEN (NEW.outcome IS NOT NULL AND OLD.outcome IS NULL) EXECUTE FUNCTION note_settle()`);
}

function replace(running: Running[], command: string, configs: readonly string[]): void {
  const place = random.int(0, running.length - 1);
  const victim = running[place];
  if (victim === undefined) return;
  victim.child.kill('SIGKILL');
  ended.push(victim);
  running[place] = begin(command, configs[place] ?? '');
}

/** Every other time what it has in hand is given to others meanwhile. */
async function stopForAWhile(running: Running, timeMs: number): Promise<void> {
  const { child } = running;
  stopped.add(running);
  child.kill('SIGSTOP');
  try {
    const inHand = random.pick([true, false]) ? await takenFrom(child.pid) : [];
    await sleep(timeMs);
    if (inHand.length > 0) {
      await using client = await connectTo(postgres);
      for (const id of inHand) {
        const row = await rowOf(id, client);
        if (/"outcome":"(?:archived|unchanged)"/.test(row)) overtaken.set(id, row);
      }
    }
  } catch {
    // The database is away just now: then nothing is looked at.
  }
  child.kill('SIGCONT');
  stopped.delete(running);
}

/** What a hand has in hand, as if the time of its lease had gone by. */
async function takenFrom(pid: number | undefined): Promise<readonly string[]> {
  await using client = await connectTo(postgres);
  const found = await rows(client, `SELECT in_hand FROM hands WHERE name LIKE '%-' || $1 || '-%'`, String(pid));
  const inHand = found.flatMap((row) => JSON.parse(String(row.in_hand)) as string[]);
  const ranOut = 'UPDATE targets SET leased_until = 1 WHERE token IS NOT NULL AND id = ANY($1) RETURNING id';
  return (await rows(client, ranOut, inHand)).map(({ id }) => String(id));
}

async function rowOf(id: string, client: Client): Promise<string> {
  return JSON.stringify((await rows(client, 'SELECT * FROM targets WHERE id = $1', id))[0]);
}
