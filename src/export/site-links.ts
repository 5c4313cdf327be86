/**
 * Where a site has what the reader has at an address: the one place that makes paths of addresses, and the links of a page
 * the way from its own file to another. Nothing is linked that only a server answers.
 */
import { createHash } from 'node:crypto';
import { FEED_TYPES } from '../reader/feeds.ts';
import { placeOf } from '../reader/files-index.ts';
import type { Language } from '../reader/preferences.ts';

/** Each language is a tree of its own; pictures, style and index stand beside them. */
const TREES: Readonly<Record<Language, string>> = { zh: '', en: 'en/' };

export interface SiteLinks {
  /** The file of a page or picture; null where a site has none. @param address path and query, as the reader's pages write it */
  pathOf(address: string, language: Language): string | null;
  /**
   * The page with the links of a site in the place of the reader's.
   * @param at `path` of its file
   */
  relinked(markup: string, at: { readonly path: string; readonly language: Language }): string;
  /**
   * Says that an address goes on where another one ends, and gives its path: lists go on at places of the catalog, which are
   * others another day, and files have the number of the page in their names.
   */
  goesOn(from: string, to: string): void;
  /** The addresses of a page's links to other pages of the same list. */
  goesOnIn(markup: string): readonly string[];
}

/** @param absent paths of pictures that could not be copied; it may grow */
export function openSiteLinks(absent: ReadonlySet<string>): SiteLinks {
  /** Numbers of pages, by their addresses in full. */
  const pages = new Map<string, number>();

  const links: SiteLinks = {
    pathOf: (address, language) => {
      const url = new URL(address, 'http://localhost');
      const asked = url.searchParams.get('lang');
      const tree = TREES[asked === 'zh' || asked === 'en' ? asked : language];
      url.searchParams.delete('lang');
      if (/^\/(?:pictures|static)\//.test(url.pathname)) {
        const shared = sharedPath(url.pathname);
        return shared !== null && absent.has(shared) ? null : shared;
      }
      if (url.searchParams.get('offset') === '0') url.searchParams.delete('offset');
      const path = pagePath(url, pages.get(addressIn(url)) ?? 1);
      return path === null ? null : `${tree}${path}`;
    },
    relinked: (markup, { path, language }) =>
      markup.replace(LINKING, (tag, name: string) => {
        const [, before = '', written = '', behind = ''] = LINK.exec(tag) ?? [];
        if (before === '') return tag;
        const to = links.pathOf(unescaped(written), language);
        if (to !== null) return `${before}${relativePath(path, to)}${behind}`;
        return name === 'a' ? tag.replace(ATTRIBUTE, '') : '';
      }),
    goesOn: (from, to) => {
      if (from !== to && !pages.has(to)) pages.set(to, (pages.get(from) ?? 1) + 1);
    },
    goesOnIn: (markup) =>
      [...markup.matchAll(GOING_ON)]
        .map(([, written = '']) => unescaped(written))
        .filter((to) => !/[?&](?:lang=|offset=0$)/.test(to)),
  };
  return links;
}

/** What the reader writes escapes `<` and `>` everywhere, so that each `<` begins a tag and the next `>` ends it. */
const LINKING = /<(a|link|script|img|form)\b[^>]*>/g;
const LINK = /^(<[^>]*? (?:href|src|action)=")(\/[^"]*)("[^>]*>)$/;
/** Where a list goes on: at a place of the catalog, at an instant, at a number. */
const GOING_ON = /<a [^>]*?href="(\/[^"]*\?(?:[^"]*;)?(?:after|before|offset)=[^"]*)"/g;
const ATTRIBUTE = / (?:href|src|action)="[^"]*"/;

const SIGNS: Readonly<Record<string, string>> = { amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' };

function unescaped(text: string): string {
  return text.replace(/&(amp|quot|#39|lt|gt);/g, (_, name: string) => SIGNS[name] ?? '');
}

/** Path and query of an address, as `goesOn` knows it. */
export function addressIn(url: URL): string {
  return `${url.pathname}${url.search}`;
}

function sharedPath(path: string): string | null {
  const [, name] = /^\/pictures\/([0-9a-f]{64}\.[a-z0-9]{1,8})$/.exec(path) ?? [];
  // In a drawing could be scripts, and a file of the site is opened by whoever is led to it.
  if (name !== undefined) return name.endsWith('.svg') ? null : `pictures/${name.slice(0, 2)}/${name}`;
  return /^\/static\/[\w.]+$/.test(path) ? path.slice(1) : null;
}

function pagePath({ pathname, searchParams }: URL, page: number): string | null {
  const numbered = (stem: string) => (page === 1 ? `${stem}.html` : `${stem}-${page}.html`);
  if (pathname === '/') return searchParams.size === 0 ? 'index.html' : null;
  const [, section, name, ...more] = pathname.split('/');
  switch (section) {
    case 'calendar':
      return name === undefined ? 'calendar.html' : `calendar/${name}.html`;
    case 'days':
      return `days/${name?.slice(0, 4)}/${name}.html`;
    case 'people':
    case 'topics':
      return numbered(name === undefined ? section : `${section}/${hashOf(decodeURIComponent(name))}`);
    case 'changes':
    case 'search':
      return numbered(section);
    case 'articles':
      return articlePath(`${section}/${placeOf(`${name}:${more[0]}`)}`, more.slice(1), searchParams);
    case 'feeds':
      return Object.keys(FEED_TYPES).some((file) => pathname.endsWith(`/${file}`)) ? pathname.slice(1) : null;
    default:
      return null;
  }
}

function articlePath(place: string, [what, version]: readonly string[], query: URLSearchParams): string | null {
  if (what === undefined) return `${place}.html`;
  if (what === 'history') return `${place}-history.html`;
  if (what === 'versions') return `${place}-v${version}.html`;
  if (what !== 'diff') return null;
  const view = query.get('view') === 'side' ? '-side' : '';
  return `${place}-diff-${query.get('from')}-${query.get('to')}${view}.html`;
}

/** Names hold any characters, file systems do not. */
function hashOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 20);
  return `${hash.slice(0, 2)}/${hash}`;
}

export function relativePath(from: string, to: string): string {
  const [folders, path] = [from.split('/').slice(0, -1), to.split('/')];
  let same = 0;
  while (same < folders.length && same < path.length - 1 && folders[same] === path[same]) same += 1;
  return [...folders.slice(same).map(() => '..'), ...path.slice(same)].join('/');
}
