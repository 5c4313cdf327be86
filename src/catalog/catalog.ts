/**
 * The catalog of an archive: what is in it, found by words, names and days. It is made from records and documents alone, and
 * may be deleted at any time. Where it cannot be written, the one that is there answers and says how far behind it is; where
 * there is none, one is made in a temporary file.
 */

import type { ArticleChange } from '../archive/changes.ts';
import { CATALOG, databaseFiles, documentKey } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { numberOf, textOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type DerivedDatabase, openDerivedDatabase } from '../sqlite.ts';
import { countBehind } from './changed-months.ts';
import { type CatalogArticle, type LabelKind, textOfDocument } from './entry.ts';
import { rememberCaptures } from './holdings.ts';
import type { Query } from './query.ts';
import { type Refreshed, type RefreshOptions, refresh } from './refresh.ts';
import { SCHEMA, VERSION } from './schema.ts';
import { type Answer, articleOf, openSearch, type Search, type SearchOptions } from './search.ts';
import { hasHit, type SnippetPiece, snippetOf } from './snippet.ts';

export interface Catalog extends Disposable {
  /**
   * Brings the catalog up to date with the files; answers come meanwhile from what it has. Where it cannot be written, it is
   * counted how far behind it is.
   * @throws INTERRUPTED; what the disk refuses with where files of the archive are read
   */
  refresh(options?: RefreshOptions): Promise<CatalogState>;
  search(query: Query, options: SearchOptions): Promise<Answer>;
  /** @param name a key, or an id such as `guancha:623950`; null where there is no such article */
  article(name: string): Promise<CatalogArticle | null>;
  /** Names of a kind with how many articles have them, the most first. */
  labels(
    kind: LabelKind,
    options: { readonly limit: number; readonly offset?: number },
  ): Promise<readonly LabelCount[]>;
  /** How many articles each day of Beijing has, for days that have any; both ends are days, `2022-01-28`, and belong to it. */
  days(options?: { readonly since?: string | null; readonly until?: string | null }): Promise<readonly DayCount[]>;
  /** What was edited, withdrawn and had again, the newest first. */
  changes(options: ChangesOptions): Promise<readonly ArticleChange[]>;
  /**
   * The piece of an article that a query found, read from its document: of the text, else of what the catalog has of it.
   * @param length in UTF-16 units, about
   */
  snippet(article: CatalogArticle, query: Query, length: number): Promise<readonly SnippetPiece[]>;
  state(): Promise<CatalogState>;
  /** Remembers the figures of captures, where it can be written, so that `readHoldings` need not look for them. */
  rememberCaptures(): Promise<void>;
}

export interface LabelCount {
  readonly name: string;
  /** The page of a columnist or a topic; null where none is known. */
  readonly url: string | null;
  readonly articles: number;
}

export interface DayCount {
  readonly day: string;
  readonly articles: number;
}

interface ChangesOptions {
  readonly limit: number;
  /** ISO 8601 in UTC: only what was found earlier. */
  readonly before?: string | null;
  /** ISO 8601 in UTC: only what was found then or later. */
  readonly since?: string | null;
  /** Only those of one article. */
  readonly key?: string | null;
}

export interface CatalogState {
  readonly articles: number;
  /** Records that cannot be read: the audit says why. */
  readonly damaged: number;
  /** Articles whose document cannot be read: they are found by what the record says. */
  readonly lackText: number;
  /** Articles that were written since the catalog was; 0 where it could be brought up to date. */
  readonly behind: number;
  /** `kept` in the archive; `old` in the archive, where it cannot be written; `temporary` elsewhere, for this process. */
  readonly place: 'kept' | 'old' | 'temporary';
}

interface CatalogOptions {
  /** Absolute path of the file; null for one in memory. */
  readonly path: string | null;
  readonly log?: Log;
}

/** Opens the catalog as it is; `refresh` brings it up to date. */
export async function openCatalog(storage: Storage, { path, log = () => {} }: CatalogOptions): Promise<Catalog> {
  const report = (message: string) => log({ level: 'warn', stage: 'run', message });
  let behind = 0;
  let isRefused = false; // by the last attempt to write
  let isBroken = false;
  let isAbsent = false; // nothing was archived yet
  let opened = await open();

  return {
    refresh: async (options = {}) => {
      if (isBroken || isAbsent || opened.database.isReplaced()) await reopen();
      try {
        await bringUpToDate(options);
      } catch (error) {
        if (!isDamage(error)) throw error;
        report(`${error.detail}; the catalog is built anew`);
        isBroken = true;
        await reopen();
        await bringUpToDate(options);
      }
      return stateOf(opened);
    },
    search: (query, options) => answered(({ search }) => search.answer(query, options)),
    article: (name) =>
      answered(({ database }) => {
        const row = database.prepare('SELECT key, id, shown FROM articles WHERE key = ?1 OR id = ?1').get(name);
        return row === undefined ? null : articleOf(row);
      }),
    labels: (kind, { limit, offset = 0 }) =>
      answered(({ database }) =>
        database
          .prepare(
            'SELECT name, url, articles FROM labels WHERE kind = ? AND articles > 0 ORDER BY articles DESC, name LIMIT ? OFFSET ?',
          )
          .all(kind, limit, offset)
          .map((row) => ({
            name: textOf(row.name) ?? '',
            url: textOf(row.url),
            articles: numberOf(row.articles) ?? 0,
          })),
      ),
    days: ({ since = null, until = null } = {}) =>
      answered(({ database }) =>
        database
          .prepare(
            'SELECT day, count(*) AS articles FROM articles WHERE day >= ? AND day <= ? GROUP BY day ORDER BY day',
          )
          .all(since ?? '', until ?? LAST)
          .map((row) => ({ day: textOf(row.day) ?? '', articles: numberOf(row.articles) ?? 0 })),
      ),
    changes: ({ limit, before = null, since = null, key = null }) =>
      answered(({ database }) => {
        const ofArticle = key === null ? '' : 'AND row = (SELECT row FROM articles WHERE key = ?4)';
        return database
          .prepare(
            `SELECT change FROM changes WHERE at < ?1 AND at >= ?2 ${ofArticle} ORDER BY at DESC, row DESC LIMIT ?3`,
          )
          .all(before ?? LAST, since ?? '', limit, ...(key === null ? [] : [key]))
          .map((row) => JSON.parse(textOf(row.change) ?? 'null') as ArticleChange);
      }),
    snippet: async (article, query, length) => {
      const document = await storage.read(documentKey(article.key));
      const text = (document === null ? null : textOfDocument(document.toString())) ?? '';
      const { summary, byline, columnists, staff, editors, keywords, originalTitle } = article;
      const people = [...columnists.map(({ name }) => name), ...staff, ...editors];
      const others = [summary, byline, people.join(' '), keywords.join(' '), originalTitle].flatMap(
        (each) => each ?? [],
      );
      const found = [text, ...others].find((each) => hasHit(each, query)) ?? (text === '' ? (summary ?? '') : text);
      return snippetOf(found, query, length);
    },
    state: () => answered(stateOf),
    rememberCaptures: async () => {
      if (opened.place === 'kept' && !isRefused) await rememberCaptures(opened.database, storage);
    },
    [Symbol.dispose]: () => opened.database[Symbol.dispose](),
  };

  async function open(): Promise<Opened> {
    const there = await storage.stat('');
    isAbsent = there === null;
    if (path === null || isAbsent) return withSearch(openIt(':memory:', 'write'), 'temporary');
    try {
      return withSearch(openIt(path, 'write'), 'kept');
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      if (error.code === 'DATABASE_DAMAGED') return openAnew(path, error);
      return openToRead(path, error);
    }
  }

  /** @param fault what is wrong with the file that lies there */
  async function openAnew(file: string, fault: ArchiveError): Promise<Opened> {
    try {
      for (const name of databaseFiles(CATALOG)) await storage.remove(name);
      return withSearch(openIt(file, 'write'), 'kept');
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      report(`${fault.detail}; and no other catalog can be put in its place: ${error.detail}`);
      return withSearch(openIt(TEMPORARY, 'write'), 'temporary');
    }
  }

  function openToRead(file: string, fault: ArchiveError): Opened {
    try {
      return withSearch(openIt(file, 'read'), 'old');
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      report(`${fault.detail}; a catalog is made for this command alone`);
      return withSearch(openIt(TEMPORARY, 'write'), 'temporary');
    }
  }

  async function reopen(): Promise<void> {
    opened.database[Symbol.dispose]();
    const wasBroken = isBroken;
    isBroken = false;
    opened =
      wasBroken && opened.place === 'kept' && path !== null
        ? await openAnew(path, new ArchiveError('DATABASE_DAMAGED', path))
        : await open();
  }

  async function bringUpToDate(options: RefreshOptions): Promise<Refreshed | null> {
    const { database } = opened;
    behind = 0;
    isRefused = false;
    if (opened.place !== 'old')
      try {
        return await refresh(database, storage, options);
      } catch (error) {
        if (!(error instanceof ArchiveError) || !REFUSED.includes(error.code)) throw error;
        report(`${error.detail}; the catalog stays as it is`);
        isRefused = true;
      }
    behind = await countBehind(database, storage, options);
    return null;
  }

  /** Answers from the catalog; from one that is built anew, where this one proves damaged. */
  async function answered<T>(work: (opened: Opened) => T): Promise<T> {
    try {
      return work(opened);
    } catch (error) {
      if (!isDamage(error)) throw error;
      report(`${error.detail}; the catalog is built anew`);
      isBroken = true;
      await reopen();
      await bringUpToDate({});
      return work(opened);
    }
  }

  function stateOf({ database, place }: Opened): CatalogState {
    const count = (sql: string) => numberOf(database.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.n) ?? 0;
    return {
      articles: count('articles'),
      damaged: count('damaged'),
      lackText: count('articles WHERE lacks_text = 1'),
      behind,
      place: isRefused ? 'old' : place,
    };
  }
}

interface Opened {
  readonly database: DerivedDatabase;
  readonly search: Search;
  readonly place: CatalogState['place'];
}

/** What a writer meets where the catalog cannot be written now. */
const REFUSED: readonly string[] = [
  'ARCHIVE_NOT_WRITABLE',
  'ARCHIVE_FULL',
  'ARCHIVE_BUSY',
  'ARCHIVE_UNFIT',
  'ARCHIVE_IO',
];
/** SQLite's name for a file of its own that goes with the connection. */
const TEMPORARY = '';
/** Later than any day and any instant. */
const LAST = '\uffff';

function openIt(path: string, mode: 'read' | 'write'): DerivedDatabase {
  return openDerivedDatabase(path, { schema: SCHEMA, version: VERSION, mode });
}

function withSearch(database: DerivedDatabase, place: CatalogState['place']): Opened {
  return { database, search: openSearch(database), place };
}

function isDamage(error: unknown): error is ArchiveError {
  return error instanceof ArchiveError && error.code === 'DATABASE_DAMAGED';
}
