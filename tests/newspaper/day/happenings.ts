/** Makes up the day: what is published when and under which number, and what becomes of it. */
import { openRandom, type Random } from '../write/random.ts';
import type { Press, Story } from '../write/story.ts';
import { CHANGE_KINDS, edit } from './edit.ts';
import type { DayPlan } from './plan.ts';
import { durationIn, instantsOf, openCounter } from './publication.ts';
import { type DayStory, publishArticle, publishPost, type StoryVersion } from './stories.ts';

const DAY = 86_400_000;

/** Where the counters stand a day before `startAt`; that of posts counts much else, and runs on by the second. */
const FIRST = { article: 830_400, post: 1_700_000 } as const;

export interface Happenings {
  /** Oldest first, each kind: the day's, the posts that articles moved to, and the day before's. */
  readonly articles: readonly DayStory[];
  readonly movedPosts: readonly DayStory[];
  readonly earlier: readonly DayStory[];
  /** The day's articles that no list may show. */
  readonly hidden: ReadonlySet<DayStory>;
  readonly unpublishedIds: readonly number[];
}

export function makeDay(press: Press, plan: DayPlan): Happenings {
  const random = openRandom(plan.seed, 'day');
  const counter = openCounter(random, FIRST.article, plan.unpublishedIds);
  const { paragraphs, cmsChangeAt } = plan;
  let turn = 0;
  let posts = 0;
  let modern = false;
  const postIds = new Set<number>();
  const postId = (publishedAt: number) => {
    let id = FIRST.post + (publishedAt - plan.startAt + DAY) / 1000;
    while (postIds.has(id)) id++;
    postIds.add(id);
    return id;
  };

  const write = (instants: readonly number[]): DayStory[] =>
    instants.map((publishedAt, index) => {
      if (Math.floor((index + 1) * plan.posts) > Math.floor(index * plan.posts))
        return publishPost(press, { id: postId(publishedAt), publishedAt, turn: posts++, paragraphs });
      if (!modern && cmsChangeAt !== null && publishedAt >= cmsChangeAt) {
        modern = true;
        if (plan.idRestart !== null) counter.restart(plan.idRestart);
      }
      const era = modern ? 'cms-2026' : 'classic';
      return publishArticle(press, random, { era, id: counter.next(), publishedAt, turn: turn++, paragraphs });
    });

  const earlier = write(instantsOf(random, plan.earlier, plan.startAt - DAY));
  const days = Array.from({ length: plan.days }, (_, day) => plan.startAt + day * DAY);
  const fresh = write(days.flatMap((midnight) => instantsOf(random, plan.articles, midnight)));
  const www = shuffled(random, fresh.filter(isArticle));
  const take = (count: number) => new Set(www.splice(0, count));
  const hidden = take(plan.hidden);
  const [edited, withdrawn, moved] = [plan.edited, plan.withdrawn, plan.moved].map((share) =>
    take(Math.round(share * fresh.length)),
  );

  const movedPosts: DayStory[] = [];
  const movedInto = (story: DayStory) => {
    const at = story.publishedAt + durationIn(random, plan.moveAfterMs);
    const slip = { id: postId(at), publishedAt: at, turn: posts++, paragraphs };
    const post = publishPost(press, slip, latest(story));
    movedPosts.push(post);
    return { ...story, moved: { at, post } };
  };
  const articles = fresh.map((story) => {
    if (edited?.has(story)) return withEdits(press, random, story, plan);
    if (withdrawn?.has(story))
      return { ...story, withdrawnAt: story.publishedAt + durationIn(random, plan.withdrawAfterMs) };
    return moved?.has(story) ? movedInto(story) : story;
  });
  return { articles, movedPosts, earlier, hidden, unpublishedIds: counter.unpublished };
}

export function isArticle({ versions }: DayStory): boolean {
  return versions[0].story.truth.era !== 'fengwen';
}

function latest({ versions }: DayStory): Story {
  return (versions.at(-1) ?? versions[0]).story;
}

/** One to three edits of different kinds. */
function withEdits(press: Press, random: Random, story: DayStory, { editAfterMs }: DayPlan): DayStory {
  const kinds = shuffled(random, CHANGE_KINDS).slice(0, random.int(1, 3));
  const edits: StoryVersion[] = [];
  let last: StoryVersion = story.versions[0];
  for (const kind of kinds) {
    const from = last.from + durationIn(random, editAfterMs);
    last = { from, kind, story: edit(press, last.story, { kind, at: from, random }) };
    edits.push(last);
  }
  return { ...story, versions: [...story.versions, ...edits] };
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: random.fraction() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
