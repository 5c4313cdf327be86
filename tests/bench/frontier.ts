/**
 * The frontier with very many URLs: is it as fast, and as small in memory, as with few? How long does a take of 20,000 chosen
 * URLs take, and finding a post among 200,000? `npm run bench:frontier [-- --most N]`
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import type { Target } from '../../src/model.ts';

const { values } = parseArgs({ options: { most: { type: 'string', default: '1000000' } } });
const POSTS = 200_000;
const WANTED = 20_000;
const sizes = [10_000, 100_000, 1_000_000].filter((size) => size <= Number(values.most));
const LIST = 60;
const SOME = 2000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Operations per second, but for `MB`. */
type Row = Readonly<Record<string, number>>;

const folder = await mkdtemp(join(tmpdir(), 'guancha-frontier-'));
try {
  const rows: Row[] = [];
  for (const size of sizes) rows.push(await measure(join(folder, String(size)), size));
  const [first] = rows;
  say(`\n| | ${sizes.join(' | ')} | last to first |\n|---|${'---|'.repeat(sizes.length + 1)}`);
  for (const name of Object.keys(first ?? {})) {
    const cells = rows.map((row) => (row[name] ?? 0).toPrecision(3));
    say(`| ${name} | ${cells.join(' | ')} | ${((rows.at(-1)?.[name] ?? 0) / (first?.[name] ?? 1)).toFixed(2)} |`);
  }
  measureWanted(join(folder, 'wanted'));
  await measurePosts(join(folder, 'posts'));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(archive: string, size: number): Promise<Row> {
  using operations = openOperations(archive, { command: 'bench', attempts: 3 });
  const perSecond = (count: number, work: () => void) => {
    const from = performance.now();
    work();
    return (count * 1000) / (performance.now() - from);
  };
  const lists = Array.from({ length: size / LIST }, (_, list) => list * LIST);
  const targetsOf = (from: number) => Array.from({ length: LIST }, (_, i) => targetOf(from + i));
  const idsOf = (from: number) => targetsOf(from).map(({ id }) => id);

  const added = perSecond(size, () => {
    for (const from of lists) operations.frontier.add(targetsOf(from));
  });
  const known = perSecond(SOME, () => {
    for (let list = 0; list < SOME / LIST; list++)
      operations.frontier.add(targetsOf(scattered(list, lists.length) * LIST));
  });
  let at = Date.now();
  const sighted = perSecond(size, () => {
    for (const from of lists) operations.journal.sightings.note('头条', idsOf(from), at++);
  });
  const sightedAgain = perSecond(SOME, () => {
    for (let list = 0; list < SOME / LIST; list++)
      operations.journal.sightings.note('要闻', idsOf(scattered(list, lists.length) * LIST), at++);
  });
  const seen = perSecond(3, () => {
    for (let i = 0; i < 3; i++) for (const _ of operations.journal.sightings.since(0));
  });
  const settled = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) {
      const lease = operations.frontier.take();
      if (lease === null) throw new Error('nothing waits');
      operations.frontier.settle(lease, { kind: 'archived', key: lease.target.id });
      operations.journal.visits.note(lease.target.id, 'archived');
    }
  });
  const failing = perSecond(SOME, () => {
    for (let i = 0; i < SOME; i++) {
      const lease = operations.frontier.take();
      if (lease === null) throw new Error('nothing waits');
      operations.frontier.settle(lease, { kind: 'failed', code: 'NETWORK', detail: 'why' });
    }
  });
  const some = Array.from({ length: 20 }, (_, i) => targetOf(scattered(i, size - LIST)).id);
  const chosen = perSecond(some.length, () => {
    for (const _ of some) {
      const lease = operations.frontier.take(some);
      if (lease !== null) operations.frontier.release(lease);
    }
  });
  const waiting = perSecond(20, () => {
    for (let i = 0; i < 20; i++) operations.frontier.waiting();
  });
  const due = perSecond(20, () => {
    for (let i = 0; i < 20; i++) operations.frontier.nextDue();
  });
  const counts = perSecond(3, () => {
    for (let i = 0; i < 3; i++) operations.frontier.counts();
  });
  operations.journal.runs.endRun();
  say(`${size}: done`);
  return {
    'add new, targets/s': added,
    'add known, targets/s': known,
    'note sightings, /s': sighted,
    'note sightings by another list, /s': sightedAgain,
    'read all sightings, /s': seen,
    'take and settle, /s': settled,
    'take, fail, wait again, /s': failing,
    'take one of 20, /s': chosen,
    'count what waits, /s': waiting,
    'next due, /s': due,
    'count outcomes (status), /s': counts,
    'memory, MB': process.memoryUsage().rss / 1e6,
    'file, MB': (await stat(join(archive, 'frontier.sqlite'))).size / 1e6,
  };
}

/** `archive -` with 20,000 addresses beside a million that wait: how much time of the processor one take takes, whatever became of those before. */
function measureWanted(archive: string): void {
  using operations = openOperations(archive, { command: 'bench', attempts: 3, backoffMs: 30_000 });
  const { frontier } = operations;
  const others = Math.min(Number(values.most), 1_000_000);
  frontier.add(Array.from({ length: others }, (_, i) => targetOf(i)));
  const wanted = Array.from({ length: WANTED }, (_, i) => targetOf(others + i)).map((each) => ({
    ...each,
    priority: scattered(each.priority, others),
  }));
  frontier.add(wanted);
  const ids = wanted.map(({ id }) => id);
  const from = performance.now();
  frontier.requeue({ ids });
  const lease = frontier.take(ids);
  if (lease !== null) frontier.release(lease);
  say(
    `\nof ${others} others, ${WANTED} wanted: made to wait and marked in ${(performance.now() - from).toFixed(0)} ms`,
  );
  const endings = {
    archived: { kind: 'archived', key: 'k' },
    failed: { kind: 'failed', code: 'NETWORK', detail: 'why' },
  } as const;
  for (const [name, outcome] of Object.entries(endings)) {
    frontier.requeue({ ids });
    const takes: number[] = [];
    const settles: number[] = [];
    for (;;) {
      const taken = timed(takes, () => frontier.take(ids));
      if (taken === null) break;
      timed(settles, () => frontier.settle(taken, outcome));
    }
    const due = performance.now();
    frontier.nextDue(ids);
    const last = performance.now() - due;
    say(
      `${name}: take ${describe(takes)}; the one that finds none ${takes.at(-1)?.toFixed(2)} ms; settle ${describe(settles)}; next due ${last.toFixed(2)} ms`,
    );
  }
}

/** A community post among 200,000: its address does not say in which month it lies. */
async function measurePosts(root: string): Promise<void> {
  const months = 150;
  const keyOf = (i: number) => {
    const month = i % months;
    return `fengwen/${2013 + Math.floor(month / 12)}/${String((month % 12) + 1).padStart(2, '0')}/${100_000 + i}`;
  };
  for (let i = 0; i < months; i++) await mkdir(join(root, 'records', keyOf(i), '..'), { recursive: true });
  for (let i = 0; i < POSTS; i++) await writeFile(join(root, 'records', `${keyOf(i)}.json`), '{}');
  const key = keyOf(77);
  const fixture = join(import.meta.dirname, '../fixtures/archive-1/records/fengwen/2026/10/1741030.json');
  const record = (await readFile(fixture, 'utf8'))
    .replaceAll('1741030', '100077')
    .replaceAll('fengwen/2026/10', 'fengwen/2019/06');
  await writeFile(join(root, 'records', `${key}.json`), record);
  using operations = openOperations(root, { command: 'bench' });
  const archive = openArchive(openDisk(root), { minFreeBytes: 0, places: operations.journal.places });
  for (const how of ['by a walk over the months', 'by its row']) {
    const from = performance.now();
    const found = await archive.find('fengwen:100077', null);
    if (found?.key !== key) throw new Error('not found');
    say(`a post among ${POSTS}, ${how}: ${(performance.now() - from).toFixed(2)} ms`);
  }
}

/** In ms of the processor: what else runs on the machine does not count. */
function timed<T>(times: number[], work: () => T): T {
  const from = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(from);
  times.push((user + system) / 1000);
  return result;
}

/** Median, 99 of 100, and the longest. */
function describe(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)} ms`;
}

/** A place that the ones before say nothing about. */
function scattered(i: number, below: number): number {
  return (Math.imul(i + 1, 0x9e3779b1) >>> 0) % below;
}

function targetOf(number: number): Target {
  return {
    id: `guancha:${number + 1}`,
    url: `https://www.guancha.cn/politics/2022_01_28_${number + 1}.shtml`,
    source: '头条',
    via: 'https://www.guancha.cn/GuanChaZheTouTiao/list_1.shtml',
    leadPicture: null,
    listed: { title: '12月2日起，云脚村柳溪小站铺轨到站', time: '2026-10-14 21:22', summary: null, picture: null },
    priority: number,
  };
}
