/** A limit to nesting, as in browsers: recursion over a tree must not depend on how a page was written. */
import type { AnyNode } from './html.ts';

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
