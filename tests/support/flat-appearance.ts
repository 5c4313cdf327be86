/** A page as if it were laid out without any style sheet: one line below the other, every picture in a line of its own. */
import {
  type Appearance,
  type Box,
  type LaidOutNode,
  type Rect,
  STYLES,
  VIEWPORT,
} from '../../src/fetch/appearance.ts';
import { type AnyNode, isElement } from '../../src/page/html.ts';
import type { ParsedPage } from '../../src/page/page.ts';

const STYLE = {
  ...Object.fromEntries(STYLES.map((name) => [name, 'none'])),
  'background-color': 'rgba(0, 0, 0, 0)',
  clip: 'auto',
  direction: 'ltr',
  'unicode-bidi': 'normal',
  content: 'normal',
  'font-size': '16px',
  'font-weight': '400',
  opacity: '1',
  'overflow-x': 'visible',
  'overflow-y': 'visible',
  position: 'static',
  'text-align': 'start',
  visibility: 'visible',
  '-webkit-text-fill-color': 'rgb(0, 0, 0)',
} as Box['style'];

const UNSHOWN: readonly string[] = ['head', 'script', 'style', 'template', 'noscript'];
const LINE = 20;

/** @param but says of a node that it has another style; null for one that is not laid out, with all that is in it */
export function flatAppearance(
  { $ }: ParsedPage,
  but: (node: AnyNode) => Partial<Box['style']> | null = () => ({}),
): Appearance {
  const nodes: LaidOutNode[] = [];
  let top = 0;
  for (const root of $.root().toArray()) lay(root, -1, true);
  return { viewport: VIEWPORT, nodes };

  function lay(node: AnyNode, parent: number, isShown: boolean): Rect | null {
    const at = nodes.length;
    const special = but(node);
    const shows = isShown && special !== null && !(isElement(node) && UNSHOWN.includes(node.name));
    const style = { ...STYLE, ...special };
    nodes.push({
      parent,
      name: nameOf(node),
      value: 'data' in node ? node.data : '',
      attributes: isElement(node) ? Object.entries(node.attribs).flat() : [],
      box: null,
    });
    const from = top;
    if (node.type === 'text' && shows && node.data.trim() !== '') top += LINE;
    if (isElement(node) && node.name === 'img' && shows) top += 10 * LINE;
    if ('children' in node) for (const child of node.children) lay(child, at, shows);
    const rect = { left: 100, top: from, right: 900, bottom: top };
    if (!shows) return null;
    const isText = node.type === 'text' && top > from;
    const text = isText ? node.data : null;
    const pieces = text === null ? [] : [{ rect, text }];
    nodes[at] = { ...(nodes[at] as LaidOutNode), box: { rect, style, order: 0, text, pieces } };
    return rect;
  }
}

function nameOf(node: AnyNode): string {
  if (isElement(node)) return node.name;
  if (node.type === 'text') return '#text';
  return node.type === 'root' ? '#document' : '#comment';
}
