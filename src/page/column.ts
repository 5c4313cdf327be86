/** Sorts each piece of the article column: part of a field, a known block, the body, or unknown to every rule. */

import type { BlockRule, NamedBlock } from '../site/layout.ts';
import { type FoundArticle, inColumn } from './find-article.ts';
import { type AnyNode, type Cheerio, oneLine } from './html.ts';
import type { ParsedPage } from './page.ts';
import { unseenLength } from './prose.ts';

export interface Column {
  /** All of the column: what the account must come to. */
  readonly total: TextCount;
  /** What lies outside the body and belongs to a known block, or shows nothing. */
  readonly entries: readonly TextAccountRow[];
  /** What no rule knows and stands where the body is, between the known blocks before and after it. */
  readonly before: Cheerio<AnyNode>;
  readonly after: Cheerio<AnyNode>;
  /** What no rule knows and stands elsewhere. */
  readonly elsewhere: Cheerio<AnyNode>;
}

/** `body`: in the article's body. `field`: what a field was read from. `unknown`: in no block that a rule knows. */
type Disposition = 'body' | 'field' | 'dropped' | 'unknown';

export interface TextAccountRow extends TextCount {
  readonly disposition: Disposition;
  /** Name of the field, or of the rule that dropped it; for what is unknown its element; null for the body. */
  readonly name: string | null;
}

type Claim = BlockRule | 'body';

/** Reads a column by its layout's rules; the page's tree is not changed. */
export function readColumn({ $ }: ParsedPage, { layout, column, body }: FoundArticle): Column {
  const claims = new Map<AnyNode, Claim>(body.toArray().map((node) => [node, 'body']));
  for (const rule of layout.blocks) {
    for (const node of nodesOf(column, rule)) if (!claims.has(node)) claims.set(node, rule);
  }
  const ancestors = ancestorsOf(claims.keys(), column);
  const entries: TextAccountRow[] = [];
  // Comments are far larger than the article: what stands in a known block is counted once.
  const counted = new Map<AnyNode, TextCount>();
  const unclaimed: { before: AnyNode[]; after: AnyNode[]; elsewhere: AnyNode[] } = {
    before: [],
    after: [],
    elsewhere: [],
  };
  let place: 'before' | 'after' | 'elsewhere' = 'before';

  for (const root of column.toArray()) walk(root, false);
  return {
    total: countText(column.toArray(), counted),
    entries,
    before: $(unclaimed.before),
    after: $(unclaimed.after),
    elsewhere: $(unclaimed.elsewhere),
  };

  /** @param inHolder a known block is round it: what no rule knows there is not the body's */
  function walk(node: AnyNode, inHolder: boolean): void {
    const claim = claims.get(node);
    if (claim !== undefined) pass(claim);
    if (claim === 'body') return; // counted where it is read
    const isHolder = claim !== undefined && 'holder' in claim;
    if (claim !== undefined && !isHolder) account(node, claim);
    else if ((isHolder || ancestors.has(node)) && 'children' in node)
      for (const child of node.children) walk(child, inHolder || isHolder);
    else noteUnclaimed(node, inHolder ? 'elsewhere' : place);
  }

  /** A known block divides what stands where the body is from what stands elsewhere. */
  function pass(claim: Claim): void {
    if (claim === 'body') place = 'after';
    else if (place === 'after') place = 'elsewhere';
    else if (place === 'before') for (const node of unclaimed.before.splice(0)) unclaimed.elsewhere.push(node);
  }

  function account(node: AnyNode, claim: NamedBlock): void {
    const inner = claims.get(node);
    if (inner === 'body') return;
    const own = inner === undefined || 'holder' in inner ? claim : inner;
    if (ancestors.has(node) && 'children' in node) for (const child of node.children) account(child, own);
    else {
      const textCount = countText([node]);
      counted.set(node, textCount);
      entries.push({ ...dispositionOf(own), ...textCount });
    }
  }

  function noteUnclaimed(node: AnyNode, where: typeof place): void {
    const textCount = countText([node]);
    if (textCount.characters + textCount.pictures === 0) return;
    if (hasContent([node])) unclaimed[where].push(node);
    else entries.push({ disposition: 'dropped', name: 'script or style sheet', ...textCount });
  }
}

function nodesOf(column: Cheerio<AnyNode>, rule: BlockRule): readonly AnyNode[] {
  const found = rule.selector.split(', ').flatMap((selector) => inColumn(column, selector).toArray());
  const { text } = rule;
  const wanted = text === undefined ? found : found.filter((node) => text.test(oneLine(textOf(node, LABEL))));
  return rule.first === true ? wanted.slice(0, 1) : wanted;
}

/** More than any label has; what follows it may be long. */
const LABEL = 1000;

function ancestorsOf(nodes: Iterable<AnyNode>, column: Cheerio<AnyNode>): ReadonlySet<AnyNode> {
  const top = column.toArray()[0]?.parent ?? null;
  const above = new Set<AnyNode>();
  for (const node of nodes) {
    for (let next = node.parent; next !== null && next !== top && !above.has(next); next = next.parent) above.add(next);
  }
  return above;
}

function dispositionOf(rule: NamedBlock): Pick<TextAccountRow, 'disposition' | 'name'> {
  return 'field' in rule ? { disposition: 'field', name: rule.field } : { disposition: 'dropped', name: rule.drop };
}

// How much there is in a piece of a tree: the unit in which the account counts.

export interface TextCount {
  /** UTF-16 units of all text nodes, scripts included, and of prose that nobody sees where it is counted; no white space. */
  readonly characters: number;
  /** Pictures, and frames and players, which show something without text as well. */
  readonly pictures: number;
}

export const NOTHING: TextCount = { characters: 0, pictures: 0 };

/** Elements that show something without text. */
export const MEDIA: ReadonlySet<string> = new Set(['img', 'iframe', 'video', 'audio', 'embed', 'object', 'canvas']);

/**
 * Counts the nodes with all that is below them.
 * @param counted what was counted before, and need not be again
 * @param options `unseen`: prose in comments and attributes counts as well
 */
export function countText(
  nodes: readonly AnyNode[],
  counted?: ReadonlyMap<AnyNode, TextCount>,
  { unseen = false }: { readonly unseen?: boolean } = {},
): TextCount {
  let characters = 0;
  let pictures = 0;
  count(nodes);
  return { characters, pictures };

  /** By recursion: no page's tree is deeper than `flattenDeep` leaves it. */
  function count(siblings: readonly AnyNode[]): void {
    for (const node of siblings) {
      if (node.type === 'text') characters += solidLength(node.data);
      else if (node.type === 'comment') characters += unseen ? unseenLength(node) : 0;
      else if ('children' in node) {
        const before = counted?.get(node);
        if (before === undefined) {
          if (unseen) characters += unseenLength(node);
          if (node.type === 'tag' && MEDIA.has(node.name)) pictures += 1;
          count(node.children);
        } else {
          characters += before.characters;
          pictures += before.pictures;
        }
      }
    }
  }
}

export function sumOf(counts: readonly TextCount[]): TextCount {
  return counts.reduce(
    (sum, { characters, pictures }) => ({
      characters: sum.characters + characters,
      pictures: sum.pictures + pictures,
    }),
    NOTHING,
  );
}

/** Length without white space. */
export function solidLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) if (!isWhiteSpace(text.charCodeAt(i))) length += 1;
  return length;
}

/** What `\s` matches; comments of readers make most of a column, and this is the innermost question of the account. */
function isWhiteSpace(unit: number): boolean {
  if (unit > 0x3000) return unit === 0xfeff;
  if (unit < 0xa0) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return unit === 0xa0 || unit === 0x3000 || /\s/.test(String.fromCharCode(unit));
}

/** The text of a node, as `textContent` is in browsers, up to about `length` characters. */
export function textOf(node: AnyNode, length = Number.POSITIVE_INFINITY): string {
  let text = '';
  const rest = [node];
  for (let next = rest.pop(); next !== undefined && text.length < length; next = rest.pop()) {
    if (next.type === 'text') text += next.data;
    else if ('children' in next) for (const child of next.children.toReversed()) rest.push(child);
  }
  return text;
}

// Whether a piece of a tree shows anything.

const UNSEEN: ReadonlySet<string> = new Set(['script', 'style', 'noscript', 'template', 'head']);

/** True if the nodes show text or media; scripts and style sheets are nothing to see. */
export function hasContent(nodes: readonly AnyNode[]): boolean {
  return visibleNodes(nodes).some((node) => node.type !== 'text' || /\S/.test(node.data));
}

/** Number of characters to see, white space apart. */
export function visibleLength(root: Cheerio<AnyNode>): number {
  return visibleNodes(root.toArray()).reduce(
    (sum, node) => sum + (node.type === 'text' ? node.data.replace(/\s/g, '').length : 0),
    0,
  );
}

/** Texts and media elements, lazily and without recursion: pages may be nested deeper than a stack is high. */
function* visibleNodes(nodes: readonly AnyNode[]): Generator<AnyNode, void> {
  const rest = [...nodes];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (node.type === 'text') yield node;
    else if (node.type === 'root') for (const child of node.children) rest.push(child);
    else if (node.type === 'tag' && !UNSEEN.has(node.name)) {
      if (MEDIA.has(node.name)) yield node;
      else for (const child of node.children) rest.push(child);
    }
  }
}

/** An element as a selector would name it, `div.box.big`; `text` for a text that stands in none. */
export function nameOf(node: AnyNode): string {
  if (!('attribs' in node)) return 'text';
  const { id, class: classes = '' } = node.attribs;
  const names = classes.split(/\s+/).filter((name) => name !== '');
  return [node.name, ...(id ? [`#${id}`] : []), ...names.map((name) => `.${name}`)].join('');
}
