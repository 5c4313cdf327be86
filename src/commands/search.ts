/** `search` and `list`: what is archived, by words and by what it is. Reads the archive; only the catalog is brought up to date. */
import { join } from 'node:path';
import { CATALOG } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import type { CatalogArticle } from '../catalog/entry.ts';
import { parseQuery, type Query } from '../catalog/query.ts';
import type { Answer, Cursor, Sort } from '../catalog/search.ts';
import { marked, type SnippetPiece } from '../catalog/snippet.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { orNearest } from '../nearest.ts';
import type { Terminal } from '../report/terminal.ts';
import { joined, line, type Styled, style, type Text } from '../report/text.ts';
import { shownTime } from '../site/clock.ts';
import type { Interrupts } from './session.ts';

export interface SearchFlags {
  readonly limit: number;
  readonly sort: Sort;
}

export interface ListFlags {
  /** All where absent. */
  readonly limit?: number | undefined;
  readonly sort: Exclude<Sort, 'best'>;
}

interface Given {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/** @throws QUERY_INVALID, INTERRUPTED while the catalog is brought up to date */
export async function search(words: readonly string[], flags: SearchFlags, given: Given): Promise<ExitCode> {
  const query = queryOf(words);
  if (query.texts.every(({ not }) => not) && query.filters.length === 0 && query.since === null && query.until === null)
    throw new ArchiveError('QUERY_INVALID', 'nothing is asked for; list shows all articles');
  using catalog = await openUpToDate(given);
  const { terminal } = given;
  const answer = await catalog.search(query, flags);
  const width = Math.max(16, Math.min(MOST_SHOWN, Math.floor((terminal.columns - INDENT.length) / 2) - 1));
  for (const article of answer.articles) {
    const snippet = await catalog.snippet(article, query, terminal.json ? MOST_SHOWN * 2 : width);
    terminal.result(describeHit(article, { query, snippet }, terminal), { type: 'article', ...article, snippet });
  }
  sayTotal(answer, flags.sort, terminal);
  return EXIT.ok;
}

/** @throws QUERY_INVALID, USAGE where words are given */
export async function list(filters: readonly string[], { limit, sort }: ListFlags, given: Given): Promise<ExitCode> {
  const query = queryOf(filters);
  const [word] = query.texts;
  if (word !== undefined) throw new ArchiveError('USAGE', `list: ${word.text} is no filter; search looks for words`);
  using catalog = await openUpToDate(given);
  const { terminal, interrupts } = given;
  let [shown, after]: [number, Cursor | null] = [0, null];
  do {
    const many: number = Math.min(PAGE, (limit ?? Number.POSITIVE_INFINITY) - shown);
    const answer: Answer = await catalog.search(query, { limit: many, sort, after });
    if (after === null) reportUnknown(answer, terminal);
    for (const article of answer.articles) terminal.result(describe(article), { type: 'article', ...article });
    shown += answer.articles.length;
    after = answer.next;
  } while (after !== null && shown < (limit ?? Number.POSITIVE_INFINITY) && !interrupts.stopSignal.aborted);
  const isMore = after !== null;
  const text = isMore ? `the first ${articlesOf(shown)}, and there are more` : articlesOf(shown);
  terminal.summary('list', { isMore }, style('dim', text));
  return EXIT.ok;
}

/** Characters of a snippet on a wide terminal, or where there is none. */
const MOST_SHOWN = 60;
const PAGE = 500;
const INDENT = '  ';

/** Of both commands: what begins with one hyphen is a word that is left out, so that commander lets everything pass. */
const FLAGS = ['--archive', '--config', '--help', '--json', '--limit', '--quiet', '--sort'];

function queryOf(words: readonly string[]): Query {
  const flag = words.find((word) => word.startsWith('--'));
  if (flag !== undefined)
    throw new ArchiveError('USAGE', `${flag}: no such flag${orNearest(flag.split('=')[0] ?? '', FLAGS)}`);
  return parseQuery(words.join(' '));
}

/** So many articles are read before it is shown how far the work is. */
const MANY = 100;

async function openUpToDate({ config, terminal, interrupts }: Given): Promise<Catalog> {
  const { log } = terminal;
  const catalog = await openCatalog(await openStorage(config), { path: join(config.archive, CATALOG), log });
  try {
    const state = await catalog.refresh({
      onProgress: (done, total) => total >= MANY && terminal.progress(done, total),
      signal: interrupts.stopSignal,
    });
    terminal.end();
    const warn = (message: string) => log({ level: 'warn', stage: 'run', message });
    if (state.behind > 0)
      warn(`${counted(state.behind, 'article')} changed since the catalog was written, and cannot be found as now`);
    if (state.damaged > 0) warn(`${counted(state.damaged, 'article')} cannot be read, nor found; audit says why`);
    if (state.lackText > 0)
      warn(`${counted(state.lackText, 'article is', 'articles are')} found without text; audit says why`);
    return catalog;
  } catch (error) {
    terminal.end();
    catalog[Symbol.dispose]();
    throw error;
  }
}

function describeHit(
  article: CatalogArticle,
  { query, snippet }: { readonly query: Query; readonly snippet: readonly SnippetPiece[] },
  terminal: Terminal,
): readonly Text[] {
  const about = [article.id, article.source ?? article.list ?? '', ...statesOf(article)].filter((each) => each !== '');
  return [
    line`${article.publishedAt.slice(0, 10)}  ${withMarks(marked(article.title, query), terminal, true)}`,
    line`${INDENT}${withMarks(snippet, terminal, false)}`,
    line`${INDENT}${style('dim', about.join('  '))}`,
  ];
}

/** Marks are colours; elsewhere `«»` stand round them. */
function withMarks(pieces: readonly SnippetPiece[], { colours }: Terminal, isTitle: boolean): Styled {
  return joined(
    pieces.map(({ text, hit }) => {
      if (hit && !colours) return `«${text}»`;
      return hit ? style('bold', style('red', text)) : isTitle ? style('bold', text) : text;
    }),
  );
}

function describe(article: CatalogArticle): Styled {
  const { publishedAt, id, title, source, list: named } = article;
  return joined(
    [shownTime(publishedAt), style('dim', id), source ?? named ?? '', ...statesOf(article).map(state), title],
    '  ',
  );
}

function state(text: string): Styled {
  return style('yellow', text);
}

function statesOf({ versions, withdrawnSince, movedTo, flags }: CatalogArticle): readonly string[] {
  return [
    ...(withdrawnSince === null ? [] : ['withdrawn']),
    ...(movedTo === null ? [] : ['moved']),
    ...(versions > 1 ? [counted(versions, 'version')] : []),
    ...(flags.length > 0 ? ['flagged'] : []),
  ];
}

function sayTotal(answer: Answer, sort: Sort, terminal: Terminal): void {
  const { articles, total, isMore, isPartlyRanked } = answer;
  reportUnknown(answer, terminal);
  const text = isPartlyRanked
    ? `the best ${articles.length} of the newest ${total}; there are more`
    : articles.length === total && !isMore
      ? articlesOf(total)
      : `the ${sort} ${articles.length} of ${isMore ? 'more than ' : ''}${counted(total, 'article')}`;
  terminal.summary('search', { total, isMore, isPartlyRanked }, style('dim', text));
}

function reportUnknown({ unknown }: Answer, terminal: Terminal): void {
  for (const { kind, value, exact } of unknown.filter((each) => each.kind !== 'state')) {
    const message = `no ${kind} ${exact ? 'is called' : 'has a name with'} ${value}`;
    terminal.log({ level: 'warn', stage: 'run', message });
  }
}

function articlesOf(count: number): string {
  return count === 0 ? 'no articles' : counted(count, 'article');
}
