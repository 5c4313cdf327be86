/** How the selected articles are parted into packages: by the months in which the archive keeps them. */
import { createHash } from 'node:crypto';
import type { StoredArticle } from '../archive/archive.ts';
import { isPost, monthOf, recordKey } from '../archive/keys.ts';
import { readRecord } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError, renderError } from '../errors.ts';
import { placesOf } from './exchange-records.ts';
import type { LeftOut } from './exported.ts';
import { isSelected, type Selection, selectedKeys } from './selection.ts';

/** Articles with captures that are packed together. */
export interface Batch {
  /** `2022-01`, `fengwen-2020-10` for community posts; a second one of the same month is `2022-01-2`. */
  readonly name: string;
  /** Places, in order. */
  readonly keys: readonly string[];
  /** SHA-256 over all records of it: as long as that is the same, so is what is packed of them. */
  readonly fingerprint: string;
  /** When the newest page of it was captured, ISO 8601 in UTC. */
  readonly newest: string;
  /** Files of captures in which its pages lie. */
  readonly segments: ReadonlySet<string>;
}

/**
 * Reads all records in the months of the selection, month by month.
 * @param options `mostArticles` of one batch
 */
export async function* batchesOf(
  storage: Storage,
  selection: Selection,
  {
    mostArticles,
    byMonth,
    onLeftOut,
  }: {
    readonly mostArticles: number;
    /** False for one batch of all months; a second one is needed only where there are too many articles. */
    readonly byMonth: boolean;
    readonly onLeftOut: (left: LeftOut) => void;
  },
): AsyncGenerator<Batch> {
  let open: OpenBatch | null = null;
  for await (const key of selectedKeys(storage, selection)) {
    const found = await readArticle(storage, key).catch((error: unknown) => {
      if (!(error instanceof ArchiveError) || error.code !== 'ARCHIVE_DAMAGED') throw error;
      onLeftOut({ kind: 'article-damaged', key: null, url: null, detail: renderError(error) });
      return null;
    });
    if (found === null || !isSelected(found.article, selection)) continue;
    const { record } = found.article;
    const places = placesOf(record);
    if (places.length === 0) {
      onLeftOut({ kind: 'no-capture', key, url: record.url, detail: 'archived without its exchanges with the site' });
      continue;
    }
    const month = byMonth ? `${isPost(key) ? 'fengwen-' : ''}${monthOf(key)}` : 'all';
    const isOther = open !== null && (open.month !== month || open.keys.length === mostArticles);
    if (open !== null && isOther) yield closed(open);
    if (open === null || isOther) {
      const number: number = open?.month === month ? open.number + 1 : 1;
      open = { month, number, keys: [], hash: createHash('sha256'), newest: '', segments: new Set() };
    }
    open.keys.push(key);
    open.hash.update(found.bytes);
    for (const { file } of places) open.segments.add(file);
    for (const { fetchedAt } of record.capture.requests) if (fetchedAt > open.newest) open.newest = fetchedAt;
  }
  if (open !== null) yield closed(open);
}

interface OpenBatch {
  readonly month: string;
  /** Of the batches of a month, from 1. */
  readonly number: number;
  readonly keys: string[];
  readonly hash: ReturnType<typeof createHash>;
  newest: string;
  readonly segments: Set<string>;
}

function closed({ month, number, hash, ...batch }: OpenBatch): Batch {
  return { ...batch, name: number === 1 ? month : `${month}-${number}`, fingerprint: hash.digest('hex') };
}

/** Null where it is not there any more. @throws ARCHIVE_DAMAGED */
export async function readArticle(
  storage: Storage,
  key: string,
): Promise<{ readonly article: StoredArticle; readonly bytes: Buffer } | null> {
  const bytes = await storage.read(recordKey(key));
  if (bytes === null) return null;
  return { article: { key, record: readRecord(bytes.toString(), `${storage.name}/${recordKey(key)}`) }, bytes };
}
