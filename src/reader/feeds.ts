/** Feeds of what is archived and of what changed: Atom and JSON Feed. The one door to the library feed. */
import { Feed } from 'feed';
import type { ArticleChange } from '../archive/changes.ts';
import type { CatalogArticle } from '../catalog/entry.ts';
import { articleHref } from './article.ts';
import { withoutControls } from './markup.ts';
import type { Words } from './words.ts';

export const FEED_TYPES = {
  'atom.xml': 'application/atom+xml; charset=utf-8',
  'feed.json': 'application/feed+json; charset=utf-8',
} as const;

export type FeedFile = keyof typeof FEED_TYPES;

interface FeedEntry {
  /** A URN: the same wherever the archive is read. */
  readonly id: string;
  readonly title: string;
  /** Of its page in the reader. */
  readonly href: string;
  readonly at: Date;
  readonly publishedAt: Date | null;
  readonly summary: string | null;
}

/**
 * @param feed `href` is the page whose feed it is; `addressOf` makes addresses of what pages link; `file` says in which of the
 *   two forms it comes
 */
export function writeFeed(
  entries: readonly FeedEntry[],
  {
    title,
    href,
    addressOf,
    id = addressOf(href),
    about,
    file,
    words,
  }: {
    readonly title: string;
    readonly href: string;
    readonly addressOf: (href: string) => string;
    /** An address or URN; the page's address by default. */
    readonly id?: string;
    readonly about?: string;
    readonly file: FeedFile;
    readonly words: Words;
  },
): string {
  const link = addressOf(href);
  const feed = new Feed({
    id,
    link,
    title: plain(title),
    description: plain(about ?? words.foot),
    language: words.locale,
    updated: new Date(Math.max(0, ...entries.map(({ at }) => at.getTime()))),
    generator: 'guancha-archive',
    copyright: '',
    author: { name: plain(words.name) },
  });
  for (const { id, title: name, href: place, at, publishedAt, summary } of entries)
    feed.addItem({
      id,
      title: plain(name) || words.untitled,
      link: addressOf(place),
      date: at,
      ...(publishedAt === null ? {} : { published: publishedAt }),
      ...(summary === null ? {} : { description: plain(summary) }),
    });
  return file === 'atom.xml' ? feed.atom1() : feed.json1();
}

export function articleEntry({ id, title, publishedAt, changedAt, summary }: CatalogArticle): FeedEntry {
  const published = new Date(publishedAt);
  const changed = new Date(changedAt);
  return {
    id: `urn:guancha-archive:${id}`,
    title,
    href: articleHref(id),
    at: Number.isNaN(changed.getTime()) ? published : changed,
    publishedAt: published,
    summary,
  };
}

export function changeEntry(change: ArticleChange, words: Words): FeedEntry {
  const { at, id, title, what } = change;
  const version = change.what === 'edited' ? change.version : null;
  const kinds = change.what === 'edited' ? change.kinds.map((kind) => words.kinds[kind]) : [];
  return {
    id: `urn:guancha-archive:${id}:${what}:${at}`,
    title: `${words.what[what]}: ${title}`,
    href: version === null ? `${articleHref(id)}/history` : `${articleHref(id)}/diff?from=${version - 1}&to=${version}`,
    at: new Date(at),
    publishedAt: null,
    summary: kinds.length === 0 ? null : kinds.join(', '),
  };
}

/** XML 1.0 has no place for control characters, escaped or not (2.2), and the library writes them as they come. */
function plain(text: string): string {
  return withoutControls(text)
    .replace(/[\u2028\u2029]/g, ' ')
    .trim();
}
