/**
 * The grammar of queries, for the command line, the reader and its API alike:
 *
 *     query  = { [ "AND" ] [ "-" | "NOT" ] ( filter | text ) }
 *     text   = word | '"' any characters '"' | "“" any characters "”"
 *     filter = name ( ":" | "：" ) ( word | '"' any characters '"' )
 *
 * A word ends at white space. All texts must stand in an article, and each as one piece; those behind `-` or `NOT` must not.
 * A filter's value is a part of the name that is meant, in quotation marks the whole of it. Filters of one name say `or`,
 * but for `is` and `has`.
 */
import { ArchiveError } from '../errors.ts';
import { runsOf, wordsOf } from './bigrams.ts';
import type { LabelKind, State } from './entry.ts';
import { fold } from './fold.ts';

export interface Query {
  readonly texts: readonly QueryText[];
  readonly filters: readonly QueryFilter[];
  /** Day of Beijing, `2022-01-28`: nothing earlier. */
  readonly since: string | null;
  /** Nothing later than this day. */
  readonly until: string | null;
}

interface QueryText {
  /** As given, without quotation marks. */
  readonly text: string;
  readonly not: boolean;
}

export interface QueryFilter {
  readonly kind: LabelKind;
  readonly value: string;
  /** True if the value is the whole name. */
  readonly exact: boolean;
  readonly not: boolean;
}

/** Names of filters, in both languages, as `fold` gives them. */
const FILTERS: Readonly<Record<string, LabelKind | 'since' | 'until'>> = {
  source: 'source',
  来源: 'source',
  list: 'list',
  列表: 'list',
  author: 'author',
  作者: 'author',
  editor: 'editor',
  编辑: 'editor',
  keyword: 'keyword',
  关键词: 'keyword',
  topic: 'topic',
  专题: 'topic',
  flag: 'flag',
  疑点: 'flag',
  is: 'state',
  状态: 'state',
  has: 'state',
  含: 'state',
  since: 'since',
  自: 'since',
  until: 'until',
  至: 'until',
};

/** Values of `is` and `has`, in both languages, as `fold` gives them. */
const STATES_IN_WORDS: Readonly<Record<string, State>> = {
  withdrawn: 'withdrawn',
  已撤: 'withdrawn',
  edited: 'edited',
  已改: 'edited',
  flagged: 'flagged',
  存疑: 'flagged',
  moved: 'moved',
  已移: 'moved',
  post: 'post',
  风闻: 'post',
  picture: 'picture',
  图片: 'picture',
  video: 'video',
  视频: 'video',
};

const LONGEST = 1000;
const MOST_TERMS = 32;

/** @throws QUERY_INVALID with what is wrong and where */
export function parseQuery(query: string): Query {
  if (query.length > LONGEST) throw invalid(`it has ${query.length} characters, and at most ${LONGEST} are read`);
  const texts: QueryText[] = [];
  const filters: QueryFilter[] = [];
  const days: { since: string | null; until: string | null } = { since: null, until: null };
  for (const { name, value, quoted, not } of termsOf(query)) {
    const kind = name === null ? null : filterNamed(name);
    if (name === null || kind === null) {
      if (runsOf(value).every(({ kind: run, characters }) => run === 'mark' && characters.length === 1))
        throw invalid(`${value}: no letter, digit or character to look for`);
      texts.push({ text: value, not });
      continue;
    }
    if (value.trim() === '') throw invalid(`${name}: has no value`);
    if (kind === 'since' || kind === 'until') {
      if (not) throw invalid(`-${name}:${value}: a time cannot be left out; ${name} has an opposite`);
      const period = daysOf(value);
      if (period === null) throw invalid(`${name}:${value}: no day such as 2026-11-24, and no month or year`);
      if (kind === 'since') days.since = [days.since ?? '', period.first].reduce((a, b) => (a > b ? a : b));
      else days.until = [days.until ?? period.last, period.last].reduce((a, b) => (a < b ? a : b));
    } else if (kind === 'state') {
      const state = Object.hasOwn(STATES_IN_WORDS, fold(value)) ? STATES_IN_WORDS[fold(value)] : undefined;
      if (state === undefined) throw invalid(`${name}:${value}: known are ${Object.keys(STATES_IN_WORDS).join(', ')}`);
      filters.push({ kind, value: state, exact: true, not });
    } else filters.push({ kind, value, exact: quoted, not });
  }
  if (texts.length + filters.length > MOST_TERMS)
    throw invalid(`it has ${texts.length + filters.length} words and filters, and at most ${MOST_TERMS} are read`);
  return { texts, filters, ...days };
}

interface Term {
  /** Of the filter that it may be. */
  readonly name: string | null;
  readonly value: string;
  readonly quoted: boolean;
  readonly not: boolean;
}

const OPERATOR = /(AND|NOT|OR)(?=\s|$)/y;
const NAME = /([\p{L}]{1,12})[:：](?!\/\/)/uy;
const QUOTED = /"([^"]*)"|“([^“”]*)”/y;
const WORD = /\S+/y;

function termsOf(query: string): readonly Term[] {
  const terms: Term[] = [];
  let not = false;
  let at = 0;
  const read = (form: RegExp): RegExpExecArray | null => {
    form.lastIndex = at;
    const found = form.exec(query);
    if (found !== null) at = form.lastIndex;
    return found;
  };
  for (;;) {
    read(/\s+/y);
    if (at >= query.length) break;
    const operator = read(OPERATOR)?.[1];
    if (operator === 'OR') throw invalid('OR: either of two is not known here; all words of a query must be found');
    if (operator !== undefined) {
      if (not) throw invalid(`NOT ${operator}: a word or a filter must follow NOT`);
      not = operator === 'NOT';
      continue;
    }
    if (read(/[-－](?=\S)/y) !== null) not = true;
    const before = at;
    const name = read(NAME)?.[1] ?? null;
    const isFilter = name !== null && filterNamed(name) !== null;
    if (!isFilter) at = before;
    const quoted = read(QUOTED);
    if (quoted === null && query[at] === '"') throw invalid(`${query.slice(at)}: a quotation mark that nothing closes`);
    const value = quoted === null ? (read(WORD)?.[0] ?? '') : (quoted[1] ?? quoted[2] ?? '');
    terms.push({ name: isFilter ? name : null, value, quoted: quoted !== null, not });
    not = false;
  }
  if (not) throw invalid('NOT: a word or a filter must follow it');
  return terms;
}

/**
 * Null where it is no name of a filter, but a part of the text, as before many a colon.
 * @throws QUERY_INVALID for a word in Latin letters: `sorce:` is a slip
 */
function filterNamed(name: string): LabelKind | 'since' | 'until' | null {
  const folded = fold(name);
  const known = Object.hasOwn(FILTERS, folded) ? FILTERS[folded] : undefined;
  if (known !== undefined) return known;
  if (!/^[a-z]+$/.test(folded)) return null;
  throw invalid(`${name}: is no filter; known are ${Object.keys(FILTERS).join(', ')}. In quotation marks it is text`);
}

/** The days of a day, month or year: `2026-11-24`, `2026-11`, `2026`; null where it is none of these. */
function daysOf(text: string): { readonly first: string; readonly last: string } | null {
  const [, year, month, day] = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  const first = dayOf(Number(year), Number(month ?? 1), Number(day ?? 1));
  if (first === null) return null;
  if (day !== undefined) return { first, last: first };
  const last = new Date(Date.UTC(Number(year), month === undefined ? 12 : Number(month), 0));
  return { first, last: last.toISOString().slice(0, 10) };
}

function dayOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = year > 99 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : null;
}

function invalid(what: string): ArchiveError {
  return new ArchiveError('QUERY_INVALID', what);
}

/** A text of a query in the words of the index. */
export interface Phrase {
  /** They follow one another; empty where the text has only single characters. */
  readonly words: readonly string[];
  /** True if the last word may be only the beginning of one. */
  readonly opens: boolean;
  /** Characters that must stand somewhere, where there are no words. */
  readonly singles: readonly string[];
}

/**
 * A text as a phrase. Its first and last run may be parts of longer ones: a single character at the end is the beginning of
 * a word, one at the beginning is the end of one, which an index cannot find and which is left out, and so are single marks.
 */
export function phraseOf(text: string): Phrase {
  const runs = runsOf(text);
  const isEdge = (i: number) => (i === 0 || i === runs.length - 1) && runs[i]?.characters.length === 1;
  const words = runs.flatMap((run, i) => (isEdge(i) ? [] : wordsOf(run)));
  if (words.length === 0) {
    const solid = runs.filter(({ kind }) => kind === 'solid').flatMap(({ characters }) => characters);
    return { words, opens: false, singles: [...new Set(solid)] };
  }
  const last = runs.at(-1);
  const opens = last?.kind === 'solid' && last.characters.length === 1;
  return { words: opens ? [...words, ...last.characters] : words, opens, singles: [] };
}
