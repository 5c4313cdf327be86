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
  for (const node of nodesIn(roots)) if (isElement(node) && !roots.includes(node)) elements.push(node);
  return elements;
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
  /** How many nodes stand in one another; counted up to one more than `limit`. */
  readonly depth: number;
}

/** Indexes a tree, as far as `limit` deep, in one walk: every element of every page passes here. */
export function indexOf(root: AnyNode, limit: number): ElementIndex {
  const withClass: Element[] = [];
  const byClass = new Map<string, Element[]>();
  const withId: Element[] = [];
  const scripts: Element[] = [];
  let deepest = 0;
  look(root, 0);
  return { withClass, byClass, withId, scripts, depth: deepest };

  function look(node: AnyNode, depth: number): void {
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
      }
      look(child, depth + 1);
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
