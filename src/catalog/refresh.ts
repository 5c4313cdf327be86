/**
 * Brings a catalog up to date with the files. What has changed is seen by the folders of records alone: a record is written
 * under another name and renamed, which dates its folder anew. Only of folders with another date the files are looked at,
 * and only files of another revision are read. So nothing has to be told by whoever writes articles, and a kill, a
 * restored copy or another machine's run leaves nothing behind that is not seen.
 */
import { parseKey, RECORDS, recordKey } from '../archive/keys.ts';
import { recordMonths } from '../archive/places.ts';
import { readRecord, sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { type Database, numberOf, textOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { type CatalogEntry, entryOf } from './entry.ts';
import { type IndexedEntry, indexed, openStore } from './store.ts';

export interface RefreshOptions {
  /** Ms since 1970. */
  readonly now?: () => number;
  /** True if the files of all folders are looked at, whatever their dates: some copies keep those. */
  readonly whole?: boolean;
  /** Is told how many articles of how many were read; the total may grow. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work between two batches. */
  readonly signal?: AbortSignal | undefined;
  /** Articles a transaction; other work of the process waits for as long as one takes. */
  readonly batch?: number;
  /** False for lists alone, which cost a fraction: then nothing is found by its text. */
  readonly words?: boolean;
  /** Reads the articles of each batch, in order; they are read here where absent. */
  readonly readBatches?: ((batches: AsyncIterable<Batch>) => AsyncIterable<readonly ReadArticle[]>) | undefined;
}

/** Articles that one transaction writes down. */
export interface Batch {
  /** `2022/01`, or `fengwen/2020/10`. */
  readonly month: string;
  readonly keys: readonly string[];
}

/** What the catalog keeps of an article; what is wrong with its record; null where it is not there any more. */
export type ReadArticle = IndexedEntry | { readonly detail: string } | null;

const NO_TEXT: CatalogEntry['searched'] = { title: '', names: '', body: '' };

export interface Refreshed {
  /** Articles that were read and written down anew. */
  readonly indexed: number;
  readonly removed: number;
}

/** Articles a transaction where nothing else is said. */
const USUAL_BATCH = 24;
/** No record and no document is larger. */
const LARGEST_BYTES = 64 << 20;
/** A folder that is dated the same for so long has no change of the same moment that was missed. */
const SURE_MS = 3000;
const DAY_MS = 86_400_000;

/** @throws INTERRUPTED between two batches; what the disk or SQLite refuses with. What was written until then stays */
export async function refresh(database: Database, storage: Storage, options: RefreshOptions = {}): Promise<Refreshed> {
  const { now = Date.now, onProgress, signal, batch = USUAL_BATCH, words = true } = options;
  const store = openStore(database);
  const saveMonth = database.prepare('INSERT OR REPLACE INTO months VALUES (?, ?, ?, ?)');
  const dropMonth = database.prepare('DELETE FROM months WHERE month = ?');
  const isWhole = options.whole === true || isDue(database, now());
  let [count, removed, total] = [0, 0, 0];
  const planned: Planned[] = [];
  const readBatches = options.readBatches ?? ((batches) => readHere(batches, { storage, words }));
  for await (const read of readBatches(batches())) {
    const { month, changed, isLast } = planned.shift() as Planned;
    if (signal?.aborted === true) throw new ArchiveError('INTERRUPTED', 'while the catalog was brought up to date');
    database.transaction(() => {
      for (const [i, { key, revision }] of changed.entries()) {
        const article = read[i] ?? null;
        if (article === null) store.remove(key);
        else if ('detail' in article) store.putDamaged(key, article.detail, revision);
        else store.put(article, revision);
      }
    });
    count += read.length;
    if (read.length > 0) onProgress?.(count, total);
    if (!isLast) continue;
    database.transaction(() => {
      for (const key of month.gone) store.remove(key);
      if (month.state === null) dropMonth.run(month.name);
      else saveMonth.run(month.name, month.state.written, month.state.since, Number(month.state.sure));
    });
    removed += month.gone.length;
  }
  if (isWhole)
    database
      .prepare("INSERT INTO facts VALUES ('whole', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
      .run(now());
  return { indexed: count, removed };

  /** A month without changes is a batch as well: what is known of its folder is written behind it. */
  async function* batches(): AsyncGenerator<Batch> {
    for await (const month of changedMonths(database, storage, { now, isWhole })) {
      total += month.changed.length;
      for (let at = 0; at === 0 || at < month.changed.length; at += batch) {
        const changed = month.changed.slice(at, at + batch);
        planned.push({ month, changed, isLast: at + batch >= month.changed.length });
        yield { month: month.name, keys: changed.map(({ key }) => key) };
      }
    }
  }
}

interface Planned {
  readonly month: ChangedMonth;
  readonly changed: ChangedMonth['changed'];
  readonly isLast: boolean;
}

async function* readHere(
  batches: AsyncIterable<Batch>,
  options: { readonly storage: Storage; readonly words: boolean },
): AsyncGenerator<readonly ReadArticle[]> {
  for await (const batch of batches) yield await readBatch(batch, options);
}

/** The articles of a batch, in order. */
export function readBatch(
  { keys }: Batch,
  { storage, words }: { readonly storage: Storage; readonly words: boolean },
): Promise<readonly ReadArticle[]> {
  return Promise.all(
    keys.map(async (key) => {
      const entry = await readEntry(key, storage);
      if (entry === null || 'detail' in entry) return entry;
      return indexed(words ? entry : { ...entry, searched: NO_TEXT });
    }),
  );
}

/** How many articles have changed since the catalog was brought up to date; it stays as it is. */
export async function countBehind(
  database: Database,
  storage: Storage,
  { now = Date.now }: Pick<RefreshOptions, 'now'> = {},
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

/** Copies that keep the dates of folders are seen a day later. */
function isDue(database: Database, now: number): boolean {
  const last = numberOf(database.prepare("SELECT value FROM facts WHERE name = 'whole'").get()?.value);
  return last === null || Math.abs(now - last) >= DAY_MS;
}

/** A month of whose records some have changed, or may have. */
interface ChangedMonth {
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

async function* changedMonths(
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

/** An article as its files have it; what is wrong with its record; null where it is not there any more. */
export async function readEntry(
  key: string,
  storage: Pick<Storage, 'stat' | 'read'>,
): Promise<CatalogEntry | { readonly detail: string } | null> {
  const path = recordKey(key);
  try {
    const bytes = await readSmall(path, storage);
    if (bytes === null) return null;
    const record = readRecord(bytes.toString(), path);
    const document = await readSmall(record.document.path, storage);
    const isRight = document !== null && sha256(document) === record.document.sha256;
    return entryOf(key, record, isRight ? document.toString() : null);
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return { detail: error.detail };
    // A field that `readRecord` lets pass has another form than every visit writes.
    if (error instanceof TypeError || error instanceof RangeError) return { detail: `${path}: ${error.message}` };
    throw error;
  }
}

/** Null where there is none. */
async function readSmall(key: string, storage: Pick<Storage, 'stat' | 'read'>): Promise<Buffer | null> {
  const entry = await storage.stat(key);
  if (entry !== null && entry.bytes > LARGEST_BYTES)
    throw new ArchiveError('ARCHIVE_DAMAGED', `${key}: ${entry.bytes} bytes, more than any`);
  return entry === null ? null : storage.read(key);
}
