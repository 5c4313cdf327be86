/** Writes the day's articles and posts with all their versions, before any list has them. */
import type { Block } from '../write/blocks.ts';
import { clock } from '../write/calendar.ts';
import { writePost } from '../write/post.ts';
import type { Random } from '../write/random.ts';
import { columnistsOf, type Press, type Story, writeStory } from '../write/story.ts';
import { withText } from './edit.ts';
import type { ChangeKind } from './truth.ts';

export interface StoryVersion {
  readonly from: number;
  readonly kind: 'published' | ChangeKind;
  readonly story: Story;
}

/** An article in the making. */
export interface DayStory {
  readonly publishedAt: number;
  /** Oldest first. */
  readonly versions: readonly [StoryVersion, ...StoryVersion[]];
  readonly withdrawnAt: number | null;
  readonly moved: { readonly at: number; readonly post: DayStory } | null;
  readonly movedFrom: Story | null;
}

const SLUGS = {
  classic: ['politics', 'internation', 'economy', 'ChanJing', 'GongYe·KeJi', 'culture-history'],
  'cms-2026': ['ZhengZhi', 'GuoJi·ZhanLue', 'CaiJing', 'ChengShi', 'GuoJi', 'JunShi'],
} as const;

export interface Slip {
  readonly era: 'classic' | 'cms-2026';
  readonly id: number;
  readonly publishedAt: number;
  /** Counts the articles. */
  readonly turn: number;
  readonly paragraphs: number;
}

/** A www article as first published; every third an opinion piece. */
export function publishArticle(press: Press, random: Random, slip: Slip): DayStory {
  const { era, id, publishedAt, turn } = slip;
  const columnists = turn % 3 === 1 ? columnistsOf(random, turn) : [];
  const story = writeStory(press, {
    era,
    slot: slotAt(id, publishedAt),
    slug: columnists[0]?.slug ?? random.pick(SLUGS[era]),
    columnists,
    turn: 6 * turn + 5, // of the turns, those that come whole on one page and without oddities
    bylineTurn: turn,
    titleTurn: turn,
    neighbour: '/',
    special: null,
  });
  const leadPicture = story.lead?.picture ?? null; // shown by the headline list alone
  const truth = { ...story.truth, clock: { published: clock(publishedAt), updated: null }, leadPicture };
  return published({ ...story, truth }, shortened(story, slip.paragraphs), publishedAt);
}

/** A post as first published; with `from` it is that article, moved. */
export function publishPost(press: Press, slip: Omit<Slip, 'era'>, from: Story | null = null): DayStory {
  const { id, publishedAt, turn } = slip;
  const story = writePost(press, 12 * turn + 3); // as above
  const path = `/main/content?id=${id}`;
  const facts = {
    id: `fengwen:${id}` as const,
    url: press.origins.community + path,
    clock: { published: clock(publishedAt).slice(0, 16), updated: null },
    ...(from === null ? {} : { title: from.truth.listTitle, listTitle: from.truth.listTitle }),
  };
  const post = { ...story, slot: slotAt(id, publishedAt), path, docId: id, truth: { ...story.truth, ...facts } };
  return { ...published(post, from?.parts.flat() ?? shortened(story, slip.paragraphs), publishedAt), movedFrom: from };
}

function published(story: Story, blocks: readonly Block[], publishedAt: number): DayStory {
  const first: StoryVersion = { from: publishedAt, kind: 'published', story: withText(story, blocks) };
  return { publishedAt, versions: [first], withdrawnAt: null, moved: null, movedFrom: null };
}

function slotAt(id: number, time: number) {
  return { id, date: clock(time).slice(0, 10), time };
}

/** The blocks without the paragraphs and subheads beyond so many paragraphs. */
function shortened({ parts }: Story, paragraphs: number): readonly Block[] {
  let left = paragraphs;
  return parts.flat().filter(({ kind }) => {
    if (kind === 'paragraph') return left-- > 0;
    return kind !== 'subhead' || left > 0;
  });
}
