/** Reads one list page: the articles that it shows, and where the list goes on. */

import type { ArticleId, ListEntry } from '../model.ts';
import { type ParsedPage, parsePage } from '../page/page.ts';
import type { Site } from '../site/address.ts';
import { authors, column, front, headline, home, latest, posts, review } from '../site/html-lists.ts';
import {
  appAuthors,
  appData,
  appNews,
  members,
  newsFlash,
  postHot,
  postHtml,
  postIndex,
  postProfile,
  ticker,
} from '../site/json-lists.ts';
import type { Dropped, Found, HtmlKind, JsonKind, ListKind, ListName, ListPart } from '../site/list-kind.ts';
import { nextListPageUrl } from '../site/list-pages.ts';
import { describeRows, fits, htmlIn, onceEach, parseJson, readIndex, readLinks, readRows } from './read-entries.ts';

/** Entries are in page order, one per article; of a list that names none, its markup or its articles have gone. */
export interface Discovery extends Found {
  /** The kind of list that the answer turned out to be; `unknown` where its markup is none that we know. */
  readonly kind: ListName | 'unknown';
  /** What the kind was chosen by: a selector, or fields. */
  readonly when: string | null;
  /** How many articles the list says that it has in all pages; null where it says nothing. */
  readonly total: number | null;
  /** The list's next page, if it is of a kind that has pages; it may turn out to be empty. */
  readonly next: string | null;
}

/** The kinds of pages. The first whose `when` is there is taken, for fronts also hold what the plain lists are known by. */
const HTML_KINDS: readonly HtmlKind[] = [home, front, headline, review, column, latest, posts, authors];

/** The kinds of JSON. The first whose rows are there is taken. */
const JSON_KINDS: readonly JsonKind[] = [
  ticker,
  newsFlash,
  appNews,
  appData,
  appAuthors,
  postProfile,
  postHot,
  members,
  postIndex,
  postHtml,
];

/** Every kind of list. */
export const LIST_KINDS: readonly ListKind[] = [...HTML_KINDS, ...JSON_KINDS];

/** An article shows related ones in the markup of a list, but is none. */
const ARTICLE_BODY = '.all-txt';

/** No list that is known. */
export const UNKNOWN: Discovery = {
  kind: 'unknown',
  when: null,
  entries: [],
  lists: [],
  dropped: [],
  total: null,
  next: null,
};

/**
 * The articles that a list shows. The answer decides how it is read, never its URL: past its last page a list may answer
 * with the home page (site.md, 1.2), which then comes back as `home`, for the caller to leave alone.
 * No entries means that the list is empty or its markup has changed: the caller's SOURCE_EMPTY.
 * @param options `part` keeps to one part of the home page
 */
export function discover(
  page: ParsedPage,
  site: Site,
  { part }: { readonly part?: ListPart | undefined } = {},
): Discovery {
  const answer = parseJson(page.html);
  return answer === undefined ? discoverPage(page, site, part) : discoverJson(answer, page, site);
}

/** Whether an answer is JSON, and came to its end. */
export function jsonState({ html }: ParsedPage): 'whole' | 'broken' | 'none' {
  if (!/^\s*[[{]/.test(html)) return 'none';
  return parseJson(html) === undefined ? 'broken' : 'whole';
}

function discoverPage(page: ParsedPage, site: Site, part: ListPart | undefined): Discovery {
  const { $ } = page;
  if ($(ARTICLE_BODY).length > 0) return UNKNOWN;
  const kind = HTML_KINDS.find(({ when }) => $(when).length > 0);
  if (kind === undefined) return UNKNOWN;
  const found = kind.links
    .filter((links) => part === undefined || links.part === part)
    .map((links) => readLinks(page, site, links));
  const lists = kind.index === undefined ? [] : readIndex(page, site, kind.index);
  return discovery(kind, page, {
    when: kind.when,
    entries: found.flatMap(({ entries }) => entries),
    dropped: onceLeftOut(found.flatMap(({ dropped }) => dropped)),
    lists,
    total: totalOf(page),
  });
}

/** What several rows of a page's kind leave out, and what it shows several times, is left out once. */
function onceLeftOut(dropped: readonly Dropped[]): Dropped[] {
  return [...new Map(dropped.map((each) => [`${each.why} ${each.link}`, each])).values()];
}

/** `data-total` of the new CMS (site.md, 1.2). */
function totalOf({ $ }: ParsedPage): number | null {
  const total = /^\d{1,9}$/.exec($('[data-total]').first().attr('data-total') ?? '')?.[0];
  return total === undefined ? null : Number(total);
}

function discoverJson(answer: unknown, page: ParsedPage, site: Site): Discovery {
  const kind =
    JSON_KINDS.find((each) => fits(each, answer) === true) ?? JSON_KINDS.find((each) => fits(each, answer) === 'empty');
  if (kind === undefined) return UNKNOWN;
  if (kind === postHtml) return discoverInside(answer, page, site);
  const found = readRows(kind, answer, site, page.page.finalUrl);
  return discovery(kind, page, { ...found, when: describeRows(kind, answer), total: null });
}

/** The list of posts that is HTML within JSON; any other HTML is none. */
function discoverInside(answer: unknown, page: ParsedPage, site: Site): Discovery {
  const pieces = htmlIn(postHtml, answer);
  if (pieces.every((html) => html.trim() === ''))
    return { ...UNKNOWN, kind: postHtml.name, when: describeRows(postHtml, answer) };
  for (const html of pieces) {
    const inside = parsePage({ ...page.page, headers: {}, body: new TextEncoder().encode(html) });
    if (inside.$(posts.when).length === 0) continue;
    const { entries, dropped } = discoverPage(inside, site, undefined);
    return discovery(postHtml, page, { entries, dropped, lists: [], when: posts.when, total: null });
  }
  return UNKNOWN;
}

function discovery(kind: ListKind, page: ParsedPage, found: Omit<Discovery, 'kind' | 'next'>): Discovery {
  const entries = mergeEntries(found.entries);
  const next = kind.paged && entries.length > 0 ? nextListPageUrl(page.page.finalUrl) : null;
  return { ...found, kind: kind.name, entries, lists: onceEach(found.lists), next };
}

// Many links, one entry per article.

/** One entry per article, where it first stands; what the first link did not say is filled from later ones. */
export function mergeEntries(entries: readonly ListEntry[]): ListEntry[] {
  const merged = new Map<ArticleId, ListEntry>();
  for (const entry of entries) {
    const first = merged.get(entry.address.id);
    merged.set(entry.address.id, first === undefined ? entry : fill(first, entry));
  }
  return [...merged.values()];
}

function fill(first: ListEntry, later: ListEntry): ListEntry {
  return {
    ...first,
    title: first.title || later.title,
    time: first.time ?? later.time,
    summary: first.summary ?? later.summary,
    picture: first.picture ?? later.picture,
  };
}
