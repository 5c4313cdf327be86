/**
 * Where a picture's address stands: the one table of it, for the extraction, for what documents show, and for the audit.
 * A page that loads its pictures by script prints a placeholder in `src` and the address elsewhere; what a reader of the
 * page is shown in the end is the picture.
 */
import type { AnyNode, Element } from './html.ts';

/** An element as a parser or a scan of markup gives it; without a parent nothing is looked for round it. */
export interface MarkupElement {
  /** In lower case. */
  readonly name: string;
  readonly attribs: Readonly<Record<string, string>>;
  readonly parent?: AnyNode | null;
}

/** Elements that may show a picture. */
export const SHOWS_PICTURES: ReadonlySet<string> = new Set(['img', 'input', 'video', 'object', 'embed']);

/**
 * The address of the picture that an element shows, absolute, as browsers send it; null if it shows none that could be
 * had. It is of http or https, or holds the picture itself (`data:image/…`).
 */
export function pictureAddress(element: MarkupElement, base: string): string | null {
  const { name, attribs } = element;
  switch (name) {
    case 'img':
      return addressOfImage(element, base);
    case 'input':
      return /^\s*image\s*$/i.test(attribs.type ?? '') ? readAddress(attribs.src, base) : null;
    case 'video':
      return readAddress(attribs.poster, base);
    case 'object':
      return showsPicture(attribs.type, attribs.data) ? readAddress(attribs.data, base) : null;
    case 'embed':
      return showsPicture(attribs.type, attribs.src) ? readAddress(attribs.src, base) : null;
    default:
      return null;
  }
}

/** Whether what is embedded is a picture: by its type, and where it has none by the ending of its address. */
function showsPicture(type: string | undefined, address: string | undefined): boolean {
  return type?.trim()
    ? /^\s*image\//i.test(type)
    : PICTURE.test(address ?? '') || /^\s*data:image\//i.test(address ?? '');
}

/** Endings of pictures, also before a query, a style such as `!m.jpg`, or a fragment. */
export const PICTURE = /\.(?:jpe?g|png|gif|webp|avif|bmp|svg)(?:[?!#@_]|$)/i;

/** Attributes of the site's own lazy pictures, best first: their `src` is a placeholder, whatever it is (site.md, 5). */
const LAZY = ['data-original', 'data-src', 'original', 'url'] as const;
/** The same as other programs name it: loaded later, or the real source. A set or a smaller form has other names. */
const LAZY_NAME = /lazy|echo|original|actual|real|defer|delay|(?:^|[-_:])src$|^(?:data-)?url$/i;
const OTHER_NAME = /set$|low|small|thumb|tiny|blur|preview|holder|error|fallback|default|title|width|height/i;
/** Attributes that hold no address of the picture, whatever stands in them. */
const ORDINARY: ReadonlySet<string> = new Set(
  'src alt title class style width height border id align hspace vspace name href longdesc usemap srcset sizes loading decoding referrerpolicy crossorigin jiandu_id'.split(
    ' ',
  ),
);

/**
 * Of an `img`, the first that is there: an attribute named as that of a lazy picture; `src`, if it is no placeholder; any
 * other attribute with the address of a picture; a candidate of `srcset`, of an attribute like it, or of a `source` beside
 * it; the placeholder.
 */
function addressOfImage(image: MarkupElement, base: string): string | null {
  const { attribs } = image;
  for (const name of LAZY) {
    const found = attribs[name] === undefined ? null : readLazy(attribs[name], base);
    if (found !== null) return found;
  }
  let mayHold = false; // whether any attribute is left that could hold an address
  for (const name in attribs) {
    if (ORDINARY.has(name)) continue;
    mayHold = true;
    const found = isLazyName(name) ? readLazy(attribs[name] ?? '', base) : null;
    if (found !== null) return found;
  }
  const own = readAddress(attribs.src, base);
  if (own !== null && !isPlaceholder(own)) return own;
  return (mayHold ? inOtherAttributes(attribs, base) : null) ?? inSets(image, base) ?? own;
}

function isLazyName(name: string): boolean {
  return LAZY_NAME.test(name) && !OTHER_NAME.test(name);
}

/** The address in an attribute of a lazy picture; null if none stands there, or another placeholder. */
function readLazy(value: string, base: string): string | null {
  const text = value.trim();
  if (!LIKE_AN_ADDRESS.test(text)) return null;
  const found = /\s/.test(text)
    ? (fromSet(text, base, { bare: false }) ?? readAddress(text, base))
    : readAddress(text, base);
  return found === null || isPlaceholder(found, { data: false }) ? null : found;
}

/** A flag such as `original="1"` and the text of a tooltip could be read as relative addresses, and are none. */
const LIKE_AN_ADDRESS =
  /^(?:https?:|data:image\/|\.{0,2}\/)|^[\w.%~-]+\/|\.(?:jpe?g|png|gif|webp|avif|bmp|svg)(?:[?!#@_]|$)/i;

function inOtherAttributes(attribs: MarkupElement['attribs'], base: string): string | null {
  for (const name in attribs) {
    const value = attribs[name]?.trim() ?? '';
    if (ORDINARY.has(name) || /set$|^on/i.test(name) || /\s/.test(value) || !PICTURE.test(value)) continue;
    const found = readAddress(value, base);
    if (found !== null && !isPlaceholder(found)) return found;
  }
  return null;
}

/** Sets of candidates: the image's own, those that a script would put there, then those of the `picture` round it. */
function inSets({ attribs, parent }: MarkupElement, base: string): string | null {
  const own = setsOf(attribs);
  const beside = parent != null && 'children' in parent && isNamed(parent, 'picture') ? parent.children : [];
  for (const source of beside) if (isNamed(source, 'source')) own.push(...setsOf(source.attribs));
  for (const set of own) {
    const found = fromSet(set, base, { bare: true });
    if (found !== null) return found;
  }
  return null;
}

function setsOf(attribs: MarkupElement['attribs']): string[] {
  const sets = attribs.srcset === undefined ? [] : [attribs.srcset];
  for (const name in attribs) if (name !== 'srcset' && /set$/i.test(name)) sets.push(attribs[name] ?? '');
  return sets;
}

function isNamed(node: AnyNode, name: string): node is Element {
  return 'name' in node && node.name === name;
}

// The address itself.

/** Absolute; null for none, for the page's own, and for what is neither of http nor a picture by itself. */
function readAddress(value: string | undefined, base: string): string | null {
  const text = value?.trim();
  if (!text || text.startsWith('#')) return null;
  const url = URL.parse(text, base);
  if (url === null) return null;
  const { href, protocol } = url;
  if (href.startsWith(base) && (href.length === base.length || href[base.length] === '#')) return null;
  if (protocol === 'https:' || protocol === 'http:') return href;
  return protocol === 'data:' && /^data:image\//i.test(href) && !isEmptyPicture(href) ? href : null;
}

/**
 * A single pixel, a drawing of nothing, or too short for any picture: nobody sees it. The beginnings are those of a GIF
 * and a PNG of 1 × 1 in base64.
 */
function isEmptyPicture(href: string): boolean {
  if (
    href.length < SHORTEST_PICTURE ||
    /^[^,]{0,80};base64,(?:R0lGODlhAQAB|R0lGODdhAQAB|iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB)/i.test(href)
  )
    return true;
  return (
    href.length < LONGEST_EMPTY_DRAWING &&
    /^data:image\/svg/i.test(href) &&
    !/base64|path|rect|circle|image|text|use|poly|line|ellipse/i.test(href)
  );
}

const SHORTEST_PICTURE = 80;
const LONGEST_EMPTY_DRAWING = 400;

/** What is shown until the picture is there: by the name of its file, or held in the page itself. */
export function isPlaceholder(href: string, { data = true } = {}): boolean {
  if (href.startsWith('data:')) return data;
  return PLACEHOLDER.test(href);
}

/** Names of files that stand in for a picture: words that say so, and as a whole name what such a file is made of (site.md, 5). */
const PLACEHOLDER =
  /[/_.-](?:default_?pic|place_?holder|loading|loader|lazy_?load|spacer|blank|no_?(?:pic|img|image|photo))(?:[-_.]\w{1,8})?\d{0,4}\.(?:gif|png|jpe?g|webp|svg)(?:[?#!]|$)|\/(?:empty|shim|lazy|preload|gr[ae]y|white|black|transparent|trans|clear|none|null|default|dot|pixel|px|bg|t|s|1x1|1px)\d{0,4}\.(?:gif|png|webp|svg)(?:[?#!]|$)/i;

/** An address in the one spelling that documents have: an apostrophe would end the front matter's quotes. */
export function sameAddress(src: string): string {
  return src.includes("'") ? src.replaceAll("'", '%27') : src;
}

// `srcset` (HTML, 4.8.4.3.8, "parsing a srcset attribute").

interface Candidate {
  readonly url: string;
  /** In pixels; null where it has none. */
  readonly width: number | null;
  /** 1 where it has none. */
  readonly density: number;
  readonly isBare: boolean;
}

/**
 * The candidate of a set that an ordinary visitor is shown: by densities the one for a screen of density 1, as `src` would
 * be, so that an article has the same pictures whichever of the two it prints; by widths the widest, for how wide a
 * reader's column is nobody knows. Null if none has a usable address.
 * @param options `bare` is false where a list without any descriptor is no set
 */
function fromSet(text: string, base: string, { bare }: { readonly bare: boolean }): string | null {
  let best: { readonly href: string; readonly rank: number } | null = null;
  for (const { url, width, density, isBare } of candidatesOf(text)) {
    if (isBare && !bare) continue;
    const rank = width ?? (density >= 1 ? 1 / density : density / 2);
    if (best !== null && rank <= best.rank) continue;
    const href = readAddress(url, base);
    if (href !== null && !isPlaceholder(href)) best = { href, rank };
  }
  return best?.href ?? null;
}

const SPACE_OR_COMMA = /[\t\n\f\r ,]*/y;
const WORD = /[^\t\n\f\r ]+/y;

/** Candidates in order; one with descriptors that cannot be read is left out, as browsers do. In time linear in the text. */
export function candidatesOf(text: string): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (let at = 0; ; ) {
    SPACE_OR_COMMA.lastIndex = at;
    at += SPACE_OR_COMMA.exec(text)?.[0].length ?? 0;
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) return candidates;
    at += word.length;
    let descriptors = '';
    let url = word;
    if (word.endsWith(',')) {
      let end = word.length;
      while (word[end - 1] === ',') end -= 1;
      url = word.slice(0, end);
    } else {
      const end = endOfDescriptors(text, at);
      descriptors = text.slice(at, end);
      at = end + 1;
    }
    const candidate = readDescriptors(
      url,
      descriptors.split(/[\t\n\f\r ]+/).filter((each) => each !== ''),
    );
    if (candidate !== null) candidates.push(candidate);
  }
}

/** Where the next comma outside of parentheses stands, or the end. */
function endOfDescriptors(text: string, from: number): number {
  let isInside = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '(') isInside = true;
    else if (character === ')') isInside = false;
    else if (character === ',' && !isInside) return at;
  }
  return text.length;
}

function readDescriptors(url: string, descriptors: readonly string[]): Candidate | null {
  let width: number | null = null;
  let density: number | null = null;
  for (const each of descriptors) {
    if (/^\d+w$/.test(each) && width === null && density === null) width = Number.parseInt(each, 10);
    else if (/^(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?x$/i.test(each) && width === null && density === null)
      density = Number.parseFloat(each);
    else if (!/^\d+h$/.test(each)) return null;
  }
  if (width === 0) return null;
  return { url, width, density: density ?? 1, isBare: descriptors.length === 0 };
}
