/** Articles in the order of time, as pages list them: by day, a page at a time, with what leads further. */
import type { CatalogArticle } from '../catalog/entry.ts';
import { parseQuery, type Query } from '../catalog/query.ts';
import type { Cursor, Sort } from '../catalog/search.ts';
import { ArchiveError } from '../errors.ts';
import { dayOf } from '../site/clock.ts';
import type { Library } from './library.ts';

export interface DayOfArticles {
  /** Of Beijing, `2026-10-14`. */
  readonly day: string;
  readonly articles: readonly CatalogArticle[];
}

export interface ArticleList {
  readonly days: readonly DayOfArticles[];
  readonly total: number;
  /** True where there are more than `total`. */
  readonly isMore: boolean;
  /** True where only the newest `total` were compared by weight. */
  readonly isPartlyRanked: boolean;
  /** Where the next page goes on; null at the end. */
  readonly next: string | null;
}

/** No word and no filter: everything. */
export const EVERYTHING: Query = { texts: [], filters: [], since: null, until: null };

const PAGE_LENGTH = 40;

/** @param after as `ArticleList.next` gives it; what is none counts as the beginning */
export async function listArticles(
  query: Query,
  {
    after,
    length = PAGE_LENGTH,
    sort = 'newest',
  }: { readonly after: string | undefined; readonly length?: number; readonly sort?: Sort },
  { catalog }: Pick<Library, 'catalog'>,
): Promise<ArticleList & { readonly articles: readonly CatalogArticle[] }> {
  const { articles, total, isMore, isPartlyRanked, next } = await catalog.search(query, {
    limit: length,
    sort,
    after: cursorOf(after),
  });
  return {
    articles,
    days: byDay(articles),
    total,
    isMore,
    isPartlyRanked,
    next: next === null ? null : `${next.published}.${next.row}`,
  };
}

function cursorOf(text: string | undefined): Cursor | null {
  const [, published, row] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(text ?? '') ?? [];
  return published === undefined || row === undefined ? null : { published: Number(published), row: Number(row) };
}

function byDay(articles: readonly CatalogArticle[]): readonly DayOfArticles[] {
  const days = Map.groupBy(articles, ({ publishedAt }) => dayOf(Date.parse(publishedAt)));
  return [...days].map(([day, those]) => ({ day, articles: those }));
}

/** A query, or what is wrong with its text. */
export function readQuery(text: string): Query | { readonly fault: string } {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'QUERY_INVALID') return { fault: error.detail };
    throw error;
  }
}
