/**
 * What a catalog lacks. What has changed is seen by the folders of records alone: a record is written under another name and
 * renamed, which dates its folder anew. Only of folders with another date the files are looked at, and only files of another
 * revision are read. So nothing has to be told by whoever writes articles, and a kill, a restored copy or another machine's
 * run leaves nothing behind that is not seen.
 */
import { parseKey, RECORDS } from '../archive/keys.ts';
import { recordMonths } from '../archive/places.ts';
import type { Storage } from '../archive/storage.ts';
import { type Database, numberOf, textOf } from '../database.ts';
import { openStore } from './store.ts';

/** A folder that is dated the same for so long has no change of the same moment that was missed. */
const SURE_MS = 3000;

/** How many articles have changed since the catalog was brought up to date; it stays as it is. */
export async function countBehind(
  database: Database,
  storage: Storage,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<number> {
  let behind = 0;
  for await (const { changed, gone } of changedMonths(database, storage, { now, isWhole: false }))
    behind += changed.length + gone.length;
  return behind;
}

/**
 * The same at a glance: only of folders with another date the files are looked at, and not all where many have changed.
 * @returns at least so many, once there are more than `most`
 */
export async function glimpseBehind(database: Database, storage: Storage, most: number): Promise<number> {
  let behind = 0;
  for await (const { changed, gone } of changedMonths(database, storage, {
    now: Date.now,
    isWhole: false,
    isGlimpse: true,
  })) {
    behind += changed.length + gone.length;
    if (behind > most) break;
  }
  return behind;
}

/** A month of whose records some have changed, or may have. */
export interface ChangedMonth {
  readonly name: string;
  readonly changed: readonly { readonly key: string; readonly revision: string }[];
  readonly gone: readonly string[];
  /** What is known of its folder from now on; null where there is none any more. */
  readonly state: MonthState | null;
}

interface MonthState {
  /** The folder's date, ms since 1970 by the clock of its disk. */
  readonly written: number;
  /** When it was first seen with that date, by the clock of this machine. */
  readonly since: number;
  /** True if its files were looked at long enough after that. */
  readonly sure: boolean;
}

export async function* changedMonths(
  database: Database,
  storage: Storage,
  {
    now,
    isWhole,
    isGlimpse = false,
  }: { readonly now: () => number; readonly isWhole: boolean; readonly isGlimpse?: boolean },
): AsyncGenerator<ChangedMonth> {
  const store = openStore(database);
  const known = new Map(
    database
      .prepare('SELECT * FROM months')
      .all()
      .map((row): [string, MonthState] => {
        const [written, since] = [numberOf(row.written) ?? 0, numberOf(row.since) ?? 0];
        return [textOf(row.month) ?? '', { written, since, sure: row.sure === 1 }];
      }),
  );
  const lacking = isGlimpse ? [] : lackingText(database);
  for await (const name of recordMonths(storage)) {
    const before = known.get(name);
    known.delete(name);
    const written = (await storage.stat(`${RECORDS}/${name}`))?.writtenAt ?? 0;
    const isSame = before?.written === written;
    const isKnown = isSame && (before.sure || isGlimpse) && !isWhole;
    const without = lacking.filter((key) => key.startsWith(`${name}/`));
    if (isKnown && without.length === 0) continue;
    const at = now();
    const since = isSame ? before.since : at;
    const state = { written, since, sure: isSame && Math.abs(at - since) >= SURE_MS };
    const records = store.recordsOf(name);
    const there = new Set<string>();
    const changed: { readonly key: string; readonly revision: string }[] = [];
    for await (const { key, revision } of storage.list(`${RECORDS}/${name}`)) {
      const parsed = parseKey(key);
      if (parsed?.kind !== 'record') continue;
      const { article } = parsed;
      there.add(article);
      if (records.get(article) !== revision || without.includes(article)) changed.push({ key: article, revision });
    }
    yield { name, changed, gone: [...records.keys()].filter((key) => !there.has(key)), state };
  }
  for (const name of known.keys()) yield { name, changed: [], gone: [...store.recordsOf(name).keys()], state: null };
}

/** So many of those whose document could not be read are tried again each time. */
const MOST_LACKING = 100;

function lackingText(database: Database): readonly string[] {
  return database
    .prepare('SELECT key FROM articles WHERE lacks_text = 1 ORDER BY key LIMIT ?')
    .all(MOST_LACKING)
    .map(({ key }) => textOf(key) ?? '');
}
