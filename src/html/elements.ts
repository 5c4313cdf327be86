/** Elements of a tree by a plain walk: a selector's search takes time in the square of an element's children. */
import type { AnyNode, Element } from './html.ts';

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
  for (const node of nodesIn(roots)) if ('attribs' in node && !roots.includes(node)) elements.push(node);
  return elements;
}
