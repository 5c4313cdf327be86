/** Answers to queries: which articles, in which order, and how many there are. */
import { type Database, numberOf, type Row, textOf } from '../database.ts';
import type { CatalogArticle } from './entry.ts';
import { allOf, LAST_ROW, lastRow, type Match, openMatcher, type RowRange, sourceOf, WITHIN } from './match.ts';
import type { Query, QueryFilter } from './query.ts';
import { DAY_ROWS } from './schema.ts';
import { dayAt, firstRow } from './store.ts';

/** `best`: by the weight of the words among the newest hits, those of the title first. */
export type Sort = 'newest' | 'oldest' | 'best';

export interface SearchOptions {
  readonly limit: number;
  /** A query without words is never sorted by `best`, but by `newest`. */
  readonly sort?: Sort;
  /** Goes on behind an answer: its `next`. */
  readonly after?: Cursor | null;
}

/** A place in the order of time; for `best` how many hits lie before. */
export interface Cursor {
  readonly published: number;
  readonly row: number;
}

export interface Answer {
  readonly articles: readonly CatalogArticle[];
  /** How many there are, or how many were counted before it was left off. */
  readonly total: number;
  /** True if there are more than `total`. */
  readonly isMore: boolean;
  /** True where only the newest `total` were compared by weight. */
  readonly isPartlyRanked: boolean;
  /** Where the next answer begins; null at the end. */
  readonly next: Cursor | null;
  /** Filters that no article answers to, whatever the words, as `来源:名字`. */
  readonly unknown: readonly QueryFilter[];
}

/** How far a search goes. */
interface SearchLimits {
  /** So many hits are counted, and compared by weight. */
  readonly counted: number;
  /**
   * A text in more articles is frequent. SQLite's bm25 goes through all hits of each text, at about 1 µs a hit, to learn how
   * rare it is: a frequent one is weighed by whether it stands in the title.
   */
  readonly rare: number;
  /** Of hits that only frequent words have in common, those in so many of the newest articles are counted. */
  readonly recent: number;
  /** Where two indexes are compared, so many of the newest articles are compared at first; then four times as many. */
  readonly first: number;
}

const LIMITS: SearchLimits = { counted: 2000, rare: 3000, recent: 10_000, first: 1000 };
/** How much larger each piece is that is compared than the one before. */
const GROWTH = 4;

export interface Search {
  answer(query: Query, options: SearchOptions): Answer;
}

export function openSearch(database: Database, limits: SearchLimits = LIMITS): Search {
  const matcher = openMatcher(database, limits);
  const sql = {
    recent: database.prepare(
      'SELECT day FROM articles INDEXED BY articles_by_day WHERE day <= ? ORDER BY day DESC LIMIT 1 OFFSET ?',
    ),
    articles: database.prepare("SELECT articles FROM labels WHERE kind = 'state' AND name = 'any'"),
  };

  return {
    answer: (query, { limit, sort = 'newest', after = null }) => {
      const match = matcher.compile(query);
      const none = { articles: [], total: 0, isMore: false, isPartlyRanked: false, next: null };
      if (match.table === null) return { ...none, unknown: match.unknown };
      const counted = count(match, limit);
      const { isMore, rows } = counted;
      const total = rows.length;
      const isRanked = sort === 'best' && match.table === 'words';
      const found = isRanked
        ? best(match, { limit, offset: after?.row ?? 0, rows })
        : ((sort === 'newest' && after === null ? newest(match, limit, counted) : null) ??
          inOrder(match, { limit, after, order: sort === 'oldest' ? 'ASC' : 'DESC' }));
      return { ...found, total, isMore, isPartlyRanked: isRanked && isMore, unknown: match.unknown };
    },
  };

  /** Counts from the newest on. */
  function count(match: Match, limit: number): Counted {
    const isCheap = match.isPlain || (match.isNarrow && match.parts.some((part) => !isFrequent(match, part)));
    const found: number[] = [];
    let seen = 0;
    for (const { rows, articles } of windowsOf(match, isCheap ? Number.POSITIVE_INFINITY : limits.recent)) {
      const { from, values } = sourceOf(match, match.spill > 0, rows);
      const sql = `SELECT json_group_array(row) AS found FROM (SELECT w.rowid AS row ${from} ORDER BY w.rowid DESC LIMIT ?)`;
      const { get } = database.prepare(sql);
      found.push(...(JSON.parse(textOf(get(...values, limits.counted + 1 - found.length)?.found) ?? '[]') as number[]));
      seen += articles;
      if (found.length > limits.counted) return { rows: found.slice(0, limits.counted), isMore: true };
      if (!isCheap && seen >= limits.recent && found.length > limit && rows.first !== undefined)
        return { rows: found, isMore: hasAny(match, rows.first - 1) };
    }
    return { rows: found, isMore: false };
  }

  function hasAny(match: Match, last: number): boolean {
    for (const { rows } of windowsOf(match, limits.recent, last)) {
      const { from, values } = sourceOf(match, match.spill > 0, rows);
      if (database.prepare(`SELECT 1 ${from} LIMIT 1`).get(...values) !== undefined) return true;
    }
    return false;
  }

  /** Rows from the newest on, in pieces that grow; in one piece where an index alone is read. @param most articles in the first */
  function* windowsOf(match: Match, most: number, last = LAST_ROW): Generator<Window> {
    let size = Math.min(most, match.isNarrow ? most : limits.first);
    for (let end = Math.min(last, lastRow(match)); end >= 0; ) {
      const day = Number.isFinite(size) ? textOf(sql.recent.get(dayAt(end), size)?.day) : null;
      if (day === null) return yield { rows: { last: end }, articles: Number.POSITIVE_INFINITY };
      const first = Math.max(0, Math.min(end, firstRow(day) - match.spill));
      yield { rows: { first, last: end }, articles: size };
      end = first - 1;
      size *= GROWTH;
    }
  }

  function isFrequent({ table }: Match, part: string): boolean {
    return table !== null && matcher.hasMore(table, part, limits.rare);
  }

  /**
   * Hits in order of their weight. Filters and what must be absent weigh nothing, and are no part of the expression that
   * bm25 weighs.
   */
  function best(
    match: Match,
    {
      limit,
      offset,
      rows: hits,
    }: { readonly limit: number; readonly offset: number; readonly rows: readonly number[] },
  ): Found {
    const frequent = match.words.filter((word) => isFrequent(match, word));
    const rare = match.words.filter((word) => !frequent.includes(word));
    const lowest = hits.at(-1) ?? 0;
    const weights = new Map(hits.map((row): [number, number] => [row, 0]));
    if (rare.length > 0) {
      const { all } = database.prepare(
        `SELECT w.rowid AS row, w.rank AS weight FROM words AS w WHERE words MATCH ? AND ${WITHIN} AND +w.rowid IN (SELECT value FROM json_each(?))`,
      );
      for (const { row, weight } of all(allOf(rare), lowest, LAST_ROW, JSON.stringify(hits)))
        weights.set(numberOf(row) ?? 0, numberOf(weight) ?? 0);
    }
    const articles = numberOf(sql.articles.get()?.articles) ?? 0;
    const titleWeight = TITLE_GAIN * Math.max(0.001, Math.log(Math.max(1, articles - limits.rare) / limits.rare));
    for (const word of frequent) {
      const expression = `(${match.expression}) AND title : ${word}`;
      const { from, values } = sourceOf({ ...match, expression, others: [] }, match.spill > 0, { first: lowest });
      for (const { row } of database.prepare(`SELECT w.rowid AS row ${from}`).all(...values)) {
        const weight = weights.get(numberOf(row) ?? 0);
        if (weight !== undefined) weights.set(numberOf(row) ?? 0, weight - titleWeight);
      }
    }
    // Of SQLite's weights the least is the best; of the same weight the newest comes first.
    const rows = [...weights].sort(([a, x], [b, y]) => x - y || b - a).map(([row]) => row);
    const end = offset + limit;
    return {
      articles: articlesAt(rows.slice(offset, end)),
      next: rows.length > end ? { published: 0, row: end } : null,
    };
  }

  /** The first page of the newest hits, from those that were counted; null where these end within its last day. */
  function newest(match: Match, limit: number, { rows, isMore }: Counted): Found | null {
    const last = rows[limit];
    const end = last === undefined ? 0 : edgeOf(last, -1, match.spill);
    if (isMore && end <= (rows.at(-1) ?? 0)) return null;
    const hits = database
      .prepare('SELECT row, published FROM articles WHERE row IN (SELECT value FROM json_each(?))')
      .all(JSON.stringify(rows.filter((row) => row >= end)))
      .map(cursorOf)
      .sort((a, b) => b.published - a.published || b.row - a.row);
    return pageOf(hits, limit);
  }

  /** Hits in the order of time: rows in their order, to the end of the day in which the last one lies. */
  function inOrder(
    match: Match,
    { limit, after, order }: { readonly limit: number; readonly after: Cursor | null; readonly order: 'ASC' | 'DESC' },
  ): Found {
    const sign = order === 'DESC' ? 1 : -1;
    const compare = (a: Cursor, b: Cursor) => sign * (b.published - a.published || b.row - a.row);
    const start = after === null ? null : edgeOf(after.row, sign, match.spill);
    const found: Cursor[] = [];
    let end: number | null = null;
    const pieces =
      sign > 0
        ? windowsOf(match, Number.POSITIVE_INFINITY, start ?? LAST_ROW)
        : [{ rows: { first: start ?? 0, last: LAST_ROW } }];
    for (const { rows } of pieces) {
      if (end !== null && (rows.last ?? LAST_ROW) < end) break;
      for (const hit of hitsIn(match, rows, order)) {
        if (end !== null && sign * (end - hit.row) > 0) break;
        if (after !== null && compare(hit, after) <= 0) continue;
        found.push(hit);
        // One more than is asked for says whether there are more.
        if (found.length === limit + 1) end = edgeOf(hit.row, -sign, match.spill);
      }
    }
    return pageOf(found.sort(compare), limit);
  }

  /** @param hits in order, and one more than is asked for where there are more */
  function pageOf(hits: readonly Cursor[], limit: number): Found {
    const shown = hits.slice(0, limit);
    return {
      articles: articlesAt(shown.map(({ row }) => row)),
      next: hits.length > limit ? (shown.at(-1) ?? null) : null,
    };
  }

  function* hitsIn(match: Match, rows: RowRange, order: 'ASC' | 'DESC'): Generator<Cursor> {
    const { from, values } = sourceOf(match, true, rows);
    const hits = database
      .prepare(`SELECT w.rowid AS row, a.published AS published ${from} ORDER BY w.rowid ${order}`)
      .iterate(...values);
    for (const hit of hits) yield cursorOf(hit);
  }

  function articlesAt(rows: readonly number[]): readonly CatalogArticle[] {
    const marks = rows.map(() => '?').join(', ');
    const found = database.prepare(`SELECT row, key, id, shown FROM articles WHERE row IN (${marks})`).all(...rows);
    const byRow = new Map(found.map((each) => [numberOf(each.row), articleOf(each)]));
    return rows.flatMap((row) => byRow.get(row) ?? []);
  }
}

type Found = Pick<Answer, 'articles' | 'next'>;

interface Counted {
  /** Of the hits that were counted, from the newest on. */
  readonly rows: readonly number[];
  readonly isMore: boolean;
}

interface Window {
  readonly rows: RowRange;
  /** How many articles it has, about. */
  readonly articles: number;
}

/**
 * What bm25 gives a text of the title (4 times, k1 = 1.2) beyond one that stands in the text once, in parts of how rare it
 * is: 4 · 2.2 / (4 + 1.2) − 1.
 */
const TITLE_GAIN = 0.7;

/** The last row (`to` 1) or the first one (-1) of the day of a row, and so many rows further. */
function edgeOf(row: number, to: number, rows: number): number {
  const first = Math.floor(row / DAY_ROWS) * DAY_ROWS;
  return to > 0 ? first + DAY_ROWS - 1 + rows : first - rows;
}

function cursorOf({ row, published }: Row): Cursor {
  return { row: numberOf(row) ?? 0, published: numberOf(published) ?? 0 };
}

export function articleOf(row: Row): CatalogArticle {
  const shown = JSON.parse(textOf(row.shown) ?? '{}') as Omit<CatalogArticle, 'key' | 'id'>;
  return { key: textOf(row.key) ?? '', id: textOf(row.id) ?? '', ...shown };
}
