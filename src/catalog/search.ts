/** Answers to queries: which articles, in which order, and how many there are. */
import { type Database, numberOf, type Row, textOf } from '../database.ts';
import type { CatalogArticle } from './entry.ts';
import { fold } from './fold.ts';
import { type Phrase, phraseOf, type Query, type QueryFilter } from './query.ts';
import { DAY_ROWS } from './schema.ts';
import { firstRow } from './store.ts';

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
}

const LIMITS: SearchLimits = { counted: 2000, rare: 3000, recent: 10_000 };
/** So many labels a filter may stand for; of more the ones with the most articles count. */
const MOST_LABELS = 200;

export interface Search {
  answer(query: Query, options: SearchOptions): Answer;
}

export function openSearch(database: Database, limits: SearchLimits = LIMITS): Search {
  const sql = {
    recent: database.prepare('SELECT day FROM articles INDEXED BY articles_by_day ORDER BY day DESC LIMIT 1 OFFSET ?'),
    articles: database.prepare("SELECT articles FROM labels WHERE kind = 'state' AND name = 'any'"),
    spill: database.prepare("SELECT value FROM facts WHERE name = 'spill'"),
    exact: database.prepare('SELECT label FROM labels WHERE kind = ? AND folded = ? AND articles > 0'),
    part: database.prepare(
      'SELECT label FROM labels WHERE kind = ? AND instr(folded, ?) > 0 AND articles > 0 ORDER BY articles DESC LIMIT ?',
    ),
  };

  return {
    answer: (query, { limit, sort = 'newest', after = null }) => {
      const match = compile(query);
      const none = { articles: [], total: 0, isMore: false, isPartlyRanked: false, next: null };
      if (match.table === null) return { ...none, unknown: match.unknown };
      const { total, isMore, lowest } = count(match, limit);
      const isRanked = sort === 'best' && match.table === 'words';
      const found = isRanked
        ? best(match, { limit, offset: after?.row ?? 0, lowest })
        : inOrder(match, { limit, after, order: sort === 'oldest' ? 'ASC' : 'DESC' });
      return { ...found, total, isMore, isPartlyRanked: isRanked && isMore, unknown: match.unknown };
    },
  };

  // A query as conditions of SQL.

  function compile({ texts, filters, since, until }: Query): Match {
    const phrases = texts.map(({ text, not }) => ({ ...phraseOf(text), not }));
    const resolved = byKind(filters).map((group) => ({ ...group, labels: group.filters.map(labelsOf) }));
    const unknown = resolved.flatMap((group) => group.filters.filter((_, i) => group.labels[i]?.length === 0));
    // No article answers to a positive filter without labels; a negative one leaves nothing out.
    const isEmpty = resolved.some(({ not, all, labels }) => !not && (all ? labels.some(isNone) : labels.every(isNone)));
    const table = phrases.some(({ words }) => words.length > 0) ? 'words' : 'singles';
    const yes: string[] = [];
    const no: string[] = [];
    const others: { readonly expression: string; readonly not: boolean }[] = [];
    for (const phrase of phrases) {
      if (phrase.words.length > 0) (phrase.not ? no : yes).push(quoted(phrase));
      else if (table === 'singles') (phrase.not ? no : yes).push(allOf(phrase.singles.map(wordOf)));
      else others.push({ expression: allOf(phrase.singles.map(wordOf)), not: phrase.not });
    }
    for (const { not, all, labels } of resolved) {
      const groups = all && !not ? labels : [labels.flat()];
      for (const group of groups.filter((each) => !isNone(each)))
        (not ? no : yes).push(anyOf(group.map((label) => wordOf(`label${label}`))));
    }
    const words = phrases.filter((phrase) => phrase.words.length > 0 && !phrase.not).map(quoted);
    if (yes.length === 0) yes.push(anyOf(labelsOf(ANY).map((label) => wordOf(`label${label}`))));
    const positive = yes.map((each) => `(${each})`).join(' AND ');
    const expression = no.length === 0 ? positive : `(${positive}) NOT (${anyOf(no.map((each) => `(${each})`))})`;
    const spill = (numberOf(sql.spill.get()?.value) ?? 0) * DAY_ROWS;
    return {
      table: isEmpty || labelsOf(ANY).length === 0 ? null : table,
      unknown,
      expression,
      words,
      parts: yes,
      isPlain: yes.length === 1 && no.length === 0 && others.length === 0,
      others,
      since,
      until,
      spill,
    };
  }

  function labelsOf({ kind, value, exact }: Pick<QueryFilter, 'kind' | 'value' | 'exact'>): readonly number[] {
    const folded = fold(value.trim());
    const rows = exact ? sql.exact.all(kind, folded) : sql.part.all(kind, folded, MOST_LABELS);
    return rows.flatMap(({ label }) => numberOf(label) ?? []);
  }

  /** Counts from the newest on; `lowest` is the row of the oldest hit that was counted. */
  function count(match: Match, limit: number): Counted {
    const isCheap = match.isPlain || !match.parts.every((part) => isFrequent(match, part));
    const recent = isCheap ? null : recentRow(match.spill);
    if (recent !== null) {
      const counted = countFrom(match, { first: recent });
      if (counted.isMore) return counted;
      if (counted.total > limit) return { ...counted, isMore: hasAny(match, { last: recent - 1 }) };
    }
    return countFrom(match, {});
  }

  function countFrom(match: Match, rows: RowRange): Counted {
    const { from, values } = sourceOf(match, match.spill > 0, rows);
    const counted = database
      .prepare(
        `SELECT count(*) AS n, min(row) AS lowest FROM (SELECT w.rowid AS row ${from} ORDER BY w.rowid DESC LIMIT ${limits.counted + 1})`,
      )
      .get(...values);
    const n = numberOf(counted?.n) ?? 0;
    const lowest = numberOf(counted?.lowest) ?? 0;
    return n > limits.counted
      ? { total: limits.counted, isMore: true, lowest: lowest + 1 }
      : { total: n, isMore: false, lowest };
  }

  function hasAny(match: Match, rows: RowRange): boolean {
    const { from, values } = sourceOf(match, match.spill > 0, rows);
    return database.prepare(`SELECT 1 ${from} ORDER BY w.rowid DESC LIMIT 1`).get(...values) !== undefined;
  }

  /** The first row of the day before which the newest articles are too many to look through; null in a small archive. */
  function recentRow(spill: number): number | null {
    const day = textOf(sql.recent.get(limits.recent)?.day);
    return day === null ? null : Math.max(0, firstRow(day) - spill);
  }

  function isFrequent({ table }: Match, part: string): boolean {
    const hits = `SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT ${limits.rare + 1}`;
    const n = database.prepare(`SELECT count(*) AS n FROM (${hits})`).get(part)?.n;
    return (numberOf(n) ?? 0) > limits.rare;
  }

  /**
   * The hits from a row on in order of their weight. Filters and what must be absent weigh nothing, and are no part of the
   * expression that bm25 weighs.
   */
  function best(
    match: Match,
    { limit, offset, lowest }: { readonly limit: number; readonly offset: number; readonly lowest: number },
  ): Found {
    const frequent = match.words.filter((word) => isFrequent(match, word));
    const rare = match.words.filter((word) => !frequent.includes(word));
    const hits = sourceOf(match, match.spill > 0, { first: lowest });
    const weights = new Map<number, number>();
    const weighed =
      rare.length === 0
        ? database.prepare(`SELECT w.rowid AS row, 0 AS weight ${hits.from}`).all(...hits.values)
        : database
            .prepare(
              `SELECT rowid AS row, rank AS weight FROM words WHERE words MATCH ? AND ${WITHIN.replaceAll('w.', '')} AND +rowid IN (SELECT w.rowid ${hits.from})`,
            )
            .all(allOf(rare), lowest, LAST_ROW, ...hits.values);
    for (const { row, weight } of weighed) weights.set(numberOf(row) ?? 0, numberOf(weight) ?? 0);
    const articles = numberOf(sql.articles.get()?.articles) ?? 0;
    const titleWeight = TITLE_GAIN * Math.max(0.001, Math.log(Math.max(1, articles - limits.rare) / limits.rare));
    for (const word of frequent) {
      const expression = `(${match.expression}) AND title : ${word}`;
      const titled = sourceOf({ ...match, expression }, match.spill > 0, { first: lowest });
      for (const { row } of database.prepare(`SELECT w.rowid AS row ${titled.from}`).all(...titled.values)) {
        const number = numberOf(row) ?? 0;
        weights.set(number, (weights.get(number) ?? 0) - titleWeight);
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

  /** Hits in the order of time: rows in their order, to the end of the day in which the last one lies. */
  function inOrder(
    match: Match,
    { limit, after, order }: { readonly limit: number; readonly after: Cursor | null; readonly order: 'ASC' | 'DESC' },
  ): Found {
    const sign = order === 'DESC' ? 1 : -1;
    const compare = (a: Cursor, b: Cursor) => sign * (b.published - a.published || b.row - a.row);
    const start = after === null ? null : edgeOf(after.row, sign, match.spill);
    const { from, values } = sourceOf(match, true, start === null ? {} : { [sign > 0 ? 'last' : 'first']: start });
    const rows = database
      .prepare(`SELECT w.rowid AS row, a.published AS published ${from} ORDER BY w.rowid ${order}`)
      .iterate(...values);
    const found: Cursor[] = [];
    let end: number | null = null;
    for (const each of rows) {
      const hit = { row: numberOf(each.row) ?? 0, published: numberOf(each.published) ?? 0 };
      if (end !== null && sign * (end - hit.row) > 0) break;
      if (after !== null && compare(hit, after) <= 0) continue;
      found.push(hit);
      // One more than is asked for says whether there are more.
      if (found.length === limit + 1) end = edgeOf(hit.row, -sign, match.spill);
    }
    found.sort(compare);
    const hits = found.slice(0, limit);
    return {
      articles: articlesAt(hits.map(({ row }) => row)),
      next: found.length > limit ? (hits.at(-1) ?? null) : null,
    };
  }

  function articlesAt(rows: readonly number[]): readonly CatalogArticle[] {
    const marks = rows.map(() => '?').join(', ');
    const found = database.prepare(`SELECT row, key, id, shown FROM articles WHERE row IN (${marks})`).all(...rows);
    const byRow = new Map(found.map((each) => [numberOf(each.row), articleOf(each)]));
    return rows.flatMap((row) => byRow.get(row) ?? []);
  }
}

type Found = Pick<Answer, 'articles' | 'next'>;

type Counted = Pick<Answer, 'total' | 'isMore'> & { readonly lowest: number };

/** The first and the last row that are wanted. */
interface RowRange {
  readonly first?: number;
  readonly last?: number;
}

/**
 * What bm25 gives a text of the title (4 times, k1 = 1.2) beyond one that stands in the text once, in parts of how rare it
 * is: 4 · 2.2 / (4 + 1.2) − 1.
 */
const TITLE_GAIN = 0.7;

/** A query as the tables are asked for it. */
interface Match {
  /** Null where nothing can be found. */
  readonly table: 'words' | 'singles' | null;
  /** In the language of FTS5. */
  readonly expression: string;
  /** Texts that must stand in an article, each in the language of FTS5. */
  readonly words: readonly string[];
  /** These, and filters: what must all be true of an article. */
  readonly parts: readonly string[];
  /** True if there is one of them, and nothing else is asked for. */
  readonly isPlain: boolean;
  /** What `singles` has to say beside `words`. */
  readonly others: readonly { readonly expression: string; readonly not: boolean }[];
  readonly since: string | null;
  readonly until: string | null;
  /** How many rows away from its day an article may stand. */
  readonly spill: number;
  readonly unknown: readonly QueryFilter[];
}

const ANY = { kind: 'state', value: 'any', exact: true } as const;
const LAST_ROW = Number.MAX_SAFE_INTEGER;

/**
 * One bound of rows on each side: FTS5 looks at one alone, and goes through the rest of the hits for any other.
 * @param withArticles true where the time of publication is asked for, or days have spilled
 */
function sourceOf(
  { table, expression, others, since, until, spill }: Match,
  withArticles: boolean,
  rows: RowRange = {},
): { readonly from: string; readonly values: readonly (string | number)[] } {
  const articles = withArticles ? 'CROSS JOIN articles AS a ON a.row = w.rowid' : '';
  const within = others.map(
    ({ not }) => `AND +w.rowid ${not ? 'NOT IN' : 'IN'} (SELECT rowid FROM singles WHERE singles MATCH ?)`,
  );
  const first = Math.max(since === null ? 0 : firstRow(since), rows.first ?? 0);
  const last = Math.min(until === null ? LAST_ROW : firstRow(until) + DAY_ROWS - 1 + spill, rows.last ?? LAST_ROW);
  const days = spill === 0 ? '' : 'AND a.day >= ? AND a.day <= ?';
  return {
    from: `FROM ${table} AS w ${articles} WHERE ${table} MATCH ? AND ${WITHIN} ${days} ${within.join(' ')}`,
    values: [
      expression,
      first,
      last,
      ...(spill === 0 ? [] : [since ?? '', until ?? '\uffff']),
      ...others.map((each) => each.expression),
    ],
  };
}

/** Node.js binds every number as a real one, and FTS5 takes none of these for a bound. */
const WITHIN = 'w.rowid >= CAST(? AS INTEGER) AND w.rowid <= CAST(? AS INTEGER)';

interface FilterGroup {
  readonly filters: readonly QueryFilter[];
  readonly not: boolean;
  /** True if an article must answer to each of them, and not to any. */
  readonly all: boolean;
}

function byKind(filters: readonly QueryFilter[]): readonly FilterGroup[] {
  const groups = Map.groupBy(filters, ({ kind, not }) => `${kind} ${not}`);
  return [...groups.values()].map((group) => ({
    filters: group,
    not: group[0]?.not === true,
    all: group[0]?.kind === 'state',
  }));
}

function isNone(labels: readonly number[]): boolean {
  return labels.length === 0;
}

/** The last row (`to` 1) or the first one (-1) of the day of a row, and so many rows further. */
function edgeOf(row: number, to: number, rows: number): number {
  const first = Math.floor(row / DAY_ROWS) * DAY_ROWS;
  return to > 0 ? first + DAY_ROWS - 1 + rows : first - rows;
}

function quoted({ words, opens }: Phrase): string {
  return `${wordOf(words.join(' '))}${opens ? ' *' : ''}`;
}

/** Words of the index hold no quotation mark. */
function wordOf(text: string): string {
  return `"${text}"`;
}

function allOf(expressions: readonly string[]): string {
  return expressions.join(' AND ');
}

function anyOf(expressions: readonly string[]): string {
  return expressions.join(' OR ');
}

export function articleOf(row: Row): CatalogArticle {
  const shown = JSON.parse(textOf(row.shown) ?? '{}') as Omit<CatalogArticle, 'key' | 'id'>;
  return { key: textOf(row.key) ?? '', id: textOf(row.id) ?? '', ...shown };
}
