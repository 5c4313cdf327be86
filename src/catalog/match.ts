/** A query as conditions of SQL: what its words and filters are in the language of FTS5, and which rows are asked. */
import { type Database, numberOf } from '../database.ts';
import { fold } from './fold.ts';
import { type Phrase, phraseOf, type Query, type QueryFilter } from './query.ts';
import { DAY_ROWS } from './schema.ts';
import { firstRow } from './store.ts';

/** So many labels a filter may stand for; of more the ones with the most articles count. */
const MOST_LABELS = 200;

/** A query as the tables are asked for it. */
export interface Match {
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
  /** True where so few articles have the words that they are compared with `singles` at once. */
  readonly isNarrow: boolean;
  readonly since: string | null;
  readonly until: string | null;
  /** How many rows away from its day an article may stand. */
  readonly spill: number;
  readonly unknown: readonly QueryFilter[];
}

/** The first and the last row that are wanted. */
export interface RowRange {
  readonly first?: number;
  readonly last?: number;
}

interface Matcher {
  compile(query: Query): Match;
  /** True if more articles than so many have what the expression says. */
  hasMore(table: 'words' | 'singles', expression: string, hits: number): boolean;
}

/** @param rare so many hits of words are compared with single characters at once */
export function openMatcher(database: Database, { rare }: { readonly rare: number }): Matcher {
  const sql = {
    spill: database.prepare("SELECT value FROM facts WHERE name = 'spill'"),
    exact: database.prepare('SELECT label FROM labels WHERE kind = ? AND folded = ? AND articles > 0'),
    part: database.prepare(
      'SELECT label FROM labels WHERE kind = ? AND instr(folded, ?) > 0 AND articles > 0 ORDER BY articles DESC LIMIT ?',
    ),
  };

  return { compile, hasMore };

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
      isNarrow: others.length === 0 || !hasMore(table, expression, rare),
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

  function hasMore(table: 'words' | 'singles', expression: string, hits: number): boolean {
    const { get } = database.prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT ?)`,
    );
    return (numberOf(get(expression, hits + 1)?.n) ?? 0) > hits;
  }
}

const ANY = { kind: 'state', value: 'any', exact: true } as const;
export const LAST_ROW = Number.MAX_SAFE_INTEGER;

/**
 * One bound of rows on each side: FTS5 looks at one alone, and goes through the rest of the hits for any other.
 * @param withArticles true where the time of publication is asked for, or days have spilled
 */
export function sourceOf(
  match: Match,
  withArticles: boolean,
  rows: RowRange = {},
): { readonly from: string; readonly values: readonly (string | number)[] } {
  const { table, expression, others, isNarrow, since, until, spill } = match;
  const articles = withArticles ? 'CROSS JOIN articles AS a ON a.row = w.rowid' : '';
  const first = Math.max(since === null ? 0 : firstRow(since), rows.first ?? 0);
  const last = Math.min(lastRow(match), rows.last ?? LAST_ROW);
  const rarely = isNarrow
    ? `AND +s.rowid IN (SELECT v.rowid FROM words AS v WHERE v.words MATCH ? AND ${WITHIN.replaceAll('w.', 'v.')})`
    : '';
  const within = others.map(
    ({ not }) =>
      `AND +w.rowid ${not ? 'NOT IN' : 'IN'} (SELECT s.rowid FROM singles AS s WHERE s.singles MATCH ? AND ${WITHIN.replaceAll('w.', 's.')} ${rarely})`,
  );
  const days = spill === 0 ? '' : 'AND a.day >= ? AND a.day <= ?';
  return {
    from: `FROM ${table} AS w ${articles} WHERE ${table} MATCH ? AND ${WITHIN} ${days} ${within.join(' ')}`,
    values: [
      expression,
      first,
      last,
      ...(spill === 0 ? [] : [since ?? '', until ?? '\uffff']),
      ...others.flatMap((each) => [...[each.expression, first, last], ...(isNarrow ? [expression, first, last] : [])]),
    ],
  };
}

/** The last row that a query may find. */
export function lastRow({ until, spill }: Pick<Match, 'until' | 'spill'>): number {
  return until === null ? LAST_ROW : firstRow(until) + DAY_ROWS - 1 + spill;
}

/** Node.js binds every number as a real one, and FTS5 takes none of these for a bound. */
export const WITHIN = 'w.rowid >= CAST(? AS INTEGER) AND w.rowid <= CAST(? AS INTEGER)';

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

function quoted({ words, opens }: Phrase): string {
  return `${wordOf(words.join(' '))}${opens ? ' *' : ''}`;
}

/** Words of the index hold no quotation mark. */
function wordOf(text: string): string {
  return `"${text}"`;
}

export function allOf(expressions: readonly string[]): string {
  return expressions.join(' AND ');
}

function anyOf(expressions: readonly string[]): string {
  return expressions.join(' OR ');
}
