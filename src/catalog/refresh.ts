/** Brings a catalog up to date with the files: the articles that have changed are read, batch by batch. */
import { recordKey } from '../archive/keys.ts';
import { readRecord, sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { type Database, numberOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { type ChangedMonth, changedMonths } from './changed-months.ts';
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

/** Copies that keep the dates of folders are seen a day later. */
function isDue(database: Database, now: number): boolean {
  const last = numberOf(database.prepare("SELECT value FROM facts WHERE name = 'whole'").get()?.value);
  return last === null || Math.abs(now - last) >= DAY_MS;
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
