/** The pages of a site that list its articles, its feeds, and what all of its pages use. */
import type { Catalog } from '../catalog/catalog.ts';
import { ArchiveError } from '../errors.ts';
import { FEED_LENGTH } from '../reader/data-routes.ts';
import { articleEntry, changeEntry, FEED_TYPES, type FeedFile, writeFeed } from '../reader/feeds.ts';
import { searchScript } from '../reader/files-search-script.ts';
import { EVERYTHING, listArticles } from '../reader/lists.ts';
import { NAMED, type Named, nameHref } from '../reader/names-page.ts';
import { LANGUAGES } from '../reader/preferences.ts';
import { ICON, ICON_HREF } from '../reader/reader.ts';
import { SCRIPT, SCRIPT_HREF } from '../reader/script.ts';
import { STYLE, STYLE_HREF } from '../reader/style.ts';
import { wordsIn } from '../reader/words.ts';
import type { SiteFiles } from './site-files.ts';
import { relativePath, type SiteLinks } from './site-links.ts';
import type { MakePages } from './site-pages.ts';

type Lists = Omit<Catalog, 'refresh'>;

const NAMES_AT_ONCE = 1000;

/** Each list from its first page to its last. @throws INTERRUPTED */
export async function writeLists(
  catalog: Lists,
  { files, make, signal }: { readonly files: SiteFiles; readonly make: MakePages; readonly signal: AbortSignal },
): Promise<void> {
  for await (const start of listAddresses(catalog)) {
    const seen = new Set([start]);
    for (const address of seen) {
      if (signal.aborted) throw new ArchiveError('INTERRUPTED', address);
      const { files: pages, goesOn } = await make(address);
      await files.put({ group: `page ${pages[0]?.path}`, fingerprint: '', files: pages });
      for (const next of goesOn) seen.add(next);
    }
  }
}

async function* listAddresses(catalog: Lists): AsyncGenerator<string> {
  yield* ['/', '/calendar', '/people', '/topics', '/changes', '/search'];
  const days = (await catalog.days()).map(({ day }) => day);
  for (const year of new Set(days.map((day) => day.slice(0, 4)))) yield `/calendar/${year}`;
  for (const day of days) yield `/days/${day}`;
  for (const kind of Object.keys(NAMED) as Named[])
    for (let offset = 0; ; offset += NAMES_AT_ONCE) {
      const names = await catalog.labels(NAMED[kind], { limit: NAMES_AT_ONCE, offset });
      for (const { name } of names) yield nameHref(kind, name);
      if (names.length < NAMES_AT_ONCE) break;
    }
}

/** @param given `baseUrl` begins the addresses in the feeds; where it is null, they are relative to the feed's own */
export async function writeFeeds(
  catalog: Lists,
  { files, links, baseUrl }: { readonly files: SiteFiles; readonly links: SiteLinks; readonly baseUrl: string | null },
): Promise<void> {
  const { articles } = await listArticles(EVERYTHING, { after: undefined, length: FEED_LENGTH }, { catalog });
  const changes = await catalog.changes({ limit: FEED_LENGTH });
  const made: { readonly path: string; readonly text: string }[] = [];
  for (const language of LANGUAGES) {
    const words = wordsIn(language);
    const feeds = [
      { folder: '/feeds', title: words.name, href: '/', entries: articles.map(articleEntry) },
      {
        folder: '/feeds/changes',
        title: `${words.changes} · ${words.name}`,
        href: '/changes',
        entries: changes.map((each) => changeEntry(each, words)),
      },
    ];
    for (const { folder, title, href, entries } of feeds)
      for (const file of Object.keys(FEED_TYPES) as FeedFile[]) {
        const path = links.pathOf(`${folder}/${file}`, language) ?? '';
        const addressOf = (place: string) => `${baseUrl ?? NOWHERE}${links.pathOf(place, language) ?? ''}`;
        const id = baseUrl === null ? { id: `urn:guancha-archive:site:${language}:${href.slice(1)}` } : {};
        const text = writeFeed(entries, { title, href, addressOf, file, words, about: words.footOfFiles, ...id });
        made.push({ path, text: baseUrl === null ? withRelative(text, path) : text });
      }
  }
  await files.put({ group: 'feeds', fingerprint: '', files: made });
}

/** The library takes none but whole addresses: relative ones are put in afterwards. */
const NOWHERE = 'http://site.invalid/';

function withRelative(feed: string, path: string): string {
  return feed.replace(/(?<!\\)"http:\/\/site\.invalid\/([^"]*)"/g, (_, to: string) => `"${relativePath(path, to)}"`);
}

export async function writeStatic(files: SiteFiles): Promise<void> {
  const search = searchScript();
  const made = [
    { path: STYLE_HREF.slice(1), text: STYLE },
    { path: SCRIPT_HREF.slice(1), text: SCRIPT },
    { path: ICON_HREF.slice(1), text: ICON },
    { path: search.href.slice(1), text: search.text },
  ];
  await files.put({ group: 'static', fingerprint: '', files: made });
}
