/** Writes the body of an article: its byline, paragraphs, pictures and whatever is odd about it. */
import type { Feature, NewspaperImage } from '../truth.ts';
import type { Block } from './blocks.ts';
import type { PrintedByline } from './bylines.ts';
import type { Hanging, Trait } from './hanging.ts';
import { caption, paragraph, type Subject, sentence, subhead } from './prose.ts';
import type { Random } from './random.ts';
import { KEYWORD_EXTRAS } from './vocabulary.ts';

export interface BodyOrder {
  readonly about: Subject;
  readonly byline: PrintedByline;
  readonly features: readonly Feature[];
  readonly paragraphs: number;
  readonly pictures: number;
  /** Closing notice; null for none. */
  readonly notice: string | null;
  readonly hanging: Hanging;
  /** Path of another article, for links. */
  readonly neighbour: string;
  readonly www: string;
}

export function writeBody(random: Random, order: BodyOrder): readonly Block[] {
  const { about, features } = order;
  const middle: Block[] = Array.from({ length: order.paragraphs }, (_, index) =>
    index > 2 && index % 6 === 0
      ? { kind: 'subhead', text: subhead(random, about) }
      : { kind: 'paragraph', html: paragraph(random, about) },
  );
  for (const feature of features) spread(middle, FEATURES[feature]?.(random, order) ?? [], random);
  spreadEvenly(middle, pictures(random, order));
  const notice: Block[] = order.notice === null ? [] : [{ kind: 'notice', text: order.notice }];
  return [...opening(random, order), ...middle, ...notice];
}

/** The pictures of blocks in order, icons included. */
export function imagesOf(blocks: readonly Block[]): readonly NewspaperImage[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'picture') return [block.image];
    return block.kind === 'paragraph' && block.icon !== undefined ? [block.icon] : [];
  });
}

/** Cuts a body into parts of about equal length, as the site does with long articles. */
export function intoParts(blocks: readonly Block[], parts: number): readonly (readonly Block[])[] {
  const size = Math.ceil(blocks.length / parts);
  return Array.from({ length: parts }, (_, part) => blocks.slice(part * size, (part + 1) * size));
}

/** The introduction if there is one, then the byline, with the first sentence behind it where it runs in. */
function opening(random: Random, { about, byline, features }: BodyOrder): Block[] {
  const introduction: Block[] = features.includes('introduction')
    ? [{ kind: 'paragraph', html: `<strong>导读：</strong>${sentence(random, about)}${sentence(random, about)}` }]
    : [];
  if (byline.html === '') return introduction;
  const html = byline.runIn ? byline.html + paragraph(random, about) : byline.html;
  return [...introduction, { kind: 'paragraph', html }];
}

function pictures(random: Random, order: BodyOrder): Block[] {
  const { features, about, hanging } = order;
  const odd = TRAITS.filter((trait) => features.includes(trait));
  return Array.from({ length: order.pictures }, (_, index): Block => {
    const first = index === 0;
    if (first && features.includes('plain-caption')) {
      const image = hanging.picture(odd[index] ?? 'plain', `${about.thing}航拍 视频截图`);
      return { kind: 'picture', image, form: 'plain-caption' };
    }
    const words = features.includes('picture-credit') || random.chance(0.7) ? caption(random, about) : null;
    const image = hanging.picture(odd[index] ?? 'plain', words);
    return { kind: 'picture', image, form: first && features.includes('lazy-picture') ? 'lazy' : 'plain' };
  });
}

const TRAITS = [
  'variant-only',
  'missing-picture',
  'processed-picture',
  'lying-type',
] as const satisfies readonly Trait[];

/** What a feature adds to the body; features of pictures, opening and place are not here. */
const FEATURES: Partial<Record<Feature, (random: Random, order: BodyOrder) => readonly Block[]>> = {
  list: (r, { about }) => [{ kind: 'list', items: [sentence(r, about), sentence(r, about), sentence(r, about)] }],
  quote: (r, { about }) => [{ kind: 'quote', text: sentence(r, about) }],
  table: (r, { about }) => [
    {
      kind: 'table',
      rows: [
        ['年份', '数量', '备注'],
        ...[2023, 2024, 2025].map((year) => [
          String(year),
          `${r.int(10, 99)}${r.pick(about.theme.counts)}`,
          r.pick(KEYWORD_EXTRAS),
        ]),
      ],
    },
  ],
  video: (r, { www }) => [
    { kind: 'video', src: `${www}/other/GuanPlayer.shtml?fileid=3877023${r.int(10_000_000, 99_999_999)}` },
  ],
  links: (r, { about, neighbour }) => [
    { kind: 'paragraph', html: `此前，本报曾有<a href="${neighbour}" target="_blank">报道</a>。${sentence(r, about)}` },
    {
      kind: 'paragraph',
      html: `<a href="..${neighbour}?s=zwyxgtjbt">延伸阅读</a>与<a href="https://daily.example/河志?a=1&amp;b=2">外站原文</a>。${sentence(r, about)}`,
    },
  ],
  braces: (r, { about }) => [
    {
      kind: 'paragraph',
      html: `公告板的模板里写着{{ ${about.thing} }}和{% if 雨 %}，没有人把它填上。${sentence(r, about)}`,
    },
  ],
  entities: (r, { about }) => [
    {
      kind: 'paragraph',
      html: `《A&amp;B河志》里有一页写着“水位&lt;3米&nbsp;&nbsp;且&gt;1米”，旁注是&quot;存疑&quot;与“&amp;lt;”。${sentence(r, about)}`,
    },
  ],
  'wide-spaces': (r, { about }) => [{ kind: 'paragraph', html: `　　${sentence(r, about)}　${sentence(r, about)}` }],
  'empty-paragraphs': () => [{ kind: 'empty' }, { kind: 'empty' }],
  icon: (r, { about, hanging }) => {
    const icon = hanging.icon();
    return [
      {
        kind: 'paragraph',
        html: `${sentence(r, about)}<img src="${icon.src}" class="emoji">${sentence(r, about)}`,
        icon,
      },
    ];
  },
  styled: (r, { about }) => [
    {
      kind: 'paragraph',
      html: `<span style="font-family:KaiTi;color:#333333;"><font size="3">${sentence(r, about)}</font></span><br>${sentence(r, about)}`,
    },
  ],
  'picture-credit': (r, { about }) => [
    { kind: 'paragraph', html: `（图/${about.body}）` },
    { kind: 'paragraph', html: sentence(r, about) },
  ],
  speakers: (r, { about }) => [
    { kind: 'paragraph', html: `<strong>观察者网：</strong>${sentence(r, about)}` },
    { kind: 'paragraph', html: `${about.person}：${sentence(r, about)}` },
  ],
};

/** Puts blocks, kept together, somewhere behind the opening: the byline rules look at the first few blocks only. */
function spread(into: Block[], blocks: readonly Block[], random: Random): void {
  into.splice(random.int(Math.min(4, into.length), into.length), 0, ...blocks);
}

/** Puts pictures in at equal distances, never two at one place while the text lasts. */
function spreadEvenly(into: Block[], pictures: readonly Block[]): void {
  const step = into.length / (pictures.length + 1);
  for (const [index, picture] of [...pictures.entries()].reverse()) {
    into.splice(Math.round(step * (index + 1)), 0, picture);
  }
}
