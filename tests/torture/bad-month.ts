/**
 * A month on a turned clock, crawled by `schedule`, in which everything goes wrong once for some hours: the site refuses,
 * lies or is away, robots.txt is broken, the clock is off, the disk is full or away, the browser is missing, hooks fail.
 * The same month without troubles says what had to come of it: nothing is lost, nothing falsely withdrawn, hardly more is
 * asked for, and each alarm is told once.
 * As a program: `bad-month.ts [--days N] [--articles N] [--seed N] [--only NAME] [--verbose]`.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { schedule } from '../../src/commands/schedule.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { ArchiveError, EXIT, type ExitCode, exitCodeFor } from '../../src/errors.ts';
import { createTerminal, describeDuration } from '../../src/report/terminal.ts';
import { type DayArticle, openNewsDay } from '../newspaper/day/news-day.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { scriptWith } from '../support/browser-script.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { openReceiver } from '../support/receiver.ts';
import { openTurnedClock, type TurnedClock } from '../support/turned-clock.ts';
import { TROUBLES, type Trouble, type World } from './troubles.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.parse('2026-09-10T00:00:00+08:00');
/** As long after a failed run `systemd` starts the next one. */
const RESTART_MS = MINUTE_MS;
/** Exit codes after which it does not: somebody has to mend something first. */
const NOT_RESTARTED: readonly ExitCode[] = [EXIT.usage, EXIT.noBrowser];

/** A trouble in its time, on the site's clock. */
interface Happening {
  readonly trouble: Trouble;
  readonly from: number;
  readonly to: number;
}

interface Ended {
  readonly at: number;
  readonly code: ExitCode;
  readonly error: string | null;
}

export interface MonthReport {
  readonly articles: number;
  readonly archived: number;
  readonly missing: readonly string[];
  readonly versions: number;
  readonly withdrawn: number;
  readonly falselyWithdrawn: readonly string[];
  readonly missingPictures: number;
  readonly requests: number;
  readonly alarms: readonly { readonly at: number; readonly about: string; readonly what: string }[];
  readonly toldTwice: readonly string[];
  readonly ends: readonly Ended[];
  /** By trouble: from its end to the next good answer that was put to use, in ms; null for never. */
  readonly recoveries: readonly {
    readonly happening: Happening;
    readonly ms: number | null;
    readonly requests: number;
  }[];
  readonly audit: string;
}

interface MonthOptions {
  readonly days: number;
  readonly articles: number;
  readonly seed: number;
  readonly troubles: readonly Trouble[];
  /** Gets each line that the schedule prints. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Throws nothing: what the month came to is in the report. */
export async function crawlMonth(options: MonthOptions): Promise<MonthReport> {
  const { days, articles, seed, troubles } = options;
  const clock = openTurnedClock(FROM - 3 * HOUR_MS);
  const end = FROM + days * DAY_MS;
  await using folder = await temporaryFolder();
  const archive = join(folder.path, 'archive');
  const browser = await scriptWith('--mute-audio', folder.path);
  const world: World = { archive, browser, spoil: null, skewMs: 0, hookFails: false };
  await using day = await openNewsDay({
    now: clock.now,
    seed,
    articles,
    days: days - 1, // the last day is for what is still to be visited
    startAt: FROM,
    cmsChangeAt: null,
    outages: [],
    postTimes: 'full',
    spoil: (asked) => world.spoil?.(asked),
  });
  await using hook = await openReceiver((response) => void response.writeHead(world.hookFails ? 500 : 204).end());
  const file = join(folder.path, 'config.yaml');
  await mkdir(archive);
  const text = day.config({ archive: './archive', politeness: { assetIntervalMs: 0 } });
  const more = {
    schedule: { minIntervalMs: HOUR_MS, maxIntervalMs: 3 * HOUR_MS },
    browser: { executablePath: browser, timeoutMs: 5000 },
    notify: [{ webhook: hook.url, on: ['alarm', 'withdrawn', 'run-failed'] }],
  };
  const keys = Object.entries(more).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  await writeFile(file, text + keys.join(''));

  const happenings = drawn(troubles, { days, seed });
  const results: { readonly at: number; readonly isGood: boolean }[] = [];
  const ends: Ended[] = [];
  let now = happenings.length > 0 ? happenings : [];
  let current: Happening | null = null;

  while (clock.now() < end) {
    const turn = new AbortController();
    const forget = clock.onAdvance((at) => {
      if (at >= end) turn.abort();
      if (current === null ? now[0] !== undefined && at >= now[0].from : at >= current.to) turn.abort();
    });
    if (clock.now() < end) {
      const ended = await runOnce(turn.signal);
      forget();
      if (!turn.signal.aborted || ended.code !== EXIT.ok) {
        ends.push(ended);
        options.onLine?.(`${new Date(ended.at).toISOString()} exit ${ended.code} ${ended.error ?? ''}`);
        const waitMs = NOT_RESTARTED.includes(ended.code)
          ? Math.max((current?.to ?? 0) - clock.now(), HOUR_MS)
          : RESTART_MS;
        if (!turn.signal.aborted) clock.advance(waitMs);
      }
    }
    if (current !== null && clock.now() >= current.to) {
      await current.trouble.end(world);
      current = null;
    } else if (current === null && now[0] !== undefined && clock.now() >= now[0].from) {
      current = now[0];
      now = now.slice(1);
      await current.trouble.begin(world);
    }
  }
  if (current !== null) await current.trouble.end(world);
  return await reportOf();

  async function runOnce(stopSignal: AbortSignal): Promise<Ended> {
    const reload = (): Config => loadConfig(file);
    const take = (line: Record<string, unknown>) => {
      options.onLine?.(`${new Date(clock.now()).toISOString()} ${JSON.stringify(line)}`);
      const isGood =
        line.outcome === 'archived' || line.outcome === 'unchanged' || (line.type === 'run' && line.code === null);
      results.push({ at: clock.now(), isGood });
    };
    const io = {
      stdout: {
        write: (lines: string) => {
          for (const line of lines.trim().split('\n')) take(JSON.parse(line) as Record<string, unknown>);
        },
      },
      stderr: { write: (text: string) => options.onLine?.(text.trimEnd()) },
      stdin: (async function* () {})(),
    };
    const wrong: TurnedClock = { ...clock, now: () => clock.now() + world.skewMs };
    try {
      const context = {
        config: reload(),
        reload,
        terminal: createTerminal(io, { json: true }),
        interrupts: { stopSignal, abortSignal: new AbortController().signal, onHangup: () => () => {} },
        clock: wrong,
      };
      return { at: clock.now(), code: await schedule({ wait: false }, context), error: null };
    } catch (error) {
      const said = error instanceof ArchiveError ? `${error.code} ${error.detail}` : String((error as Error).stack);
      return { at: clock.now(), code: exitCodeFor(error), error: said };
    }
  }

  async function reportOf(): Promise<MonthReport> {
    const records = new Map<string, ArchiveRecord>();
    for await (const stored of openArchive(openDisk(world.archive), { minFreeBytes: 0 }).records())
      if (!(stored instanceof ArchiveError)) records.set(stored.record.id, stored.record);
    const truths = new Map<string, DayArticle>(day.articles.map((article) => [article.id, article]));
    const all = [...records.values()];
    const falselyWithdrawn = all.flatMap(({ id, absences }) => {
      const left = truths.get(id)?.withdrawnAt ?? truths.get(id)?.movedAt ?? Number.POSITIVE_INFINITY;
      return absences.filter(({ since }) => Date.parse(since) < left).map(({ since }) => `${id} since ${since}`);
    });
    // An article that left before any list that showed it could be read in peace was never to be had.
    const missing = day.articles
      .filter(({ id, hidden }) => !records.has(id) && !hidden)
      .filter(
        (article) =>
          (article.withdrawnAt ?? article.movedAt ?? Number.POSITIVE_INFINITY) - article.publishedAt > DAY_MS,
      )
      .map(({ id }) => id);
    const alarms = hook.heard
      .filter(({ body }) => body.on === 'alarm')
      .map(({ body }) => ({
        at: Date.parse(String(body.since)),
        about: String(body.source ?? body.layout),
        what: String(body.what),
      }));
    const { stdout } = await run(['audit', '--config', file]);
    const pages = (from: number, to: number) => day.requests.filter(({ date }) => date >= from && date < to).length;
    return {
      articles: day.articles.length,
      archived: all.length,
      missing,
      versions: all.reduce((sum, { versions }) => sum + versions.length, 0),
      withdrawn: all.filter(({ absences }) => absences.length > 0).length,
      falselyWithdrawn,
      missingPictures: all.flatMap(({ assets }) => assets).filter((asset) => 'missing' in asset).length,
      requests: day.requests.length,
      alarms,
      toldTwice: toldTwice(alarms, happenings),
      ends,
      recoveries: happenings.map((happening) => ({
        happening,
        ms: recoveryOf(results, happening),
        requests: pages(happening.from, happening.to),
      })),
      audit: stdout.trim().split('\n').slice(-8).join('\n'),
    };
  }
}

/** Each trouble once, in any order, one at a time with some hours between. */
function drawn(
  troubles: readonly Trouble[],
  { days, seed }: { readonly days: number; readonly seed: number },
): Happening[] {
  const random = openRandom(seed, 'troubles');
  const order = troubles.map((trouble) => ({ trouble, key: random.fraction() })).sort((a, b) => a.key - b.key);
  const slotMs = ((days - 3) * DAY_MS) / Math.max(1, order.length);
  return order.map(({ trouble }, i) => {
    const lengthMs = trouble.hours * HOUR_MS;
    const spare = slotMs - lengthMs;
    assert.ok(spare > HOUR_MS, `${troubles.length} troubles have no room in ${days} days`);
    const from = Math.round(FROM + DAY_MS + i * slotMs + random.fraction() * spare);
    return { trouble, from, to: from + lengthMs };
  });
}

/** What was told more than once of one trouble. */
function toldTwice(alarms: MonthReport['alarms'], happenings: readonly Happening[]): string[] {
  return happenings.flatMap(({ trouble, from, to }) => {
    const told = alarms.filter(({ at }) => at >= from && at < to + HOUR_MS);
    const counts = Map.groupBy(told, ({ about, what }) => `${about} ${what}`);
    return [...counts]
      .filter(([, each]) => each.length > 1)
      .map(([key, each]) => `${trouble.name}: ${key}, ${each.length} times`);
  });
}

function recoveryOf(
  results: readonly { readonly at: number; readonly isGood: boolean }[],
  { to }: Happening,
): number | null {
  const first = results.find(({ at, isGood }) => isGood && at >= to);
  return first === undefined ? null : first.at - to;
}

/** Throws where the bad month is worse than the good one may be. */
export function requireAsGood(bad: MonthReport, good: MonthReport): void {
  assert.deepEqual([good.missing, good.falselyWithdrawn, good.alarms, good.ends], [[], [], [], []], 'the good month');
  assert.deepEqual(bad.missing, [], 'articles that were lost');
  assert.deepEqual(bad.falselyWithdrawn, [], 'articles that were not withdrawn');
  assert.deepEqual(bad.toldTwice, [], 'alarms that were told again');
  assert.equal(bad.missingPictures, good.missingPictures, 'pictures');
  assert.ok(bad.requests <= good.requests * 1.2, `${bad.requests} requests, ${good.requests} in the good month`);
  for (const { happening, ms } of bad.recoveries)
    assert.ok(ms !== null, `after "${happening.trouble.name}" nothing came`);
  for (const { code, error } of bad.ends) assert.notEqual(code, EXIT.internal, error ?? '');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '31' },
      articles: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      verbose: { type: 'boolean' },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const month = {
    days: Number(values.days),
    articles: Number(values.articles),
    seed: Number(values.seed),
    onLine: values.verbose === true ? (line: string) => void process.stderr.write(`${line}\n`) : undefined,
  };
  const chosen = TROUBLES.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const good = await crawlMonth({ ...month, troubles: [] });
  say(summary('good month', good));
  const bad = await crawlMonth({ ...month, troubles: chosen });
  say(summary('bad month', bad));
  say('\n| trouble | hours | requests meanwhile | itself again after |\n|---|---|---|---|');
  for (const { happening, ms, requests } of bad.recoveries)
    say(
      `| ${happening.trouble.name} | ${happening.trouble.hours} | ${requests} | ${ms === null ? 'never' : describeDuration(ms)} |`,
    );
  say(
    `\nruns that ended early:\n${bad.ends.map(({ at, code, error }) => `${new Date(at).toISOString()} exit ${code} ${error}`).join('\n')}`,
  );
  say(
    `\nalarms:\n${bad.alarms.map(({ at, about, what }) => `${new Date(at).toISOString()} ${about} ${what}`).join('\n')}`,
  );
  requireAsGood(bad, good);
}

function summary(name: string, report: MonthReport): string {
  const {
    articles,
    archived,
    missing,
    versions,
    withdrawn,
    falselyWithdrawn,
    missingPictures,
    requests,
    alarms,
    toldTwice: twice,
  } = report;
  return `${name}: ${articles} articles, ${archived} archived, missing: ${missing.join(' ') || 'none'}; ${versions} versions; ${withdrawn} withdrawn, falsely: ${falselyWithdrawn.join(', ') || 'none'}; ${missingPictures} pictures missing; ${requests} requests; ${alarms.length} alarms, told twice: ${twice.join(', ') || 'none'}\n${report.audit}`;
}
