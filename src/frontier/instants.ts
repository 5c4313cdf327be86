/**
 * Every instant that `frontier.sqlite` remembers, and what it can mean. A machine without a clock, or one that was set wrong for
 * an hour, writes instants that lie years ahead; nothing may wait for them. What lies further ahead than makes sense is set
 * right whenever the database is opened for work, and whenever the clock is seen to go back while it is open.
 */
import { boundsOf, type Sense } from '../clock.ts';
import type { Database } from '../database.ts';
import { LONGEST_MS as LONGEST_LOOKUP_MS } from '../journal/lookups.ts';
import { LEASE_MS } from './frontier.ts';

/** What the columns with instants of a table mean; null where something else looks after the column, with the reason. */
type Columns = Readonly<Record<string, Sense | null>>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** When something was done. */
const DONE: Sense = { aheadMs: 0, otherwise: 'now' };
/** When something may be done again: where it makes no sense, now. */
const due = (aheadMs: number): Sense => ({ aheadMs, otherwise: 'now' });

/** A clock that is corrected by less than this does no harm. */
const CORRECTION_MS = 60_000;

/** Of the queue. */
export const TARGETS = {
  not_before: due(HOUR_MS), // the longest pause between two attempts
  leased_until: { aheadMs: LEASE_MS, otherwise: 'latest' }, // whoever has it in hand extends it
  again_at: due(WEEK_MS),
} as const satisfies Columns;

/** @param longestPauseMs no host is left alone for longer */
export function instantsOf(longestPauseMs: number): Readonly<Record<string, Columns>> {
  return {
    targets: {
      ...TARGETS,
      added_at: null, // nothing is decided by it
      settled_at: null, // read by `believed`: a million of them have no index
    },
    hosts: { next_at: due(longestPauseMs) },
    robots: { at: { aheadMs: 0, otherwise: 'long-ago' }, next_at: due(DAY_MS) },
    runs: { started_at: DONE, ended_at: DONE },
    visits: { at: DONE },
    alarms: { since: DONE },
    notices: { due_at: due(HOUR_MS), ended_at: DONE },
    revisits: { due_at: null, last_at: null }, // counted from the publication; see `replan`
    rechecks: { at: DONE },
    latencies: { archived_at: DONE },
    source_readings: { at: DONE },
    sightings: { first_at: DONE, last_at: DONE },
    forms: { first_at: DONE, last_at: DONE },
    followed: { at: DONE },
    lookups: { next_at: due(LONGEST_LOOKUP_MS) },
    probes: { at: DONE },
    orders: { asked_at: DONE, ended_at: DONE },
    slots: { due_at: null, served_at: null }, // by the source's own rule: `recheck` in crawl/timing.ts
    served_slots: { slot_at: null, started_at: DONE, ended_at: DONE }, // a slot is known by its own instant
  };
}

/** What is settled was settled now at the latest. */
export const SETTLED: Sense = DONE;

/**
 * A clock that has a function called whenever it goes back: what was written until then may lie ahead.
 * @param options `now` gives ms since 1970; `setRight` is called at once as well
 */
export function watchClock(now: () => number, setRight: (at: number) => void): () => number {
  let latest = now();
  setRight(latest);
  return () => {
    const at = now();
    const isBack = at < latest - CORRECTION_MS;
    if (isBack || at > latest) latest = at;
    if (isBack) setRight(at);
    return at;
  };
}

/**
 * The clock by which a database is used: whoever asks it for the time has set right before what a wrong one wrote.
 * @param options `now` gives ms since 1970
 */
export function openInstants(
  database: Database,
  { now, longestPauseMs }: { readonly now: () => number; readonly longestPauseMs: number },
): () => number {
  const updates = Object.entries(instantsOf(longestPauseMs)).flatMap(([table, senses]) =>
    Object.entries(senses).flatMap(([column, sense]) => {
      if (sense === null) return [];
      const [where, only] = [`${column} > ?2`, INDEXED[column] ?? ''];
      return [{ sense, update: database.prepare(`UPDATE ${table} SET ${column} = ?1 WHERE ${where}${only}`) }];
    }),
  );
  const replan = database.prepare(
    `INSERT INTO revisits (id, url, due_at, last_at) SELECT id, url, ?1, ?1 FROM targets WHERE id IN (
       SELECT id FROM visits WHERE at > ?1 AND outcome IN ('archived', 'unchanged', 'gone'))
     ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, attempts = 0`,
  );
  return watchClock(now, (at) => {
    const whole = Math.ceil(at);
    database.transaction(() => {
      // By a clock that is ahead every article is old, and no visit is planned: what it visited is visited again now.
      replan.run(whole);
      for (const { sense, update } of updates) {
        const { latest, instead } = boundsOf(sense, whole);
        update.run(instead, latest);
      }
    });
  });
}

/** What the rows of these columns that count are found by. */
const INDEXED: Readonly<Record<string, string>> = {
  not_before: ' AND outcome IS NULL',
  leased_until: ' AND token IS NOT NULL',
};
