/**
 * An archived body as it is set for reading: pictures of the archive as figures with their captions, links to archived
 * articles, one indent for a paragraph however the site wrote it. Pure. What comes out is not yet safe: `sanitise.ts`.
 */
import { type AnyNode, type CheerioAPI, type Element, isElement, parseFragment } from '../page/html.ts';
import type { Words } from './words.ts';

/** A picture as a page shows it. */
export type ShownPicture =
  | { readonly href: string; readonly width: number; readonly height: number; readonly isFlawed: boolean }
  | { readonly missing: string };

/** Where a link leads. */
export interface ShownLink {
  readonly href: string;
  /** False where it leaves the archive. */
  readonly isArchived: boolean;
}

interface TypesetOptions {
  /** Resolves relative addresses: the article's own. */
  readonly base: string;
  /** By absolute address, as in the document. */
  readonly pictures: ReadonlyMap<string, ShownPicture>;
  /** By the same addresses: the caption, for each time that a picture is shown. */
  readonly captions: ReadonlyMap<string, readonly (string | null)[]>;
  /** By absolute address; what is not in it leads nowhere. */
  readonly links: ReadonlyMap<string, ShownLink>;
  readonly words: Words;
}

interface Typeset {
  readonly body: string;
  /** Characters of text, white space apart. */
  readonly length: number;
}

export function typeset(body: string, options: TypesetOptions): Typeset {
  const $ = parseFragment(body);
  placeMedia($, options);
  const captions = new Map([...options.captions].map(([src, texts]) => [src, [...texts]]));
  for (const image of $('img').toArray()) placePicture($, image, captions, options);
  $('a').each((_, link) => placeLink($, link, options));
  setHeadings($);
  for (const paragraph of $('p, div, section, center').toArray()) setParagraph($, paragraph);
  $('table').wrap(`<div class="wide" tabindex="0" role="group"></div>`);
  const text = $.root().text().replace(/\s+/g, '');
  return { body: $.html(), length: [...text].length };
}

/** The addresses of all links of a body, absolute, in order, each once. */
export function linksOf(body: string, base: string): readonly string[] {
  const links = parseFragment(body)('a[href]')
    .toArray()
    .flatMap(({ attribs }) => absolute(attribs.href ?? '', base) ?? []);
  return [...new Set(links)];
}

/** An address of the web; null for any other, and for a place in the page. */
function absolute(href: string, base: string): string | null {
  if (href.trim() === '' || href.trim().startsWith('#')) return null;
  const url = URL.parse(href, base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}

// Players and frames: what they play is not in the archive; their address is.

function placeMedia($: CheerioAPI, { base, words }: TypesetOptions): void {
  for (const element of $('iframe, video, audio, embed, object').toArray()) {
    const { name, attribs } = element;
    const source = attribs.src ?? attribs.data ?? $(element).find('source[src]').attr('src') ?? '';
    const address = absolute(source, base);
    const label = words.media[name] ?? words.media.embed ?? '';
    if (address === null) $(element).replaceWith($('<span class="media">').text(label));
    else {
      const link = $('<a class="media outside" rel="noopener noreferrer nofollow">').attr('href', address);
      link.append($('<b>').text(label), ' ', $('<span>').text(new URL(address).host));
      $(element).replaceWith(link);
    }
  }
}

// Links.

function placeLink($: CheerioAPI, link: Element, { base, links, words }: TypesetOptions): void {
  if (link.attribs.class?.startsWith('media') === true) return;
  const address = absolute(link.attribs.href ?? '', base);
  const shown = address === null ? undefined : links.get(address);
  const inside = $(link);
  if (shown === undefined) {
    inside.replaceWith(inside.contents());
    return;
  }
  link.attribs = shown.isArchived
    ? { href: shown.href, class: 'archived', title: words.archivedCopy }
    : { href: shown.href, class: 'outside', rel: 'noopener noreferrer nofollow' };
  if (shown.isArchived && inside.find('img').length === 0)
    inside.after($('<small class="mark">').text(words.inArchive));
}

// Pictures: each becomes a figure where it stands alone, with the caption that the record names for it.

function placePicture(
  $: CheerioAPI,
  image: Element,
  captions: Map<string, (string | null)[]>,
  { base, pictures, words }: TypesetOptions,
): void {
  const address = image.attribs.src ?? '';
  const caption = captions.get(address)?.shift() ?? null;
  const shown = pictures.get(address) ?? pictures.get(URL.parse(address, base)?.href ?? '');
  if (shown === undefined || 'missing' in shown) {
    const why = shown === undefined ? '' : ` (${shown.missing})`;
    const place = $('<span class="missing">').text(`${words.pictureMissing}${why}`);
    $(image).replaceWith(place);
    const element = place.get(0);
    if (element !== undefined && isElement(element)) setFigure($, element, caption);
    return;
  }
  const size = shown.width > 0 && shown.height > 0 ? { width: `${shown.width}`, height: `${shown.height}` } : {};
  const alt = image.attribs.alt?.trim() || caption || '';
  const isIcon = shown.width > 0 && shown.width <= LARGEST_ICON && shown.height <= LARGEST_ICON;
  image.attribs = {
    src: shown.href,
    alt,
    ...size,
    loading: 'lazy',
    decoding: 'async',
    ...(isIcon ? { class: 'icon' } : {}),
  };
  if (!isIcon) setFigure($, image, caption);
  if (shown.isFlawed) $(image).after($('<small class="flawed">').text(words.pictureFlawed));
}

/** Smaller pictures run with the text. In pixels. */
const LARGEST_ICON = 48;

const PARTS_OF_LINES = new Set('a b big center em font i s small span strong u'.split(' '));
/** No figure stands in them. */
const CELLS = new Set('td th li dd dt caption figure figcaption'.split(' '));

function setFigure($: CheerioAPI, picture: Element, caption: string | null): void {
  let block: Element = picture;
  let link: Element | null = null;
  for (let { parent } = block; parent !== null && isElement(parent); parent = block.parent) {
    if (!PARTS_OF_LINES.has(parent.name) && !['p', 'div', 'section'].includes(parent.name)) break;
    if (!isAlone(parent, block, caption)) break;
    if (parent.name === 'a') link = parent;
    block = parent;
    if (!PARTS_OF_LINES.has(parent.name)) break;
  }
  const { parent } = block;
  if (parent !== null && isElement(parent) && (CELLS.has(parent.name) || PARTS_OF_LINES.has(parent.name))) return;
  if (parent !== null && isElement(parent) && parent.name === 'p') return; // among text
  const inside = textOf(block);
  const next = nextBlock(block);
  const figure = $('<figure>');
  $(block).replaceWith(figure);
  figure.append(link === null ? $(picture) : $(link).empty().append($(picture)));
  if (caption === null) return;
  if (inside === solid(caption)) figure.append($('<figcaption>').text(caption));
  else if (next !== null && textOf(next) === solid(caption)) {
    figure.append($('<figcaption>').append($(next).contents()));
    $(next).remove();
  }
}

/** True where a block holds nothing beside one of its children but white space, line breaks and its caption. */
function isAlone(parent: Element, child: Element, caption: string | null): boolean {
  const others = parent.children.filter((each) => each !== child);
  if (others.some((each) => isElement(each) && each.name !== 'br' && hasPicture(each))) return false;
  const text = solid(others.map(textOf).join(''));
  return text === '' || (caption !== null && text === solid(caption));
}

function hasPicture(node: AnyNode): boolean {
  if (!isElement(node)) return false;
  if (node.name === 'img' || node.name === 'table' || node.attribs.class === 'missing') return true;
  return node.children.some(hasPicture);
}

function nextBlock(block: Element): Element | null {
  for (let node = block.next; node !== null; node = node.next) {
    if (isElement(node)) return hasPicture(node) ? null : node;
    if (textOf(node) !== '') return null;
  }
  return null;
}

function textOf(node: AnyNode): string {
  if (node.type === 'text') return solid(node.data);
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

function solid(text: string): string {
  return text.replace(/\s+/g, '');
}

// Headings and paragraphs.

/** The page's own headline is the first heading: those of the body begin with the second, in unbroken steps. */
function setHeadings($: CheerioAPI): void {
  const headings = $('h1, h2, h3, h4, h5, h6').toArray();
  const levels = [...new Set(headings.map(({ name }) => name))].sort();
  for (const heading of headings) {
    heading.name = levels.indexOf(heading.name) === 0 ? 'h2' : 'h3';
    heading.attribs = {};
  }
}

/** What a style or attribute says of how a line stands. */
const STANDS: readonly (readonly [string, RegExp])[] = [
  ['centre', /text-align:\s*center/i],
  ['right', /text-align:\s*(?:right|end)/i],
  ['flush', /text-indent:\s*0/i],
];

function setParagraph($: CheerioAPI, block: Element): void {
  const { attribs, name } = block;
  if (name === 'p' && textOf(block) === '' && !hasPicture(block)) {
    $(block).remove();
    return;
  }
  const style = attribs.style ?? '';
  const align = name === 'center' ? 'center' : (attribs.align ?? '').toLowerCase();
  const written = STANDS.filter(([, form]) => form.test(style)).map(([word]) => word);
  const aligned = align === 'center' ? ['centre'] : align === 'right' ? ['right'] : [];
  const subhead = name === 'p' && isSubhead(block) ? ['subhead'] : [];
  const classes = [...new Set([...written, ...aligned, ...subhead])];
  if (attribs.class?.startsWith('media') !== true && attribs.class !== 'wide')
    block.attribs = classes.length === 0 ? {} : { class: classes.join(' ') };
  if (name === 'center') block.name = 'div';
  if (name === 'p') trimStart(block);
}

/** The style gives every paragraph its indent: spaces that the site put before it would be a second one. */
function trimStart(node: AnyNode): boolean {
  if (node.type === 'text') {
    node.data = node.data.replace(/^[\s\u3000\u00a0]+/, '');
    return node.data === '';
  }
  if (!('children' in node)) return false;
  return node.children.every(trimStart) && isElement(node) && node.name !== 'img' && node.name !== 'br';
}

/** A short line that is bold throughout, and no sentence. */
function isSubhead(block: Element): boolean {
  const solidChildren = block.children.filter((child) => textOf(child) !== '');
  const [only] = solidChildren;
  const text = textOf(block);
  return (
    solidChildren.length === 1 &&
    only !== undefined &&
    isElement(only) &&
    /^(?:strong|b)$/.test(only.name) &&
    text.length <= LONGEST_SUBHEAD &&
    !/[。！？；!?;）】]$/.test(text)
  );
}

const LONGEST_SUBHEAD = 36;
