/**
 * The gaps: numbers between known ones that no list ever showed. The rule:
 *
 * - Numbers rise with the time of publication; an article whose day breaks that order is left out
 *   (`longestInOrder`).
 * - The counter restarted near 900000 in September 2026 (site.md, 1.1): no gap reaches over that number.
 * - What lies between two neighbours is a gap only where they were published within a week of each other and stand no
 *   farther apart than three times the usual rate allows for that time and a day more (many addresses give no more than
 *   a day). Anything else is a stretch that nobody watched, such as the years between an old article that a footer links
 *   to and the news: it is reported as such, and its numbers are not counted.
 * - What lies before the first and after the last known number is not known to exist.
 *
 * A number's day is interpolated between its neighbours' times.
 */
import { DAY_MS, dayOf } from '../site/clock.ts';

/** Numbers `from` to `to`, both included, that nothing showed. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Inferred days of the first and the last. */
  readonly fromDay: string;
  readonly toDay: string;
}

interface Gaps {
  readonly gaps: readonly Gap[];
  /** Too wide to be gaps. */
  readonly unwatched: readonly Gap[];
  /** Numbers a day. */
  readonly rate: number;
}

/** First number of the new CMS. */
const NEW_COUNTER = 900_000;
/** Articles a day where too few days are known: the counter has gone by 100 to 140 since 2015 (site.md, 1.1). */
const KNOWN_RATE = 140;
const FEWEST_DAYS = 3;
const FEWEST_IN_DAY = 5;
const LONGEST_DAYS = 7;
const TIMES_THE_RATE = 3;

/** @param runs in the order of numbers; those without a day are nobody's, and part gaps */
export function findGaps(runs: readonly IdRun[]): Gaps {
  const eras = [runs.filter(({ from }) => from < NEW_COUNTER), runs.filter(({ from }) => from >= NEW_COUNTER)];
  const orders = eras.map((era) => longestInOrder(era.filter(isDated), ({ fromAt }) => startOfDay(fromAt)));
  const rate = usualRate(orders.flat());
  const gaps: Gap[] = [];
  const unwatched: Gap[] = [];
  for (const [index, inOrder] of orders.entries()) {
    const known = eras[index] ?? [];
    let next = 0; // in `known`, which every neighbour is among
    for (const [i, after] of inOrder.entries()) {
      const before = inOrder[i - 1];
      const between: IdRun[] = [];
      for (; known[next] !== undefined && known[next] !== after; next++) between.push(known[next] as IdRun);
      next += 1;
      if (before === undefined || after.from - before.to <= 1) continue;
      const holes = holesBetween(before, after, between);
      if (isWatched(before, after, rate)) gaps.push(...holes);
      else unwatched.push(...holes);
    }
  }
  return { gaps, unwatched, rate };
}

/** How many of the gap's numbers fall on which inferred day. */
export function countByDay(gap: Gap): ReadonlyMap<string, number> {
  const days = new Map<string, number>();
  for (let id = gap.from; id <= gap.to; id++) {
    const day = dayIn(gap, id);
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  return days;
}

/** The inferred day of one of the gap's numbers. */
export function dayIn({ from, to, fromDay, toDay }: Gap, id: number): string {
  const [first, last] = [Date.parse(fromDay), Date.parse(toDay)];
  const share = to === from ? 0 : (id - from) / (to - from);
  return new Date(first + Math.round((share * (last - first)) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

function isDated({ day }: IdRun): boolean {
  return day !== null;
}

/** Beginning of the day in Beijing, for a day is all that many addresses contain. */
function startOfDay(at: number): number {
  return Date.parse(dayOf(at));
}

function isWatched(before: IdRun, after: IdRun, rate: number): boolean {
  const days = Math.max(0, after.fromAt - before.toAt) / DAY_MS;
  return days <= LONGEST_DAYS && after.from - before.to - 1 <= TIMES_THE_RATE * rate * (days + 1);
}

/** What of the numbers between two neighbours is not known, each with its inferred days. */
function holesBetween(before: IdRun, after: IdRun, between: readonly IdRun[]): Gap[] {
  const dayAt = (id: number) => {
    const share = (id - before.to) / (after.from - before.to);
    return dayOf(before.toAt + share * Math.max(0, after.fromAt - before.toAt));
  };
  const ends = [...between, after];
  return ends.flatMap((end, i) => {
    const from = (i === 0 ? before : (between[i - 1] ?? before)).to + 1;
    const to = end.from - 1;
    return from > to ? [] : [{ from, to, fromDay: dayAt(from), toDay: dayAt(to) }];
  });
}

/** Median of the numbers that whole days took; the first and the last day are seldom whole. */
function usualRate(inOrder: readonly IdRun[]): number {
  const days = Map.groupBy(inOrder, ({ day, from }) => `${day} ${from < NEW_COUNTER}`);
  const spans = [...days.values()].slice(1, -1).flatMap((runs) => {
    const known = runs.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    return known < FEWEST_IN_DAY ? [] : [(runs.at(-1)?.to ?? 0) - (runs[0]?.from ?? 0) + 1];
  });
  return spans.length < FEWEST_DAYS ? KNOWN_RATE : Math.max(1, median(spans));
}

/** Of no values 0. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.ceil(sorted.length / 2) - 1] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
}

// Numbers rise with the time of publication, with few exceptions (site.md, 1.1). This finds the dated ones that are no exceptions.

/**
 * The most of the items whose values never fall, in their order: the longest non-decreasing subsequence, by patience
 * sorting. What it leaves out is what least has to be disbelieved for the rest to be in order.
 */
export function longestInOrder<T>(items: readonly T[], orderOf: (item: T) => number): T[] {
  const tails: number[] = []; // of every length, where the subsequence ends whose last value is lowest
  const before: number[] = [];
  const values = items.map(orderOf);
  for (const [index, value] of values.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : (tails[low - 1] ?? -1));
    tails[low] = index;
  }
  const kept: T[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) kept.push(items[index] as T);
  return kept.reverse();
}

// What is known of numbers, kept as runs of neighbours with the same state, so that memory grows with the changes and not with the counter.

export type IdState =
  | 'archived'
  | 'withdrawn'
  | 'gone'
  | 'moved'
  | 'link-out'
  | 'failed'
  | 'blocked'
  | 'refused'
  | 'waiting'
  | 'unpublished';

/** What is known of one number. */
export interface IdFact {
  readonly state: IdState;
  /** Of what ended failed, blocked or refused. */
  readonly code: string | null;
  /** The day of publication in Beijing; null for a number that is nobody's. */
  readonly day: string | null;
  /** Publication in ms since 1970; within the day where only that is known. */
  readonly at: number;
}

/** Numbers `from` to `to`, both included. */
export interface IdRun extends Pick<IdFact, 'state' | 'code' | 'day'> {
  readonly from: number;
  readonly to: number;
  /** When the first and the last of them were published, ms since 1970. */
  readonly fromAt: number;
  readonly toAt: number;
}

export interface IdRuns {
  /** False, and nothing is changed, where the number is known already: what is said first counts. */
  add(id: number, fact: IdFact): boolean;
  find(id: number): IdRun | null;
  /** In the order of numbers. */
  all(): readonly IdRun[];
}

export function openIdRuns(): IdRuns {
  const runs: IdRun[] = [];
  return {
    add: (id, fact) => {
      const index = indexAfter(runs, id);
      const before = runs[index - 1];
      const after = runs[index];
      if (before !== undefined && before.to >= id) return false;
      const joinsBefore = before !== undefined && before.to === id - 1 && isSame(before, fact);
      const joinsAfter = after !== undefined && after.from === id + 1 && isSame(after, fact);
      if (joinsBefore && joinsAfter) runs.splice(index - 1, 2, { ...before, to: after.to, toAt: after.toAt });
      else if (joinsBefore) runs[index - 1] = { ...before, to: id, toAt: fact.at };
      else if (joinsAfter) runs[index] = { ...after, from: id, fromAt: fact.at };
      else {
        const { state, code, day, at } = fact;
        runs.splice(index, 0, { from: id, to: id, state, code, day, fromAt: at, toAt: at });
      }
      return true;
    },
    find: (id) => {
      const run = runs[indexAfter(runs, id) - 1];
      return run !== undefined && run.to >= id ? run : null;
    },
    all: () => runs,
  };
}

function isSame(run: IdRun, { state, code, day }: IdFact): boolean {
  return run.state === state && run.code === code && run.day === day;
}

/** Where the first run stands that begins after the number. */
function indexAfter(runs: readonly IdRun[], id: number): number {
  if ((runs.at(-1)?.from ?? Number.NEGATIVE_INFINITY) <= id) return runs.length; // numbers mostly come in their order
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.from ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
