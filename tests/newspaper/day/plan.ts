/** The options of a news day, and their defaults. */
import type { Outage } from './truth.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Lowest and highest; short times are as likely as long ones, on a logarithmic scale. */
export type Range = readonly [number, number];

export interface DayPlan {
  readonly seed: number;
  /** Published in each 24 hours from `startAt`, posts among them, posts that articles move to not. */
  readonly articles: number;
  /** How many days there are. */
  readonly days: number;
  /** Published in the 24 hours before, so that no list is empty at `startAt`; nothing ever happens to them. */
  readonly earlier: number;
  /** Midnight in Beijing. */
  readonly startAt: number;
  /** Shares of all articles. */
  readonly posts: number;
  readonly edited: number;
  readonly withdrawn: number;
  readonly moved: number;
  /** How many www articles no list ever shows. */
  readonly hidden: number;
  /** Share of the counter's numbers that never became an article. */
  readonly unpublishedIds: number;
  /** From publication to the first edit, and from each to the next. */
  readonly editAfterMs: Range;
  readonly withdrawAfterMs: Range;
  readonly moveAfterMs: Range;
  /** From publication to each list's entry at most. */
  readonly listDelayMs: number;
  /** Entries that a list shows at most, but for `listHoldsMs`. */
  readonly listSize: number;
  /** No entry falls off a list before so much time. */
  readonly listHoldsMs: number;
  /** When the new CMS takes over; null for never. */
  readonly cmsChangeAt: number | null;
  /** What the old columns' addresses answer after it: the way home, their last state for ever, or the same as before. */
  readonly oldColumns: 'home' | 'frozen' | 'live';
  /** First id of the new CMS; null where the counter goes on. */
  readonly idRestart: number | null;
  readonly outages: readonly Outage[];
  /** What posts print: `2小时前` and the like, as the community does, or the full time. */
  readonly postTimes: 'relative' | 'full';
  /** www articles answer with ETag and Last-Modified, and 304 to who knows the version. */
  readonly conditional: boolean;
  /** Paragraphs of an article when published. */
  readonly paragraphs: number;
  /** What an article's page weighs; null for little: without the style and handlers that pages carry inline, one comment. */
  readonly pageBytes: number | null;
}

/** Midnight, and lists broken for two hours each and the whole of www for one, all at busy times. */
export function planOf(options: Partial<DayPlan>): DayPlan {
  const startAt = options.startAt ?? Date.parse('2026-09-10T00:00:00+08:00');
  const at = (hours: number) => startAt + hours * HOUR;
  return {
    seed: 1,
    articles: 150,
    days: 1,
    earlier: 48,
    posts: 0.08,
    edited: 0.2,
    withdrawn: 0.03,
    moved: 0.05,
    hidden: 0,
    unpublishedIds: 0.15,
    editAfterMs: [10 * MINUTE, 8 * HOUR],
    withdrawAfterMs: [30 * MINUTE, 20 * HOUR],
    moveAfterMs: [30 * MINUTE, 12 * HOUR],
    listDelayMs: 10 * MINUTE,
    listSize: 20,
    listHoldsMs: 0,
    cmsChangeAt: at(12),
    oldColumns: 'home',
    idRestart: null,
    outages: [
      { source: '要闻', from: at(8), to: at(10), kind: 'empty' },
      { source: '头条', from: at(14), to: at(16), kind: 'error-500' },
      { source: '时评', from: at(16.5), to: at(18.5), kind: 'home-page' },
      { source: null, from: at(20), to: at(21), kind: 'unavailable-503' },
    ],
    postTimes: 'relative',
    conditional: true,
    paragraphs: 5,
    pageBytes: null,
    ...options,
    startAt,
  };
}
