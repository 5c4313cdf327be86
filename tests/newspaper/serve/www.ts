/** Answers for the www origin: what the real site does with every kind of address (site.md, 1 and 7). */
import { type ArticlePage, appShellPage, articlePage } from '../render/article.ts';
import { homePage } from '../render/home.ts';
import { listPage } from '../render/lists.ts';
import { CHALLENGE_COOKIE, captchaPage, challengePage, errorPage, plainPage, stubPage } from '../render/specials.ts';
import { STYLE_SHEETS } from '../render/styles.ts';
import type { Edition } from '../write/edition.ts';
import { openRandom } from '../write/random.ts';
import type { Story } from '../write/story.ts';
import { type Asked, html, plain, type Reply, type Route, redirect, robots } from './reply.ts';

export interface WwwOptions {
  /** What an article's page weighs; null for what the real ones do, 120 to 280 KB. */
  readonly pageBytes: number | null;
  readonly slowMs: number;
}

/** Pages that are the same for everybody are made once. */
const KEPT_PAGES = 600;

export function wwwRoute(edition: Edition, options: WwwOptions): Route {
  const stories = new Map(
    edition.stories
      .filter(({ truth }) => truth.era !== 'fengwen' && truth.special !== 'unknown-id')
      .map((story) => [String(story.slot.id), story]),
  );
  const kept = new Map<string, Reply>();

  return (asked) => {
    if (asked.path === '/robots.txt') return robots();
    if (/^curl/i.test(asked.headers['user-agent'] ?? '')) return html(challengePage());
    const known = kept.get(asked.path);
    if (known !== undefined) return known;
    const story = storyAt(asked.path, stories);
    if (story !== null && story.truth.special === 'challenge' && !asked.headers.cookie?.includes(CHALLENGE_COOKIE))
      return html(challengePage());
    const reply = story === null ? page(edition, asked) : articleReply(edition, story, suffixOf(asked.path), options);
    if (kept.size < KEPT_PAGES && story?.truth.special !== 'challenge') kept.set(asked.path, reply);
    return reply;
  };
}

const ARTICLE = /^\/[^/]+\/(\d{4})_(\d{2})_(\d{2})_(\d+)(?:_(\w+))?\.shtml(?:\?.*)?$/;

/** The article at an address of any slug; null where the number is unknown or the day is not the article's. */
export function storyAt(path: string, stories: ReadonlyMap<string, Story>): Story | null {
  const [, year, month, day, id = ''] = ARTICLE.exec(path) ?? [];
  const story = stories.get(id);
  return story?.slot.date === `${year}-${month}-${day}` ? story : null;
}

/** `1` where there is none. */
export function suffixOf(path: string): string {
  return ARTICLE.exec(path)?.[5] ?? '1';
}

function articleReply(edition: Edition, story: Story, suffix: string, options: WwwOptions): Reply {
  const { truth, slot } = story;
  const home = redirect(`${edition.origins.www}/`);
  const part = suffix === 's' ? 'whole' : suffix === 'mc' ? 1 : Number(suffix);
  if (part === 'whole' && !truth.wholeForm) return home;
  if (part !== 'whole' && !(part >= 1 && part <= truth.parts)) return home;
  const pageBytes = options.pageBytes ?? openRandom(edition.options.seed, 'weight', slot.id).int(120_000, 280_000);
  const article: ArticlePage = { edition, story, part, pageBytes };
  switch (truth.special) {
    case 'not-found':
      return html(errorPage(404, 'Not Found'), 404);
    case 'withdrawn':
      return html(errorPage(410, 'Gone'), 410);
    case 'forbidden':
      return html(errorPage(403, 'Forbidden'), 403);
    case 'moved':
    case 'link-out':
      return html(stubPage(edition, story));
    case 'captcha':
      return html(captchaPage());
    case 'plain-page':
      return html(plainPage(edition, truth.title));
    case 'app-shell':
      return html(appShellPage(article));
    case 'slow':
      return { ...html(articlePage(article)), delayMs: options.slowMs };
    case 'cut-short': {
      const body = articlePage(article);
      return { ...html(body), cutAfterBytes: Buffer.byteLength(firstHalf(body)) };
    }
    case 'broken-off':
      return html(firstHalf(articlePage(article)));
    default:
      return html(articlePage(article));
  }
}

/** A page up to the middle of its article. */
function firstHalf(page: string): string {
  const start = page.indexOf('content all-txt');
  const end = page.indexOf('content-bottom-ad');
  return page.slice(0, Math.round((start + end) / 2));
}

/** Every address that is no article's. */
function page(edition: Edition, { path }: Asked): Reply {
  const pathname = path.replace(/\?.*$/, '');
  if (pathname === '/') return html(homePage(edition));
  const list = listAt(edition, pathname);
  if (list !== null) return html(list);
  if (/^\/about\/\w+\.shtml$/.test(pathname)) return html(plainPage(edition, '关于我们'));
  if (pathname === '/other/GuanPlayer.shtml')
    return html('<!DOCTYPE html><html><body><video controls></video></body></html>');
  return asset(edition, pathname) ?? redirect(`${edition.origins.www}/`);
}

/** A list's page: `/slug`, `/slug/`, `/slug/list_2.shtml`, `/column/SLUG`, `/column/SLUG/2`; case says nothing. */
function listAt(edition: Edition, pathname: string): string | null {
  const { folder = '', old, modern } = LIST.exec(pathname)?.groups ?? {};
  const page = Number(old ?? modern ?? 1);
  const listing = edition.listings.find(
    ({ form, pathOf }) => form !== 'home' && folderOf(pathOf(1)) === folder.toLowerCase(),
  );
  return listing === undefined || page < 1 ? null : listPage(edition, listing, page);
}

const LIST = /^(?<folder>\/column\/[^/]+|\/[^/]+)(?:\/(?:list_(?<old>\d+)\.shtml|(?<modern>\d+))?)?$/;

function folderOf(firstPage: string): string {
  return firstPage.replace(/\/(?:list_)?1(?:\.shtml)?$/, '').toLowerCase();
}

/** Style sheets, scripts and pictures of the frame. */
function asset(edition: Edition, pathname: string): Reply | null {
  if (pathname.endsWith('.css')) return plain(STYLE_SHEETS[pathname.split('/').at(-1) ?? ''] ?? '', 'text/css');
  if (pathname.endsWith('.js')) return plain(JQUERY, 'application/javascript');
  if (!/^\/images\/.*\.png$/.test(pathname)) return null;
  const picture = edition.gallery.serve(pathname);
  return picture === null ? null : { headers: { 'content-type': picture.contentType }, body: picture.bytes };
}

/** Stands in for the library that the page's scripts call: every call does nothing and gives itself back. */
const JQUERY = 'window.$ = window.jQuery = new Proxy(function () {}, { get: () => $, apply: () => $ });';
