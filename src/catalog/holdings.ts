/** What an archive holds in figures, as its catalog has them: at once, and as of the time when it was last brought up to date. */
import { numberOf, textOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { openDerivedDatabase } from '../sqlite.ts';
import { SCHEMA, VERSION } from './schema.ts';

export interface Holdings {
  readonly articles: number;
  /** Of the community; the others are articles of www. */
  readonly posts: number;
  /** Of all articles together. */
  readonly versions: number;
  /** That the articles show, one that several show counted with each. */
  readonly pictures: number;
  /** Of the newest documents, without pictures and captures. */
  readonly documentBytes: number;
  /** Days of Beijing on which the oldest and the newest appeared; null where there is none. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** Those of one day. */
  readonly today: number;
}

/**
 * Reads an existing catalog, and neither writes nor brings it up to date.
 * @param path absolute, of the catalog
 * @param today day of Beijing, `2026-11-27`
 * @returns null where there is none, or none that can be read: it is made again by whoever needs it
 */
export function readHoldings(path: string, today: string): Holdings | null {
  try {
    using database = openDerivedDatabase(path, { schema: SCHEMA, version: VERSION, mode: 'read' });
    const row = database
      .prepare(
        `SELECT count(*) AS articles, sum(id >= 'fengwen:' AND id < 'fengwen;') AS posts, min(day) AS first, max(day) AS last,
           sum(day = ?) AS today, sum(shown ->> '$.versions') AS versions, sum(shown ->> '$.pictures') AS pictures,
           sum(shown ->> '$.bytes') AS bytes
         FROM articles`,
      )
      .get(today);
    const figure = (name: string) => numberOf(row?.[name]) ?? 0;
    return {
      articles: figure('articles'),
      posts: figure('posts'),
      versions: figure('versions'),
      pictures: figure('pictures'),
      documentBytes: figure('bytes'),
      firstDay: textOf(row?.first),
      lastDay: textOf(row?.last),
      today: figure('today'),
    };
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}
