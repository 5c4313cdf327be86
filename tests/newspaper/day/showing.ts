/** What each list shows at an instant, and from when to when it shows what. */
import { openRandom } from '../write/random.ts';
import { type Happenings, isArticle } from './happenings.ts';
import { type DayList, type Desk, instantShown } from './lists.ts';
import { ARTICLE_CHANCES, drawDesks, POST_CHANCES } from './membership.ts';
import type { DayPlan } from './plan.ts';
import type { DayStory } from './stories.ts';
import type { Shown } from './truth.ts';

/** A story that a desk has on its list. */
interface Entry {
  readonly story: DayStory;
  readonly listedAt: number;
}

export interface Showing {
  /** What the list's address shows, newest first; null while it leads home. */
  at(list: DayList, now: number): readonly DayStory[] | null;
  /** Every interval of every list, of the stories that were ever shown. */
  readonly shown: ReadonlyMap<DayStory, readonly Shown[]>;
  /** Whether the desk has the story at all. */
  has(desk: Desk, story: DayStory): boolean;
}

export function openShowing(happenings: Happenings, lists: readonly DayList[], plan: DayPlan): Showing {
  const desks = entriesByDesk(happenings, plan);
  const at = (list: DayList, now: number) => {
    const instant = instantShown(list, plan, now);
    return instant === null ? null : shownAt(desks.get(list.desk) ?? [], plan, instant);
  };
  const shown = new Map<DayStory, Shown[]>();
  for (const list of lists) {
    const instants = changesOf(desks.get(list.desk) ?? [], plan);
    for (const [story, intervals] of intervalsOf((now) => at(list, now) ?? [], instants)) {
      shown.set(story, [
        ...(shown.get(story) ?? []),
        ...intervals.map((interval) => ({ list: list.name, ...interval })),
      ]);
    }
  }
  return { at, shown, has: (desk, story) => desks.get(desk)?.some((entry) => entry.story === story) ?? false };
}

/** Newest first. */
function entriesByDesk(happenings: Happenings, plan: DayPlan): ReadonlyMap<Desk, readonly Entry[]> {
  const random = openRandom(plan.seed, 'lists');
  const entries = new Map<Desk, Entry[]>();
  const enter = (story: DayStory, desks: readonly Desk[]) => {
    for (const desk of desks) {
      const listedAt = story.publishedAt + Math.round((random.fraction() * plan.listDelayMs) / 1000) * 1000;
      entries.set(desk, [...(entries.get(desk) ?? []), { story, listedAt }]);
    }
  };
  for (const story of [...happenings.earlier, ...happenings.articles]) {
    if (happenings.hidden.has(story)) continue;
    enter(story, drawDesks(random, isArticle(story) ? ARTICLE_CHANCES : POST_CHANCES));
  }
  for (const post of happenings.movedPosts) enter(post, ['posts']);
  for (const list of entries.values()) list.sort((a, b) => b.story.publishedAt - a.story.publishedAt);
  return entries;
}

function shownAt(entries: readonly Entry[], plan: DayPlan, now: number): readonly DayStory[] {
  return entries
    .filter(({ story, listedAt }) => listedAt <= now && (story.withdrawnAt === null || now < story.withdrawnAt))
    .filter(({ listedAt }, rank) => rank < plan.listSize || now < listedAt + plan.listHoldsMs)
    .map(({ story }) => story);
}

/** Every instant at which a list of these entries may change. */
function changesOf(entries: readonly Entry[], plan: DayPlan): readonly number[] {
  const instants = entries.flatMap(({ story, listedAt }) => [
    listedAt,
    listedAt + plan.listHoldsMs,
    ...(story.withdrawnAt === null ? [] : [story.withdrawnAt]),
  ]);
  return [...new Set([...instants, ...(plan.cmsChangeAt === null ? [] : [plan.cmsChangeAt])])].sort((a, b) => a - b);
}

type Interval = Omit<Shown, 'list'>;

function intervalsOf(
  at: (now: number) => readonly DayStory[],
  instants: readonly number[],
): ReadonlyMap<DayStory, readonly Interval[]> {
  const closed = new Map<DayStory, Interval[]>();
  const open = new Map<DayStory, number>();
  const close = (story: DayStory, from: number, until: number | null) =>
    closed.set(story, [...(closed.get(story) ?? []), { from, until }]);
  for (const now of instants) {
    const shown = new Set(at(now));
    for (const [story, from] of open) {
      if (shown.has(story)) continue;
      close(story, from, now);
      open.delete(story);
    }
    for (const story of shown) if (!open.has(story)) open.set(story, now);
  }
  for (const [story, from] of open) close(story, from, null);
  return closed;
}
