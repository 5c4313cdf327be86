/** The letter of a month: what was published, edited, withdrawn and missed, of records, changes and coverage. Pure. */
import type { ArticleChange, EditKind } from '../archive/changes.ts';
import type { IdCoverage, Window } from '../coverage/id-coverage.ts';
import type { ArticleId } from '../model.ts';
import { dayOf, startOf } from '../site/clock.ts';
import { type RatedArticle, type Rates, ratesOf } from './rates.ts';

/** What is known of a month. */
export interface LetterFacts {
  readonly month: Month;
  /** Archived articles that were published in the month. */
  readonly published: readonly PublishedArticle[];
  /** What was found in the month, of articles of any age, in the order of time. */
  readonly changes: readonly ArticleChange[];
  /** Of the month as far as it has come. */
  readonly coverage: IdCoverage;
  /** Records that cannot be read: what they say is in no figure. */
  readonly damaged: number;
}

export interface PublishedArticle extends RatedArticle {
  readonly id: ArticleId;
  /** The configured source that named it; null for one given by hand. */
  readonly source: string | null;
}

/** A month of the site's clock. */
export interface Month {
  /** `2026-10`. */
  readonly month: string;
  /** Its first and its last day, or today where it is under way. */
  readonly days: Window;
  /** From its first instant to before its end, ms since 1970. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly isUnderWay: boolean;
  /** What is said was known then, ms since 1970. */
  readonly asOf: number;
}

export interface Letter extends Omit<Month, 'startsAt' | 'endsAt' | 'asOf'> {
  /** ISO 8601 in UTC. */
  readonly asOf: string;
  readonly published: {
    readonly articles: number;
    readonly posts: number;
    /** Most first; null is what was given by hand. */
    readonly sources: readonly { readonly source: string | null; readonly count: number }[];
  };
  readonly edited: {
    readonly edits: number;
    readonly articles: number;
    readonly kinds: Readonly<Record<EditKind, number>>;
    readonly all: readonly ArticleChange[];
  };
  readonly withdrawn: { readonly count: number; readonly all: readonly ArticleChange[] };
  readonly returned: { readonly count: number; readonly all: readonly ArticleChange[] };
  readonly missed: {
    /** Article numbers that became nothing in the archive, by what became of them. */
    readonly gone: number;
    readonly failed: number;
    readonly refused: number;
    readonly waiting: number;
    readonly elsewhere: number;
    readonly neverSeen: number;
    /** Stretches in which nobody watched: they are in no figure. */
    readonly unwatched: number;
  };
  readonly completeness: Pick<IdCoverage, 'known' | 'archived' | 'completeness'>;
  readonly rates: { readonly day: Rates; readonly week: Rates };
  readonly damaged: number;
}

/**
 * @param name `2026-10`
 * @param now ms since 1970
 * @returns null for what is no month, and for one that has not begun
 */
export function monthOf(name: string, now: number): Month | null {
  const startsAt = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(name) ? startOf(`${name}-01`) : Number.NaN;
  if (Number.isNaN(startsAt) || startsAt > now) return null;
  const endsAt = startOf(`${monthAfter(name)}-01`);
  const isUnderWay = now < endsAt;
  const until = dayOf(isUnderWay ? now : endsAt - 1);
  return { month: name, days: { since: `${name}-01`, until }, startsAt, endsAt, isUnderWay, asOf: now };
}

/** The month in which an instant in ms since 1970 lies, by the site's clock. */
export function monthAt(at: number): string {
  return dayOf(at).slice(0, 7);
}

export function monthAfter(month: string): string {
  return shifted(month, 1);
}

export function monthBefore(month: string): string {
  return shifted(month, -1);
}

function shifted(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const index = year * 12 + number - 1 + by;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
}

export function letterOf({ month: known, published, changes, coverage, damaged }: LetterFacts): Letter {
  const { startsAt: _startsAt, endsAt: _endsAt, asOf, ...month } = known;
  const of = (what: ArticleChange['what']) => changes.filter((change) => change.what === what);
  const [edits, withdrawn, returned] = [of('edited'), of('withdrawn'), of('returned')];
  const isPost = ({ id }: PublishedArticle) => id.startsWith('fengwen:');
  const sources = Map.groupBy(published, ({ source }) => source);
  const stateCount = (...states: readonly (keyof IdCoverage['days'][number]['states'])[]) =>
    coverage.days.reduce((sum, day) => sum + states.reduce((all, state) => all + day.states[state], 0), 0);
  const rated = (age: 'day' | 'week') => ratesOf(published, age, { now: asOf });
  return {
    ...month,
    asOf: new Date(asOf).toISOString(),
    published: {
      articles: published.filter((article) => !isPost(article)).length,
      posts: published.filter(isPost).length,
      sources: [...sources]
        .map(([source, of]) => ({ source, count: of.length }))
        .sort((a, b) => b.count - a.count || ((a.source ?? '') < (b.source ?? '') ? -1 : 1)),
    },
    edited: {
      edits: edits.length,
      articles: new Set(edits.map(({ id }) => id)).size,
      kinds: kindsOf(edits),
      all: edits,
    },
    withdrawn: { count: withdrawn.length, all: withdrawn },
    returned: { count: returned.length, all: returned },
    missed: {
      gone: stateCount('gone'),
      failed: stateCount('failed'),
      refused: stateCount('blocked', 'refused'),
      waiting: stateCount('waiting'),
      elsewhere: stateCount('moved', 'link-out'),
      neverSeen: coverage.neverSeen,
      unwatched: coverage.unwatched.length,
    },
    completeness: { known: coverage.known, archived: coverage.archived, completeness: coverage.completeness },
    rates: { day: rated('day'), week: rated('week') },
    damaged,
  };
}

function kindsOf(edits: readonly ArticleChange[]): Record<EditKind, number> {
  const counts = { title: 0, correction: 0, addition: 0, picture: 0, date: 0 };
  for (const change of edits) if (change.what === 'edited') for (const kind of change.kinds) counts[kind] += 1;
  return counts;
}
