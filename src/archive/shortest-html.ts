/**
 * HTML in the shortest form that parses back to the same nodes: the spelling of the given documents (document-format.md,
 * section 6). Empty attributes are bare; `&` and `<` are escaped where a parser would take them for markup, and nowhere else.
 */
import { decodeHTML, decodeHTMLAttribute } from 'entities/decode';
import { type AnyNode, type Element, isElement } from '../page/html.ts';

/**
 * Writes nodes one after the other; comments and declarations are left out.
 * @param nodes of a tree that a parser of HTML built, nested less deep than the stack is high
 */
export function shortestHtml(nodes: readonly AnyNode[]): string {
  let html = '';
  let text = '';
  for (const node of nodes) {
    if (node.type === 'text') text += node.data; // beside each other they are one text for whoever reads them
    if (!isElement(node)) continue;
    html += escapeText(text) + elementHtml(node);
    text = '';
  }
  return html + escapeText(text);
}

/** They have no content and no end tag (HTML standard, 13.1.2). */
const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
/** Their text is no markup, and nothing can be escaped in it (13.1.2.1). */
const RAW: ReadonlySet<string> = new Set('iframe noembed noframes noscript script style xmp'.split(' '));

function elementHtml({ name, attribs, children }: Element): string {
  let tag = `<${name}`;
  let isBare = false;
  for (const key in attribs) {
    if (isBare && key.startsWith('=')) tag += '=""'; // else the name would be taken for the value before it (13.2.5.34)
    const value = attribs[key] ?? '';
    isBare = value === '';
    tag += isBare ? ` ${key}` : ` ${key}="${escapeAttribute(value)}"`;
  }
  if (VOID.has(name)) return `${tag}>`;
  const content = RAW.has(name)
    ? children.map((child) => (child.type === 'text' ? child.data : '')).join('')
    : shortestHtml(children);
  return `${tag}>${content}</${name}>`;
}

function escapeText(text: string): string {
  return escapeReferences(text, decodeHTML).replace(/<(?=[a-z/!?])/gi, '&lt;');
}

function escapeAttribute(value: string): string {
  return escapeReferences(value, decodeHTMLAttribute).replaceAll('"', '&quot;');
}

/** Far enough to see a whole name, and what stands behind a short one that needs no semicolon. */
const REFERENCE = /&(?=(#?[a-z\d]{1,33}[;=]?))/gi;

function escapeReferences(text: string, decode: (text: string) => string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (_, behind: string) => (decode(`&${behind}`) === `&${behind}` ? '&' : '&amp;'));
}
