/**
 * Everything on a page, beside its fields, that names the article: head, data for the search engine, settings for sharing,
 * frame (site.md, 1.1 and 2.3). One table says where each stands and what it says; a page without one is none the worse.
 */
import { textOf } from './column.ts';
import type { FoundArticle } from './find-article.ts';
import { inColumn } from './find-article.ts';
import { type Element, isElement, oneLine } from './html.ts';
import type { ParsedPage } from './page.ts';

/** `edited` is the time of the last change; `comments` the number under which the comments are kept. */
export type Says =
  | 'title'
  | 'writer'
  | 'summary'
  | 'text'
  | 'published'
  | 'edited'
  | 'address'
  | 'comments'
  | 'picture';

/** What one place of a page says of the article. */
export interface Witness {
  readonly place: string;
  readonly says: Says;
  /** In one line; null where something is there that cannot be read. */
  readonly text: string | null;
}

interface Place {
  readonly place: string;
  readonly says: Says;
  readonly read: (page: ParsedPage, found: FoundArticle) => readonly (string | null | undefined)[];
}

/** All that a page says, in the order of the table; the same said twice at one place is said once. */
export function witnessesOf(page: ParsedPage, found: FoundArticle): readonly Witness[] {
  return PLACES.flatMap(({ place, says, read }) => {
    const texts = read(page, found)
      .slice(0, MOST_OF_A_PLACE)
      .map((text) => (text == null ? text : oneLine(text).slice(0, LONGEST_TEXT)));
    return [...new Set(texts)].flatMap((text) => (text === undefined || text === '' ? [] : [{ place, says, text }]));
  });
}

/** A page made to be slow may hold any number of them; an article's text is the longest that any says. */
const MOST_OF_A_PLACE = 20;
const LONGEST_TEXT = 200_000;

/** Names of `meta` elements, whichever of the ways to name them a page uses; `og:` and the like may stand in front. */
const META: readonly (readonly [says: Says, name: RegExp])[] = [
  ['title', /^(?:\w+:)?(?:title|headline)$/i],
  ['summary', /^(?:\w+[:.])?description$/i],
  ['address', /^(?:(?:\w+:)?url|mobile-agent|refresh)$/i],
  ['picture', /^(?:\w+:)?image(?:url|:url|:src)?$/i],
  ['published', /^(?:article:published_time|publish-?(?:date|time)|datepublished)$/i],
  ['edited', /^(?:pubdate|article:modified_time|og:updated_time|datemodified|last-?modified)$/i],
];
/** Keys of the data for the search engine: those that the site writes, and those of schema.org. */
const DATA: readonly (readonly [says: Says, key: string])[] = [
  ['title', 'title'],
  ['title', 'headline'],
  ['summary', 'description'],
  ['text', 'articleBody'],
  ['address', '@id'],
  ['address', 'url'],
  ['picture', 'images'],
  ['picture', 'image'],
  ['published', 'datePublished'],
  ['edited', 'pubDate'],
  ['edited', 'upDate'],
  ['edited', 'dateModified'],
];

const PLACES: readonly Place[] = [
  {
    place: 'title of the page',
    says: 'title',
    read: (page) =>
      headOf(page, 'title')
        .slice(0, 1)
        .map((each) => textOf(each)),
  },
  ...META.map(
    ([says, name]): Place => ({
      place: `meta ${says}`,
      says,
      read: (page) =>
        metas(page)
          .filter((meta) => name.test(meta.name))
          .map((meta) => meta.content),
    }),
  ),
  {
    place: 'link of the head',
    says: 'address',
    read: (page) =>
      headOf(page, 'link')
        .filter(isOwnLink)
        .map(({ attribs }) => attribs.href),
  },
  ...DATA.map(([says, key]): Place => ({ place: `JSON-LD ${key}`, says, read: (page) => dataValues(page, key) })),
  { place: 'bdText of the share settings', says: 'title', read: (page) => [shareSetting(page, 'bdText')] },
  { place: 'bdDesc of the share settings', says: 'summary', read: (page) => [shareSetting(page, 'bdDesc')] },
  { place: 'bdPic of the share settings', says: 'picture', read: (page) => [shareSetting(page, 'bdPic')] },
  { place: 'bdUrl of the share settings', says: 'address', read: (page) => [shareSetting(page, 'bdUrl') ?? undefined] },
  {
    place: 'picture of a columnist',
    says: 'writer',
    read: (_, found) => attributes(found, '> ul.author .author-intro img', 'alt'),
  },
  {
    place: 'request to link here',
    says: 'address',
    read: (_, found) => linksIn(found, '> ul.article-other li#context_endf a'),
  },
  { place: 'page numbers', says: 'address', read: (_, found) => numberedLinks(found) },
  { place: 'comments', says: 'comments', read: (_, found) => attributes(found, '> #comments-container', 'data-id') },
  { place: '_DOC_ID', says: 'comments', read: (page) => [docId(page)] },
];

// The head.

function headOf({ $ }: ParsedPage, name: string): readonly Element[] {
  const head = $.root().children('html').children('head');
  return head.children(name).toArray().filter(isElement);
}

function metas(page: ParsedPage): readonly { readonly name: string; readonly content: string }[] {
  return headOf(page, 'meta').flatMap(({ attribs }) => {
    const { name, property, itemprop, 'http-equiv': directive, content } = attribs;
    return content === undefined || (directive !== undefined && !content.includes('='))
      ? []
      : [name, property, itemprop, directive].flatMap((each) => (each ? [{ name: each, content }] : []));
  });
}

/** A link to the article in another form; feeds and other languages are none. */
function isOwnLink({ attribs: { rel, type, hreflang } }: Element): boolean {
  return /^(?:alternate|canonical|amphtml|shortlink)$/i.test(rel ?? '') && type === undefined && hreflang === undefined;
}

// The data for the search engine, which is JSON more often than not: the site writes titles into it unescaped.

/** One object of it; `null` where its text is no JSON, which is read by its lines then. */
interface DataObject {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>> | null;
}

const knownData = new WeakMap<ParsedPage, readonly DataObject[]>();

function dataOf(page: ParsedPage): readonly DataObject[] {
  const known = knownData.get(page);
  if (known !== undefined) return known;
  const scripts = page.index.scripts.filter(({ attribs }) => attribs.type === 'application/ld+json');
  const objects = scripts.slice(0, MOST_SCRIPTS).flatMap((script) => objectsIn(textOf(script)));
  knownData.set(page, objects);
  return objects;
}

const MOST_SCRIPTS = 10;

/** Objects that speak of an article: the site's own has no type; one of another type describes the site. */
function objectsIn(text: string): readonly DataObject[] {
  const data = parseJson(text);
  if (data === null) return [{ text, fields: null }];
  const top: readonly unknown[] = Array.isArray(data) ? data : [data];
  return top
    .flatMap((each): readonly unknown[] => (isObject(each) && Array.isArray(each['@graph']) ? each['@graph'] : [each]))
    .filter(isObject)
    .filter((fields) => fields['@type'] === undefined || /Article|Posting/i.test(JSON.stringify(fields['@type'])))
    .map((fields) => ({ text, fields }));
}

/** Values of it, of a list the first, one an object that has the key; null where one cannot be read. */
export function dataValues(page: ParsedPage, key: string): readonly (string | null)[] {
  return dataOf(page).flatMap(({ text, fields }) => {
    if (fields !== null) {
      const value: unknown = fields[key];
      const first: unknown = Array.isArray(value) ? value[0] : value;
      return first == null ? [] : [typeof first === 'string' ? first : null];
    }
    const at = text.indexOf(`"${key}"`);
    if (at < 0) return [];
    const from = text.slice(at + key.length + 2, at + LONGEST_VALUE);
    return [/^\s*:\s*\[?\s*"(.*)"\s*[\]},]?\s*$/m.exec(from)?.[1]?.replaceAll('\\/', '/') ?? null];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // read line by line then
  }
}

// The settings for sharing, an object in a script.

/** A longer value is none. */
const LONGEST_VALUE = 3000;
const WHOLE_LITERAL = /^\s*:\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")\s*[,}\n]/;
/** With quotes inside that nobody escaped: to the last one of the line. */
const LINE = /^\s*:\s*(['"])(.*)\1\s*,?\s*$/m;

/** A setting's text; undefined where there is none, null where it is no text. */
export function shareSetting({ index }: ParsedPage, key: string): string | null | undefined {
  for (const script of index.scripts) {
    const text = textOf(script);
    const at = text.indexOf(key);
    if (at < 0) continue;
    const from = text.slice(at + key.length, at + LONGEST_VALUE);
    const [, single, double] = WHOLE_LITERAL.exec(from) ?? [];
    const printed = single ?? double ?? LINE.exec(from)?.[2];
    return printed === undefined ? null : unescaped(printed);
  }
  return undefined;
}

function unescaped(literal: string): string {
  return literal.replace(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/g,
    (_, unit?: string, byte?: string, plain?: string) =>
      plain === undefined ? String.fromCharCode(Number.parseInt(unit ?? byte ?? '', 16)) : plain === 'n' ? ' ' : plain,
  );
}

// The frame.

function linksIn({ column }: FoundArticle, selector: string): readonly (string | undefined)[] {
  return inColumn(column, selector)
    .toArray()
    .map((link) => (isElement(link) ? link.attribs.href : undefined));
}

function attributes({ column }: FoundArticle, selector: string, name: string): readonly (string | undefined)[] {
  return inColumn(column, selector)
    .toArray()
    .map((each) => (isElement(each) ? each.attribs[name] : undefined));
}

/** Addresses of the article's parts, which a link may have in its script only (site.md, 2.4). */
function numberedLinks({ column, layout }: FoundArticle): readonly (string | undefined)[] {
  const block = layout.name === 'fengwen' ? 'ul.pagination a' : '> #select_page a';
  const links = inColumn(column, block).toArray().filter(isElement);
  return links.map(({ attribs }) => attribs.href ?? /'([^']{1,300})'/.exec(attribs.onclick ?? '')?.[1]);
}

/** Which part of its article a page says it is; null if it does not. */
export function numberOfPart({ column, layout }: FoundArticle): number | null {
  const active = inColumn(
    column,
    layout.name === 'fengwen' ? 'ul.pagination .active' : '> #select_page .active',
  ).first();
  const number = oneLine(active.text());
  return /^\d{1,3}$/.test(number) ? Number(number) : null;
}

function docId({ index }: ParsedPage): string | undefined {
  for (const script of index.scripts) {
    const text = textOf(script);
    const at = text.indexOf('_DOC_ID');
    if (at >= 0) return /^_DOC_ID\s*=\s*['"]?([^'";,\s]{0,20})/.exec(text.slice(at, at + 60))?.[1];
  }
  return undefined;
}

// Which article a www page says it is (site.md, 1.1).

/** The address that a page gives as its own: of its mobile form, or in its JSON-LD; null if it gives none. */
export function ownAddress(page: ParsedPage): string | null {
  const alternate = headOf(page, 'link').find(
    ({ attribs }) => attribs.rel === 'alternate' && attribs.href !== undefined,
  );
  const agent = metas(page).find(({ name }) => name === 'mobile-agent')?.content;
  return alternate?.attribs.href ?? /url=(\S+)/.exec(agent ?? '')?.[1] ?? dataValues(page, '@id')[0]?.trim() ?? null;
}
