/**
 * The queue of a cluster beside that of one machine, at a million targets: claims and settles per second as a ratio, and how far
 * the tables grow by a month of revisits. `npm run bench:cluster [-- --most N]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Operations, openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import type { Target } from '../../src/model.ts';
import { connectTo, startPostgres } from '../support/servers.ts';

const { values } = parseArgs({ options: { most: { type: 'string', default: '1000000' } } });
const MOST = Number(values.most);
const SOME = 1000;
const MONTH = 30 * 21_600; // one request in four seconds
const say = (line: string) => void process.stdout.write(`${line}\n`);

const archive = await mkdtemp(join(tmpdir(), 'guancha-cluster-'));
await using server = await startPostgres();
const url = await server.database();
await using watcher = await connectTo(url);
try {
  migrateCluster(url);
  const places = {
    sqlite: { archive, cluster: { postgres: null } },
    postgres: { archive, cluster: { postgres: url } },
  };
  const speeds = Object.values(places).map((place) => {
    using operations = openOperations(place, { command: 'bench', attempts: 3 });
    return measure(operations);
  });
  const [alone, cluster] = speeds;
  for (const [what, count] of Object.entries(alone ?? {})) {
    const other = cluster?.[what] ?? 0;
    say(
      `${what}: ${count.toFixed(0)} a second alone, ${other.toFixed(0)} in PostgreSQL, ${(count / other).toFixed(1)} times`,
    );
  }
  await sizes('before');
  {
    using operations = openOperations(places.postgres, { command: 'bench' });
    const visits = Math.min(MONTH, MOST);
    for (let i = 0; i < visits; i++) revisit(operations, i);
    say(`${visits} revisits`);
  }
  await sizes('after a month of revisits');
  await watcher.query('VACUUM ANALYZE');
  await sizes('after vacuum');
} finally {
  await rm(archive, { recursive: true, force: true });
}

function measure({ frontier, transaction, journal }: Operations): Readonly<Record<string, number>> {
  const perSecond = (count: number, work: () => void) => {
    const from = performance.now();
    work();
    return (count * 1000) / (performance.now() - from);
  };
  const add = perSecond(MOST, () => {
    for (let from = 0; from < MOST; from += 1000)
      frontier.add(Array.from({ length: Math.min(1000, MOST - from) }, (_, i) => targetOf(from + i)));
  });
  const settle = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) {
      const lease = frontier.take();
      if (lease === null) throw new Error('nothing waits');
      transaction(() => {
        journal.visits.note(lease.target.id, 'archived');
        return frontier.settle(lease, { kind: 'archived', key: lease.target.id });
      });
    }
  });
  const failing = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) {
      const lease = frontier.take();
      if (lease === null) throw new Error('nothing waits');
      frontier.settle(lease, { kind: 'failed', code: 'NETWORK', detail: 'why' });
    }
  });
  const wanted = Array.from({ length: 20_000 }, (_, i) => targetOf((i * 7919) % MOST).id);
  const chosen = perSecond(20, () => {
    for (let i = 0; i < 20; i++) {
      const lease = frontier.take(wanted);
      if (lease !== null) frontier.release(lease);
    }
  });
  return {
    'add a target': add,
    'take, note and settle': settle,
    'take and fail': failing,
    'take one of 20,000': chosen,
  };
}

function revisit({ journal, transaction }: Operations, i: number): void {
  const { id, url: address } = targetOf(i % 5000);
  journal.revisits.begin(id);
  transaction(() => {
    journal.visits.note(id, 'unchanged');
    journal.revisits.plan({ id, url: address }, { dueAt: i, lastAt: MONTH });
  });
}

async function sizes(when: string): Promise<void> {
  const sql = `SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
    WHERE relname IN ('targets', 'visits', 'revisits') ORDER BY 1`;
  const { rows } = await watcher.query<{ readonly name: string; readonly bytes: string }>(sql);
  say(`${when}: ${rows.map(({ name, bytes }) => `${name} ${(Number(bytes) / 1e6).toFixed(1)} MB`).join(', ')}`);
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
