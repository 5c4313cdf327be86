/** Is there anything to see in a piece of a tree? */
import type { AnyNode, Cheerio } from '../html/html.ts';
import { MEDIA } from './amount.ts';

const UNSEEN: ReadonlySet<string> = new Set(['script', 'style', 'noscript', 'template', 'head']);

/** True where the nodes show text or media; scripts and style sheets are nothing to see. */
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
