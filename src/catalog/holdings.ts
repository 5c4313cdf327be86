/** What an archive holds in figures, as its catalog has them: at once, and with what has changed since. */
import { CAPTURES, isMonth, isOpenSegment, isYear } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { type Database, numberOf, textOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { openDerivedDatabase } from '../sqlite.ts';
import { glimpseBehind } from './changed-months.ts';
import { SCHEMA, VERSION } from './schema.ts';
import { PICTURE_BYTES, PICTURE_FILES } from './store.ts';

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
  /** The files that the records name, one that several name counted once. */
  readonly pictureFiles: number;
  readonly pictureBytes: number;
  /** Null where only a walk over an object store would tell. */
  readonly captureBytes: number | null;
  /** Days of Beijing on which the oldest and the newest appeared; null where there is none. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** Those of one day. */
  readonly today: number;
  /** Articles that were written or removed since, and are not counted above; null where only a walk would tell. */
  readonly behind: number | null;
}

/** More are not counted: the catalog is then made anew for the most part. */
export const MOST_BEHIND = 1000;

/**
 * Reads an existing catalog, and neither writes nor brings it up to date.
 * @param path absolute, of the catalog
 * @param options `today`: day of Beijing, `2026-11-27`. `folder`: the archive's files where they lie in a folder, whose dates
 *   tell what has changed; null for an object store
 * @returns null where there is none, or none that can be read: it is made again by whoever needs it
 */
export async function readHoldings(
  path: string,
  { today, folder }: { readonly today: string; readonly folder: Storage | null },
): Promise<Holdings | null> {
  try {
    using database = openDerivedDatabase(path, { schema: SCHEMA, version: VERSION, mode: 'read' });
    const row = database
      .prepare(
        `SELECT count(*) AS articles, min(day) AS first, max(day) AS last, sum(day = ?) AS today, sum(versions) AS versions,
           sum(pictures) AS pictures, sum(bytes) AS bytes,
           (SELECT count(*) FROM articles WHERE id >= 'fengwen:' AND id < 'fengwen;') AS posts,
           (SELECT value FROM facts WHERE name = '${PICTURE_FILES}') AS files,
           (SELECT value FROM facts WHERE name = '${PICTURE_BYTES}') AS picture_bytes
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
      pictureFiles: figure('files'),
      pictureBytes: figure('picture_bytes'),
      captureBytes: folder === null ? null : await captureBytes(database, folder),
      firstDay: textOf(row?.first),
      lastDay: textOf(row?.last),
      today: figure('today'),
      behind: folder === null ? null : await glimpseBehind(database, folder, MOST_BEHIND),
    };
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

/** A folder that was dated longer ago has no change of the same moment that was missed. */
const SURE_MS = 3000;

/** Looks only into months whose folder has another date than the catalog remembers, or that are written to. */
async function captureBytes(database: Database, folder: Storage): Promise<number> {
  let sum = 0;
  for await (const { bytes } of captureMonths(database, folder)) sum += bytes;
  return sum;
}

/** Remembers the months of captures that are not written to any more, so that `readHoldings` need not look into them again. */
export async function rememberCaptures(database: Database, folder: Storage): Promise<void> {
  const save = database.prepare('INSERT OR REPLACE INTO captures VALUES (?, ?, ?, ?)');
  const months: CaptureMonth[] = [];
  for await (const month of captureMonths(database, folder)) if (month.isSettled) months.push(month);
  database.transaction(() => {
    for (const { name, written, files, bytes } of months) save.run(name, written, files, bytes);
  });
}

interface CaptureMonth {
  /** `2026/11`. */
  readonly name: string;
  /** The date of its folder, ms since 1970. */
  readonly written: number;
  readonly files: number;
  readonly bytes: number;
  /** False while it is written to. */
  readonly isSettled: boolean;
}

async function* captureMonths(database: Database, folder: Storage): AsyncGenerator<CaptureMonth> {
  const known = database.prepare('SELECT written, files, bytes FROM captures WHERE month = ?');
  for (const year of (await folder.names(CAPTURES)).folders.filter(isYear))
    for (const month of (await folder.names(`${CAPTURES}/${year}`)).folders.filter(isMonth)) {
      const name = `${year}/${month}`;
      const written = (await folder.stat(`${CAPTURES}/${name}`))?.writtenAt ?? 0;
      const row = known.get(name);
      if (numberOf(row?.written) === written) {
        yield { name, written, files: numberOf(row?.files) ?? 0, bytes: numberOf(row?.bytes) ?? 0, isSettled: true };
        continue;
      }
      let [files, bytes, isSettled] = [0, 0, Math.abs(Date.now() - written) > SURE_MS];
      for await (const file of folder.list(`${CAPTURES}/${name}`)) {
        files += 1;
        bytes += file.bytes;
        if (isOpenSegment(file.key)) isSettled = false;
      }
      yield { name, written, files, bytes, isSettled };
    }
}
