/** The selected articles, read one after the other: beside a running crawl, and past what is damaged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Archive, StoredArticle } from '../archive/archive.ts';
import { type ArticleDocument, readDocument } from '../archive/document.ts';
import { recordKey } from '../archive/keys.ts';
import { readRecord, sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError, renderError } from '../errors.ts';
import type { ExportOptions } from './exported.ts';
import { isSelected, type SelectedDays, type Selection, selectedKeys } from './selection.ts';

/** The archive, opened to be read. */
export interface Sources {
  readonly storage: Storage;
  readonly archive: Pick<Archive, 'readVersion'>;
}

/** A record with the hash of its bytes: as long as that is the same, so is what an export makes of the article alone. */
export interface SelectedRecord extends StoredArticle {
  readonly fingerprint: string;
}

export interface SelectedArticle extends SelectedRecord {
  readonly document: ArticleDocument;
}

type ReadOptions = Pick<ExportOptions, 'signal' | 'onLeftOut' | 'onProgress'>;

/** All records of a selection. @throws INTERRUPTED */
export async function* selectedRecords(
  { storage }: Sources,
  selection: Selection,
  { signal, onLeftOut, onProgress }: ReadOptions,
): AsyncGenerator<SelectedRecord> {
  let total = 0;
  for await (const _key of selectedKeys(storage, selection)) total += 1;
  let done = 0;
  for await (const key of selectedKeys(storage, selection)) {
    if (signal.aborted) throw new ArchiveError('INTERRUPTED', key);
    const record = await recordAt(key, { storage }, { onLeftOut });
    if (record !== null && isSelected(record, selection)) yield record;
    done += 1;
    onProgress(done, Math.max(done, total)); // what a crawl archives meanwhile may come too
  }
}

/** All articles of a selection, with their documents. @throws INTERRUPTED */
export async function* selectedArticles(
  sources: Sources,
  selection: Selection,
  options: ReadOptions,
): AsyncGenerator<SelectedArticle> {
  for await (const record of selectedRecords(sources, selection, options)) {
    const article = await withDocument(record, sources, options);
    if (article !== null) yield article;
  }
}

/** One article by its place, if it is of the selection; null also where it is damaged, which is reported. */
export async function selectedAt(
  key: string,
  sources: Sources,
  { selection, onLeftOut }: Pick<ExportOptions, 'onLeftOut'> & { readonly selection: SelectedDays },
): Promise<SelectedArticle | null> {
  const record = await recordAt(key, sources, { onLeftOut });
  return record === null || !isSelected(record, selection) ? null : withDocument(record, sources, { onLeftOut });
}

/** One record by its place; null where it is damaged, which is reported, or not there any more. */
export async function recordAt(
  key: string,
  { storage }: Pick<Sources, 'storage'>,
  { onLeftOut }: Pick<ExportOptions, 'onLeftOut'>,
): Promise<SelectedRecord | null> {
  return readStored(storage, key).catch((error: unknown) => leaveOut(error, key, onLeftOut));
}

/** One article by its place; null where it is damaged, which is reported, or not there any more. */
export async function articleAt(
  key: string,
  sources: Sources,
  options: Pick<ExportOptions, 'onLeftOut'>,
): Promise<SelectedArticle | null> {
  const record = await recordAt(key, sources, options);
  return record === null ? null : withDocument(record, sources, options);
}

/**
 * An update writes the document first and the record last: between the two the document is not the one that the record
 * describes. So long is waited for the record, in ms, before it counts as damage.
 */
const WAITS_MS = [50, 500, 2000];

async function withDocument(
  record: SelectedRecord,
  { storage, archive }: Sources,
  { onLeftOut }: Pick<ExportOptions, 'onLeftOut'>,
): Promise<SelectedArticle | null> {
  let current: SelectedRecord | null = record;
  for (let attempt = 0; current !== null; attempt++) {
    const read = await readNewest(current, archive).catch((error: unknown) => {
      if (isDamage(error)) return error;
      throw error;
    });
    if (!(read instanceof ArchiveError)) return read;
    const wait = WAITS_MS[attempt];
    if (wait === undefined || !(await isBusy(storage, current, wait))) return leaveOut(read, record.key, onLeftOut);
    current = await readStored(storage, record.key).catch((error: unknown) => leaveOut(error, record.key, onLeftOut));
  }
  return null;
}

async function readNewest(record: SelectedRecord, archive: Sources['archive']): Promise<SelectedArticle> {
  const newest = record.record.versions.at(-1);
  if (newest === undefined) throw new ArchiveError('ARCHIVE_DAMAGED', `${record.key}: no version`);
  const text = await archive.readVersion(newest);
  try {
    return { ...record, document: readDocument(text) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new ArchiveError('ARCHIVE_DAMAGED', `${newest.document}: ${error.detail}`, { cause: error });
  }
}

/** Waits, and says whether the document may come right: it was written a moment ago, or the record is another one now. */
async function isBusy(
  storage: Storage,
  { key, record, fingerprint }: SelectedRecord,
  waitMs: number,
): Promise<boolean> {
  const entry = await storage.stat(record.document.path);
  const isYoung = entry !== null && Date.now() - entry.writtenAt < YOUNG_MS;
  if (isYoung) await sleep(waitMs);
  const bytes = await storage.read(recordKey(key));
  return isYoung || (bytes !== null && sha256(bytes) !== fingerprint);
}

const YOUNG_MS = 60_000;

/** Null where it is not there any more. @throws ARCHIVE_DAMAGED */
async function readStored(storage: Storage, key: string): Promise<SelectedRecord | null> {
  const bytes = await storage.read(recordKey(key));
  if (bytes === null) return null;
  const record = readRecord(bytes.toString(), `${storage.name}/${recordKey(key)}`);
  return { key, record, fingerprint: sha256(bytes) };
}

function isDamage(error: unknown): error is ArchiveError {
  return error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED';
}

function leaveOut(error: unknown, key: string, onLeftOut: ExportOptions['onLeftOut']): null {
  if (!isDamage(error)) throw error;
  onLeftOut({ kind: 'article-damaged', key, url: null, detail: renderError(error) });
  return null;
}
