/**
 * How many articles of a month were edited, withdrawn or moved a day and a week after they were first archived, as GDELT's Global
 * Difference Graph counts it: each article is fetched again after 24 hours and after one week, and what it then is is compared
 * with what it was first (https://blog.gdeltproject.org/announcing-the-gdelt-global-difference-graph-gdg-planetary-scale-change-detection-for-the-global-news-media/).
 * Counted over those that were fetched again at that age, and over no others. Pure.
 */
import type { ArchiveRecord } from '../archive/record.ts';
import { RECHECK_WINDOWS, type RecheckAge } from '../journal/rechecks.ts';

/** An article of the month, as far as rates ask. */
export interface RatedArticle {
  readonly versions: readonly Pick<ArchiveRecord['versions'][number], 'capturedAt' | 'contentHash' | 'changes'>[];
  readonly absences: ArchiveRecord['absences'];
  readonly movedTo: ArchiveRecord['movedTo'];
  /** When it was visited again at each age, ms since 1970; null where it was not. */
  readonly rechecked: Readonly<Record<RecheckAge, number | null>>;
}

/** A part of what was looked at, with the 95 % interval of Wilson (1927); no interval where nothing was looked at. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface Rates {
  /** Articles of the month, and how many of them were visited at this age, were not, and have not come to it yet. */
  readonly articles: number;
  readonly revisited: number;
  readonly notRevisited: number;
  readonly notYet: number;
  /** Revisited and edited, but the version before cannot be read: in no rate of edits. */
  readonly notComparable: number;
  readonly title: Share;
  readonly text: Share;
  /** Title, text or both: what GDELT gives as changed. */
  readonly edited: Share;
  readonly withdrawn: Share;
  readonly moved: Share;
}

/** @param options `now` in ms since 1970 */
export function ratesOf(articles: readonly RatedArticle[], age: RecheckAge, { now }: { readonly now: number }): Rates {
  const states = articles.map((article) => stateOf(article, age, now));
  const count = (holds: (state: State) => boolean) => states.filter(holds).length;
  const revisited = count((state) => typeof state === 'object');
  const notComparable = count((state) => typeof state === 'object' && state.edit === 'not comparable');
  const edits = (holds: (edit: Edit) => boolean) =>
    shareOf(
      count((state) => typeof state === 'object' && state.edit !== 'not comparable' && holds(state.edit)),
      revisited - notComparable,
    );
  return {
    articles: articles.length,
    revisited,
    notRevisited: count((state) => state === 'not revisited'),
    notYet: count((state) => state === 'not yet'),
    notComparable,
    title: edits(({ title }) => title),
    text: edits(({ text }) => text),
    edited: edits(({ title, text }) => title || text),
    withdrawn: shareOf(
      count((state) => typeof state === 'object' && state.isGone),
      revisited,
    ),
    moved: shareOf(
      count((state) => typeof state === 'object' && state.isMoved),
      revisited,
    ),
  };
}

interface Edit {
  readonly title: boolean;
  readonly text: boolean;
}

type State =
  | 'not revisited'
  | 'not yet'
  | { readonly isGone: boolean; readonly isMoved: boolean; readonly edit: Edit | 'not comparable' };

const UNCHANGED: Edit = { title: false, text: false };

function stateOf({ versions, absences, movedTo, rechecked }: RatedArticle, age: RecheckAge, now: number): State {
  const at = rechecked[age];
  if (at === null) {
    const firstAt = Date.parse(versions[0]?.capturedAt ?? '');
    return now <= firstAt + RECHECK_WINDOWS[age].untilMs ? 'not yet' : 'not revisited';
  }
  const isBy = (instant: string) => Date.parse(instant) <= at;
  const isGone = absences.some(({ since, until }) => isBy(since) && (until === null || !isBy(until)));
  const isMoved = !isGone && movedTo !== undefined && isBy(movedTo.since);
  const seen = versions.filter(({ capturedAt }) => isBy(capturedAt));
  return { isGone, isMoved, edit: isGone || isMoved ? UNCHANGED : editOf(seen) };
}

/** From the first version to the last of these: an edit that was taken back is none. */
function editOf(versions: RatedArticle['versions']): Edit | 'not comparable' {
  const [first, ...later] = versions;
  if (first === undefined || later.at(-1)?.contentHash === first.contentHash) return UNCHANGED;
  const changes = later.map((version) => version.changes);
  if (changes.includes(null)) return 'not comparable';
  const has = (part: 'title' | 'body') =>
    changes.some((each) => (each?.[part].added ?? 0) + (each?.[part].removed ?? 0) > 0);
  return { title: has('title'), text: has('body') };
}

/** 97.5 % of a normal distribution lie below. */
const Z = 1.959963984540054;

/** With Wilson's interval: https://doi.org/10.1080/01621459.1927.10502953. */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, interval: null };
  const share = count / of;
  const scale = 1 + Z ** 2 / of;
  const middle = (share + Z ** 2 / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  const low = count === 0 ? 0 : Math.max(0, middle - half); // exactly, where rounding would not
  return { count, of, interval: { low, high: count === of ? 1 : Math.min(1, middle + half) } };
}
