/** The body: the container's own markup, minus named noise. */

import type { Site } from '../site/address.ts';
import type { NoiseRule } from '../site/layout.ts';
import {
  type Column,
  countText,
  NOTHING,
  nameOf,
  readColumn,
  sumOf,
  type TextAccountRow,
  type TextCount,
} from './column.ts';
import type { FoundArticle } from './find-article.ts';
import {
  type AnyNode,
  absoluteUrl,
  type Cheerio,
  type Element,
  type ElementIndex,
  elementsBelow,
  elementsOfClass,
  isElement,
  matcher,
  nodesIn,
  removeNodes,
  replaceNodes,
  surround,
} from './html.ts';
import { type Line, readLines, textsOf } from './lines.ts';
import { type Media, readMedia } from './media.ts';
import { baseOf, type ParsedPage } from './page.ts';
import { isPlaceholder, pictureAddress, SHOWS_PICTURES } from './picture-address.ts';
import { type Pictures, readPictures } from './pictures.ts';
import { unseenLength } from './prose.ts';

export interface Body {
  /** The site's own markup and white space; without noise in it exactly the container's inner HTML. */
  readonly html: string;
  readonly pictures: Pictures;
  readonly players: Media;
  /** All lines, those that only show something included. */
  readonly printed: readonly Line[];
  /** All lines of text. */
  readonly lines: readonly string[];
  readonly textCount: TextCount;
  readonly removed: readonly Removal[];
  /** Prose in comments and attributes, as the page has it. */
  readonly unseen: number;
  /** What stands round it in its column. */
  readonly column: Column;
  /** The tree that `html` was written from. */
  readonly tree: Cheerio<AnyNode>;
  /** All elements in it, in document order. */
  readonly elements: readonly Element[];
  /** Comments, scripts, style sheets and repeated `noscript`s that rules took out: nobody sees them. */
  readonly unshown: readonly AnyNode[];
  /** Those of its nodes that stood beside the body element. */
  readonly unclaimed: readonly AnyNode[];
}

/**
 * Reads the body of one part from a copy, so that the page's tree stays as it was. What no rule knows, and stands where
 * the body is, is a part of it: nothing that may be the article's is lost. `address` is the article's own, which
 * resolves its links where the page names no other base. Total: where nothing but noise is in it, the body is empty.
 */
export function readBody(page: ParsedPage, found: FoundArticle, address: string, site: Site): Body {
  const base = baseOf(page, address);
  const column = readColumn(page, found);
  const tree = found.body.clone();
  const [before, after] = [column.before.clone(), column.after.clone()];
  const [body] = tree.toArray();
  if (body !== undefined && isElement(body)) surround(body, before.toArray(), after.toArray());
  const scripts = elementsBelow(tree.toArray()).filter(({ type }) => type === 'script');
  const removed = [...removeNoise(tree, found.layout.noise), ...settleNoscripts(tree, base)];
  if (base !== address) makeAbsolute(tree, base);
  const elements = elementsBelow(tree.toArray());
  const printed = readLines(tree.contents().toArray());
  const pictures = readPictures(printed, base, site);
  return {
    html: tree.html() ?? '',
    pictures,
    players: readMedia(elements, scripts, pictures.images, base),
    printed,
    lines: textsOf(printed),
    textCount: countText(tree.toArray()),
    removed,
    unseen: unseenIn([...found.body.toArray(), ...column.before.toArray(), ...column.after.toArray()]),
    column,
    tree,
    elements,
    unshown: removed.flatMap(({ node }) => (isShown(node) ? [] : [node])),
    unclaimed: [...before.toArray(), ...after.toArray()],
  };
}

function unseenIn(nodes: readonly AnyNode[]): number {
  let length = 0;
  for (const node of nodesIn(nodes)) length += unseenLength(node);
  return length;
}

// Noise: what stands inside the body element and is not the article's. Every removal is by a rule with a name.

/** What one rule took out of a body. */
interface Removal extends TextCount {
  readonly rule: NoiseRule;
  readonly node: AnyNode;
}

function isShown(node: AnyNode): boolean {
  return node.type === 'tag' && node.name !== 'noscript' && node.name !== 'link';
}

/**
 * Removes from `body`, in place, all that the rules name, and says what that was; an empty block is
 * not reported. Nothing else is touched, white space included.
 */
function removeNoise(body: Cheerio<AnyNode>, rules: readonly NoiseRule[]): readonly Removal[] {
  let nodes: readonly AnyNode[] = [...nodesIn(body.contents().toArray())];
  return rules.flatMap((rule) => {
    const found = matching(nodes, rule);
    // The innermost first, so that nothing is counted twice.
    const counted = new Map<AnyNode, TextCount>();
    const removals = found.toReversed().map((node) => {
      const textCount = countText([node], counted, { unseen: true });
      counted.set(node, NOTHING);
      return { rule, node, ...textCount };
    });
    removeNodes(found);
    if (found.length > 0) nodes = [...nodesIn(body.contents().toArray())];
    return removals
      .filter(({ node, characters, pictures }) => characters + pictures > 0 || !isShown(node))
      .toReversed();
  });
}

const FOR_NO_SCRIPTS = { name: 'picture again, for readers without scripts', selector: 'noscript' } as const;
const STOOD_IN = { name: 'placeholder of a picture', selector: 'img' } as const;

/**
 * Puts a picture that only a `noscript` names where that stands, instead of the placeholder beside it, and takes out a
 * `noscript` whose pictures are there without it. One without pictures stays as it is.
 */
function settleNoscripts(body: Cheerio<AnyNode>, base: string): readonly Removal[] {
  const elements = elementsBelow(body.toArray());
  const noscripts = elements.filter((each) => each.name === 'noscript' && each.children.some(isElement));
  if (noscripts.length === 0) return [];
  const inside = new Set(noscripts.flatMap((each) => elementsBelow([each])));
  const addresses = (from: readonly Element[]) =>
    from.flatMap((each) => (SHOWS_PICTURES.has(each.name) ? (pictureAddress(each, base) ?? []) : []));
  const shown = new Set(addresses(elements.filter((each) => !inside.has(each))));
  const inPlace = new Map<AnyNode, readonly AnyNode[]>();
  const takeOut = (element: Element, rule: NoiseRule): Removal => {
    inPlace.set(element, []);
    return { rule, node: element, ...countText([element], undefined, { unseen: true }) };
  };
  const removals = noscripts.flatMap((noscript) => {
    if (inside.has(noscript)) return [];
    const own = addresses(elementsBelow([noscript]));
    const placeholder = [nextTo(noscript, 'prev'), nextTo(noscript, 'next')].find(
      (each): each is Element => standsIn(each, base) && !inPlace.has(each),
    );
    if (placeholder === undefined && own.every((src) => shown.has(src))) return [takeOut(noscript, FOR_NO_SCRIPTS)];
    for (const src of own) shown.add(src);
    inPlace.set(noscript, noscript.children);
    return placeholder === undefined ? [] : [takeOut(placeholder, STOOD_IN)];
  });
  replaceNodes(inPlace);
  return removals;
}

/** What stands next to an element with nothing but white space between. */
function nextTo(element: Element, side: 'prev' | 'next'): AnyNode | null {
  let node = element[side];
  while (node?.type === 'text' && node.data.trim() === '') node = node[side];
  return node;
}

function standsIn(node: AnyNode | null, base: string): node is Element {
  if (node === null || !isElement(node) || node.name !== 'img') return false;
  const address = pictureAddress(node, base);
  return address === null || isPlaceholder(address);
}

/** Resolves what a document's own base would no longer resolve; lazy pictures get their address. */
function makeAbsolute(body: Cheerio<AnyNode>, base: string): void {
  for (const element of elementsBelow(body.toArray())) {
    const { attribs } = element;
    const picture = SHOWS_PICTURES.has(element.name) ? pictureAddress(element, base) : null;
    for (const name of LINKS) {
      const address = attribs[name]?.startsWith('#') === true ? null : absoluteUrl(attribs[name], base);
      if (address !== null) attribs[name] = address;
    }
    if (picture === null || element.name !== 'img') continue;
    for (const name in attribs) if (isAddressOf(picture, attribs[name] ?? '', base)) attribs[name] = picture;
    attribs.src = picture;
  }
}

function isAddressOf(picture: string, value: string, base: string): boolean {
  return value !== '' && absoluteUrl(value, base) === picture;
}

const LINKS = ['href', 'src', 'poster', 'data', 'cite'];

function matching(nodes: readonly AnyNode[], rule: NoiseRule): readonly AnyNode[] {
  if ('nodes' in rule) return nodes.filter((node) => node.type === 'comment');
  const matches = matcher(rule.selector);
  return nodes.filter((node) => 'attribs' in node && matches(node));
}

// Articles in several parts: where the other parts are, and the parts as one body (site.md, 1.1 and 2.4).

/**
 * URLs of the parts 2, 3 … in order, absolute; none for a one-page article. Read from the block of page numbers: of
 * `#select_page`, where 下一页 has its address in `onclick` only, or of a community post's `ul.pagination`. Where the block
 * names 2 and 5, 3 and 4 are there as well; where it shows only the next few numbers, a later part names the rest.
 */
export function partUrls(page: ParsedPage): readonly string[] {
  const links = partLinks(page);
  const [first] = links;
  if (first === undefined) return [];
  const last = links.reduce((most, { number }) => Math.max(most, number), 1);
  return Array.from({ length: last - 1 }, (_, i) => first.href.replace(PART, `$1${i + 2}$3`));
}

/** The parts' bodies one after the other. A part that the site answers with the text of another one is left out. */
export function joinParts(bodies: readonly Body[]): { readonly html: string; readonly parts: readonly Body[] } {
  const seen = new Set<string>();
  const parts = bodies.filter(({ html }) => !seen.has(html) && seen.add(html));
  return { html: parts.map(({ html }) => html).join(''), parts };
}

/** True for the single-page form of an article in parts: it alone has anchors where each part begins (site.md, 2.4). */
export function isWhole({ index }: ParsedPage): boolean {
  return index.withId.some(({ attribs }) => attribs.id?.startsWith('page_') === true);
}

/** The number of a part in its URL: `…_516891_2.shtml`, or `…content?id=1&page=2` (page 0 is the whole post). */
const PART = /(\/\d{4}_\d{2}_\d{2}_\d+_|[?&]page=)([1-9]\d{0,2})(\.shtml$|$|&)/;

interface PartLink {
  readonly href: string;
  readonly number: number;
}

function partLinks({ page, index }: ParsedPage): readonly PartLink[] {
  const links: PartLink[] = [];
  for (const { attribs } of elementsBelow(numberBlocks(index))) {
    if (attribs.href === undefined && attribs.onclick === undefined) continue;
    const link = attribs.href || /location(?:\.href)?\s*=\s*['"]([^'"]+)['"]/.exec(attribs.onclick ?? '')?.[1];
    const href = absoluteUrl(link, page.finalUrl);
    const number = PART.exec(href ?? '')?.[2];
    if (href !== null && number !== undefined) links.push({ href, number: Number(number) });
  }
  return links;
}

function numberBlocks(index: ElementIndex): Element[] {
  const ofPost = elementsOfClass(index, /pagination/).filter(
    (each) => each.name === 'ul' && hasClass(each.attribs.class, 'pagination') && isInPost(each),
  );
  return [...index.withId.filter(({ attribs }) => attribs.id === 'select_page'), ...ofPost];
}

function isInPost(element: Element): boolean {
  for (let above = element.parent; above !== null; above = above.parent)
    if (isElement(above) && hasClass(above.attribs.class, 'article-content')) return true;
  return false;
}

function hasClass(classes = '', name: string): boolean {
  return classes.split(/\s+/).includes(name);
}

// The text account: every character and picture of the article column, and what became of it.

export interface TextAccount {
  /** One row for each disposition and name, in the order of the page; the body after what stands round it. */
  readonly rows: readonly TextAccountRow[];
  /** All of the columns that were read. */
  readonly total: TextCount;
  /** What is in no row: nothing, or the extraction has a fault. */
  readonly missing: TextCount;
}

/**
 * Accounts for the columns of all parts. What is emitted was counted in the tree that the body was written from, the
 * total in the page's own tree, so that a loss between the two shows.
 * @param kept those of the bodies that are in the article; a repeated one is not
 */
export function accountForText(bodies: readonly Body[], kept: readonly Body[]): TextAccount {
  const entries = bodies.flatMap((body) => entriesOf(body, kept.includes(body)));
  const groups = Map.groupBy(entries, ({ disposition, name }) => `${disposition} ${name ?? ''}`);
  const rows = [...groups.values()].flatMap((group): TextAccountRow[] => {
    const [first] = group;
    return first === undefined ? [] : [{ disposition: first.disposition, name: first.name, ...sumOf(group) }];
  });
  const unseen = bodies.map((body) => ({ characters: body.unseen, pictures: 0 }));
  const total = sumOf([...bodies.map(({ column }) => column.total), ...unseen]);
  const sum = sumOf(rows);
  return {
    rows: rows.filter(({ characters, pictures }) => characters !== 0 || pictures !== 0),
    total,
    missing: { characters: total.characters - sum.characters, pictures: total.pictures - sum.pictures },
  };
}

/** Of what is kept in the body: text, text for no reader, and prose in attributes. */
function entriesOfBody({ textCount, tree }: Body): readonly TextAccountRow[] {
  const apart = unreadIn(tree.toArray()).map(
    (each): TextAccountRow => ({ disposition: 'body', name: each.name, ...countText([each]) }),
  );
  const inside = sumOf(apart);
  const characters = textCount.characters - inside.characters;
  return [
    { disposition: 'body', name: null, characters, pictures: textCount.pictures - inside.pictures },
    ...apart,
    { disposition: 'body', name: 'attributes', characters: unseenIn(tree.toArray()), pictures: 0 },
  ];
}

/** Elements whose text no reader sees whose scripts run; one in another counts with it. */
function unreadIn(nodes: readonly AnyNode[]): readonly Element[] {
  return nodes.flatMap((node) => {
    if (isElement(node) && (node.name === 'template' || node.name === 'noscript')) return [node];
    return 'children' in node ? unreadIn(node.children) : [];
  });
}

function entriesOf(body: Body, isKept: boolean): readonly TextAccountRow[] {
  const { column, textCount, removed, tree } = body;
  return [
    ...column.entries,
    ...column.elsewhere
      .toArray()
      .map((node): TextAccountRow => ({ disposition: 'unknown', name: nameOf(node), ...countText([node]) })),
    ...(isKept
      ? entriesOfBody(body)
      : ([
          { disposition: 'dropped', name: 'repeated part', ...textCount },
          { disposition: 'dropped', name: 'repeated part', characters: unseenIn(tree.toArray()), pictures: 0 },
        ] as const)),
    ...removed.map(({ rule, characters, pictures }): TextAccountRow => {
      const field = 'field' in rule ? rule.field : undefined;
      const disposition = field === undefined ? 'dropped' : 'field';
      return { disposition, name: field ?? rule.name, characters, pictures };
    }),
  ];
}
