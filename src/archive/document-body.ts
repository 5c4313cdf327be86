/** From an article's HTML to the document's body: document-format.md, section 5. */

import { ArchiveError } from '../errors.ts';
import type { ListPicture } from '../model.ts';
import { hasContent, solidLength, textOf } from '../page/column.ts';
import { type AnyNode, type CheerioAPI, type Element, elementsBelow, isElement, parseFragment } from '../page/html.ts';
import { placePictures } from './document-pictures.ts';
import { fateOf, isWebAddress, safeAddress, safeValue } from './safe-markup.ts';
import { shortestHtml } from './shortest-html.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that the format leaves out
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f]/g;

/** Without what no document holds: before it is written, for between two characters it could part what markup is made of. */
function writable(text: string): string {
  return text.toWellFormed().replace(CONTROLS, '');
}

interface BodyOptions {
  /** Resolves relative addresses. */
  readonly base: string;
  /** A headline list's picture, put before everything else. */
  readonly lead: ListPicture | null;
}

interface RenderedBody {
  readonly body: string;
  /** What a reader of the page saw and the document does not show, in words. */
  readonly leftOut: readonly string[];
  /** True if the document would show nothing. */
  readonly isEmpty: boolean;
}

/** The body as it stands in a document; `html` is the article's body as the site wrote it. Throws EXTRACTION, see `cleanBody`. */
export function renderBody(html: string, options: BodyOptions): string {
  return cleanBody(html, options).body;
}

/** A page needs two rounds, broken markup three; what needs more than this is written against parsers. */
const MOST_ROUNDS = 5;

/**
 * As `renderBody`, and what was left out. The text is written and parsed again until nothing changes, so that every parser
 * sees in it what was judged (`safe-markup.ts`).
 * @throws EXTRACTION where it never comes back as it was written
 */
export function cleanBody(html: string, { base, lead }: BodyOptions): RenderedBody {
  const leftOut = new Set<string>();
  let body = (lead === null ? '' : leadMarkup(lead)) + html;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = body;
    const cleaned = cleanOnce(before, base, leftOut);
    body = cleaned.body;
    if (body === before) return { ...cleaned, leftOut: [...leftOut] };
  }
  throw new ArchiveError('EXTRACTION', `the body of ${base} does not come back as it is written`);
}

/** The `src` of the first picture of a body that is an address of the web; empty if it has none. */
export function firstPicture(body: string): string {
  const images = elementsBelow(parseFragment(body).root().toArray()).filter(({ name }) => name === 'img');
  return headPictureOf(images.map(({ attribs }) => attribs.src ?? ''));
}

/** Of the addresses of a body's pictures, the one that heads the document. */
export function headPictureOf(addresses: readonly string[]): string {
  return addresses.find(isWebAddress) ?? '';
}

function leadMarkup(picture: ListPicture): string {
  const attribute = (name: string, value: string | null) =>
    value === null ? '' : ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
  return `<img${attribute('src', picture.src)}${attribute('width', picture.width)}${attribute('height', picture.height)}>`;
}

function cleanOnce(html: string, base: string, leftOut: Set<string>): Omit<RenderedBody, 'leftOut'> {
  const $ = parseFragment(html);
  const root = $.root()[0] as AnyNode & ParentNode;
  placePictures($, base);
  cleanChildren($, root, base, leftOut);
  const isEmpty = !hasContent(root.children);
  return { body: shortestHtml(root.children).trimStart(), isEmpty };
}

type ParentNode = Extract<AnyNode, { children: unknown }>;
type ChildNode = ParentNode['children'][number];

/** By recursion: no tree is deeper than `flattenDeep` leaves it. */
function cleanChildren($: CheerioAPI, parent: ParentNode, base: string, leftOut: Set<string>): void {
  const children = parent.children.flatMap((child) => cleaned($, child, base, leftOut));
  parent.children = children;
  for (const [i, child] of children.entries()) {
    child.parent = parent;
    child.prev = children[i - 1] ?? null;
    child.next = children[i + 1] ?? null;
  }
}

/** What stands in a node's place: text as it is, elements as the table says; comments and the like never. */
function cleaned($: CheerioAPI, node: ChildNode, base: string, leftOut: Set<string>): ChildNode[] {
  if (node.type === 'text') {
    node.data = writable(node.data);
    return [node];
  }
  if (!isElement(node)) return [];
  const fate = fateOf(node.name, node.namespace !== undefined && node.namespace !== HTML);
  if (fate.is === 'drop') {
    if (node.name === 'noscript' && solidLength(textOf(node)) > 0) leftOut.add(`${node.name}: ${textOf(node)}`);
    return [];
  }
  if (fate.is === 'rename') node.name = fate.to;
  if (node.name === 'iframe' && textOf(node).trim() !== '') node.children = []; // for browsers without frames
  cleanChildren($, node, base, leftOut);
  if (fate.is === 'unwrap') return node.children;
  if (fate.is === 'link') return [...node.children, ...linkTo($, node, base, leftOut)];
  cleanAttributes(node, base, leftOut);
  if (node.name === 'pre') keepFirstLine($, node);
  return [node];
}

const HTML = 'http://www.w3.org/1999/xhtml';

/** A player's address, for what only another program can play. */
function linkTo($: CheerioAPI, { name, attribs, children }: Element, base: string, leftOut: Set<string>): ChildNode[] {
  if (children.some((child) => isElement(child) && child.name === 'a')) return []; // the player in it is linked
  const address = safeAddress(attribs.src ?? attribs.data ?? '', base);
  if (!address?.startsWith('http')) {
    leftOut.add(`${name}: ${attribs.src ?? attribs.data ?? 'no address'}`);
    return [];
  }
  return $('<a>').attr('href', address).text(address).toArray();
}

/** Parsers drop a line feed at the beginning of `pre`: without another one the text would lose a line each time. */
function keepFirstLine($: CheerioAPI, pre: Element): void {
  const [first] = pre.children;
  if (first?.type !== 'text' || !first.data.startsWith('\n')) return;
  $(pre).prepend('\n');
}

function cleanAttributes(element: Element, base: string, leftOut: Set<string>): void {
  const { name: tag, attribs } = element;
  for (const [name, value] of Object.entries(attribs)) {
    const safe = safeValue(tag, name, value, base);
    if (safe.value !== null) attribs[name] = writable(safe.value);
    else {
      delete attribs[name];
      if (tag === 'iframe' && name === 'src' && !value.startsWith('about:')) leftOut.add(`${tag}: ${value}`);
    }
  }
  if (tag !== 'img') return;
  delete attribs.referrerpolicy;
  attribs.referrerpolicy = 'no-referrer'; // last, as the format has it
}
