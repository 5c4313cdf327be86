/** What programs read: feeds, versions by time, and the API with its own description. */
import type { Query } from '../catalog/query.ts';
import { ArchiveError } from '../errors.ts';
import type { ArticleId } from '../model.ts';
import { parseArticleUrl } from '../site/address.ts';
import { API, describeApi } from './api.ts';
import { articleEntry, changeEntry, FEED_TYPES, type FeedFile, writeFeed } from './feeds.ts';
import type { Library } from './library.ts';
import { EVERYTHING, listArticles, readQuery } from './lists.ts';
import { mementoAt, mementoLinks, mementosOf, timeMap } from './memento.ts';
import { type Reader, type Visit, wordsOf } from './visit.ts';

export const FEED_LENGTH = 50;
const FILE = ':file{atom\\.xml|feed\\.json}';

export function dataRoutes(reader: Reader, library: Library): void {
  reader.get(`/feeds/changes/${FILE}`, async (visit) => {
    await library.current();
    const words = wordsOf(visit);
    const changes = await library.catalog.changes({ limit: FEED_LENGTH });
    return feed(
      visit,
      { title: `${words.changes} · ${words.name}`, href: '/changes' },
      changes.map((each) => changeEntry(each, words)),
    );
  });

  reader.get(`/feeds/${FILE}`, async (visit) => {
    await library.current();
    const words = wordsOf(visit);
    const text = (visit.req.query('q') ?? '').trim();
    const query: Query | { readonly fault: string } = text === '' ? EVERYTHING : readQuery(text);
    if ('fault' in query) return refuse(visit, 400, query.fault);
    const { articles } = await listArticles(query, { after: undefined, length: FEED_LENGTH }, library);
    const href = text === '' ? '/' : `/search?q=${encodeURIComponent(text)}`;
    return feed(
      visit,
      { title: text === '' ? words.name : `${text} · ${words.name}`, href },
      articles.map(articleEntry),
    );
  });

  reader.get('/timemap/link/*', async (visit) => {
    const record = await recordOf(visit, '/timemap/link/');
    if (record === null) return refuse(visit, 404, 'the archive has no such article');
    visit.set('kind', 'data');
    return visit.body(timeMap(record, new URL(visit.req.url).origin), 200, {
      'content-type': 'application/link-format',
    });
  });

  reader.get('/timegate/*', async (visit) => {
    const record = await recordOf(visit, '/timegate/');
    if (record === null) return refuse(visit, 404, 'the archive has no such article');
    const asked = visit.req.header('accept-datetime');
    const at = asked === undefined ? Number.POSITIVE_INFINITY : Date.parse(asked);
    if (Number.isNaN(at)) return refuse(visit, 400, 'Accept-Datetime is no date');
    const { origin } = new URL(visit.req.url);
    const memento = mementoAt(mementosOf(record), at);
    if (memento === null) return refuse(visit, 404, 'the archive has no version of it');
    visit.header('vary', 'accept-datetime', { append: true });
    visit.header('link', mementoLinks(record, origin));
    return visit.redirect(`${origin}${memento.href}`, 302);
  });

  reader.get('/api/v1/openapi.json', (visit) => json(visit, describeApi()));
  for (const { path, answer } of API)
    reader.get(`/api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (visit) => {
      await library.current();
      try {
        const value = await answer(
          { param: (name) => visit.req.param(name) ?? '', query: (name) => visit.req.query(name) },
          library,
        );
        return value === null ? refuse(visit, 404, 'not in the archive') : json(visit, value);
      } catch (error) {
        if (error instanceof ArchiveError && error.code === 'QUERY_INVALID') return refuse(visit, 400, error.detail);
        throw error;
      }
    });

  /** The record of the article whose address stands behind a prefix of this one. */
  async function recordOf(visit: Visit, prefix: string) {
    const { pathname, search } = new URL(visit.req.url);
    // Servers and clients make one slash of two.
    const url = `${pathname.slice(prefix.length)}${search}`.replace(/^(https?:)\/+/, '$1//');
    const address = parseArticleUrl(url, library.shelf.site);
    const found = address === null ? null : await library.shelf.find(address.id as ArticleId, address.date);
    return found?.record ?? null;
  }
}

function feed(
  visit: Visit,
  { title, href }: { readonly title: string; readonly href: string },
  entries: Parameters<typeof writeFeed>[0],
): Response {
  const file = visit.req.path.slice(visit.req.path.lastIndexOf('/') + 1) as FeedFile;
  const { origin } = new URL(visit.req.url);
  visit.set('kind', 'data');
  return visit.body(
    writeFeed(entries, { title, href, addressOf: (place) => `${origin}${place}`, file, words: wordsOf(visit) }),
    200,
    {
      'content-type': FEED_TYPES[file],
    },
  );
}

function json(visit: Visit, value: object): Response {
  visit.set('kind', 'data');
  return visit.json(value);
}

function refuse(visit: Visit, status: 400 | 404, error: string): Response {
  visit.set('kind', 'data');
  return visit.json({ error }, status);
}
