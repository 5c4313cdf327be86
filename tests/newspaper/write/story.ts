/** Writes one article of the www site: truth and body together. */
import type { ListPicture, Person } from '../../../src/model.ts';
import type { Era, Feature, NewspaperArticle, NewspaperAsset, SpecialName } from '../truth.ts';
import { type Block, textsOf } from './blocks.ts';
import { imagesOf, intoParts, writeBody } from './body.ts';
import { columnistByline, newsByline, type PrintedByline } from './bylines.ts';
import { clock, type Slot } from './calendar.ts';
import type { Gallery } from './gallery.ts';
import { type Hanging, type Origins, openHanging } from './hanging.ts';
import { personName, type Writer, writer } from './people.ts';
import { type Subject, sentence, subject } from './prose.ts';
import { openRandom, type Random } from './random.ts';
import { title } from './titles.ts';
import { KEYWORD_EXTRAS, OUTLETS, THEMES, TOPICS } from './vocabulary.ts';

/** An article as the newspaper keeps it: the truth, and what only its page shows. */
export interface Story {
  readonly truth: NewspaperArticle;
  readonly slot: Slot;
  /** Path of its page, `·` escaped; of a community post with its query. */
  readonly path: string;
  readonly parts: readonly (readonly Block[])[];
  /** Absolute URL of the picture that lists show. */
  readonly cover: string;
  /** The number that the comments are kept under (site.md, 2.3). */
  readonly docId: number;
}

/** What decides an article before a word of it is written. */
export interface Assignment {
  readonly era: Exclude<Era, 'fengwen'>;
  readonly slot: Slot;
  readonly slug: string;
  /** Those who sign it, for opinion pieces; empty for news. */
  readonly columnists: readonly Writer[];
  /** Counts articles of the same era, and of the same sort (opinion or news). */
  readonly turn: number;
  readonly bylineTurn: number;
  readonly titleTurn: number;
  readonly neighbour: string;
  readonly special: SpecialName | null;
}

export interface Press {
  readonly seed: number;
  readonly imagesPerArticle: number;
  readonly origins: Origins;
  readonly gallery: Gallery;
  /** Titles given away; no two articles are alike. */
  readonly titles: Set<string>;
}

/** A story before the edition is made up: its truth names no list yet, and `lead` heads it only if the headline list has it. */
export interface Draft extends Story {
  readonly lead: { readonly picture: ListPicture; readonly asset: NewspaperAsset | null } | null;
}

export function writeStory(press: Press, assignment: Assignment): Draft {
  const { era, slot, turn, special } = assignment;
  const { origins, gallery } = press;
  const random = openRandom(press.seed, 'story', slot.id);
  const about = subject(random, random.pick(THEMES));
  const hanging = openHanging(random, gallery, origins, era, slot.time);
  const features = special === null ? featuresOf(turn) : [];
  const byline = bylineOf(random, assignment);
  const columnists = signedAs(assignment.columnists, byline);
  const opinion = columnists.length > 0;
  const blocks = blocksOf(random, press, assignment, { about, byline, features, hanging });
  const parts = intoParts(blocks, partsOf(turn, special));
  const listTitle = untaken(press.titles, () => title(random, about, assignment.titleTurn));
  const cover = hanging.cover();
  const path = `/${encodeURI(assignment.slug)}/${slot.date.replaceAll('-', '_')}_${slot.id}.shtml`;
  const updated = random.chance(0.4) ? clock(slot.time + random.int(180, 5400) * 1000) : null;
  const people = columnists.map(
    (person): Person => ({ name: person.name, title: person.title, url: `${origins.www}/${person.slug}` }),
  );

  // What an article lacks or has twice comes round at a rate of its own, so that all mixtures turn up.
  const truth: NewspaperArticle = {
    id: `guancha:${slot.id}`,
    url: origins.www + path,
    era,
    title: opinion ? `${columnists[0]?.name}：${listTitle}` : listTitle,
    listTitle,
    originalTitle: turn % 5 === 3 ? `${about.place}${about.thing}记` : null,
    clock: { published: clock(slot.time), updated },
    source: turn % 11 === 7 ? null : turn % 4 === 1 && !opinion ? random.pick(OUTLETS) : '观察者网',
    columnists: people,
    staff: era === 'cms-2026' && !opinion ? [{ name: staffWriter(random, byline), title: null, url: null }] : [],
    byline: byline.byline,
    editors: turn % 9 === 4 ? [] : Array.from({ length: turn % 10 === 6 ? 2 : 1 }, () => personName(random).name),
    keywords: keywordsOf(random, about, turn),
    summary: opinion || turn % 3 === 0 ? sentence(random, about) : null,
    topic: topicOf(turn, origins.www),
    sharePicture: opinion ? headOf(origins.images, columnists[0]?.slug ?? '') : origins.images + cover,
    paragraphs: textsOf(blocks),
    images: imagesOf(blocks),
    leadPicture: null,
    leadAsset: null,
    parts: parts.length,
    wholeForm: turn % 6 !== 2,
    features,
    special,
    outcome: 'archived',
    code: null,
    leadsTo: null,
    lists: [],
  };
  return {
    truth,
    slot,
    path,
    parts,
    cover: origins.images + cover,
    docId: era === 'classic' ? Math.round(slot.id * 0.82) : slot.id,
    lead: {
      picture: { src: `${origins.images}${cover}${turn % 2 === 0 ? '' : '!cmspl'}`, width: '970px', height: '374px' },
      asset: gallery.best(origins.images, cover),
    },
  };
}

/** The head of a columnist: what the share settings of an opinion piece show. */
export function headOf(images: string, slug: string): string {
  return `${images}/authors/${slug}/20140813145900123.png`;
}

/** A title that nobody has yet; after many tries a number makes it so. */
export function untaken(titles: Set<string>, write: () => string): string {
  for (let tries = 0; ; tries++) {
    const written = tries < 40 ? write() : `${write()}（之${tries}）`;
    if (titles.has(written)) continue;
    titles.add(written);
    return written;
  }
}

/** Two features an article, walking through all of them; every third article has none. */
function featuresOf(turn: number): readonly Feature[] {
  if (turn % 3 === 2) return [];
  const nth = (Math.floor(turn / 3) * 2 + (turn % 3)) * 2;
  return [FEATURES[nth % FEATURES.length], FEATURES[(nth + 1) % FEATURES.length]].filter((name) => name !== undefined);
}

const FEATURES: readonly Feature[] = [
  'list',
  'introduction',
  'quote',
  'lazy-picture',
  'table',
  'braces',
  'variant-only',
  'entities',
  'video',
  'missing-picture',
  'links',
  'processed-picture',
  'wide-spaces',
  'lying-type',
  'empty-paragraphs',
  'icon',
  'styled',
  'picture-credit',
  'plain-caption',
  'speakers',
];

function bylineOf(random: Random, { columnists, bylineTurn }: Assignment): PrintedByline {
  const [first] = columnists;
  return first === undefined ? newsByline(random, bylineTurn) : columnistByline(random, first, bylineTurn);
}

/** Who writes under a pen name goes by it in the frame of the page as well. */
function signedAs(columnists: readonly Writer[], { byline }: PrintedByline): readonly Writer[] {
  const name = byline?.credits.find(({ role }) => role === '文')?.names[0];
  return columnists.map((person, index) => (index === 0 && name !== undefined ? { ...person, name } : person));
}

/** The frame names whom the byline names as the house's own; without a byline it alone names the writer. */
function staffWriter(random: Random, { byline }: PrintedByline): string {
  const { name } = personName(random);
  return byline?.credits.find(({ affiliation }) => affiliation === '观察者网')?.names[0] ?? name;
}

function blocksOf(
  random: Random,
  press: Press,
  { turn, neighbour, columnists }: Assignment,
  written: {
    readonly about: Subject;
    readonly byline: PrintedByline;
    readonly features: readonly Feature[];
    readonly hanging: Hanging;
  },
): readonly Block[] {
  const notice = columnists.length > 0 ? LONG_NOTICE : turn % 2 === 0 ? NOTICE : null;
  const order = {
    ...written,
    notice,
    neighbour,
    www: press.origins.www,
    pictures: press.imagesPerArticle,
    paragraphs: random.int(9, 24),
  };
  return writeBody(random, order);
}

/** The closing notices, word for word: archivers may look for them (site.md, 2.6). */
const NOTICE = '本文系观察者网独家稿件，未经授权，不得转载。';
const LONG_NOTICE =
  '本文系观察者网独家稿件，文章内容纯属作者个人观点，不代表平台观点，未经授权，不得转载，否则将追究法律责任。关注观察者网微信guanchacn，每日阅读趣味文章。';

/** Every fourth article comes in two or three parts. */
function partsOf(turn: number, special: SpecialName | null): number {
  if (special !== null || turn % 4 !== 2) return 1;
  return turn % 8 === 2 ? 2 : 3;
}

function keywordsOf(random: Random, { theme }: Subject, turn: number): readonly string[] {
  if (turn % 4 === 3) return [];
  return [theme.name, ...new Set(Array.from({ length: turn % 4 }, () => random.pick(KEYWORD_EXTRAS)))];
}

function topicOf(turn: number, www: string): NewspaperArticle['topic'] {
  const topic = turn % 3 === 1 ? TOPICS[turn % TOPICS.length] : undefined;
  return topic === undefined ? null : { name: topic.name, url: `${www}/${topic.slug}` };
}

/** The columnists of an opinion piece: every third is signed by two. */
export function columnistsOf(random: Random, turn: number): readonly Writer[] {
  return Array.from({ length: turn % 3 === 1 ? 2 : 1 }, () => writer(random));
}
