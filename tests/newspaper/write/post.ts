/** Writes one post of the community (风闻). */
import type { Feature, NewspaperArticle } from '../truth.ts';
import { type Block, textsOf } from './blocks.ts';
import { imagesOf, intoParts, writeBody } from './body.ts';
import { clock } from './calendar.ts';
import { openHanging } from './hanging.ts';
import { nickname } from './people.ts';
import { subject } from './prose.ts';
import { openRandom } from './random.ts';
import { type Draft, type Press, untaken } from './story.ts';
import { title } from './titles.ts';
import { THEMES } from './vocabulary.ts';

/** The newest post; the others follow at about eight hours' distance. */
const NEWEST = { id: 1_742_310, time: Date.parse('2026-10-14T12:30:00Z') } as const;
const APART = { id: 640, time: 8 * 3_600_000 } as const;

/** @param turn counts posts from the newest on */
export function writePost(press: Press, turn: number): Draft {
  const { origins, gallery } = press;
  const id = NEWEST.id - turn * APART.id;
  const random = openRandom(press.seed, 'post', id);
  const time = NEWEST.time - turn * APART.time - random.int(0, 3_600) * 1000;
  const about = subject(random, random.pick(THEMES));
  const hanging = openHanging(random, gallery, origins, 'fengwen', time);
  const features = FEATURES.slice((turn * 2) % FEATURES.length).slice(0, 2);
  const order = { about, features, hanging, byline: NO_BYLINE, notice: null, neighbour: '/', www: origins.www };
  const blocks: readonly Block[] = writeBody(random, {
    ...order,
    pictures: press.imagesPerArticle,
    paragraphs: random.int(6, 18),
  });
  const parts = intoParts(blocks, turn % 3 === 1 ? 2 : 1);
  const written = untaken(press.titles, () => title(random, about, turn));
  const cover = hanging.cover();
  const path = `/main/content?id=${id}`;

  const truth: NewspaperArticle = {
    id: `fengwen:${id}`,
    url: origins.community + path,
    era: 'fengwen',
    title: written,
    listTitle: written,
    originalTitle: null,
    clock: { published: printedTime(time, turn), updated: null },
    source: null,
    columnists: [
      {
        name: nickname(random),
        title: null,
        url: `${origins.community}/user/personal-homepage?uid=${random.int(1000, 900_000)}`,
      },
    ],
    staff: [],
    byline: null,
    editors: [],
    keywords: [],
    summary: null,
    topic: null,
    sharePicture: null,
    paragraphs: textsOf(blocks),
    images: imagesOf(blocks),
    leadPicture: null,
    leadAsset: null,
    parts: parts.length,
    wholeForm: turn % 6 !== 4,
    features,
    special: null,
    outcome: 'archived',
    code: null,
    leadsTo: null,
    lists: [],
  };
  const slot = { id, date: clock(time).slice(0, 10), time };
  return { truth, slot, path, parts, cover: origins.images + cover, docId: id, lead: null };
}

const NO_BYLINE = { byline: null, html: '', runIn: false };

const FEATURES: readonly Feature[] = [
  'icon',
  'missing-picture',
  'braces',
  'entities',
  'wide-spaces',
  'list',
  'quote',
  'empty-paragraphs',
];

/** Full for most posts; the relative forms of site.md, 4 for a few, which an archiver reads against the answer's time. */
function printedTime(time: number, turn: number): string {
  return RELATIVE[turn] ?? clock(time).slice(0, 16);
}

const RELATIVE: Readonly<Record<number, string>> = { 2: '2小时前', 3: '昨天 18:20', 4: '35分钟前' };
