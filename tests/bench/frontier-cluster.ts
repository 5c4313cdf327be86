/**
 * The queue of a cluster beside that of one machine, at a million targets: targets added, claimed and settled per second as
 * ratios, how the next one is found, how far the tables grow in a month of revisits and what vacuum leaves of it, and how long
 * a million rows take there and back. `npm run bench:cluster [-- --most N --part speeds|growth|carry]`
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Database } from '../../src/database.ts';
import { type Operations, openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster, openCluster, openPostgresFrontier } from '../../src/frontier/postgres.ts';
import type { Target } from '../../src/model.ts';
import { connectTo, startPostgres } from '../support/servers.ts';
import { measure } from './measure.ts';

const { values } = parseArgs({
  options: { most: { type: 'string', default: '1000000' }, part: { type: 'string', default: 'all' } },
});
const MOST = Number(values.most);
const SOME = 1000;
/** Articles of a list. */
const LIST = 50;
const DAYS = 30;
const HOURLY = 900; // one request in four seconds
const TABLES = ['targets', 'visits', 'revisits'];
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayLoad = () => say(`load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`);

const folder = await mkdtemp(join(tmpdir(), 'guancha-cluster-'));
const archive = join(folder, 'archive');
// An hour of a month goes by in a fraction of a second: so often autovacuum looks, and not once a minute.
await using server = await startPostgres(['autovacuum_naptime=1s', 'track_counts=on']);
const url = await server.database();
await using watcher = await connectTo(url);
const places = {
  sqlite: { archive, cluster: { postgres: null } },
  postgres: { archive, cluster: { postgres: url } },
};
try {
  await mkdir(archive);
  migrateCluster(url);
  sayLoad();
  for (const [part, measured] of Object.entries({ speeds, growth, carry: thereAndBack }))
    if (values.part === 'all' || values.part === part) await measured();
  sayLoad();
} finally {
  await rm(folder, { recursive: true, force: true });
}

function speeds(): void {
  const [alone, cluster] = Object.values(places).map((place) => {
    using operations = openOperations(place, { command: 'bench', attempts: 3 });
    return speedsOf(operations);
  });
  for (const [what, count] of Object.entries(alone ?? {})) {
    const other = cluster?.[what] ?? 0;
    const times = (count / other).toFixed(1);
    say(`${what}: ${count.toFixed(0)} a second alone, ${other.toFixed(0)} in PostgreSQL, ${times} times`);
  }
}

/** How the next one is found with a million that wait and that have ended, and how far the tables grow in a month. */
async function growth(): Promise<void> {
  using operations = openOperations(places.postgres, { command: 'bench' });
  addAll(operations);
  await sizes(`${MOST} added`);
  using database = openCluster(url);
  await watcher.query('VACUUM (ANALYZE) targets');
  explain(database, `${MOST} wait`);
  // What a vacuum comes to by the settings of the tables, and by those of the server.
  await watcher.query('ALTER TABLE targets SET (autovacuum_enabled = off)');
  for (const share of [0.01, 0.2]) {
    await takeFirst((MOST * share) / 2);
    explain(database, `${MOST * share} rows are dead`);
    explain(database, 'once more');
    await watcher.query('VACUUM (ANALYZE) targets');
    explain(database, 'after vacuum');
  }
  await watcher.query('ALTER TABLE targets RESET (autovacuum_enabled)');

  await takeFirst(MOST);
  await watcher.query(
    `INSERT INTO visits (id, outcome, at) SELECT id, 'archived', 0 FROM targets ON CONFLICT DO NOTHING`,
  );
  await watcher.query('INSERT INTO revisits (id, url, due_at, last_at) SELECT id, url, priority, 0 FROM targets');
  await watcher.query('VACUUM (FULL, ANALYZE)');
  await sizes('all archived, planned to be visited again, and written anew');
  explain(database, 'none waits');
  for (let hour = 0; hour < DAYS * 24; hour++) await goBy(hour);
  await sizes(`after ${DAYS * 24 * HOURLY} revisits in ${DAYS} days`);
  await watcher.query('VACUUM (ANALYZE)');
  await sizes('after vacuum');
  explain(database, 'a month later');
  explain(database, 'once more');
}

async function thereAndBack(): Promise<void> {
  {
    using operations = openOperations(places.sqlite, { command: 'bench' });
    addAll(operations);
  }
  const config = join(folder, 'config.yaml');
  const other = await server.database();
  migrateCluster(other);
  await writeFile(config, JSON.stringify({ archive, cluster: { postgres: other } }));
  for (const action of ['import', 'export']) {
    const program = join(import.meta.dirname, '../../src/cli.ts');
    const used = await measure([process.execPath, program, 'cluster', action, '--config', config], { memory: true });
    const [wall, cpu] = [used.wallMs, used.cpuMs].map((timeMs) => (timeMs / 1000).toFixed(0));
    say(`cluster ${action}: ${wall} s, ${cpu} s of the processor, ${(used.peakBytes / 1e6).toFixed(0)} MB of memory`);
    await rm(join(archive, 'frontier.sqlite'), { force: true }); // what `export` makes anew
  }
}

function addAll({ frontier }: Operations): void {
  for (let from = 0; from < MOST; from += 1000)
    frontier.add(Array.from({ length: Math.min(1000, MOST - from) }, (_, i) => targetOf(from + i)));
}

function speedsOf(operations: Operations): Readonly<Record<string, number>> {
  const { frontier, transaction, journal } = operations;
  const perSecond = (count: number, work: () => void) => {
    const from = performance.now();
    work();
    return (count * 1000) / (performance.now() - from);
  };
  const add = perSecond(MOST, () => addAll(operations));
  const again = perSecond(10 * SOME, () => {
    for (let i = 0; i < (10 * SOME) / LIST; i++)
      frontier.add(Array.from({ length: LIST }, (_, j) => targetOf((i * 7919 + j) % MOST)));
  });
  const one = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) frontier.find('guancha:1');
  });
  const take = () => frontier.take() ?? fail();
  const taken = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) frontier.release(take());
  });
  const settled = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) {
      const lease = take();
      transaction(() => {
        journal.visits.note(lease.target.id, 'archived');
        return frontier.settle(lease, { kind: 'archived', key: lease.target.id });
      });
    }
  });
  const failing = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) frontier.settle(take(), { kind: 'failed', code: 'NETWORK', detail: 'why' });
  });
  const wanted = Array.from({ length: 20_000 }, (_, i) => targetOf((i * 7919) % MOST).id);
  const chosen = perSecond(20, () => {
    for (let i = 0; i < 20; i++) {
      const lease = frontier.take(wanted);
      if (lease !== null) frontier.release(lease);
    }
  });
  return {
    'find one: a statement or two': one,
    'add a target': add,
    'add one that is known': again,
    'take and release': taken,
    'take, note and settle': settled,
    'take and fail': failing,
    'take one of 20,000 and release': chosen,
  };
}

function fail(): never {
  throw new Error('nothing waits');
}

/** As hands do it, each in two steps: in the hands, then archived. */
async function takeFirst(count: number): Promise<void> {
  for (let done = 0; done < count; done += 10_000) {
    const first = `SELECT id FROM targets WHERE outcome IS NULL ORDER BY priority DESC, id DESC LIMIT ${Math.min(10_000, count - done)}`;
    await watcher.query(
      `UPDATE targets SET token = id, leased_until = 1, attempts = attempts + 1 WHERE id IN (${first})`,
    );
    await watcher.query(
      `UPDATE targets SET token = NULL, leased_until = NULL, outcome = 'archived', detail = id, settled_at = 1 WHERE token IS NOT NULL`,
    );
  }
}

/** An hour of a cluster: its revisits, and forty new articles. */
async function goBy(hour: number): Promise<void> {
  const due = await watcher.query<{ readonly id: string }>('SELECT id FROM revisits ORDER BY due_at, id LIMIT $1', [
    HOURLY,
  ]);
  const ids = due.rows.map(({ id }) => id);
  await watcher.query('UPDATE revisits SET begun = begun + 1 WHERE id = ANY($1)', [ids]);
  await watcher.query(
    `INSERT INTO visits (id, outcome, at) SELECT unnest($1::text[]), 'unchanged', $2
     ON CONFLICT (id, outcome) DO UPDATE SET at = excluded.at`,
    [ids, hour],
  );
  await watcher.query('UPDATE revisits SET due_at = due_at + 10000000, begun = 0 WHERE id = ANY($1)', [ids]);
  await watcher.query(
    `INSERT INTO targets (id, url, priority, added_at) SELECT 'guancha:' || n, '', n, 0 FROM generate_series($1::bigint, $1::bigint + 39) AS n`,
    [10 * MOST + hour * 40],
  );
  await takeFirst(40);
}

async function sizes(when: string): Promise<void> {
  const { rows } = await watcher.query<Record<string, string>>(
    `SELECT relname AS name, pg_table_size(relid) AS rows, pg_indexes_size(relid) AS indexes, n_dead_tup AS dead, autovacuum_count AS vacuums
     FROM pg_stat_user_tables WHERE relname = ANY($1) ORDER BY 1`,
    [TABLES],
  );
  const megabytes = (bytes: string | undefined) => `${(Number(bytes) / 1e6).toFixed(1)} MB`;
  say(`${when}:`);
  for (const { name, rows: bytes, indexes, dead, vacuums } of rows)
    say(
      `  ${name}: rows ${megabytes(bytes)}, indexes ${megabytes(indexes)}, ${dead} dead, ${vacuums} times vacuumed by itself`,
    );
}

/** How `take` finds the next one, and how much it reads for it. Nothing is taken. */
function explain(database: Database, when: string): void {
  const texts: string[] = [];
  const prepare = (sql: string) => {
    texts.push(sql);
    return database.prepare(sql);
  };
  openPostgresFrontier({ ...database, prepare }, { pace: { attempts: 3, backoffMs: 0, restMs: 0 }, now: Date.now });
  const take = texts.find((sql) => sql.includes('SET token = ?') && sql.includes('LIMIT 1')) ?? fail();
  const now = Date.now();
  database.exec('BEGIN');
  const rows = database.prepare(`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) ${take}`).all('token', now, now, now);
  database.exec('ROLLBACK');
  const lines = rows.map((row) => String(Object.values(row)[0]).trim());
  const scans = lines.filter((line) => /Scan/.test(line)).map((line) => line.replace(/^-> +/, '').replace(/ \(.*/, ''));
  const [buffers] = lines.filter((line) => line.startsWith('Buffers'));
  say(`take, ${when}: ${scans.join('; ')}; ${buffers}; ${lines.find((line) => line.startsWith('Execution'))}`);
}

function targetOf(number: number): Target {
  return {
    id: `guancha:${number + 1}`,
    url: `https://www.guancha.cn/politics/2022_01_28_${number + 1}.shtml`,
    source: '头条',
    via: null,
    leadPicture: null,
    listed: null,
    priority: number,
  };
}
