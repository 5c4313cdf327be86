/** What a kind of change is, and what kinds ask of a page: the body and its paragraphs, a reading, and words by the seed. */
import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { Element } from 'domhandler';
import type { Article, ArticleAddress, Listed } from '../../src/model.ts';
import { parseFragment } from '../../src/page/html.ts';
import { personName } from '../newspaper/write/people.ts';
import { caption, headline, paragraph, type Subject, sentence, subject } from '../newspaper/write/prose.ts';
import type { Random } from '../newspaper/write/random.ts';
import { PLACES, THEMES } from '../newspaper/write/vocabulary.ts';

/**
 * `same`: merely written otherwise; the article must come out right and without a doubt. `A`: the page shows it and the
 * record may have it otherwise. `B`: damage that is visible in the column. `C`: something else in the page contradicts
 * it. `D`: nothing in the page shows it.
 */
export type KindClass = 'same' | 'A' | 'B' | 'C' | 'D';

export interface MutantKind {
  readonly name: string;
  readonly class: KindClass;
  /** Of class D: why nothing can be known. Null in every other class. */
  readonly why: string | null;
  /** Null where the page has nothing to change in this way. */
  readonly make: (original: Original, words: Words) => Mutant | null;
}

export interface Mutant {
  readonly html: string;
  /** The bytes, where they are not the HTML in UTF-8. */
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parts after the first, where the article comes in several. */
  readonly parts?: readonly string[];
  /** The single-page form beside the parts. */
  readonly single?: string;
  /** What the list prints; without it what the list printed of the original. */
  readonly listed?: Listed;
  /** What a reader sees otherwise than on the original: each is a right reading. Without it the original's alone is. */
  readonly sees?: readonly Sight[];
}

/** Values in place of the original's: a test decides where several would be right. */
export type Sight = { readonly [field in keyof Reading]?: unknown };

/** What an article says, without how it is formatted: white space and invisible characters do not count. */
export interface Reading {
  readonly title: string;
  readonly originalTitle: string | null;
  readonly published: string;
  readonly precision: string;
  readonly updated: string | null;
  readonly source: string | null;
  readonly columnists: readonly string[];
  readonly staff: readonly string[];
  readonly byline: readonly string[] | null;
  readonly editors: readonly string[];
  readonly keywords: readonly string[];
  readonly summary: string | null;
  readonly topic: string | null;
  readonly sharePicture: string | null;
  readonly text: string;
  readonly images: readonly string[];
  readonly captions: readonly string[];
  readonly media: readonly string[];
}

export function readingOf(article: Article): Reading {
  const $ = parseFragment(article.body);
  $('script, style').remove();
  return {
    title: article.title,
    originalTitle: article.originalTitle,
    published: article.publishedAt,
    precision: article.precision,
    updated: article.updatedAt,
    source: article.source,
    columnists: article.columnists.map(({ name, title }) => `${name} ${title ?? ''}`.trim()),
    staff: article.staff.map(({ name, title }) => `${name} ${title ?? ''}`.trim()),
    byline: article.byline?.credits.flatMap(({ role, names }) => names.map((name) => `${role} ${name}`)) ?? null,
    editors: article.editors,
    keywords: article.keywords,
    summary: article.summary,
    topic: article.topic && `${article.topic.name} ${article.topic.url}`,
    sharePicture: article.sharePicture,
    text: plain($.root().text()),
    images: article.images.map(({ src }) => src),
    captions: article.images.map(({ caption: printed }) => plain(printed ?? '')),
    media: article.media.map(({ kind, src }) => `${kind} ${src}`),
  };
}

/** A text without white space and without characters that nobody sees. */
export function plain(text: string): string {
  return text.replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]+/g, '');
}

/** A whole page that is an article, and comes out of the extraction right and without a doubt. */
export interface Original {
  readonly name: string;
  readonly html: string;
  readonly address: ArticleAddress;
  /** What its list prints of it; null where no list is known. */
  readonly listed: Listed | null;
  /** The article's parts where it comes in several; empty else. */
  readonly parts: readonly string[];
  readonly truth: Reading;
  /** The source before, in and behind the body's element. */
  readonly head: string;
  readonly body: string;
  readonly tail: string;
  /** A whole other article of the same layout, the home page, and a stub. */
  readonly others: { readonly home: string; readonly stub: string; readonly article: Original | null };
}

/** `.all-txt` of the www pages, and the body of a community post. */
export const BODY = '.all-txt, .article-txt-content, .textPageContInner, .gc_content';

/** Where the body's element begins and ends in a source; null where it has none. */
export function splitAtBody(html: string): Pick<Original, 'head' | 'body' | 'tail'> | null {
  const [element] = load(html, { sourceCodeLocationInfo: true })(BODY).toArray();
  const place = element?.sourceCodeLocation;
  if (!place || !('startTag' in place) || !place.startTag || !place.endTag) return null;
  const [from, to] = [place.startTag.endOffset, place.endTag.startOffset];
  return { head: html.slice(0, from), body: html.slice(from, to), tail: html.slice(to) };
}

export const isPost = ({ address }: Original) => address.id.startsWith('fengwen:');

// Changes of the whole page, of its source, and of its body alone.

/** Changes the tree; null where `change` says that there was nothing to change. */
export function inPage({ html }: Original, change: ($: CheerioAPI) => Change): Mutant | null {
  const $ = load(html);
  const done = change($);
  return done === false ? null : { html: $.html(), ...(done === true ? {} : { sees: done }) };
}

/** False: there was nothing to change. True: a reader sees the original. Else what a reader sees now. */
export type Change = boolean | readonly Sight[];

/** Changes the first place of the source that matches. */
export function inSource(
  { html }: Original,
  pattern: RegExp,
  replacement: string,
  sees?: readonly Sight[],
): Mutant | null {
  if (!pattern.test(html)) return null;
  return { html: html.replace(pattern, () => replacement), ...(sees === undefined ? {} : { sees }) };
}

export interface BodyTree {
  readonly $: CheerioAPI;
  readonly all: readonly Element[];
  /** Paragraphs of running text, byline and captions apart. */
  readonly prose: readonly Element[];
  /** The paragraph that begins with a byline's bracket; null if there is none. */
  readonly byline: Element | null;
  /** Paragraphs of one picture each, with the caption's below where it has one. */
  readonly pictures: readonly { readonly block: Element; readonly image: Element; readonly caption: Element | null }[];
  append(html: string): void;
  prepend(html: string): void;
}

/** Changes the body alone. */
export function inBody(original: Original, change: (tree: BodyTree) => Change): Mutant | null {
  const tree = treeOf(original.body);
  const done = change(tree);
  if (done === false) return null;
  const html = original.head + tree.$.html() + original.tail;
  return done === true ? { html } : { html, sees: done };
}

export function treeOf(body: string): BodyTree {
  const $ = load(body, null, false);
  const all = $.root().children('p').toArray();
  const isProse = (p: Element) =>
    $(p).find('img, iframe, video').length === 0 &&
    plain($(p).text()).length >= 40 &&
    !isCentred($(p)) &&
    !BRACKET.test($(p).text().trim());
  const pictures = all.flatMap((block) => {
    const image = $(block).children('img').toArray()[0];
    const next = $(block).next('p');
    const caption = next.toArray()[0];
    const isCaption =
      caption !== undefined && isCentred(next) && next.find('img, iframe').length === 0 && plain(next.text()) !== '';
    return image === undefined ? [] : [{ block, image, caption: isCaption ? caption : null }];
  });
  return {
    $,
    all,
    prose: all.filter(isProse),
    byline: all.slice(0, 4).find((p) => BRACKET.test($(p).text().trim())) ?? null,
    pictures,
    append: (html) => void $.root().append(html),
    prepend: (html) => void $.root().prepend(html),
  };
}

const BRACKET = /^[【[（(]\s*(?:文|采访|访谈|编译|观察者网)/;

function isCentred(paragraph: Cheerio<Element>): boolean {
  return /center/.test(`${paragraph.attr('align')} ${paragraph.attr('style')}`);
}

/** A reading's text with one piece in place of another. */
export function textWith({ truth }: Original, old: string, now: string): string {
  return truth.text.replace(plain(old), () => plain(now));
}

// Words: made up by the seed, so that no check can be written for them.

export interface Words {
  readonly random: Random;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly name: () => string;
  readonly place: () => string;
  readonly sentence: () => string;
  readonly paragraph: () => string;
  readonly headline: () => string;
  /** A paragraph about something that no article of the newspaper is about, in words of its own. */
  readonly strange: () => string;
  readonly caption: () => string;
}

export function wordsOf(random: Random): Words {
  const about: Subject = subject(random, random.pick(THEMES));
  return {
    random,
    pick: random.pick,
    name: () => personName(random).name,
    place: () => random.pick(PLACES),
    sentence: () => sentence(random, about),
    paragraph: () => paragraph(random, about),
    headline: () => headline(random, about),
    caption: () => caption(random, about),
    strange: () => Array.from({ length: random.int(3, 5) }, () => strange(random)).join(''),
  };
}

const DISHES = ['茄子煲', '酸汤面', '桂花糕', '豆豉蒸鱼', '萝卜丝饼', '番薯粥'];
const TOOLS = ['砂锅', '竹蒸笼', '铸铁锅', '长木筷', '纱布'];

function strange({ pick, int }: Random): string {
  const [dish, tool] = [pick(DISHES), pick(TOOLS)];
  return pick([
    `${dish}要先腌${int(10, 50)}分钟，盐不可多。`,
    `厨师把${tool}烧热，再淋一勺菜籽油。`,
    `火候最要紧，大火${int(2, 9)}分钟便要转小。`,
    `若嫌${dish}太淡，起锅时可撒些胡椒。`,
    `外婆从前用${tool}，味道总比餐馆香。`,
    `剩下的汤汁别倒，拌饭正好。`,
    `比分停在${int(1, 4)}比${int(0, 3)}，替补门将扑出了点球。`,
    `教练换上${int(2, 3)}名前锋，全队压过半场。`,
  ]);
}

/** A kind of a class that needs no reason. */
export function kindsOf(
  of: Exclude<KindClass, 'D'>,
  makers: Readonly<Record<string, MutantKind['make']>>,
): readonly MutantKind[] {
  return Object.entries(makers).map(([name, make]) => ({ name, class: of, why: null, make }));
}
