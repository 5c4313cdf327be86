/** Makes up the newspaper: what is published, from the newest article to the oldest, and which list names what. */
import { olderSlot, type Slot, slotOf } from './calendar.ts';
import { type Gallery, openGallery } from './gallery.ts';
import type { Origins } from './hanging.ts';
import { type Listing, makeListings, namesByStory } from './listings.ts';
import { writePost } from './post.ts';
import { openRandom, type Random } from './random.ts';
import { DISPOSITIONS, SPECIAL_NAMES } from './specials.ts';
import { type Assignment, columnistsOf, type Draft, type Press, type Story, writeStory } from './story.ts';

export interface EditionOptions {
  /** Ordinary articles, community posts among them. */
  readonly articles: number;
  readonly imagesPerArticle: number;
  readonly seed: number;
  readonly specials: boolean;
  /** Entries on one page of a list. */
  readonly listSize: number;
}

export interface Edition {
  readonly options: EditionOptions;
  readonly origins: Origins;
  readonly gallery: Gallery;
  /** Newest first, special pages among them. */
  readonly stories: readonly Story[];
  readonly listings: readonly Listing[];
}

/** Everything that the newspaper of these options says; the same options give the same edition. */
export function makeEdition(origins: Origins, options: EditionOptions): Edition {
  const gallery = openGallery();
  const press: Press = { ...options, origins, gallery, titles: new Set() };
  const posts = Math.floor(options.articles / 8);
  const drafts = [
    ...writeStories(press, options.articles - posts),
    ...Array.from({ length: posts }, (_, turn) => writePost(press, turn)),
    ...(options.specials ? writeSpecials(press, posts) : []),
  ].sort((a, b) => b.slot.time - a.slot.time);
  const listings = makeListings(drafts, options.listSize);
  const names = namesByStory(listings);
  const stories = drafts.map(
    (draft): Story => ({ ...draft, truth: { ...draft.truth, ...asListed(draft, names.get(draft) ?? []) } }),
  );
  return { options, origins, gallery, stories, listings: relisted(listings, stories) };
}

/** What the lists add to an article's truth. */
function asListed(draft: Draft, lists: readonly string[]) {
  const lead = lists.includes('头条') ? draft.lead : null;
  return { lists, leadPicture: lead?.picture ?? null, leadAsset: lead?.asset ?? null };
}

/** The same listings over the finished stories. */
function relisted(listings: readonly Listing[], stories: readonly Story[]): readonly Listing[] {
  const finished = new Map(stories.map((story) => [story.truth.id, story]));
  const finish = ({ truth }: Story) => finished.get(truth.id) ?? [];
  return listings.map((listing) => ({ ...listing, stories: listing.stories.flatMap(finish) }));
}

const SLUGS = {
  classic: ['politics', 'internation', 'economy', 'ChanJing', 'GongYe·KeJi', 'economy', 'culture-history'],
  'cms-2026': ['ZhengZhi', 'GuoJi·ZhanLue', 'CaiJing', 'GuoJi·ZhanLue', 'ChengShi', 'GuoJi'],
} as const;

/** More than the new CMS has had numbers for. */
const CMS_AT_MOST = 1400;

/** The www articles: the new CMS's as many as the classic ones, every third an opinion piece. */
function writeStories(press: Press, count: number): readonly Draft[] {
  const modern = Math.min(Math.ceil(count / 2), CMS_AT_MOST);
  const random = openRandom(press.seed, 'edition');
  const slots = [
    ...slotsOf(random, modern, (back, seconds) => slotOf('cms-2026', back, seconds)).map((slot) => ({
      era: 'cms-2026' as const,
      slot,
    })),
    ...classicSlots(random, count - modern).map((slot) => ({ era: 'classic' as const, slot })),
  ];
  const assignments: Assignment[] = [];
  for (const [index, { era, slot }] of slots.entries()) {
    const turn = era === 'classic' ? index - modern : index;
    const opinion = turn % 3 === 1;
    const columnists = opinion ? columnistsOf(random, Math.floor(index / 3)) : [];
    const slug = columnists[0]?.slug ?? random.pick(SLUGS[era]);
    const bylineTurn = opinion ? Math.floor(index / 3) : index - Math.ceil(index / 3);
    const neighbour = assignments.at(-1);
    assignments.push({
      era,
      slot,
      slug,
      columnists,
      turn,
      bylineTurn,
      titleTurn: index,
      special: null,
      neighbour: neighbour === undefined ? '/' : pathOf(neighbour),
    });
  }
  return assignments.map((assignment) => writeStory(press, assignment));
}

function pathOf({ slug, slot }: Assignment): string {
  return `/${encodeURI(slug)}/${slot.date.replaceAll('-', '_')}_${slot.id}.shtml`;
}

/** Numbers that run down with gaps, as other desks take some. */
function slotsOf(random: Random, count: number, at: (back: number, seconds: number) => Slot): readonly Slot[] {
  let back = 0;
  return Array.from({ length: count }, () => {
    back += random.int(1, 4);
    return at(back, random.int(0, 719));
  });
}

/** Classic pages of the last days before the new CMS, every fifth one from years before. */
function classicSlots(random: Random, count: number): readonly Slot[] {
  const older = Math.floor(count / 5);
  return [
    ...slotsOf(random, count - older, (back, seconds) => slotOf('classic', back, seconds)),
    ...Array.from({ length: older }, (_, turn) => olderSlot(turn, random.int(0, 3599))),
  ];
}

/** The special pages, newer than all others, and the post that `moved` leads to. */
function writeSpecials(press: Press, posts: number): readonly Draft[] {
  const destination = writePost(press, posts);
  const stories = SPECIAL_NAMES.map((special, turn) => {
    const slot = slotOf('cms-2026', -10 - turn * 3, 0);
    const base = { era: 'cms-2026' as const, slot, slug: 'ZhengZhi', columnists: [], neighbour: '/', special };
    const draft = writeStory(press, { ...base, turn: 0, bylineTurn: turn, titleTurn: 0 });
    const leadsTo =
      special === 'moved'
        ? destination.truth.url
        : special === 'link-out'
          ? 'https://daily.example/2026/bridge.html'
          : null;
    const url = special === 'wrong-date' ? aDayEarlier(draft.truth.url, slot) : draft.truth.url;
    return { ...draft, truth: { ...draft.truth, ...DISPOSITIONS[special], leadsTo, url } };
  });
  return [...stories, destination];
}

/** The address under a day that is not the article's. */
function aDayEarlier(url: string, slot: Slot): string {
  const underscored = (date: string) => date.replaceAll('-', '_');
  const earlier = new Date(Date.parse(slot.date) - 86_400_000).toISOString().slice(0, 10);
  return url.replace(underscored(slot.date), underscored(earlier));
}
