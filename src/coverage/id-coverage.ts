/** Id coverage: what became of each article number by day, what no list showed, what each list showed, and the estimate. */

import { weekdayOf } from '../site/clock.ts';
import { type Completeness, completeness } from './completeness.ts';
import { countByDay, findGaps, type Gap, type IdRun, type IdRuns, type IdState, median } from './gaps.ts';

/** What is known; all of www numbers, those of community posts count much else. */
interface IdCoverageInput {
  /** Of the days of the window, and of some days before it, from which its first gap is dated. */
  readonly runs: IdRuns;
  /** Which lists showed which numbers. */
  readonly sightings: Iterable<{ readonly id: number; readonly sources: readonly string[] }>;
  /** Numbers that were asked for because nothing had shown them, with their inferred days, and what they turned out to be. */
  readonly probed: Iterable<{ readonly day: string; readonly isArticle: boolean }>;
}

/** Days of Beijing, both included. */
export interface Window {
  readonly since: string;
  readonly until: string;
}

export type DayState = Exclude<IdState, 'unpublished'>;

export interface CoverageDay {
  readonly day: string;
  readonly states: Readonly<Record<DayState, number>>;
  readonly neverSeen: number;
  /** Median of what is known of the other days, of the same weekday where there are enough; null if there are too few. */
  readonly usual: number | null;
  /** Much less is known than is usual. */
  readonly few: boolean;
}

export interface IdCoverage {
  /** In order; days of which nothing is known are left out. */
  readonly days: readonly CoverageDay[];
  readonly gaps: readonly Gap[];
  /** Stretches too long to be gaps: nobody watched. */
  readonly unwatched: readonly Gap[];
  readonly failures: readonly {
    readonly from: number;
    readonly to: number;
    readonly state: IdState;
    readonly code: string;
  }[];
  readonly sources: readonly SourceShare[];
  readonly neverSeen: number;
  readonly probed: { readonly articles: number; readonly unpublished: number };
  /** Numbers that are known to have been published as articles of the site. */
  readonly known: number;
  /** Those of them that are archived, withdrawn since or not. */
  readonly archived: number;
  /** Published besides, but moved to the community or led to another outlet: no article of this number is left to archive. */
  readonly elsewhere: number;
  /** Numbers a day. */
  readonly rate: number;
  readonly completeness: Completeness;
}

const FEWEST_DAYS = 3;
/** Below this part of what is usual, a day is short. */
const FEW = 0.5;

export function makeIdCoverage(input: IdCoverageInput, { since, until }: Window): IdCoverage {
  const isIn = (day: string | null) => day !== null && day >= since && day <= until;
  const runs = input.runs.all();
  const found = findGaps(runs);
  const touches = ({ fromDay, toDay }: Gap) => toDay >= since && fromDay <= until;
  const gaps = found.gaps.filter(touches);
  const neverSeen = new Map<string, number>();
  for (const gap of gaps)
    for (const [day, count] of countByDay(gap)) if (isIn(day)) neverSeen.set(day, (neverSeen.get(day) ?? 0) + count);

  const inWindow = runs.filter(({ day }) => isIn(day));
  const days = daysOf(inWindow, neverSeen);
  const sources = sourceShares(input.sightings, {
    dayOf: (id) => {
      const day = input.runs.find(id)?.day ?? null;
      return isIn(day) ? day : null;
    },
    known: new Map(days.map(({ day, states }) => [day, sumOf(states)])),
  });
  const probed = { articles: 0, unpublished: 0 };
  for (const { day, isArticle } of input.probed) {
    if (!isIn(day)) continue;
    if (isArticle) probed.articles += 1;
    else probed.unpublished += 1;
  }
  const elsewhere = days.reduce((sum, { states }) => sum + states.moved + states['link-out'], 0);
  const known = days.reduce((sum, { states }) => sum + sumOf(states), 0) - elsewhere;
  const archived = days.reduce((sum, { states }) => sum + states.archived + states.withdrawn, 0);
  const unseen = [...neverSeen.values()].reduce((sum, count) => sum + count, 0);
  return {
    days,
    gaps,
    unwatched: found.unwatched.filter(touches),
    failures: inWindow.flatMap(({ from, to, state, code }) => (code === null ? [] : [{ from, to, state, code }])),
    sources,
    neverSeen: unseen,
    probed,
    known,
    archived,
    elsewhere,
    rate: found.rate,
    completeness: completeness({ known, archived, neverSeen: unseen, probed }),
  };
}

function daysOf(runs: readonly IdRun[], neverSeen: ReadonlyMap<string, number>): CoverageDay[] {
  const counts = new Map<string, Record<DayState, number>>();
  for (const day of neverSeen.keys()) counts.set(day, noStates());
  for (const { day, state, from, to } of runs) {
    if (day === null || state === 'unpublished') continue;
    const states = counts.get(day) ?? noStates();
    states[state] += to - from + 1;
    counts.set(day, states);
  }
  const known = new Map([...counts].map(([day, states]) => [day, sumOf(states)]));
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, states]) => {
      const usual = usualOf(day, known);
      return {
        day,
        states,
        neverSeen: neverSeen.get(day) ?? 0,
        usual,
        few: usual !== null && sumOf(states) < usual * FEW,
      };
    });
}

/** Weekdays differ: those of the same name speak first. */
function usualOf(day: string, known: ReadonlyMap<string, number>): number | null {
  const others = [...known].filter(([other]) => other !== day);
  const sameWeekday = others.filter(([other]) => weekdayOf(other) === weekdayOf(day));
  const fitting = sameWeekday.length >= FEWEST_DAYS ? sameWeekday : others;
  return fitting.length < FEWEST_DAYS ? null : median(fitting.map(([, count]) => count));
}

function noStates(): Record<DayState, number> {
  return {
    archived: 0,
    withdrawn: 0,
    gone: 0,
    moved: 0,
    'link-out': 0,
    failed: 0,
    blocked: 0,
    refused: 0,
    waiting: 0,
  };
}

function sumOf(states: Readonly<Record<DayState, number>>): number {
  return Object.values(states).reduce((sum, count) => sum + count, 0);
}

// What each list showed of what is known, and on which days much less than it usually does.

export interface SourceShare {
  readonly source: string;
  /** Numbers of the window that it showed. */
  readonly shown: number;
  /** Median over the days of the share of known numbers that it showed, 0 to 1; null for too few days. */
  readonly usualShare: number | null;
  /** Days on which it showed much less than that. */
  readonly short: readonly { readonly day: string; readonly shown: number; readonly known: number }[];
}

/** A day of fewer says nothing about shares. */
const FEWEST_IN_DAY = 10;
const SHORT = 0.5;

/** @param options `dayOf` is null for numbers outside of the window; `known` counts the numbers of each of its days */
function sourceShares(
  sightings: Iterable<{ readonly id: number; readonly sources: readonly string[] }>,
  options: { readonly dayOf: (id: number) => string | null; readonly known: ReadonlyMap<string, number> },
): readonly SourceShare[] {
  const shown = new Map<string, Map<string, number>>();
  for (const { id, sources } of sightings) {
    const day = options.dayOf(id);
    if (day === null) continue;
    for (const source of sources) {
      const days = shown.get(source) ?? new Map<string, number>();
      days.set(day, (days.get(day) ?? 0) + 1);
      shown.set(source, days);
    }
  }
  const shares = [...shown].map(([source, days]) => shareOf(source, days, options.known));
  return shares.sort((a, b) => b.shown - a.shown);
}

function shareOf(source: string, shown: ReadonlyMap<string, number>, known: ReadonlyMap<string, number>): SourceShare {
  const days = [...known].filter(([, count]) => count >= FEWEST_IN_DAY);
  const shares = days.map(([day, count]) => (shown.get(day) ?? 0) / count);
  const usualShare = days.length < FEWEST_DAYS ? null : median(shares);
  const short = days.flatMap(([day, count], i) =>
    usualShare !== null && (shares[i] ?? 0) < usualShare * SHORT
      ? [{ day, shown: shown.get(day) ?? 0, known: count }]
      : [],
  );
  return { source, shown: [...shown.values()].reduce((sum, count) => sum + count, 0), usualShare, short };
}
