/** What a reader of a page sees of its article: the lines and pictures of the column, in the order of its source. Pure. */
import type { Appearance, Box, LaidOutNode, Rect } from '../fetch/appearance.ts';
import type { Page } from '../model.ts';
import { readColumn } from '../page/column.ts';
import { findArticle, inColumn } from '../page/find-article.ts';
import { type AnyNode, type Element, isElement, matcher } from '../page/html.ts';
import { BLOCKS } from '../page/lines.ts';
import { adoptPage, baseOf } from '../page/page.ts';
import { pictureAddress, SHOWS_PICTURES } from '../page/picture-address.ts';
import { isPicture } from '../page/pictures.ts';
import type { Site } from '../site/address.ts';
import { openVisibility, type Visibility } from './visibility.ts';

export interface Seen {
  /** Text of the headline, as far as it is seen; null where the page has none. */
  readonly title: string | null;
  /** Lines and pictures of the body, and of what stands beside it and no rule knows. */
  readonly flow: readonly (SeenLine | SeenPicture)[];
  /** Texts that are there and that nobody sees, with the reason. */
  readonly hidden: readonly { readonly text: string; readonly why: string }[];
  /** Addresses of pictures that style sheets alone show. */
  readonly drawn: readonly string[];
  /** Neighbours of the source that stand the other way round on the page, by their beginnings. */
  readonly turned: readonly { readonly first: string; readonly second: string }[];
}

export interface SeenLine {
  readonly kind: 'line';
  readonly text: string;
  readonly rect: Rect;
  /** Of its first letters. */
  readonly style: Box['style'];
}

export interface SeenPicture {
  readonly kind: 'picture';
  /** Absolute, as the extraction reads it. */
  readonly src: string;
  /** Null where it is not laid out. */
  readonly rect: Rect | null;
  /** Why nobody sees it; null where it shows, or would once it is loaded. */
  readonly unseen: string | null;
}

/** Markup that shows nothing, or only to readers without scripts. */
const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'template', 'noscript', 'head', 'title']);
/** In pixels. */
const SMALLEST_PICTURE = 4;
/** One that is larger by itself is not made out at this size. */
const SMALLEST_OF_LARGE = 24;
const LARGE = 100;
/** A background of that size is a picture. */
const LARGE_BACKGROUND = 80;

/**
 * @param parts `page` is what was laid out; `address` the article's own; `sizes` those of the pictures that were drawn, by
 *   address, in pixels
 * @returns null where there is no article on the page as a browser builds it
 */
export function seenOf(
  appearance: Appearance,
  {
    page,
    address,
    site,
    sizes,
  }: {
    readonly page: Page;
    readonly address: string;
    readonly site: Site;
    readonly sizes: ReadonlyMap<string, { readonly width: number; readonly height: number }>;
  },
): Seen | null {
  const adopted = adoptPage(page, appearance.nodes);
  const found = findArticle(adopted.page);
  if (found === null) return null;
  const { layout, column, body } = found;
  const base = baseOf(adopted.page, address);
  const indexOf = new Map(adopted.nodes.flatMap((node, i): [AnyNode, number][] => (node === null ? [] : [[node, i]])));
  const added = addedTo(appearance.nodes);
  const visibility = openVisibility(appearance);
  const noise = layout.noise.flatMap((rule) => ('selector' in rule ? [matcher(rule.selector)] : []));
  const isNoise = (element: Element) => noise.some((matches) => matches(element));

  const flow: (SeenLine | SeenPicture)[] = [];
  const hidden: { text: string; why: string }[] = [];
  const drawn: string[] = [];
  const turned: { first: string; second: string }[] = [];
  let line: { text: string; rect: Rect; style: Box['style'] } | null = null;

  const { before, after } = readColumn(adopted.page, found);
  walkAll([...before.toArray(), ...body.toArray(), ...after.toArray()], true);
  endLine();
  const [title] = inColumn(column, layout.fields.title).toArray();
  return { title: title === undefined ? null : readTitle(title), flow, hidden, drawn, turned };

  /** Neighbours, and how they stand to each other. @returns where all of them stand; null where nothing is seen of them */
  function walkAll(nodes: readonly AnyNode[], isTop = false): Placed | null {
    const all: Placed[] = [];
    for (const node of nodes) {
      const placed = walk(node, isTop);
      if (placed === null) continue;
      const last = all.at(-1);
      if (last !== undefined && (placed.isBlock || last.isBlock) && isBefore(placed, last))
        turned.push({ first: last.label, second: placed.label });
      all.push(placed);
    }
    const [first] = all;
    return first === undefined ? null : { ...first, rect: around(all.map(({ rect }) => rect)) };
  }

  function walk(node: AnyNode, isTop: boolean): Placed | null {
    const at = indexOf.get(node);
    if (at === undefined) return null;
    if (node.type === 'text') return write(at);
    if (!isElement(node) || (!isTop && isNoise(node))) return null;
    if (UNREAD.has(node.name)) {
      picturesWithin(node);
      return null;
    }
    const isBlock = BLOCKS.has(node.name);
    if (isBlock) endLine();
    const marks = added.get(at) ?? [];
    const ahead = marks.filter((mark) => nameAt(mark) !== '::after').map(write);
    const picture = SHOWS_PICTURES.has(node.name) ? lookAtPicture(node, at) : null;
    lookAtBackground(at);
    const inside = walkAll(node.children);
    const behind = marks.filter((mark) => nameAt(mark) === '::after').map(write);
    if (isBlock) endLine();
    const parts = [...ahead, picture, inside, ...behind].filter((each) => each !== null);
    const [first] = parts;
    if (first === undefined) return null;
    const isFloating = appearance.nodes[at]?.box?.style.float !== 'none';
    const rect = around(parts.map((each) => each.rect));
    return { rect, label: first.label, isBlock: isBlock || first.isBlock, isFloating };
  }

  /** A page that loads its pictures by script may name them there alone. */
  function picturesWithin(node: Element): void {
    if (node.name !== 'noscript') return;
    for (const child of node.children) {
      const at = indexOf.get(child);
      if (!isElement(child) || at === undefined) continue;
      if (SHOWS_PICTURES.has(child.name)) lookAtPicture(child, at);
      for (const inner of child.children) if (isElement(inner)) picturesWithin(inner);
    }
  }

  function write(at: number): Placed | null {
    const { name = '', value = '', box = null } = appearance.nodes[at] ?? {};
    const isAdded = name.startsWith('::');
    const all = isAdded ? (box?.text ?? '') : value;
    if (all.trim() === '' || (isAdded && !saysSomething(all, isNumbered(at)))) return null;
    const pieces = (box?.pieces ?? []).filter(({ text }) => text.trim() !== '');
    const reasons = pieces.map(({ rect, text }) => visibility.whyUnread(at, rect, text.trim().length));
    const seen = pieces.filter((_, i) => reasons[i] === null);
    if (box === null || seen.length === 0) {
      if (!isAdded) hidden.push({ text: all, why: reasons[0] ?? visibility.whyUnread(at, NOWHERE, 0) ?? 'no room' });
      return null;
    }
    const shown = seen.map((piece) => piece.text).join('');
    // White space that is collapsed, or at the end of a line, is in no piece.
    const isWhole = solid(shown) === solid(box.text ?? '');
    if (!isWhole && !isAdded) {
      const cut = pieces.find((_, i) => reasons[i] !== null);
      hidden.push({ text: cut?.text ?? all, why: reasons.find((why) => why !== null) ?? 'not all of it is laid out' });
    }
    const text = isWhole ? all : shown;
    const rect = around(seen.map((piece) => piece.rect));
    line = {
      text: (line?.text ?? '') + text,
      rect: line === null ? rect : around([line.rect, rect]),
      style: line?.style ?? box.style,
    };
    return { rect, label: text, isBlock: false, isFloating: false };
  }

  /** Added text that may be the number of an item, as lists have them. */
  function isNumbered(at: number): boolean {
    const parent = nameAt(appearance.nodes[at]?.parent ?? -1);
    return nameAt(at) === '::marker' || (nameAt(at) === '::before' && BLOCKS.has(parent));
  }

  function endLine(): void {
    if (line !== null) flow.push({ kind: 'line', ...line });
    line = null;
  }

  function nameAt(at: number): string {
    return appearance.nodes[at]?.name ?? '';
  }

  function lookAtPicture(element: Element, at: number): Placed | null {
    const src = pictureAddress(element, base);
    if (src === null || element.name === 'video' || !isPicture(src, site)) return null;
    const rect = appearance.nodes[at]?.box?.rect ?? null;
    const unseen = whyPictureUnseen(element, at, src);
    flow.push({ kind: 'picture', src, rect, unseen });
    const isThere = unseen === null && rect !== null && rect.right > rect.left && rect.bottom > rect.top;
    return isThere ? { rect, label: src, isBlock: true, isFloating: false } : null;
  }

  /** One that a script loads, or that did not come, has no size yet: then its place counts. */
  function whyPictureUnseen(element: Element, at: number, src: string): string | null {
    const box = appearance.nodes[at]?.box ?? null;
    const size = sizes.get(src);
    const isInPlace = element.name === 'img' && resolved(element.attribs.src, base) === src;
    if (size === undefined || !isInPlace || isWithinNoscript(element)) return whyPlaceUnseen(at, visibility);
    if (box === null) return 'it is not laid out';
    if (box.style.content !== 'normal') return `a style sheet puts ${box.style.content.slice(0, 80)} in its place`;
    const { left, top, right, bottom } = box.rect;
    const [width, height] = [right - left, bottom - top];
    const isTiny = width < Math.min(SMALLEST_PICTURE, size.width) || height < Math.min(SMALLEST_PICTURE, size.height);
    const isShrunk = Math.max(width, height) < SMALLEST_OF_LARGE && Math.max(size.width, size.height) >= LARGE;
    if (isTiny || isShrunk) return `${Math.round(width)} × ${Math.round(height)} pixels`;
    return visibility.whyUnseen(at, box.rect);
  }

  /** Whether a thing would be seen where its element stands. */
  function whyPlaceUnseen(at: number, { whyUnseen }: Visibility): string | null {
    const above = (node: number) => appearance.nodes[node]?.parent ?? -1;
    const isIn = (node: number, ...names: string[]) => names.includes(nameAt(node));
    let holder = above(at);
    while (isIn(holder, 'noscript', 'picture')) holder = above(holder);
    if (appearance.nodes[at]?.box === null && appearance.nodes[holder]?.box === null) return 'it is not laid out';
    while (holder >= 0 && appearance.nodes[holder]?.box === null) holder = above(holder); // `display: contents`
    const rect = appearance.nodes[holder]?.box?.rect;
    const isEmpty = rect === undefined || rect.right - rect.left === 0 || rect.bottom - rect.top === 0;
    return isEmpty ? null : whyUnseen(holder, rect);
  }

  function lookAtBackground(at: number): void {
    const box = appearance.nodes[at]?.box ?? null;
    const address = /^url\("([^"]{1,2000})"\)/.exec(box?.style['background-image'] ?? '')?.[1];
    if (box === null || address === undefined || !/^https?:/.test(address) || !isPicture(address, site)) return;
    const { left, top, right, bottom } = box.rect;
    if (right - left < LARGE_BACKGROUND || bottom - top < LARGE_BACKGROUND) return;
    if (visibility.whyUnseen(at, box.rect) === null) drawn.push(address);
  }

  function readTitle(node: AnyNode): string {
    const whole = { flow: flow.splice(0), hidden: hidden.splice(0) };
    walk(node, true);
    endLine();
    const text = flow.map((each) => (each.kind === 'line' ? each.text : '')).join('');
    flow.splice(0, flow.length, ...whole.flow);
    hidden.splice(0, hidden.length, ...whole.hidden, ...hidden);
    return text;
  }
}

/** Something that is seen, and where. */
interface Placed {
  readonly rect: Rect;
  readonly label: string;
  /** It, or what it begins with, begins a new line. */
  readonly isBlock: boolean;
  readonly isFloating: boolean;
}

/** True where a reader comes to the first one first: it stands above, or to the left in the same row. */
function isBefore({ rect: a, isFloating }: Placed, { rect: b, isFloating: isOtherFloating }: Placed): boolean {
  const shareColumn = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1;
  if (shareColumn) return a.bottom <= b.top + 1;
  if (isFloating !== isOtherFloating) return false; // text runs round it
  const sharedRow = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const isRow = sharedRow > 0.5 * Math.min(a.bottom - a.top, b.bottom - b.top);
  return isRow && a.right <= b.left + 1;
}

function solid(text: string): string {
  return text.replace(/[\s\u00ad]+/g, '');
}

const NOWHERE: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

/** What style sheets add, by the element that it is added to. */
function addedTo(nodes: readonly LaidOutNode[]): ReadonlyMap<number, readonly number[]> {
  const added = new Map<number, number[]>();
  for (const [at, { name, parent }] of nodes.entries()) {
    if (name !== '::before' && name !== '::after' && name !== '::marker') continue;
    const before = added.get(parent);
    if (before === undefined) added.set(parent, [at]);
    else before.push(at);
  }
  return added;
}

/** Marks, icons and the numbers of lists are ornament. */
function saysSomething(text: string, mayBeNumber: boolean): boolean {
  if (!/[\p{L}\p{N}]/u.test(text)) return false;
  return (
    !mayBeNumber || !/^\s*(?:\d{1,5}|[a-z]|[ivxlcdm]{2,8}|[一二三四五六七八九十百千〇零]{1,8})[.、．)]?\s*$/i.test(text)
  );
}

function isWithinNoscript(element: Element): boolean {
  for (let above = element.parent; above !== null; above = above.parent)
    if (isElement(above) && above.name === 'noscript') return true;
  return false;
}

function resolved(address: string | undefined, base: string): string | null {
  return address === undefined ? null : (URL.parse(address.trim(), base)?.href ?? null);
}

function around(rects: readonly Rect[]): Rect {
  return {
    left: Math.min(...rects.map(({ left }) => left)),
    top: Math.min(...rects.map(({ top }) => top)),
    right: Math.max(...rects.map(({ right }) => right)),
    bottom: Math.max(...rects.map(({ bottom }) => bottom)),
  };
}

/** Farther than any page is long, in pixels. */
const PAGE_APART = 10_000_000;

/** What is seen of the parts of an article, one below the other; one that shows the same as another is left out. */
export function joinSeen(parts: readonly Seen[]): Seen {
  const known = new Set<string>();
  const distinct = parts.filter(({ flow }) => {
    const text = flow.map((item) => (item.kind === 'line' ? item.text : item.src)).join('\n');
    return !known.has(text) && known.add(text);
  });
  const down = (rect: Rect, part: number): Rect => ({
    ...rect,
    top: rect.top + part * PAGE_APART,
    bottom: rect.bottom + part * PAGE_APART,
  });
  return {
    title: parts[0]?.title ?? null,
    flow: distinct.flatMap(({ flow }, part) =>
      flow.map((item) =>
        item.kind === 'line'
          ? { ...item, rect: down(item.rect, part) }
          : { ...item, rect: item.rect === null ? null : down(item.rect, part) },
      ),
    ),
    hidden: distinct.flatMap(({ hidden }) => hidden),
    drawn: distinct.flatMap(({ drawn }) => drawn),
    turned: distinct.flatMap(({ turned }) => turned),
  };
}
