/** The rows of an answer of JSON: unknown until each is checked. The one place where lists meet zod. */
import { z } from 'zod';
import { ArchiveError } from '../errors.ts';
import type { ListEntry, ListPicture } from '../model.ts';
import { textOf as nodeText } from '../page/column.ts';
import { type AnyNode, type Element, elementsBelow, isElement, select, steadyMatcher } from '../page/html.ts';
import type { ParsedPage } from '../page/page.ts';
import { absoluteUrl, inScope, parseArticleUrl, type Site } from '../site/address.ts';
import type { Dropped, DropReason, Found, JsonKind, JsonRows, ListLink, ListLinks } from '../site/list-kind.ts';

const row = z.record(z.string(), z.unknown());
/** Whatever else a field holds says nothing. */
const scalar = z.union([z.string(), z.number()]);

/** The text as JSON; undefined where it is none. A page of HTML is never taken for it. */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // broken off, or no JSON at all
  }
}

/** True where the answer holds rows of the kind; `empty` where its lists are there with nothing in them. */
export function fits(kind: JsonKind, answer: unknown): boolean | 'empty' {
  const lists = kind.rows.map((rows) => ({ rows, found: rowsAt(answer, rows.at) }));
  if (lists.some(({ rows, found }) => found?.some((each) => isRow(each, rows)))) return true;
  return lists.some(({ found }) => found?.length === 0) ? 'empty' : false;
}

/** What chose the kind, for people: `data.items[] {id, title, news_type}`. */
export function describeRows(kind: JsonKind, answer: unknown): string {
  const lists = kind.rows.filter(({ at }) => rowsAt(answer, at) !== null);
  const chosen = lists.find((rows) => rowsAt(answer, rows.at)?.some((each) => isRow(each, rows))) ?? lists[0];
  return chosen === undefined ? '' : `${chosen.at.join('.')}[] {${chosen.has.join(', ')}}`;
}

/** All rows of the kind, in the order of its lists. `base` is the address of the answer. */
export function readRows(kind: JsonKind, answer: unknown, site: Site, base: string): Found {
  const entries: ListEntry[] = [];
  const lists: ListLink[] = [];
  const dropped: Dropped[] = [];
  for (const rows of kind.rows) {
    for (const each of rowsAt(answer, rows.at) ?? []) {
      const read = isRow(each, rows) ? readRow(each, rows, site, base) : noRow(each, rows);
      if ('why' in read) dropped.push(read);
      else if ('address' in read) entries.push(read);
      else lists.push(read);
    }
  }
  return { entries, lists, dropped };
}

/** The pieces of HTML that an answer holds. */
export function htmlIn(kind: JsonKind, answer: unknown): string[] {
  return kind.rows.flatMap((rows) =>
    (rowsAt(answer, rows.at) ?? []).flatMap((each) =>
      isRow(each, rows) ? rows.has.map((name) => raw(each, name)) : [],
    ),
  );
}

function readRow(each: unknown, rows: JsonRows, site: Site, base: string): ListEntry | ListLink | Dropped {
  const title = field(each, rows.title ?? '');
  if (rows.about === 'lists') {
    const id = field(each, rows.has[0] ?? '');
    return listOfSlug(site, title, id) ?? { link: id, title, why: 'no-article' };
  }
  if (rows.about === 'members') return { link: null, title, why: 'members' };
  const written = addressIn(each, rows, site);
  if (written === null) return { link: null, title, why: 'no-address' };
  const target = articleLink(written, site, base.startsWith(site.community) ? base : `${site.www}/`);
  if ('why' in target) return { link: written, title, why: target.why };
  return {
    ...target,
    title,
    time: timeIn((rows.time ?? []).map((name) => field(each, name))),
    summary: field(each, rows.summary ?? '') || null,
    picture: pictureIn(field(each, rows.picture ?? '')),
    headline: false,
  };
}

/** The address that the row names, else the post's by its number; null where it has neither. */
function addressIn(each: unknown, { address = [], post, postWhere }: JsonRows, site: Site): string | null {
  const named = address.map((name) => field(each, name)).find((text) => text !== '');
  if (named !== undefined) return named;
  const isPost = postWhere === undefined || field(each, postWhere.field) === String(postWhere.is);
  const number = post === undefined || !isPost ? '' : field(each, post);
  return /^\d+$/.test(number) ? `${site.community}/main/content?id=${number}` : null;
}

/** The app joins several with commas (site.md, 3.4). */
function pictureIn(text: string): ListEntry['picture'] {
  const src = URL.parse(text.split(',')[0] ?? '');
  if (src === null || !/^https?:$/.test(src.protocol) || isAdvertAddress(src.href)) return null;
  return { src: src.href, width: null, height: null };
}

function noRow(each: unknown, rows: JsonRows): Dropped {
  return { link: null, title: field(each, rows.title ?? ''), why: 'no-row' };
}

function isRow(each: unknown, { has }: JsonRows): boolean {
  const fields = row.safeParse(each);
  return fields.success && has.every((name) => scalar.safeParse(own(fields.data, name)).success);
}

/** Empty where the row has no such field, or no text in it. */
function field(each: unknown, name: string): string {
  return collapse(raw(each, name));
}

function raw(each: unknown, name: string): string {
  const fields = row.safeParse(each);
  const value = fields.success ? scalar.safeParse(own(fields.data, name)) : fields;
  return value.success ? String(value.data) : '';
}

/** The rows at the end of a way; null where it leads to no list. The root itself is one row where the way has no step. */
function rowsAt(answer: unknown, at: readonly string[]): unknown[] | null {
  const [step, ...rest] = at;
  if (step === undefined) return Array.isArray(answer) ? answer : null;
  if (step === '.') return [answer];
  const fields = row.safeParse(answer);
  if (!fields.success) return null;
  if (step !== '*') return rowsAt(own(fields.data, step), rest);
  const lists = Object.values(fields.data).flatMap((value) => rowsAt(value, rest) ?? []);
  return lists.length === 0 ? null : lists;
}

function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

// The lists that an index names: it names no articles, but where they are listed.

/** Page 1 of each list that the links of a page lead to, each once. */
export function readIndex({ $, page }: ParsedPage, site: Site, links: string): ListLink[] {
  const found = select($.root().toArray(), links).flatMap((link) => {
    const href = absoluteUrl(link.attribs.href ?? '', site, page.finalUrl);
    const url = href === null ? null : URL.parse(href);
    const slug = url?.origin === site.www ? LIST_PATH.exec(url.pathname)?.[1] : undefined;
    if (slug === undefined) return [];
    const head = elementsBelow([link]).find(({ name }) => name === 'img');
    const name = collapse(nodeText(link, LONGEST_TEXT)) || collapse(head?.attribs.alt ?? '');
    return [{ name, url: listUrl(site, slug) }];
  });
  return onceEach(found);
}

/** `/SLUG`, `/SLUG/`, `/SLUG/list_1.shtml`; names of files are no slugs. */
const LIST_PATH = /^\/([^/.]+)(?:\/(?:list_\d+\.shtml)?)?$/i;

/** The list of a writer by the app's id: what it spells `·` is `-` in addresses (site.md, 1.1). Null where it is no slug. */
function listOfSlug(site: Site, name: string, id: string): ListLink | null {
  if (!/^[\w·-]+$/.test(id)) return null;
  return { name, url: listUrl(site, encodeURIComponent(id.replaceAll('·', '-'))) };
}

function listUrl(site: Site, slug: string): string {
  return `${site.www}/${slug}/list_1.shtml`;
}

/** A list that is named twice keeps its first place, and the first name that is one. */
export function onceEach(lists: readonly ListLink[]): ListLink[] {
  const byUrl = new Map<string, ListLink>();
  for (const list of lists) {
    const known = byUrl.get(list.url);
    if (known === undefined || known.name === '') byUrl.set(list.url, list);
  }
  return [...byUrl.values()];
}

// The articles that one part of a page links to, with what stands beside each link.

/**
 * One entry per link to an article, in page order. Dropped are advertisements, links to anything else, and links to a
 * later part (`_3`) of an article, which turn its pages. What stands in an HTML comment, old links for the most part,
 * is no element and never seen (site.md, 3.2). A title is empty where a link shows neither text nor a named picture.
 */
export function readLinks(page: ParsedPage, site: Site, links: ListLinks): Omit<Found, 'lists'> {
  const { $ } = page;
  const base = page.page.finalUrl;
  const entries: ListEntry[] = [];
  const dropped: Dropped[] = [];
  const besides = openBesides(links, base);
  for (const element of select($.root().toArray(), links.link)) {
    const found = readLink(element, site, base);
    if ('why' in found) dropped.push(found);
    else {
      const { title, time, summary, picture } = besides(element);
      entries.push({
        ...found,
        title: title || found.title,
        time,
        summary,
        picture,
        headline: links.headline ?? false,
      });
    }
  }
  return { entries, dropped };
}

function readLink(link: Element, site: Site, base: string): Pick<ListEntry, 'address' | 'href' | 'title'> | Dropped {
  const written = link.attribs.href ?? '';
  const images = elementsBelow([link]).filter(({ name }) => name === 'img');
  const title = textIn(link) || collapse(images[0]?.attribs.alt ?? '');
  const target = articleLink(written, site, base);
  if (images.some(isAdvert)) return { link: written, title, why: 'advert' };
  return 'why' in target ? { link: written, title, why: target.why } : { ...target, title };
}

/** What stands in the block round a link. */
type Besides = Pick<ListEntry, 'time' | 'summary' | 'picture'> & { readonly title: string };

const NOTHING_BESIDES: Besides = { title: '', time: null, summary: null, picture: null };

/** Nodes of blocks that hold one another are met once for each: far more than any list has. */
const MOST_NODES_OF_BLOCKS = 2_000_000;

/** A block is read once, however many links it holds. */
function openBesides({ block: wanted, ...links }: ListLinks, base: string): (link: Element) => Besides {
  if (wanted === null) return () => NOTHING_BESIDES;
  const matches = steadyMatcher(wanted);
  const known = new Map<AnyNode, Besides>();
  let met = 0;
  return (link) => {
    const block = closest(link, matches);
    if (block === null) return NOTHING_BESIDES;
    const before = known.get(block);
    if (before !== undefined) return before;
    const elements = elementsBelow([block]);
    met += elements.length;
    if (met > MOST_NODES_OF_BLOCKS) throw new ArchiveError('PAGE_TOO_HEAVY', `${base}: rows inside each other`);
    const within = (selector: string | undefined) =>
      selector === undefined ? [] : elements.filter(steadyMatcher(selector));
    const [title] = within(links.title);
    const [summary] = within(links.summary);
    const besides: Besides = {
      title: title === undefined ? '' : textIn(title),
      time: timeIn(within(links.time)),
      summary: summary === undefined ? null : textIn(summary) || null,
      picture: pictureOf(within(links.picture), base),
    };
    known.set(block, besides);
    return besides;
  };
}

function closest(link: Element, matches: (element: Element) => boolean): Element | null {
  for (let node: AnyNode | null = link; node !== null; node = node.parent) {
    if (isElement(node) && matches(node)) return node;
  }
  return null;
}

/** Marks of an advertisement's picture (site.md, 3.2). */
function isAdvert(image: Element): boolean {
  return /\badvertise\b/.test(image.attribs.class ?? '') || isAdvertAddress(addressOf(image) ?? '');
}

/** Without the `[全文]` that ends a summary. */
function textIn(element: Element): string {
  return collapse(nodeText(element, LONGEST_TEXT).replaceAll('[全文]', ''));
}

/** Of a title, a time, a summary; a link round a whole page is none of them. */
const LONGEST_TEXT = 10_000;

function pictureOf(images: readonly Element[], base: string): ListPicture | null {
  const image = images.find((candidate) => !isAdvert(candidate));
  const src = image === undefined ? null : URL.parse(addressOf(image) ?? '', base);
  if (image === undefined || src === null || !/^https?:$/.test(src.protocol)) return null;
  return { src: src.href, width: image.attribs.width ?? null, height: image.attribs.height ?? null };
}

/** Pictures are loaded late: `src` is then missing or a placeholder (site.md, 5). */
function addressOf({ attribs }: Element): string | undefined {
  return attribs['data-original'] ?? attribs.original ?? attribs.src;
}

// What links, times and addresses of a list say, whether it is a page or JSON.

/** The article that a link leads to, or why it leads to none. A relative link needs `base`, the address of the list. */
function articleLink(
  written: string,
  site: Site,
  base: string,
): Pick<ListEntry, 'address' | 'href'> | { readonly why: DropReason } {
  const address = parseArticleUrl(written, site, base);
  const href = absoluteUrl(written, site, base);
  if (href === null) return { why: 'no-article' };
  if (address === null) return { why: inScope(href, site) ? 'no-article' : 'other-host' };
  return isLaterPart(href) ? { why: 'later-part' } : { address, href };
}

/** `…/2017_03_28_400912_3.shtml`; part 1 is the article itself (site.md, 1.1). */
function isLaterPart(href: string): boolean {
  const part = /\/\d{4}_\d{2}_\d{2}_\d+_(\d{1,3})(?:\.shtml)?$/i.exec(new URL(href).pathname)?.[1];
  return part !== undefined && Number(part) > 1;
}

/** Pictures of advertisements lie in a folder of their own (site.md, 3.2 and 5). */
function isAdvertAddress(src: string): boolean {
  return src.includes('/tg/');
}

/** The first text that is a time: counts of readers and names of writers stand in places of their own beside it. */
function timeIn(places: readonly (Element | string)[]): string | null {
  for (const place of places) {
    const text = typeof place === 'string' ? place : textIn(place);
    if (TIME.test(text)) return text;
  }
  return null;
}

/** `2026-09-27 22:09`, with seconds or without a clock, `09-27 22:09`, `昨天 22:09`, `刚刚`, `2小时前` (site.md, 4). */
const TIME = /^(?:(?:\d{4}-)?\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?|昨天.*|刚刚|\d{1,6}\s*\S{1,10}前)$/;

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
