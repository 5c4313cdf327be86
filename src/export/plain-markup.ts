/**
 * A sanitised body in few elements, each where HTML allows it: what stands elsewhere gives way to its content. It is well-formed
 * XML and HTML alike, so that every strict reader takes it, whatever the site wrote.
 */
import { type AnyNode, type Element, elementsBelow, isElement, parseFragment } from '../page/html.ts';
import { cleanText } from './row.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** They hold text and inline elements alone. */
const TEXT_BLOCKS = words('p h2 h3 pre');
const BLOCKS = new Set([...TEXT_BLOCKS, ...'div section blockquote ul ol figure table hr'.split(' ')]);
/** Blocks in a place where they are no part of a list, table or figure. */
const STRAYS = words('li dl dt dd td th tr tbody thead tfoot caption figcaption details summary');
const INLINE = words('a b bdi code del em i ins kbd mark q s samp small span strong sub sup u var');
const RENAMED: Readonly<Record<string, string>> = { big: 'span', bdo: 'bdi', tt: 'code', strike: 's', section: 'div' };
const CLASSES = words('centre right flush subhead missing media outside archived icon flawed');

/** @param sanitised what `reader/sanitise.ts` gives; no tree is deeper than `parseFragment` leaves it */
export function plainMarkup(sanitised: string): string {
  const $ = parseFragment(sanitised);
  const holders = holdersOfBlocks(elementsBelow($.root().toArray()));
  return flow($.root().contents().toArray());

  function flow(nodes: readonly AnyNode[]): string {
    return nodes.map((node) => (isElement(node) ? block(node) : textOf(node))).join('');
  }

  function block(element: Element): string {
    const name = RENAMED[element.name] ?? element.name;
    if (name === 'hr') return '<hr/>';
    if (name === 'ul' || name === 'ol') return list(element, name);
    if (name === 'table') return table(element);
    if (name === 'figure') return figure(element);
    if (BLOCKS.has(name) || STRAYS.has(name)) {
      if (!holders.has(element)) return tagged(TEXT_BLOCKS.has(name) ? name : 'div', element, inline(element.children));
      return tagged(name === 'blockquote' ? name : 'div', element, flow(element.children));
    }
    return holders.has(element) ? flow(element.children) : inline([element]);
  }

  function inline(nodes: readonly AnyNode[], isInLink = false): string {
    return nodes.map((node) => (isElement(node) ? inlineElement(node, isInLink) : textOf(node))).join('');
  }

  function inlineElement(element: Element, isInLink: boolean): string {
    const name = RENAMED[element.name] ?? element.name;
    if (name === 'br') return '<br/>';
    if (name === 'img') return image(element);
    // It says in the reader that a link stays there.
    if (name === 'small' && element.attribs.class === 'mark') return '';
    const inside = inline(element.children, isInLink || name === 'a');
    const isPlain = !INLINE.has(name) || (name === 'a' && (isInLink || element.attribs.href === undefined));
    return isPlain || inside === '' ? inside : tagged(name, element, inside);
  }

  function list(element: Element, name: string): string {
    const items = element.children.filter((child) => isElement(child) || textOf(child).trim() !== '');
    const written = items.map((item) => `<li>${flow(named(item, 'li')?.children ?? [item])}</li>`);
    return written.length === 0 ? '' : `<${name}>${written.join('')}</${name}>`;
  }

  /** What is no row stands before it. */
  function table(element: Element): string {
    const rows: Element[] = [];
    const others: AnyNode[] = [];
    for (const child of element.children) {
      const group = named(child, 'thead', 'tbody', 'tfoot');
      for (const each of group?.children ?? [child]) {
        const row = named(each, 'tr');
        if (row === null) others.push(each);
        else rows.push(row);
      }
    }
    const written = rows.map(cells).filter((row) => row !== '');
    return flow(others) + (written.length === 0 ? '' : `<table><tbody>${written.join('')}</tbody></table>`);
  }

  function cells(row: Element): string {
    const written = row.children.flatMap((child) => {
      const cell = named(child, 'td', 'th');
      if (cell !== null) return tagged(cell.name, cell, flow(cell.children));
      return isElement(child) || textOf(child).trim() !== '' ? `<td>${flow([child])}</td>` : [];
    });
    return written.length === 0 ? '' : `<tr>${written.join('')}</tr>`;
  }

  /** Its first caption stands last. */
  function figure(element: Element): string {
    const [caption] = element.children.flatMap((child) => named(child, 'figcaption') ?? []);
    const content = flow(element.children.filter((child) => child !== caption));
    if (caption === undefined) return `<figure>${content}</figure>`;
    return `<figure>${content}<figcaption>${flow(caption.children)}</figcaption></figure>`;
  }
}

/** The node, if it is an element of the name. */
function named(node: AnyNode, ...names: readonly string[]): Element | null {
  return isElement(node) && names.includes(node.name) ? node : null;
}

/** The elements with a block somewhere in them. */
function holdersOfBlocks(elements: readonly Element[]): ReadonlySet<AnyNode> {
  const holders = new Set<AnyNode>();
  for (const block of elements.filter(({ name }) => BLOCKS.has(name) || STRAYS.has(name)))
    for (let above: AnyNode | null = block.parent; above !== null && !holders.has(above); above = above.parent)
      holders.add(above);
  return holders;
}

function image({ attribs: { src = '', alt = '', width, height, class: classes } }: Element): string {
  const size = isCount(width) && isCount(height) ? ` width="${width}" height="${height}"` : '';
  return `<img src="${escaped(src)}" alt="${escaped(alt)}"${size}${classOf(classes)}/>`;
}

function tagged(name: string, { attribs }: Element, inside: string): string {
  const href = name === 'a' ? ` href="${escaped(strictUri(attribs.href ?? ''))}"` : '';
  const span = (key: string) => (isCount(attribs[key]) && attribs[key] !== '1' ? ` ${key}="${attribs[key]}"` : '');
  const spans = name === 'td' || name === 'th' ? span('colspan') + span('rowspan') : '';
  return `<${name}${href}${spans}${classOf(attribs.class)}>${inside}</${name}>`;
}

function isCount(text: string | undefined): boolean {
  return /^[1-9]\d{0,3}$/.test(text ?? '');
}

function classOf(classes = ''): string {
  const kept = classes.split(/\s+/).filter((each) => CLASSES.has(each));
  return kept.length === 0 ? '' : ` class="${kept.join(' ')}"`;
}

function textOf(node: AnyNode): string {
  return node.type === 'text' ? escaped(node.data) : '';
}

/** Text as XML and HTML hold it, in content and in quoted attributes. */
export function escaped(text: string): string {
  return cleanText(text.replaceAll('\t', ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An address in the characters that RFC 3986 has: browsers leave some others in it. */
export function strictUri(address: string): string {
  const [, before = '', rest = ''] = /^([a-z]+:\/\/[^/?#]*)?([\s\S]*)$/i.exec(address) ?? [];
  const [path = '', ...fragments] = rest.split('#');
  const encoded = [path, ...(fragments.length > 0 ? [fragments.join('%23')] : [])].map((part) =>
    part.replace(/%(?![0-9a-f]{2})|[^\w\-.~:/?@!$&'()*+,;=%]/giu, (character) =>
      encodeURIComponent(character.toWellFormed()),
    ),
  );
  return before + encoded.join('#');
}
