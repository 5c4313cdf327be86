/**
 * A news day on a turned clock, crawled by `schedule`: articles are edited, withdrawn and moved, lists break, the CMS
 * changes at noon, and for an hour everything answers 503. What had to be noticed was, no request came too soon, and the
 * alarms are those of the planted breaks.
 * As a program: `news-day.ts [--articles N] [--seed N] [--days N]`.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { schedule } from '../../src/commands/schedule.ts';
import { defaultConfig, loadConfig } from '../../src/config.ts';
import { ArchiveError } from '../../src/errors.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import type { Latency } from '../../src/journal/figures.ts';
import { createTerminal, describeDuration } from '../../src/report/terminal.ts';
import { type DayArticle, type NewsDay, openNewsDay } from '../newspaper/day/news-day.ts';
import { temporaryFolder } from '../support/command.ts';
import { openTurnedClock } from '../support/turned-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const INTERVAL_MS = 4000;
/** How soon and how late a list is read again. */
const LIST_MIN_MS = 10 * MINUTE_MS;
const LIST_MAX_MS = 25 * MINUTE_MS;
/** A visit may come so much after its age: others have their turn before it. */
const LATE_MS = 15 * MINUTE_MS;

export interface DayReport {
  readonly articles: number;
  readonly archived: number;
  /** Gone or moved before any list that showed them could be read. */
  readonly tooShort: readonly string[];
  readonly edits: Noticed;
  readonly withdrawals: Noticed;
  readonly moves: Noticed;
  readonly pageRequests: number;
  /** The closest two page requests to one host. */
  readonly closestMs: number;
  readonly latencies: readonly Latency[];
  readonly alarms: readonly string[];
}

/** How many there were, how many lived longer than it took until the article's next visit, and how many were noticed. */
interface Noticed {
  readonly made: number;
  readonly due: number;
  readonly noticed: number;
}

interface Alarm {
  readonly at: number;
  readonly about: string;
  readonly what: string;
  readonly detail: string;
}

/** Throws where the archive, the pace or the alarms are not what the day's truth asks for. */
export async function crawlNewsDay(options: {
  readonly articles: number;
  readonly seed: number;
  /** How long the schedule runs, from midnight. */
  readonly days: number;
}): Promise<DayReport> {
  const midnight = Date.parse('2026-09-10T00:00:00+08:00');
  const clock = openTurnedClock(midnight - 3 * HOUR_MS); // what a list usually gives is known before the day begins
  const { articles, seed } = options;
  await using day = await openNewsDay({ now: clock.now, seed, articles, startAt: midnight });
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'config.yaml');
  const text = day.config({ archive: './archive', politeness: { intervalMs: INTERVAL_MS, assetIntervalMs: 0 } });
  await writeFile(file, `${text}schedule: { minIntervalMs: ${LIST_MIN_MS}, maxIntervalMs: ${LIST_MAX_MS} }\n`);

  const end = midnight + options.days * DAY_MS;
  const stopSignal = new AbortController();
  clock.onAdvance((now) => {
    if (now >= end) stopSignal.abort();
  });
  const alarms: Alarm[] = [];
  const said: string[] = [];
  const take = (line: Record<string, unknown>) => {
    const { type, about, what, detail } = line;
    if (type === 'alarm')
      alarms.push({ at: clock.now(), about: String(about), what: String(what), detail: String(detail) });
  };
  const io = {
    stdout: {
      write: (lines: string) => {
        for (const line of lines.trim().split('\n')) take(JSON.parse(line));
      },
    },
    stderr: { write: (line: string) => void said.push(line) },
    stdin: (async function* () {})(),
  };
  const reload = () => loadConfig(file);
  const config = reload();
  const context = {
    config,
    reload,
    terminal: createTerminal(io, { json: true }),
    interrupts: { stopSignal: stopSignal.signal, abortSignal: new AbortController().signal, onHangup: () => () => {} },
    clock,
  };
  assert.equal(await schedule({ wait: false }, context), 0, said.join(''));

  const records = await recordsOf(config.archive, config.limits);
  const noticed = compare(day, records, end);
  requireAlarmsOf(day, alarms);
  using operations = openOperations(config.archive);
  return {
    ...noticed,
    ...requirePace(day),
    latencies: operations.journal.latencies.since(0),
    alarms: alarms.map(({ at, about, what, detail }) => `${beijing(at)} ${about}: ${what}: ${detail}`),
  };
}

async function recordsOf(
  archive: string,
  limits: { readonly minFreeBytes: number },
): Promise<Map<string, ArchiveRecord>> {
  const records = new Map<string, ArchiveRecord>();
  for await (const stored of openArchive(openDisk(archive), limits).records()) {
    assert.ok(!(stored instanceof ArchiveError));
    records.set(stored.record.id, stored.record);
  }
  return records;
}

type Comparison = Pick<DayReport, 'articles' | 'archived' | 'tooShort' | 'edits' | 'withdrawals' | 'moves'>;

/** The archive against the truth. Throws where an article, an edit or a withdrawal is missing that had to be noticed. */
function compare(day: NewsDay, records: ReadonlyMap<string, ArchiveRecord>, end: number): Comparison {
  const { agesMs } = defaultConfig().revisits;
  const seen = (instant: number) => instant < end - LATE_MS;
  const tooShort: string[] = [];
  const edits = { made: 0, due: 0, noticed: 0 };
  const withdrawals = { made: 0, due: 0, noticed: 0 };
  const moves = { made: 0, due: 0, noticed: 0 };
  let archived = 0;
  const published = day.articles.filter(({ publishedAt }) => seen(publishedAt + HOUR_MS));
  for (const article of published) {
    const record = records.get(article.id);
    const leftAt = article.withdrawnAt ?? article.movedAt ?? Number.POSITIVE_INFINITY;
    if (record === undefined) {
      assert.ok(leftAt < firstVisitBy(article, day), `${article.id} is not archived; ${JSON.stringify(article.shown)}`);
      tooShort.push(article.id);
      continue;
    }
    archived += 1;
    const visits = visitsOf(article, record, agesMs);
    for (const [i, version] of article.versions.entries()) {
      const until = article.versions[i + 1]?.from ?? leftAt;
      if (i === 0 || !seen(version.from)) continue;
      edits.made += 1;
      const isKept = record.versions.some(({ capturedAt }) => isWithin(Date.parse(capturedAt), version.from, until));
      const isDue = visits.some((at) => at >= version.from && at + lateness(at, day) < Math.min(until, end));
      if (isDue) edits.due += 1;
      if (isKept) edits.noticed += 1;
      assert.ok(isKept || !isDue, `${article.id}: version ${i + 1} of ${beijing(version.from)} was not noticed`);
    }
    for (const [left, count] of [
      [article.withdrawnAt, withdrawals],
      [article.movedAt, moves],
    ] as const) {
      if (left === null || !seen(left)) continue;
      count.made += 1;
      const isNoticed = count === moves ? record.movedTo !== undefined : record.absences.length > 0;
      const isDue = visits.some((at) => at >= left && at + lateness(at, day) < end);
      if (isDue) count.due += 1;
      if (isNoticed) count.noticed += 1;
      assert.ok(isNoticed || !isDue, `${article.id} left at ${beijing(left)}, and nobody noticed`);
      if (count === moves && isNoticed)
        assert.ok(records.has(article.movedTo ?? ''), `${article.movedTo}: not followed`);
    }
  }
  return { articles: published.length, archived, tooShort, edits, withdrawals, moves };
}

/** When the article is visited again at the latest, had it not been before: its ages, from its first capture on. */
function visitsOf({ publishedAt }: DayArticle, record: ArchiveRecord, agesMs: readonly number[]): number[] {
  const first = Date.parse(record.versions[0]?.capturedAt ?? '');
  return agesMs.map((ageMs) => publishedAt + ageMs).filter((at) => at > first);
}

/** The latest moment at which a list that shows the article is read and the article visited. */
function firstVisitBy(article: DayArticle, day: NewsDay): number {
  const shown = Math.min(...article.shown.map(({ from }) => from));
  return shown + LIST_MAX_MS + lateness(shown + LIST_MAX_MS, day);
}

/** How late a visit may be: longer where the site is down meanwhile, for then it waits out its back-off. */
function lateness(at: number, day: NewsDay): number {
  const down = day.outages.find(
    ({ source, from, to }) => source === null && at + LATE_MS > from && at < (to ?? from) + HOUR_MS,
  );
  return down === undefined ? LATE_MS : (down.to ?? at) + 2 * HOUR_MS - at;
}

function isWithin(at: number, from: number, until: number): boolean {
  return at >= from && at < until;
}

/** No two page requests to one host are closer than the interval. */
function requirePace(day: NewsDay): Pick<DayReport, 'pageRequests' | 'closestMs'> {
  let closestMs = Number.POSITIVE_INFINITY;
  let pageRequests = 0;
  for (const origin of ['www', 'community'] as const) {
    const pages = day.requests.filter((request) => request.origin === origin && request.path !== '/robots.txt');
    pageRequests += pages.length;
    for (const [i, { date, path }] of pages.entries()) {
      const before = pages[i - 1];
      if (before === undefined) continue;
      assert.ok(date - before.date >= INTERVAL_MS, `${path} came ${date - before.date} ms after ${before.path}`);
      closestMs = Math.min(closestMs, date - before.date);
    }
  }
  return { pageRequests, closestMs };
}

/** Each planted break that lasts raised an alarm about what broke, and nothing else did. */
function requireAlarmsOf(day: NewsDay, alarms: readonly Alarm[]): void {
  const www = new URL(day.www).host;
  // A column that is not there yet has never given anything: that is reported as an error of its reading, not as a change.
  const breaks = day.outages.filter(({ kind }) => kind !== 'not-yet');
  const isOf = (alarm: Alarm, { source, from, to }: NewsDay['outages'][number]) =>
    alarm.about === (source ?? www) && alarm.at >= from && alarm.at <= (to ?? alarm.at) + LIST_MAX_MS;
  for (const outage of breaks)
    assert.ok(
      alarms.some((alarm) => isOf(alarm, outage)),
      `no alarm of ${outage.source ?? www} ${outage.kind} ${beijing(outage.from)}`,
    );
  for (const alarm of alarms)
    assert.ok(
      breaks.some((outage) => isOf(alarm, outage)),
      `alarm of nothing: ${beijing(alarm.at)} ${alarm.about} ${alarm.what} ${alarm.detail}`,
    );
}

/** `09-10 14:05`. */
function beijing(at: number): string {
  return new Date(at + 8 * HOUR_MS).toISOString().slice(5, 16).replace('T', ' ');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      articles: { type: 'string', default: '150' },
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '2.2' },
    },
  });
  const report = await crawlNewsDay({
    articles: Number(values.articles),
    seed: Number(values.seed),
    days: Number(values.days),
  });
  const { articles, archived, tooShort, edits, withdrawals, moves, pageRequests, closestMs } = report;
  const share = ({ made, due, noticed }: Noticed) => `${made} made, ${due} outlived the next visit, ${noticed} noticed`;
  const lines = [
    `${articles} articles published, ${archived} archived, ${tooShort.length} gone before any list could be read`,
    `edits: ${share(edits)}`,
    `withdrawals: ${share(withdrawals)}`,
    `moves: ${share(moves)}`,
    `${pageRequests} page requests, the closest two ${closestMs} ms apart; ${INTERVAL_MS} ms were asked for`,
    '',
    '| source | articles | median | 95 % within |',
    '|---|---|---|---|',
    ...report.latencies.map(
      ({ source, articles: count, medianMs, p95Ms }) =>
        `| ${source} | ${count} | ${describeDuration(medianMs)} | ${describeDuration(p95Ms)} |`,
    ),
    '',
    ...report.alarms,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
