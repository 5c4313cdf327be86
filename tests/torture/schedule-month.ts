/**
 * A month of `schedule` on a clock that runs ahead: killed and started again at random, with pauses in between and clocks
 * that are set back, in zones where an hour comes twice. No slot is served twice, none is lost.
 * As a program: `schedule-month.ts [--days N] [--kills N] [--seed N]`; it prints memory by day as well.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openOperations } from '../../src/frontier/operations.ts';
import type { ServedSlot } from '../../src/journal/journal.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { temporaryFolder } from '../support/command.ts';

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Europe's clocks go back on 25 October 2026, New York's on 1 November. */
export const FROM = Date.parse('2026-10-20T00:00:00Z');

/** A source by the clock, and when its slots are, computed without a cron library. */
interface Rule {
  readonly cron: string;
  readonly timeZone: string;
  /** Local times `HH:MM`; null for each full hour. */
  readonly at: readonly string[] | null;
}

const RULES: Readonly<Record<string, Rule>> = {
  头条: { cron: '0 * * * *', timeZone: 'Europe/Berlin', at: null },
  要闻: { cron: '30 2 * * *', timeZone: 'Europe/Berlin', at: ['02:30'] },
  时评: { cron: '15 1,13 * * *', timeZone: 'America/New_York', at: ['01:15', '13:15'] },
  财经: { cron: '5 0 * * *', timeZone: 'Asia/Shanghai', at: ['00:05'] },
};
/** Read sooner or later, by what it brings. */
const ADAPTIVE = '首页';
const MIN_INTERVAL_MS = 20 * MINUTE_MS;
const MAX_INTERVAL_MS = 3 * HOUR_MS;

export interface MonthReport {
  readonly kills: number;
  readonly served: number;
  readonly caughtUp: number;
  readonly days: readonly { readonly day: string; readonly rss: number; readonly heapUsed: number }[];
}

/** Throws where a slot was lost or served twice. */
export async function scheduleMonth(options: {
  readonly days: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<MonthReport> {
  const random = openRandom(options.seed, 'month');
  await using newspaper = await openNewspaper({ articles: 12, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 1000, assetIntervalMs: 0, backoffMs: 1000 };
  await writeFile(config, configOf(newspaper.config({ archive: './archive', politeness })));

  const until = FROM + options.days * DAY_MS;
  const state = join(folder.path, 'clock');
  await writeFile(state, String(FROM));
  const days: { day: string; rss: number; heapUsed: number }[] = [];
  /** From when until when nothing ran, on the clock as it was set. */
  const pauses: { readonly from: number; readonly until: number }[] = [];
  let kills = 0;
  for (let now = FROM; now < until; ) {
    const killAt =
      kills < options.kills ? now + random.int(1, Math.ceil((2 * (until - FROM)) / (options.kills + 1))) : null;
    const ended = await runUntil(killAt);
    now = Number(readFileSync(state, 'utf8'));
    if (ended === 'killed') {
      kills += 1;
      // Most pauses are short; some are days, and some clocks are set back by what a bad clock is off.
      const wish = random.pick([0, 0, MINUTE_MS, 40 * MINUTE_MS, 5 * HOUR_MS, 30 * HOUR_MS, -30 * MINUTE_MS]);
      const pauseMs = now + wish < until - 6 * HOUR_MS ? wish : 0; // it must run to the end
      pauses.push({ from: Math.min(now, now + pauseMs), until: now + Math.max(0, pauseMs) });
      now += pauseMs;
      await writeFile(state, String(now));
    }
  }

  using operations = openOperations(join(folder.path, 'archive'));
  const slots = operations.journal.slots.since(0);
  const caughtUp = checkSlots(slots, { until, pauses, lateMs: 5 * MINUTE_MS, say: options.say });
  const adaptive = slots.filter(({ source }) => source === ADAPTIVE);
  for (const [i, { startedAt }] of adaptive.entries()) {
    const before = adaptive[i - 1];
    if (before === undefined) continue;
    const gap = startedAt - before.endedAt;
    const isPaused = pauses.some((pause) => pause.from <= startedAt && pause.until >= before.endedAt);
    assert.ok(gap >= MIN_INTERVAL_MS || isPaused, `${ADAPTIVE}: again after ${gap} ms`);
    assert.ok(gap <= MAX_INTERVAL_MS + 5 * MINUTE_MS || isPaused, `${ADAPTIVE}: again only after ${gap} ms`);
  }
  // Each reading asks for the list once; only what was cut off by a kill is asked for again.
  const lists = newspaper.requests.filter(
    ({ origin, path }) => origin === 'www' && isFirstPage(path, newspaper.config({ archive: '.' })),
  );
  assert.ok(
    lists.length <= slots.length + kills,
    `${lists.length} list requests for ${slots.length} slots and ${kills} kills`,
  );
  return { kills, served: slots.length, caughtUp, days };

  /** One process, killed once its clock is past `killAt`; else it ends by itself. */
  async function runUntil(killAt: number | null): Promise<'killed' | 'ended'> {
    const script = join(import.meta.dirname, '../support/schedule-process.ts');
    const args = ['--expose-gc', script, config, readFileSync(state, 'utf8'), String(until), state];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const exited = once(child, 'close') as Promise<[code: number | null]>;
    for (let isOver = false; !isOver; ) {
      isOver = (await Promise.race([exited.then(() => true), sleep(10, false)])) as boolean;
      if (!isOver && killAt !== null && Number(readFileSync(state, 'utf8')) >= killAt) {
        child.kill('SIGKILL');
        await exited;
        noteDays(out);
        return 'killed';
      }
    }
    assert.equal((await exited)[0], 0, err);
    noteDays(out);
    return 'ended';
  }

  function noteDays(out: string): void {
    const lines = out.split('\n').filter((line) => /^\{"day".*\}$/.test(line));
    days.push(...lines.map((line) => JSON.parse(line) as MonthReport['days'][number]));
  }
}

/**
 * Each slot of the sources by the clock once, in its order, none left out.
 * @param options `pauses` is when nothing ran; `lateMs` is how late a slot may be served at any other time
 * @returns how many were served later than that
 */
export function checkSlots(
  slots: readonly (ServedSlot & { readonly source: string })[],
  {
    until,
    pauses,
    lateMs,
    say,
  }: {
    readonly until: number;
    readonly pauses: readonly { readonly from: number; readonly until: number }[];
    readonly lateMs: number;
    readonly say: (line: string) => void;
  },
): number {
  let caughtUp = 0;
  for (const [source, rule] of Object.entries(RULES)) {
    const expected = slotsOf(rule, FROM, until + DAY_MS);
    const served = slots.filter((slot) => slot.source === source).sort((a, b) => a.slotAt - b.slotAt);
    assert.equal(new Set(served.map(({ slotAt }) => slotAt)).size, served.length, `${source}: a slot twice`);
    let after = FROM;
    for (const { slotAt, startedAt, endedAt, code } of served) {
      const iso = (at: number) => new Date(at).toISOString();
      const due = expected.find((at) => at > after);
      assert.equal(iso(slotAt), iso(due ?? 0), `${source}: after ${iso(after)}`);
      assert.equal(code, null);
      const isLate = startedAt - slotAt > lateMs;
      if (isLate) {
        caughtUp += 1;
        const pause = pauses.find((each) => each.from <= startedAt && each.until > slotAt - MINUTE_MS);
        assert.ok(pause, `${source}: ${iso(slotAt)} was served at ${iso(startedAt)}, and nothing was paused`);
      }
      after = Math.max(slotAt, endedAt);
    }
    const next = expected.find((at) => at > after);
    assert.ok(next !== undefined && next >= until - lateMs, `${source}: lost after ${new Date(after).toISOString()}`);
    say(`${source}: ${served.length} slots`);
  }
  return caughtUp;
}

/** The newspaper's configuration with a timing for each source, one page each. */
export function configOf(text: string): string {
  const timed = text.replace(/\{ name: ([^,]+), url: ("[^"]+"), pages: \d+ \}/g, (_, name: string, url: string) => {
    const rule = RULES[name];
    const timing = rule === undefined ? '' : `, cron: "${rule.cron}", timeZone: ${rule.timeZone}`;
    return `{ name: ${name}, url: ${url}, pages: 1${timing} }`;
  });
  return `${timed}schedule: { minIntervalMs: ${MIN_INTERVAL_MS}, maxIntervalMs: ${MAX_INTERVAL_MS} }\nrevisits: { agesMs: [] }\n`;
}

export function isFirstPage(path: string, config: string): boolean {
  return [...config.matchAll(/url: "http:\/\/[^/]+([^"]*)"/g)].some(([, url]) => url === path);
}

/** Walks minute by minute; a local time that comes twice in a day counts the first time, a full hour each time. */
function slotsOf({ timeZone, at }: Rule, from: number, until: number): number[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const seen = new Set<string>();
  const slots: number[] = [];
  for (let instant = Math.ceil(from / MINUTE_MS) * MINUTE_MS; instant <= until; instant += MINUTE_MS) {
    const local = format.format(instant);
    const time = local.slice(-5);
    const fits = at === null ? time.endsWith(':00') : at.includes(time) && !seen.has(local);
    if (!fits) continue;
    seen.add(local);
    slots.push(instant);
  }
  return slots;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '31' },
      kills: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const numbers = { days: Number(values.days), kills: Number(values.kills), seed: Number(values.seed) };
  const report = await scheduleMonth({ ...numbers, say });
  say(
    `${report.served} slots served, ${report.caughtUp} caught up after a pause, ${report.kills} kills; none lost, none twice`,
  );
  for (const { day, rss, heapUsed } of report.days)
    say(`${day.slice(0, 10)}  ${Math.round(rss / 1e6)} MB resident, ${(heapUsed / 1e6).toFixed(1)} MB of heap`);
}
