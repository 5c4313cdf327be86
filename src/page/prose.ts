/** Prose where no reader sees it: in comments, in attributes, in what scripts write. */
import { type AnyNode, isElement } from './html.ts';

/** Han characters with what stands between them in a sentence; or the same as a script writes them. */
function stretchOf(characters: number): RegExp {
  return new RegExp(
    `(?:[\\u3400-\\u9fff][，。！？；：、“”‘’《》（）—…·%.,\\s\\w-]{0,3}){${characters}}|(?:\\\\u[4-9][\\da-f]{3}){${characters}}`,
    'i',
  );
}

const FEWEST_IN_ATTRIBUTES = 6;
const IN_ATTRIBUTES = stretchOf(FEWEST_IN_ATTRIBUTES);
/** The names of blocks that a site writes into its comments are shorter. */
const ELSEWHERE = stretchOf(16);

/** True for a text of some length: of a script, a comment, a page for readers without scripts. */
export function isProse(text: string): boolean {
  return ELSEWHERE.test(text);
}

/** The text of a comment without tags; null where it is no prose. */
export function proseOfComment(data: string): string | null {
  const text = data.replace(/<[^<>]{0,2000}>/g, ' ');
  return isProse(text) ? text : null;
}

/** True for an attribute whose value is a text; an address is none. */
export function isProseAttribute(name: string, value: string): boolean {
  return value.length >= FEWEST_IN_ATTRIBUTES && !/^(?:href|src|action|style)$/.test(name) && IN_ATTRIBUTES.test(value);
}

/** How long the prose of a node itself is that no reader sees, without white space: of a comment, of attributes. */
export function unseenLength(node: AnyNode): number {
  if (node.type === 'comment') return lengthOf(proseOfComment(node.data) ?? '');
  if (!isElement(node)) return 0;
  let length = 0;
  for (const name in node.attribs) {
    const value = node.attribs[name] ?? '';
    if (isProseAttribute(name, value)) length += lengthOf(value);
  }
  return length;
}

function lengthOf(text: string): number {
  return text.replace(/\s+/g, '').length;
}
