/** The lines of a text as a reader meets them, each with how it is set: one walk that captions and checks of the text share. */
import { MEDIA, solidLength } from './column.ts';
import { type AnyNode, type Cheerio, type Element, oneLine } from './html.ts';

export interface Line {
  /** In one-line form; empty where the line only shows something. */
  readonly text: string;
  /** Pictures, frames and players in it, in order. */
  readonly shown: readonly Element[];
  readonly links: readonly Element[];
  /** The innermost block that it stands in; null where that is the root. */
  readonly block: Element | null;
  /** The innermost table cell or figure round it. */
  readonly holder: Element | null;
  readonly place: Place;
  readonly align: 'center' | 'right' | null;
  /** Of all of its text. */
  readonly isStrong: boolean;
  readonly isGrey: boolean;
  readonly isLink: boolean;
  /** What it shows stands before its text. */
  readonly beginsShown: boolean;
  /** A horizontal rule stands between it and the line before. */
  readonly isBehindRule: boolean;
}

/** What the elements round a line say that it is. */
type Place = 'heading' | 'item' | 'quote' | 'caption' | 'code' | null;

/** Elements that begin a new line; whatever is not listed runs on. */
export const BLOCKS: ReadonlySet<string> = new Set(
  'p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 section article blockquote table tr td th figure figcaption center pre hr'.split(
    ' ',
  ),
);

const HOLDERS: ReadonlySet<string> = new Set(['td', 'th', 'figure']);
const PLACES: Readonly<Record<string, Place>> = {
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, 'heading'])),
  ...{ li: 'item', dd: 'item', dt: 'item', blockquote: 'quote', figcaption: 'caption', pre: 'code', code: 'code' },
};

/** How what stands in an element is set. */
interface Setting extends Pick<Line, 'block' | 'holder' | 'place' | 'align' | 'isStrong' | 'isGrey' | 'isLink'> {}

const PLAIN: Setting = {
  block: null,
  holder: null,
  place: null,
  align: null,
  isStrong: false,
  isGrey: false,
  isLink: false,
};

/** All lines with text or with something to see, in order. By recursion: no tree is deeper than `flattenDeep` leaves it. */
export function readLines(roots: readonly AnyNode[]): readonly Line[] {
  const lines: Line[] = [];
  let text = '';
  let shown: Element[] = [];
  let links: Element[] = [];
  let setting = PLAIN; // of the first text or picture of the line
  let beginsShown = false;
  let isBehindRule = false;
  let counts = { all: 0, strong: 0, grey: 0, link: 0 };
  walk(roots, PLAIN);
  endLine();
  return lines;

  function walk(nodes: readonly AnyNode[], within: Setting): void {
    for (const node of nodes) {
      if (node.type === 'text') addText(node.data, within);
      else if (node.type === 'tag') addElement(node, within);
    }
  }

  function addText(data: string, within: Setting): void {
    text += data;
    const length = solidLength(data);
    if (length === 0) return;
    if (counts.all === 0) setting = within;
    counts.all += length;
    if (within.isStrong) counts.strong += length;
    if (within.isGrey) counts.grey += length;
    if (within.isLink) counts.link += length;
  }

  function addElement(element: Element, within: Setting): void {
    const inner = settingIn(element, within);
    const isBlock = BLOCKS.has(element.name);
    if (isBlock) endLine();
    if (element.name === 'hr') isBehindRule = true;
    if (MEDIA.has(element.name) || element.name === 'input') {
      if (counts.all === 0) {
        setting = within;
        beginsShown = true;
      }
      shown.push(element);
    } else if (element.name === 'a') links.push(element);
    walk(element.children, inner);
    if (isBlock) endLine();
  }

  function endLine(): void {
    if (counts.all > 0 || shown.length > 0) {
      const { block, holder, place, align } = setting;
      const isAll = (count: number) => count > 0 && count === counts.all;
      const set = { isStrong: isAll(counts.strong), isGrey: isAll(counts.grey), isLink: isAll(counts.link) };
      lines.push({ text: oneLine(text), shown, links, block, holder, place, align, ...set, beginsShown, isBehindRule });
      shown = [];
      links = [];
      counts = { all: 0, strong: 0, grey: 0, link: 0 };
      beginsShown = false;
      isBehindRule = false;
    }
    text = '';
  }
}

/** The same as texts alone. */
export function linesOf(root: Cheerio<AnyNode>): readonly string[] {
  return textsOf(readLines(root.toArray()));
}

export function textsOf(lines: readonly Line[]): readonly string[] {
  return lines.flatMap(({ text }) => (text === '' ? [] : [text]));
}

// How an element sets what stands in it (site.md, 2.5).

const CAPTION_CLASS =
  /caption|(?:pic|img|image|photo|figure)[-_]?(?:desc|text|txt|info|note|title|source|word)|tu(?:pian)?[-_]?shuo/i;
const GREY_CLASS = /(?:^|\s)gr[ae]y(?:\s|$)/i;
const GREY =
  /^\s*(?:#(?:([5-9ab])\1{2}|([5-9ab][0-9a-f])\2{2})|rgba?\(\s*(\d{2,3})\s*,\s*\3\s*,\s*\3\b[^)]{0,20}\)|(?:dim|dark)?gr[ae]y|silver)\s*(?:!|$)/i;

function settingIn(element: Element, within: Setting): Setting {
  const { name, attribs } = element;
  const isBlock = BLOCKS.has(name);
  const { style = '', class: classes = '' } = attribs;
  const declared = style === '' ? null : declarations(style);
  const color = declared?.get('color') ?? (name === 'font' ? attribs.color : undefined);
  const weight = declared?.get('font-weight');
  const change: { -readonly [Key in keyof Setting]?: Setting[Key] } = {};
  if (isBlock && name !== 'br') change.block = element;
  if (HOLDERS.has(name)) change.holder = element;
  const place = CAPTION_CLASS.test(classes) ? 'caption' : PLACES[name];
  if (place !== undefined && within.place !== 'caption') change.place = place;
  const align = isBlock ? alignOf(element, declared?.get('text-align')) : undefined;
  if (align !== undefined) change.align = align;
  if (name === 'strong' || name === 'b' || (weight !== undefined && /^(?:bold|[6-9]00)/i.test(weight)))
    change.isStrong = true;
  if (color !== undefined) change.isGrey = GREY.test(color);
  else if (GREY_CLASS.test(classes)) change.isGrey = true;
  if (name === 'a') change.isLink = true;
  return Object.keys(change).length === 0 ? within : { ...within, ...change };
}

function alignOf({ name, attribs }: Element, style: string | undefined): Line['align'] | undefined {
  const said = style ?? attribs.align;
  if (said !== undefined) return named(said);
  return name === 'center' || /center/i.test(attribs.class ?? '') ? 'center' : undefined;
}

function named(align: string): Line['align'] {
  if (/^\s*(?:-\w+-)?center/i.test(align)) return 'center';
  return /^\s*(?:right|end)/i.test(align) ? 'right' : null;
}

function declarations(style: string): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  for (const each of style.split(';')) {
    const colon = each.indexOf(':');
    if (colon > 0) declared.set(each.slice(0, colon).trim().toLowerCase(), each.slice(colon + 1).trim());
  }
  return declared;
}
