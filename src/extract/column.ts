/** What each piece of the article column is: a field's, a known block, the body, or nothing that a rule knows. */
import type { AnyNode, Cheerio, CheerioAPI } from '../html/html.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import { type Amount, amountOf } from './amount.ts';
import { hasContent } from './content.ts';
import { type FoundArticle, inColumn } from './layouts/find-article.ts';
import type { BlockRule, NamedBlock } from './layouts/layout.ts';
import type { LedgerEntry } from './ledger.ts';
import { oneLine } from './text.ts';

export interface Column {
  /** All of the column: what the ledger must come to. */
  readonly total: Amount;
  /** What lies outside the body and belongs to a known block, or shows nothing. */
  readonly entries: readonly LedgerEntry[];
  /** What no rule knows and stands where the body is, between the known blocks before and after it. */
  readonly before: Cheerio<AnyNode>;
  readonly after: Cheerio<AnyNode>;
  /** What no rule knows and stands elsewhere. */
  readonly elsewhere: Cheerio<AnyNode>;
}

type Claim = BlockRule | 'body';

/** Reads a column by its layout's rules; the page's tree is not changed. */
export function readColumn({ $ }: ParsedPage, { layout, column, body }: FoundArticle): Column {
  const claims = new Map<AnyNode, Claim>(body.toArray().map((node) => [node, 'body']));
  for (const rule of layout.blocks) {
    for (const node of nodesOf($, column, rule)) if (!claims.has(node)) claims.set(node, rule);
  }
  const ancestors = ancestorsOf(claims.keys(), column);
  const entries: LedgerEntry[] = [];
  // Comments are far larger than the article: what stands in a known block is counted once.
  const counted = new Map<AnyNode, Amount>();
  const strays: { before: AnyNode[]; after: AnyNode[]; elsewhere: AnyNode[] } = {
    before: [],
    after: [],
    elsewhere: [],
  };
  let place: 'before' | 'after' | 'elsewhere' = 'before';

  for (const root of column.toArray()) walk(root, false);
  return {
    total: amountOf(column.toArray(), counted),
    entries,
    before: $(strays.before),
    after: $(strays.after),
    elsewhere: $(strays.elsewhere),
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
    else stray(node, inHolder ? 'elsewhere' : place);
  }

  /** A known block divides what stands where the body is from what stands elsewhere. */
  function pass(claim: Claim): void {
    if (claim === 'body') place = 'after';
    else if (place === 'after') place = 'elsewhere';
    else if (place === 'before') for (const node of strays.before.splice(0)) strays.elsewhere.push(node);
  }

  function account(node: AnyNode, claim: NamedBlock): void {
    const inner = claims.get(node);
    if (inner === 'body') return;
    const own = inner === undefined || 'holder' in inner ? claim : inner;
    if (ancestors.has(node) && 'children' in node) for (const child of node.children) account(child, own);
    else {
      const amount = amountOf([node]);
      counted.set(node, amount);
      entries.push({ ...fateOf(own), ...amount });
    }
  }

  function stray(node: AnyNode, where: typeof place): void {
    const amount = amountOf([node]);
    if (amount.characters + amount.pictures === 0) return;
    if (hasContent([node])) strays[where].push(node);
    else entries.push({ fate: 'dropped', name: 'script or style sheet', ...amount });
  }
}

function nodesOf($: CheerioAPI, column: Cheerio<AnyNode>, rule: BlockRule): readonly AnyNode[] {
  const found = rule.selector.split(', ').flatMap((selector) => inColumn(column, selector).toArray());
  const { text } = rule;
  const wanted = text === undefined ? found : found.filter((node) => text.test(oneLine($(node).text())));
  return rule.first === true ? wanted.slice(0, 1) : wanted;
}

function ancestorsOf(nodes: Iterable<AnyNode>, column: Cheerio<AnyNode>): ReadonlySet<AnyNode> {
  const top = column.toArray()[0]?.parent ?? null;
  const above = new Set<AnyNode>();
  for (const node of nodes) {
    for (let next = node.parent; next !== null && next !== top && !above.has(next); next = next.parent) above.add(next);
  }
  return above;
}

function fateOf(rule: NamedBlock): Pick<LedgerEntry, 'fate' | 'name'> {
  return 'field' in rule ? { fate: 'field', name: rule.field } : { fate: 'dropped', name: rule.drop };
}
