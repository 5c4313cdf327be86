/**
 * A month of several schedules of a cluster on a clock that runs ahead: the one that leads is killed at random, and another one
 * takes over. No slot is lost, none served twice; how long nobody leads is measured on the real clock.
 * As a program: `leader-month.ts [--days N] [--kills N] [--schedules N] [--minutes N] [--seed N]`; after so many minutes it ends, and
 * says how far it came.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { rows } from '../support/cluster.ts';
import { temporaryFolder } from '../support/command.ts';
import { connectTo, startPostgres } from '../support/servers.ts';
import { clusterNow, STEP_MS, turnClusterClock } from '../support/turned-cluster.ts';
import { checkSlots, configOf, DAY_MS, FROM, isFirstPage, MINUTE_MS } from './schedule-month.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '31' },
    kills: { type: 'string', default: '50' },
    schedules: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
  },
});
const {
  days = 0,
  kills = 0,
  schedules = 0,
  minutes = 0,
  seed = 0,
} = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const say = (line: string) => void process.stdout.write(`${line}\n`);
const random = openRandom(seed, 'leader-month');
const isOver = () => performance.now() > minutes * 60_000;

await using server = await startPostgres();
await using newspaper = await openNewspaper({ articles: 12, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
await using folder = await temporaryFolder();
const postgres = await server.database();
{
  await using first = await connectTo(postgres);
  await turnClusterClock(first, FROM);
}
migrateCluster(postgres);
const config = join(folder.path, 'config.yaml');
const politeness = { intervalMs: 500, assetIntervalMs: 0, backoffMs: 500 };
const text = configOf(newspaper.config({ archive: './archive', politeness }));
await writeFile(config, `${text}cluster: ${JSON.stringify({ postgres })}\n`);

interface Schedule {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** It has said that it waits for the lead, or that it leads. */
  isReady: boolean;
}
const running = new Set<Schedule>();
await using client = await connectTo(postgres);
try {
  for (let i = 0; i < schedules; i++) begin();
  const end = FROM + days * DAY_MS;
  const killsAt = Array.from({ length: kills }, () => random.int(FROM, end - DAY_MS / 2)).toSorted((a, b) => a - b);
  const takeovers: { readonly lock: number; readonly works: number }[] = [];
  for (const [i, killAt] of killsAt.entries()) {
    while (!isOver() && ((await clusterNow(client)) < killAt || (await leaderOf(client)) === null)) await sleep(50);
    // Another one waits for the lead.
    while (!isOver() && [...running].filter(({ isReady }) => isReady).length < Math.min(2, schedules)) await sleep(50);
    if (isOver()) break;
    takeovers.push(await killLeader());
    say(`${i + 1} of ${kills} kills, ${new Date(await clusterNow(client)).toISOString()}`);
  }
  while (!isOver() && (await clusterNow(client)) < end) await sleep(200);
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all([...running].map(({ ended }) => ended));
  const until = Math.min(end, await clusterNow(client));

  using operations = openOperations(
    { archive: join(folder.path, 'archive'), cluster: { postgres } },
    { readOnly: true },
  );
  const slots = operations.journal.slots.since(0);
  const late = checkSlots(slots, { until, pauses: [], lateMs: STEP_MS + 5 * MINUTE_MS, say });
  // Each reading asks for the list once; only what was cut off by a kill is asked for again.
  const lists = newspaper.requests.filter(({ origin, path }) => origin === 'www' && isFirstPage(path, text));
  assert.ok(
    lists.length <= slots.length + takeovers.length,
    `${lists.length} list requests for ${slots.length} slots, ${takeovers.length} kills`,
  );
  say(
    `${slots.length} slots in ${((until - FROM) / DAY_MS).toFixed(1)} days, ${schedules} schedules, ${takeovers.length} leaders killed; none lost, none twice, ${late} late`,
  );
  say(`${lists.length} requests for lists: ${lists.length - slots.length} more than slots`);
  say(`another one had the lock after ${spread(takeovers.map(({ lock }) => lock))}`);
  say(`it said that it leads, with the archive open, after ${spread(takeovers.map(({ works }) => works))}`);
} finally {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all([...running].map(({ ended }) => ended));
}

function begin(): void {
  const script = join(import.meta.dirname, '../support/leader-process.ts');
  const child = spawn(process.execPath, [script, config, postgres], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  const schedule: Schedule = { child, isReady: false, ended: once(child, 'close') };
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    err = (err + piece).slice(-5000);
    if (/this one waits/.test(err)) schedule.isReady = true;
  });
  running.add(schedule);
  void schedule.ended.then(() => {
    running.delete(schedule);
    if (child.signalCode === null && child.exitCode !== 0) say(`a schedule ended with ${child.exitCode}: ${err}`);
  });
}

/** @returns after how many ms another schedule had the lock, and after how many it was at work */
async function killLeader(): Promise<{ readonly lock: number; readonly works: number }> {
  const leader = await leaderOf(client);
  const victim = [...running].find(({ child }) => child.pid === leader?.process);
  assert.ok(leader !== null && victim !== undefined, 'somebody leads');
  const from = performance.now();
  victim.child.kill('SIGKILL');
  let lock: number | null = null;
  for (;;) {
    const now = await holderOf(client);
    if (lock === null && now !== null && now !== leader.backend) lock = performance.now() - from;
    const next = lock === null ? null : await leaderOf(client);
    if (lock !== null && next !== null && next.process !== leader.process) {
      begin();
      return { lock, works: performance.now() - from };
    }
    await sleep(20);
  }
}

/** The process of the server that holds the lock of the lead. */
async function holderOf(client: Client): Promise<number | null> {
  const [row] = await rows(
    client,
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 1623950829 AND granted`,
  );
  return row === undefined ? null : Number(row.pid);
}

/** The process that said last that it leads, as long as the lock is held. */
async function leaderOf(client: Client): Promise<{ readonly process: number; readonly backend: number } | null> {
  const backend = await holderOf(client);
  const [row] = await rows(client, 'SELECT name FROM hands WHERE leads = 1 ORDER BY since DESC LIMIT 1');
  const process = Number(/-(\d+)-[0-9a-f]{8}$/.exec(String(row?.name))?.[1] ?? Number.NaN);
  return backend === null || Number.isNaN(process) ? null : { process, backend };
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => ((sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN) / 1000).toFixed(2);
  return `p50 ${at(0.5)} s, p90 ${at(0.9)} s, longest ${at(1)} s`;
}
