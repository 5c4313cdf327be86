/** The one door to cheerio: HTML to a document tree. */
import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import { compile } from 'css-select';
import type { AnyNode, Element } from 'domhandler';
import { adoptTree, buildTree, type ForeignNode } from './tree-adapter.ts';

export type { AnyNode, Cheerio, CheerioAPI, Element, ForeignNode };

/**
 * Parses a whole HTML document (parse5, as browsers do).
 * @throws PAGE_TOO_HEAVY
 */
export function parseDocument(html: string): CheerioAPI {
  return load(buildTree(html, 'document'));
}

/** A document that somebody else parsed; a node for each of the given, null for what is no part of it. */
export function adoptDocument(foreign: readonly ForeignNode[]): {
  readonly $: CheerioAPI;
  readonly nodes: readonly (AnyNode | null)[];
} {
  const { root, nodes } = adoptTree(foreign);
  return { $: load(root), nodes };
}

/**
 * Parses a piece of HTML without the `<html>` and `<body>` round it, as deep as a document may be.
 * @throws PAGE_TOO_HEAVY
 */
export function parseFragment(html: string): CheerioAPI {
  const piece = buildTree(html, 'piece');
  flattenDeep(piece);
  return load(piece, {}, false);
}

/** What a page holds for readers without scripts: no address is changed and nobody sent away by it. */
const WITHOUT_EFFECT = 'base, link, meta, script, style, template, title';

/**
 * Puts into each `noscript` of a body, in place, the elements that its text stands for, if there is a picture among them:
 * parsers leave it text, as browsers do whose scripts run, and a page that loads its pictures by script may name them
 * nowhere else.
 */
export function openNoscripts(noscripts: readonly Element[]): void {
  for (const element of noscripts) {
    const [text] = element.children;
    if (text?.type !== 'text' || !/<(?:img|input|picture|object|embed|video)\b/i.test(text.data)) continue;
    const root = buildTree(text.data, 'noscript');
    removeNodes(select([root], WITHOUT_EFFECT));
    flattenDeep(root);
    // One within another has elements already, and means nothing more.
    for (const node of nodesIn([root])) if (isElement(node) && node.name === 'noscript') node.name = 'span';
    adopt(element, root.children);
  }
}

// The one door to css-select, which cheerio uses too: whether an element matches a selector.

/** The question for one selector; it is read once, however many pages are asked. */
export function matcher(selector: string): (element: Element) => boolean {
  const known = matchers.get(selector);
  if (known !== undefined) return known;
  const made = compile<AnyNode, Element>(selector, { cacheResults: false }); // trees change between two questions
  matchers.set(selector, made);
  return made;
}

const matchers = new Map<string, (element: Element) => boolean>();

/** The same for trees that do not change any more: what was found of an element's ancestors is kept. */
export function steadyMatcher(selector: string): (element: Element) => boolean {
  const known = steadyMatchers.get(selector);
  if (known !== undefined) return known;
  const made = compile<AnyNode, Element>(selector);
  steadyMatchers.set(selector, made);
  return made;
}

const steadyMatchers = new Map<string, (element: Element) => boolean>();

// A limit to nesting, as in browsers: recursion over a tree must not depend on how a page was written.

/** Blink's limit (`kMaximumHTMLParserDOMTreeDepth`); real pages stay far below it. */
export const MAX_DEPTH = 512;

/** Puts, in place, what is nested deeper than 512 elements side by side at that depth. Nothing is lost but the nesting. */
export function flattenDeep(root: AnyNode): void {
  const nodes = [root];
  const depths = [0];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const depth = depths.pop() ?? 0;
    if (!('children' in node)) continue;
    if (depth === MAX_DEPTH) {
      adopt(node, sideBySide(node));
      continue;
    }
    for (const child of node.children) {
      nodes.push(child);
      depths.push(depth + 1);
    }
  }
}

type Parent = Extract<AnyNode, { children: unknown }>;

/** All that is below a node, in document order; an element with nothing but text in it stays as it is. */
function sideBySide(parent: Parent): readonly Parent['children'][number][] {
  const flat: Parent['children'][number][] = [];
  const rest = parent.children.toReversed();
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    flat.push(node);
    if (!('children' in node) || !node.children.some((child) => 'children' in child)) continue;
    for (const child of node.children.toReversed()) rest.push(child);
    node.children = [];
  }
  return flat;
}

function adopt(parent: Parent, children: readonly Parent['children'][number][]): void {
  parent.children = [...children];
  for (const [i, child] of children.entries()) {
    child.parent = parent;
    child.prev = children[i - 1] ?? null;
    child.next = children[i + 1] ?? null;
  }
}

// Elements of a tree by a plain walk: a selector's search takes time in the square of an element's children.

/** All nodes below the roots, themselves included, in document order; without recursion, for trees may be deep. */
export function* nodesIn(roots: readonly AnyNode[]): Generator<AnyNode, void> {
  const rest = roots.toReversed();
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    yield node;
    if ('children' in node) for (let i = node.children.length - 1; i >= 0; i--) rest.push(node.children[i] as AnyNode);
  }
}

/** All elements below the roots, which are not included themselves, in document order. */
export function elementsBelow(roots: readonly AnyNode[]): readonly Element[] {
  const elements: Element[] = [];
  const above = new Set(roots);
  for (const node of nodesIn(roots)) if (isElement(node) && !above.has(node)) elements.push(node);
  return elements;
}

/** The same of those that match a selector, in a tree that does not change any more. */
export function select(roots: readonly AnyNode[], selector: string): readonly Element[] {
  return elementsBelow(roots).filter(steadyMatcher(selector));
}

/** Takes nodes out of their tree, all at once: one after the other takes time in the square of their siblings. */
export function removeNodes(nodes: Iterable<AnyNode>): void {
  const gone = [...nodes];
  replaceNodes(new Map(gone.map((node) => [node, []])));
}

/** The same, with other nodes in the place of each: nodes that stand nowhere else, or below it. */
export function replaceNodes(inPlace: ReadonlyMap<AnyNode, readonly AnyNode[]>): void {
  const parents = new Set([...inPlace.keys()].map((node) => node.parent));
  for (const node of inPlace.keys()) Object.assign(node, { parent: null, prev: null, next: null });
  for (const parent of parents) {
    if (parent === null) continue;
    adopt(
      parent,
      parent.children.flatMap((child) => (inPlace.get(child) as Parent['children'] | undefined) ?? [child]),
    );
  }
}

/** Puts nodes that stand in no tree before and behind what an element holds. */
export function surround(parent: Element, before: readonly AnyNode[], after: readonly AnyNode[]): void {
  const children = [...before, ...parent.children, ...after] as Parent['children'];
  if (children.length > parent.children.length) adopt(parent, children);
}

export function isElement(node: AnyNode): node is Element {
  return node.type === 'tag' || node.type === 'script' || node.type === 'style';
}

/** Where to look for the few elements that are wanted of a page's thousands. Each list is in document order. */
export interface ElementIndex {
  readonly withClass: readonly Element[];
  /** The same by their whole `class`: a page's thousands of elements share some hundred. */
  readonly byClass: ReadonlyMap<string, readonly Element[]>;
  readonly withId: readonly Element[];
  readonly scripts: readonly Element[];
  readonly noscripts: readonly Element[];
  readonly bases: readonly Element[];
  /** How many nodes stand in one another; counted up to one more than `limit`. */
  readonly depth: number;
}

/** Indexes a tree, as far as `limit` deep, in one walk: every element of every page passes here. */
export function indexOf(root: AnyNode, limit: number): ElementIndex {
  const withClass: Element[] = [];
  const byClass = new Map<string, Element[]>();
  const withId: Element[] = [];
  const scripts: Element[] = [];
  const noscripts: Element[] = [];
  const bases: Element[] = [];
  let deepest = 0;
  walk(root, 0);
  return { withClass, byClass, withId, scripts, noscripts, bases, depth: deepest };

  function walk(node: AnyNode, depth: number): void {
    if (depth > deepest) deepest = depth;
    if (depth > limit || !('children' in node)) return;
    for (const child of node.children as AnyNode[]) {
      if (child.type === 'text' || child.type === 'comment') continue;
      if (isElement(child)) {
        const { class: name, id } = child.attribs;
        if (name !== undefined) {
          withClass.push(child);
          const alike = byClass.get(name);
          if (alike === undefined) byClass.set(name, [child]);
          else alike.push(child);
        }
        if (id !== undefined) withId.push(child);
        if (child.type === 'script') scripts.push(child);
        else if (child.name === 'noscript') noscripts.push(child);
        else if (child.name === 'base') bases.push(child);
      }
      walk(child, depth + 1);
    }
  }
}

/** The elements whose `class` is of a pattern, in document order; asked once for all elements that have the same. */
export function elementsOfClass({ withClass, byClass }: ElementIndex, pattern: RegExp): readonly Element[] {
  const groups = [...byClass].flatMap(([name, elements]) => (pattern.test(name) ? [elements] : []));
  if (groups.length < 2) return groups[0] ?? [];
  const wanted = new Set(groups.flat());
  return withClass.filter((element) => wanted.has(element));
}

// Text and links of a tree as a reader meets them: single-line strings, absolute URLs.

/** White space of any kind, no-break and full-width included, to single spaces; none at the ends. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A link of the page, absolute, in the form that browsers send; null for none and for what is not http or https. */
export function absoluteUrl(link: string | undefined, base: string): string | null {
  if (!link?.trim() || !URL.canParse(link, base)) return null;
  const { href, protocol } = new URL(link, base);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
