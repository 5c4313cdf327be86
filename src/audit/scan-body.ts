/**
 * One pass over a document's body: what it shows, what would run, and whether it comes to its end. It reads the markup
 * that serialisers write, in time that grows with the text alone; a parser is not needed, and nothing is built.
 */
import { fateOf, isActive, safeValue } from '../archive/safe-markup.ts';
import { MEDIA, solidLength } from '../page/column.ts';
import { SHOWS_PICTURES } from '../page/picture-address.ts';

export interface BodyScan {
  /** Text block by block, white space collapsed; empty ones left out. */
  readonly lines: readonly Line[];
  /** Attributes of each picture, in order. */
  readonly images: readonly Attributes[];
  /** All elements that may show a picture, in order, with their attributes. */
  readonly pictures: readonly { readonly name: string; readonly attribs: Attributes }[];
  /** Characters to see, white space apart. */
  readonly characters: number;
  /** Pictures, frames and players. */
  readonly shown: number;
  /** Names, ids and classes of elements that have any, as `div#a.b.c`; each once. */
  readonly blocks: ReadonlySet<string>;
  /** What would run, send or load something where the document is shown: a script, a handler, an address; null if nothing would. */
  readonly active: string | null;
  /** Other markup that no document of this version has; null if there is none. */
  readonly foreign: string | null;
  /** What is open where the body ends: a tag, a comment, an element; null if nothing is. */
  readonly open: string | null;
}

interface Line {
  readonly text: string;
  /** True if the whole line is one link to an article. */
  readonly isLink: boolean;
}

type Attributes = Readonly<Record<string, string>>;

const BREAKS: ReadonlySet<string> = new Set(
  'address article aside blockquote br center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul'.split(
    ' ',
  ),
);
const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
/** What stands in them is no markup. */
const RAW: ReadonlySet<string> = new Set('script style textarea title xmp iframe noembed noframes noscript'.split(' '));

export function scanBody(body: string): BodyScan {
  const lines: Line[] = [];
  const images: Attributes[] = [];
  const pictures: { readonly name: string; readonly attribs: Attributes }[] = [];
  const blocks = new Set<string>();
  const opened = new Map<string, number>();
  const known = new Map<string, boolean>();
  let characters = 0;
  let shown = 0;
  let active: string | null = null;
  let foreign: string | null = null;
  let open: string | null = null;
  let text = '';
  let linked = 0; // characters of the line that stand in a link to an article
  let inLink = false;

  const endLine = () => {
    if (text === '') return;
    const line = text.replace(/\s+/g, ' ').trim();
    const length = solidLength(line);
    if (length > 0) lines.push({ text: line, isLink: linked === length });
    characters += length;
    text = '';
    linked = 0;
  };
  const take = (from: number, to: number) => {
    if (from === to) return;
    const piece = decode(body.slice(from, to));
    if (inLink) linked += solidLength(piece);
    text += piece;
  };

  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('<', at);
    if (next < 0) {
      take(at, body.length);
      break;
    }
    const kind = body.charCodeAt(next + 1);
    if (kind === 0x21 /* ! */) {
      take(at, next);
      const end = endOfComment(body, next);
      if (end < 0) {
        open = 'a comment';
        break;
      }
      foreign ??= 'a comment';
      at = end;
      continue;
    }
    const closes = kind === 0x2f; /* / */
    if (!isLetter(closes ? body.charCodeAt(next + 2) : kind)) {
      take(at, next + 1); // a bare < is text
      at = next + 1;
      continue;
    }
    take(at, next);
    const tag = readTag(body, next + (closes ? 2 : 1));
    if (tag === null) {
      open = `a tag: ${body.slice(next, next + 40)}`;
      break;
    }
    const { name, attributes } = tag;
    at = tag.end;
    if (BREAKS.has(name)) endLine();
    if (closes) {
      if (name === 'a') inLink = false;
      const count = opened.get(name) ?? 0;
      if (count > 0) opened.set(name, count - 1);
      continue;
    }
    if (!VOID.has(name)) opened.set(name, (opened.get(name) ?? 0) + 1);
    if (MEDIA.has(name)) shown += 1;
    if (attributes !== null) {
      if (name === 'img') images.push(attributes);
      if (SHOWS_PICTURES.has(name)) pictures.push({ name, attribs: attributes });
      if (name === 'a') inLink = attributes.href?.includes('.shtml') === true;
      if (attributes.class !== undefined || attributes.id !== undefined) blocks.add(describe(name, attributes));
    }
    if (!known.has(name)) known.set(name, fateOf(name).is === 'keep');
    if (known.get(name) !== true) {
      const hasHandler = attributes !== null && Object.keys(attributes).some((key) => key.startsWith('on'));
      if (isActive(name) || hasHandler) active ??= `<${name}>`;
      else foreign ??= `<${name}>`;
    } else if (attributes !== null) {
      const strange = strangeIn(name, attributes);
      if (strange?.isActive === true) active ??= strange.what;
      else if (strange !== null) foreign ??= strange.what;
    }
    if (RAW.has(name)) {
      const end = endOfRaw(body, name, at);
      if (end < 0) {
        open = `an element: ${name}`;
        break;
      }
      at = end;
    }
  }
  endLine();
  if (open === null)
    for (const [name, count] of opened) if (count > 0 && !IMPLIED.has(name)) open ??= `an element: ${name}`;
  return { lines, images, pictures, characters, shown, blocks, active, foreign, open };
}

/** Their end tags may be left out. */
const IMPLIED: ReadonlySet<string> = new Set('p li dt dd tr td th thead tbody tfoot option colgroup'.split(' '));

interface Tag {
  /** In lower case. */
  readonly name: string;
  /** Null if it has none. */
  readonly attributes: Attributes | null;
  /** Just behind the `>`. */
  readonly end: number;
}

const NAME = /[^\s/>]+/y;
const ATTRIBUTE = /[^\s/>=][^\s/>=]*/y;
const UNQUOTED = /[^\s>]*/y;

/** A tag from the first letter of its name on; null if the text ends in it. */
function readTag(text: string, start: number): Tag | null {
  NAME.lastIndex = start;
  const name = (NAME.exec(text)?.[0] ?? '').toLowerCase();
  let attributes: Record<string, string> | null = null;
  let at = start + name.length;
  for (;;) {
    at = skipSpace(text, at);
    const unit = text.charCodeAt(at);
    if (Number.isNaN(unit)) return null;
    if (unit === 0x3e /* > */) return { name, attributes, end: at + 1 };
    ATTRIBUTE.lastIndex = at;
    const key = ATTRIBUTE.exec(text)?.[0];
    if (key === undefined) {
      at += 1; // a slash, or an equals sign without a name
      continue;
    }
    at = skipSpace(text, at + key.length);
    let value = '';
    if (text.charCodeAt(at) === 0x3d /* = */) {
      at = skipSpace(text, at + 1);
      const quote = text[at];
      if (quote === '"' || quote === "'") {
        const end = text.indexOf(quote, at + 1);
        if (end < 0) return null;
        value = text.slice(at + 1, end);
        at = end + 1;
      } else {
        UNQUOTED.lastIndex = at;
        value = UNQUOTED.exec(text)?.[0] ?? '';
        at += value.length;
      }
    }
    attributes ??= Object.create(null) as Record<string, string>;
    attributes[key.toLowerCase()] ??= decode(value);
  }
}

/** Where the end tag of an element stands in which no markup counts; -1 where there is none. */
function endOfRaw(text: string, name: string, from: number): number {
  const tag = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  tag.lastIndex = from;
  return tag.exec(text)?.index ?? -1;
}

/** Just behind a comment or another declaration (HTML standard, 13.2.5.43 and on); -1 where it does not end. */
function endOfComment(text: string, start: number): number {
  if (!text.startsWith('<!--', start)) return text.indexOf('>', start) + 1 || -1;
  const empty = /^>|^->/.exec(text.slice(start + 4, start + 6));
  if (empty !== null) return start + 4 + empty[0].length;
  const end = /--!?>/g;
  end.lastIndex = start + 4;
  return end.exec(text) === null ? -1 : end.lastIndex;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (; ; at++) {
    const unit = text.charCodeAt(at);
    const isSpace =
      unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit === 0x2f && text.charCodeAt(at + 1) !== 0x3e);
    if (!isSpace) return at;
  }
}

function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  // Of an address they would be a part, and hide it.
  Tab: '\t',
  NewLine: '\n',
  colon: ':',
};

/** Undoes what serialisers escape, and the numbered forms as browsers read them; anything else stays as it stands. */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#0*(\d{1,7});?|#x0*([\da-f]{1,6});?|(\w{2,7});)/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** Any base will do: only what an address resolves to is asked, and those of documents are absolute. */
const BASE = 'https://www.guancha.cn/';

/** The worst of what the writer of documents would have left out of a tag; null if nothing. */
function strangeIn(name: string, attributes: Attributes): { readonly what: string; readonly isActive: boolean } | null {
  let foreign: string | null = null;
  for (const key in attributes) {
    const value = attributes[key] ?? '';
    if (!safeValue(name, key, value, BASE).isCut) continue;
    const what = `${key} of <${name}>: ${value.slice(0, 60)}`;
    if (isActive(name, key)) return { what, isActive: true };
    foreign ??= what;
  }
  return foreign === null ? null : { what: foreign, isActive: false };
}

function describe(name: string, { id, class: classes }: Attributes): string {
  const named = (classes ?? '').split(/\s+/).filter((each) => each !== '');
  return `${name}${id === undefined ? '' : `#${id}`}${named.map((each) => `.${each}`).join('')}`;
}
