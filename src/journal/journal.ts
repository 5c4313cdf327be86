/** What the crawler remembers between its runs: visits and plans, sources and figures, hosts, notices on their way, the runs. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Database, numberOf, type Statement, textOf } from '../database.ts';
import type { ArticleId, NumberSpace, Outcome } from '../model.ts';
import { type AlarmRows, openAlarms } from './alarms.ts';
import { type Doubts, openDoubts } from './doubts.ts';
import { type FieldSamples, type Latencies, openFieldSamples, openLatencies } from './figures.ts';
import { type Forms, openForms } from './forms.ts';
import { type Hosts, openHosts } from './hosts.ts';
import { type Lookups, openLookups } from './lookups.ts';
import { type Orders, openOrders } from './orders.ts';
import { type Outbox, openOutbox } from './outbox.ts';
import { openPayloads, type Payloads } from './payloads.ts';
import { openRechecks, type Rechecks } from './rechecks.ts';
import {
  type Followed,
  type ListWalks,
  openFollowed,
  openListWalks,
  openProbes,
  openSightings,
  openSourceSamples,
  type Probes,
  type Sightings,
  type SourceSamples,
} from './sources.ts';

export interface Journal {
  readonly visits: Visits;
  readonly revisits: Revisits;
  readonly rechecks: Rechecks;
  readonly slots: Slots;
  readonly sightings: Sightings;
  readonly latencies: Latencies;
  readonly fieldSamples: FieldSamples;
  readonly sourceSamples: SourceSamples;
  readonly followed: Followed;
  readonly listWalks: ListWalks;
  readonly probes: Probes;
  readonly hosts: Hosts;
  readonly lookups: Lookups;
  readonly outbox: Outbox;
  readonly runs: Runs;
  readonly places: Places;
  readonly alarms: AlarmRows;
  readonly forms: Forms;
  readonly doubts: Doubts;
  readonly payloads: Payloads;
  readonly orders: Orders;
}

/**
 * @param database whose tables are there
 * @param options `now` gives ms since 1970; `command` is the run that is written down, whose caller holds the archive's
 *   lock, null where none begins; no host is left alone for longer than `longestPauseMs`; `isShared` where several machines
 *   write the database
 */
export function openJournal(
  database: Database,
  {
    now,
    command,
    longestPauseMs,
    isShared = false,
  }: {
    readonly now: () => number;
    readonly command: string | null;
    readonly longestPauseMs: number;
    readonly isShared?: boolean;
  },
): Journal {
  return {
    visits: openVisits(database, { now }),
    revisits: openRevisits(database),
    rechecks: openRechecks(database),
    slots: openSlots(database),
    sightings: openSightings(database),
    latencies: openLatencies(database),
    fieldSamples: openFieldSamples(database),
    sourceSamples: openSourceSamples(database),
    followed: openFollowed(database),
    listWalks: openListWalks(database),
    probes: openProbes(database),
    hosts: openHosts(database, { now, longestPauseMs, isShared }),
    lookups: openLookups(database, { now }),
    outbox: openOutbox(database, { now, isShared }),
    runs: openRuns(database, { now, command }),
    places: openPlaces(database),
    alarms: openAlarms(database),
    forms: openForms(database, { now }),
    doubts: openDoubts(database),
    payloads: openPayloads(database),
    orders: openOrders(database, { now }),
  };
}

// When each article was last visited, by how the visit ended: last seen unchanged, last found gone, last blocked.

export interface Visits {
  /** Notes that the site was asked for an article just now. */
  note(id: ArticleId, outcome: Outcome['kind']): void;
  /** The last visit of each kind, newest first. */
  of(id: ArticleId): readonly LastVisit[];
  /** When a visit last ended well, ms since 1970; null where none did. Looks through all of them. */
  lastWellAt(): number | null;
  /** The articles that the site gave last, newest first. Looks through all of them. */
  lastWell(limit: number): readonly ArticleId[];
}

export interface LastVisit {
  readonly outcome: Outcome['kind'];
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** @param options `now` gives ms since 1970 */
function openVisits(database: Database, { now }: { readonly now: () => number }): Visits {
  const note = database.prepare(
    'INSERT INTO visits (id, outcome, at) VALUES (?, ?, ?) ON CONFLICT (id, outcome) DO UPDATE SET at = excluded.at',
  );
  const of = database.prepare('SELECT outcome, at FROM visits WHERE id = ? ORDER BY at DESC');
  const lastWell = database.prepare(
    `SELECT id FROM visits WHERE outcome IN ('archived', 'unchanged') GROUP BY id ORDER BY max(at) DESC LIMIT ?`,
  );
  const lastWellAt = database.prepare(`SELECT max(at) AS at FROM visits WHERE outcome IN ('archived', 'unchanged')`);
  return {
    lastWellAt: () => numberOf(lastWellAt.get()?.at),
    note: (id, outcome) => void note.run(id, outcome, now()),
    of: (id) =>
      of.all(id).map((row) => ({
        outcome: String(row.outcome) as Outcome['kind'],
        at: new Date(Number(row.at)).toISOString(),
      })),
    lastWell: (limit) => lastWell.all(limit).map((row) => String(row.id) as ArticleId),
  };
}

// Which archived articles are visited again, and when.

export interface Revisits {
  /** Plans an article's next visit, all attempts new; null takes it off the list. */
  plan(article: { readonly id: ArticleId; readonly url: string }, next: PlannedVisit | null): void;
  /** Notes that a visit begins; `plan` and `postpone` end it. */
  begin(id: ArticleId): void;
  /** Takes the last `begin` back: the run ends, and not by this visit. */
  giveBack(id: ArticleId): void;
  /** Puts a visit off that came to nothing. */
  postpone(id: ArticleId, dueAt: number): void;
  /** Those that are due at `now`, the longest due first; ms since 1970. `space` limits it to a number space. */
  due(now: number, limit: number, space?: NumberSpace): readonly Revisit[];
  /** How many are planned, and how many of them are due at `now`. */
  counts(now: number): { readonly planned: number; readonly due: number };
}

export interface Revisit {
  readonly id: ArticleId;
  readonly url: string;
  readonly dueAt: number;
  /** When the last of the article's visits is due. */
  readonly lastAt: number;
  /** How often this visit came to nothing. */
  readonly attempts: number;
  /** How often it was begun and neither ended nor given back: a run died in it. */
  readonly begun: number;
}

function openRevisits(database: Database): Revisits {
  const plan = database.prepare(
    `INSERT INTO revisits (id, url, due_at, last_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, last_at = excluded.last_at, attempts = 0, begun = 0`,
  );
  const forget = database.prepare('DELETE FROM revisits WHERE id = ?');
  const postpone = database.prepare('UPDATE revisits SET due_at = ?, attempts = attempts + 1, begun = 0 WHERE id = ?');
  const begin = database.prepare('UPDATE revisits SET begun = begun + 1 WHERE id = ?');
  const giveBack = database.prepare('UPDATE revisits SET begun = 0 WHERE id = ?');
  const dueOf = (index: string, range: string) =>
    database.prepare(
      `SELECT * FROM revisits ${database.dialect.indexed(index)} WHERE due_at <= ?${range} ORDER BY due_at, id LIMIT ?`,
    );
  const due = dueOf('revisits_due', '');
  const dueIn: Readonly<Record<NumberSpace, Statement>> = {
    guancha: dueOf('revisits_www', ` AND id >= 'guancha:' AND id < 'guancha;'`),
    fengwen: dueOf('revisits_posts', ` AND id >= 'fengwen:' AND id < 'fengwen;'`),
  };
  const counts = database.prepare(
    'SELECT count(*) AS planned, count(*) FILTER (WHERE due_at <= ?) AS due FROM revisits',
  );
  return {
    plan: ({ id, url }, next) =>
      void (next === null ? forget.run(id) : plan.run(id, url, Math.ceil(next.dueAt), Math.ceil(next.lastAt))),
    postpone: (id, dueAt) => void postpone.run(Math.ceil(dueAt), id),
    due: (now, limit, space) =>
      (space === undefined ? due : dueIn[space]).all(now, limit).map((row) => ({
        id: String(row.id) as ArticleId,
        url: String(row.url),
        dueAt: Number(row.due_at),
        lastAt: Number(row.last_at),
        attempts: Number(row.attempts),
        begun: Number(row.begun),
      })),
    begin: (id) => void begin.run(id),
    giveBack: (id) => void giveBack.run(id),
    counts: (now) => {
      const row = counts.get(now);
      return { planned: Number(row?.planned), due: Number(row?.due) };
    },
  };
}

// When each scheduled source is due, and which of its slots were served: each at most once.

export interface Slots {
  /** What is remembered of a source; null where nothing is, or where it was of another rule. */
  get(source: string, rule: string): SlotState | null;
  /** Remembers when a source is due by a rule. */
  plan(source: string, rule: string, state: SlotState): void;
  /** Notes, in one step, that the slot was served and when the next one is. */
  serve(source: string, rule: string, run: ServedSlot, next: SlotState): void;
  /** Served slots since an instant, oldest first. */
  since(at: number): readonly (ServedSlot & { readonly source: string })[];
}

/** What is remembered of a source between its runs; instants in ms since 1970. */
export interface SlotState {
  /** The slot that is next. */
  readonly dueAt: number;
  /** When the last run ended; null before the first. */
  readonly servedAt: number | null;
  /** Between two runs, where the source is not read by the clock. */
  readonly intervalMs: number;
}

export interface ServedSlot {
  readonly slotAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly entries: number;
  readonly fresh: number;
  /** Code of what went wrong; null where nothing did. */
  readonly code: string | null;
}

const DAY_MS = 86_400_000;
const KEPT_MS = 90 * DAY_MS;

function openSlots(database: Database): Slots {
  const get = database.prepare('SELECT * FROM slots WHERE source = ? AND rule = ?');
  const plan = database.prepare(
    `INSERT INTO slots (source, rule, due_at, served_at, interval_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET rule = excluded.rule, due_at = excluded.due_at, served_at = excluded.served_at,
       interval_ms = excluded.interval_ms`,
  );
  const serve = database.prepare(
    `INSERT INTO served_slots (source, slot_at, started_at, ended_at, entries, fresh, code) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const forget = database.prepare('DELETE FROM served_slots WHERE ended_at < ?');
  const since = database.prepare('SELECT * FROM served_slots WHERE ended_at >= ? ORDER BY ended_at, source');
  const write = (source: string, rule: string, { dueAt, servedAt, intervalMs }: SlotState) =>
    plan.run(source, rule, Math.ceil(dueAt), servedAt === null ? null : Math.floor(servedAt), Math.round(intervalMs));
  return {
    get: (source, rule) => {
      const row = get.get(source, rule);
      if (row === undefined) return null;
      return {
        dueAt: Number(row.due_at),
        servedAt: numberOf(row.served_at),
        intervalMs: Number(row.interval_ms),
      };
    },
    plan: (source, rule, state) => void write(source, rule, state),
    serve: (source, rule, run, next) =>
      database.transaction(() => {
        const { slotAt, startedAt, endedAt, entries, fresh, code } = run;
        serve.run(source, slotAt, Math.floor(startedAt), Math.floor(endedAt), entries, fresh, code);
        forget.run(Math.floor(endedAt) - KEPT_MS);
        write(source, rule, next);
      }),
    since: (at) =>
      since.all(at).map((row) => ({
        source: String(row.source),
        slotAt: Number(row.slot_at),
        startedAt: Number(row.started_at),
        endedAt: Number(row.ended_at),
        entries: Number(row.entries),
        fresh: Number(row.fresh),
        code: textOf(row.code),
      })),
  };
}

// When an archived article is visited again: at growing ages, counted from its publication.

export interface PlannedVisit {
  /** Ms since 1970. */
  readonly dueAt: number;
  /** When the last of the article's visits is due; from then on none is planned. */
  readonly lastAt: number;
}

/**
 * The next visit of an article.
 * @param article `publishedAt` in ms since 1970; `hasChanged` where an earlier visit found it edited: it is then visited
 *   midway between two ages as well
 * @param options `agesMs` in rising order; `now` in ms since 1970. What was missed is not made up for
 * @returns null where the article is older than the last age
 */
export function nextVisit(
  article: { readonly publishedAt: number; readonly hasChanged: boolean },
  options: { readonly agesMs: readonly number[]; readonly now: number },
): PlannedVisit | null {
  const ages = article.hasChanged ? withMidpoints(options.agesMs) : options.agesMs;
  const next = ages.find((ageMs) => article.publishedAt + ageMs > options.now);
  if (next === undefined) return null;
  // The site or the clock may name a day that is years ahead: no visit waits for that.
  const base = article.publishedAt > options.now + DAY_MS ? options.now : article.publishedAt;
  const last = base + (ages.at(-1) ?? next);
  return { dueAt: base === article.publishedAt ? base + next : last, lastAt: last };
}

function withMidpoints(ages: readonly number[]): number[] {
  return ages.flatMap((age, i) => [Math.round(((ages[i - 1] ?? 0) + age) / 2), age]);
}

// The runs over an archive: what the last one was, and since when runs have not come to their end.

export interface Runs {
  /**
   * When the first of those runs began that did not come to their end since one did, as it was when this one began; ms since
   * 1970. Null where the last one came to its end, and where no run begins.
   */
  readonly unfinishedSince: number | null;
  /** When the first run began, and with it the archive, ms since 1970; null where there was none. */
  beganAt(): number | null;
  /** Null where there was none yet. */
  lastRun(): RunInfo | null;
  /** This run came to its end, and left nothing half done: without this, the next one sweeps. */
  endRun(): void;
  /** This run lets go of the archive, come to its end or not. */
  close(): void;
}

export interface RunInfo {
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
  /** Null while it runs, and where it was killed. */
  readonly endedAt: string | null;
}

function openRuns(
  database: Database,
  { now, command }: { readonly now: () => number; readonly command: string | null },
): Runs {
  const first = database.prepare('SELECT started_at FROM runs ORDER BY rowid LIMIT 1');
  const last = database.prepare('SELECT * FROM runs ORDER BY rowid DESC LIMIT 1');
  const unfinished = database.prepare(
    'SELECT min(started_at) AS since FROM runs WHERE clean = 0 AND rowid > coalesce((SELECT max(rowid) FROM runs WHERE clean = 1), 0)',
  );
  const begin = database.prepare('INSERT INTO runs (token, command, host, pid, started_at) VALUES (?, ?, ?, ?, ?)');
  const complete = database.prepare('UPDATE runs SET clean = 1 WHERE token = ?');
  const end = database.prepare('UPDATE runs SET ended_at = ? WHERE token = ?');
  const token = randomUUID();
  const unfinishedSince =
    command === null
      ? null
      : database.transaction(() => {
          const since = numberOf(unfinished.get()?.since);
          begin.run(token, command, hostname(), process.pid, Math.floor(now()));
          return since;
        });
  let beganAt: number | null = null; // once there is one it stays
  return {
    unfinishedSince,
    beganAt: () => {
      beganAt ??= numberOf(first.get()?.started_at);
      return beganAt;
    },
    lastRun: () => {
      const row = last.get();
      if (row === undefined) return null;
      return {
        command: String(row.command),
        host: String(row.host),
        pid: Number(row.pid),
        startedAt: new Date(Number(row.started_at)).toISOString(),
        endedAt: row.ended_at === null ? null : new Date(Number(row.ended_at)).toISOString(),
      };
    },
    endRun: () => void complete.run(token),
    close: () => void end.run(Math.floor(now()), token),
  };
}

// Where the archive holds what its address does not say: a community post's month is that of its publication.

export interface Places {
  /** Key of the article in the archive; null where it was never noted. The record there has the last word. */
  get(id: ArticleId): string | null;
  set(id: ArticleId, key: string): void;
}

function openPlaces(database: Database): Places {
  const get = database.prepare('SELECT key FROM places WHERE id = ?');
  const set = database.prepare(
    'INSERT INTO places (id, key) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET key = excluded.key',
  );
  return { get: (id) => textOf(get.get(id)?.key), set: (id, key) => void set.run(id, key) };
}
