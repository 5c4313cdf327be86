/** The archive's articles: where each lies, and in which order its files are written (record last). */
import { ArchiveError } from '../errors.ts';
import type { ArticleId, Asset } from '../model.ts';
import { type Changes, compareDocuments, countChanges } from './diff.ts';
import { articleKey, documentKey, idOf, isMonth, isYear, parseKey, RECORDS, recordKey, versionKey } from './keys.ts';
import { type ArchiveRecord, isGone, type Move, readRecord, sha256, type Version, writeRecord } from './record.ts';
import type { Storage, TemporaryFile } from './storage.ts';
import { sweep } from './sweep.ts';

export interface Store {
  /**
   * The record of an article; null where the archive has none.
   * @param date the day in its URL; null where it is not known, as for community posts: then every month is looked through
   */
  find(id: ArticleId, date: string | null): Promise<StoredArticle | null>;
  /**
   * Saves an article: a superseded document moves to `versions/`, then the document, then the record. A kill at any point
   * leaves the old state, or a new document whose record still waits; saving again, or `sweep`, ends it either way.
   * Pictures that were stored stay in the record, and files that would not change are not touched.
   * @returns true where anything was written
   */
  save(key: string, document: string, record: RecordDraft, options?: SaveOptions): Promise<boolean>;
  /** Notes that the site has an archived article no more; a second time changes nothing. The document stays as it is. */
  noteGone(key: string, found: { readonly at: string; readonly evidence: readonly string[] }): Promise<void>;
  /** Notes that an archived article became another one; a second time changes nothing. The document stays as it is. */
  noteMovedTo(key: string, move: Move): Promise<void>;
  /** Notes that an archived article is what another one became; a second time changes nothing. */
  noteMovedFrom(key: string, url: string): Promise<void>;
  /**
   * All articles in order of their keys; where a record cannot be read, ARCHIVE_DAMAGED in its place.
   * @param since a month, `2026-10`: what lies in the folders of earlier ones is left out
   */
  records(since?: string): AsyncGenerator<StoredArticle | ArchiveError>;
  /** The document of a version. Throws ARCHIVE_DAMAGED where it is not there as the record describes it. */
  readVersion(version: Version): Promise<string>;
  /** A temporary file for a download; `assetKey` says where its bytes will stay. */
  temporaryAsset(): Promise<TemporaryFile>;
  /** Throws ARCHIVE_FULL where less room than `minFreeBytes` is left. */
  requireRoom(): Promise<void>;
  /** Finishes or removes what a run that began at this instant (ms since 1970) left half done; returns how many files. */
  sweep(since: number): Promise<number>;
}

export interface StoredArticle {
  readonly key: string;
  readonly record: ArchiveRecord;
}

/** What a repair knows better than the files that lie there. */
export interface SaveOptions {
  /** Stands for the record on the disk; null for none. */
  readonly old?: ArchiveRecord | null | undefined;
  /**
   * What becomes of the document on the disk where the new one differs: it is kept as a superseded version (`kept`, the
   * default), it never was what the site had and the new one takes its place in the list (`replaced`), or its bytes are
   * not those of its version, which stays in the list without them (`lost`).
   */
  readonly present?: 'kept' | 'replaced' | 'lost';
}

/** A record but for what the store itself knows. */
export type RecordDraft = Omit<ArchiveRecord, 'format' | 'document' | 'versions' | 'absences' | 'movedTo'>;

export function openStore(storage: Storage, options: { readonly minFreeBytes: number }): Store {
  return {
    find: async (id, date) => {
      for await (const key of candidateKeys(id, date)) {
        const record = await recordAt(key);
        if (record !== null) return { key, record };
      }
      return null;
    },
    save: async (key, document, draft, { old: told, present = 'kept' } = {}) => {
      const path = documentKey(key);
      const old = told === undefined ? await recordAt(key) : told;
      const { id, url, aliases, assets, movedFrom = [], ...rest } = draft;
      const capturedAt = capturedAtOf(draft);
      const hash = sha256(document);
      const version = { document: path, sha256: hash, contentHash: draft.contentHash, capturedAt };
      const record: ArchiveRecord = {
        format: 1,
        id,
        url,
        aliases: [...new Set([...(old?.aliases ?? []), ...aliases, ...movedFrom])]
          .filter((alias) => alias !== url)
          .sort(),
        ...rest,
        assets: withStored(assets, old?.assets ?? []),
        document: { path, bytes: Buffer.byteLength(document), sha256: hash },
        versions: await withVersion(key, old, version, { document, present }),
        absences: (old?.absences ?? []).map((absence) => ({ ...absence, until: absence.until ?? capturedAt })),
        ...withMovedFrom(old, movedFrom),
      };
      const wroteDocument = await writeIfDifferent(path, document);
      if (old !== null && told === undefined && !wroteDocument && sameButForCapture(old, record)) return false;
      await storage.write(recordKey(key), writeRecord(record));
      return true;
    },
    noteGone: async (key, { at, evidence }) => {
      const record = await recordAt(key);
      if (record === null || isGone(record) !== null) return;
      const absences = [...record.absences, { since: at, until: null, evidence }];
      await storage.write(recordKey(key), writeRecord({ ...record, absences }));
    },
    records: async function* (since = '') {
      for await (const key of recordKeys(storage, since)) {
        const record = await recordAt(key).catch(unlessDamaged);
        if (record !== null) yield record instanceof ArchiveError ? record : { key, record };
      }
    },
    noteMovedTo: async (key, movedTo) => {
      const record = await recordAt(key);
      if (record === null || record.movedTo?.url === movedTo.url) return;
      await storage.write(recordKey(key), writeRecord({ ...record, movedTo }));
    },
    noteMovedFrom: async (key, url) => {
      const record = await recordAt(key);
      if (record === null || record.movedFrom?.includes(url) === true) return;
      const aliases = [...new Set([...record.aliases, url])].sort();
      await storage.write(recordKey(key), writeRecord({ ...record, aliases, ...withMovedFrom(record, [url]) }));
    },
    readVersion: async ({ document, sha256: expected }) => {
      const bytes = await storage.read(document);
      if (bytes === null || sha256(bytes) !== expected)
        throw new ArchiveError(
          'ARCHIVE_DAMAGED',
          `${storage.name}/${document}: not the bytes that its record describes`,
        );
      return bytes.toString();
    },
    temporaryAsset: () => storage.temporary('assets'),
    requireRoom: async () => {
      const free = await storage.freeBytes();
      if (free >= options.minFreeBytes) return;
      throw new ArchiveError(
        'ARCHIVE_FULL',
        `${storage.name}: ${free} bytes free, limits.minFreeBytes is ${options.minFreeBytes}`,
      );
    },
    sweep: (since) => sweep(storage, { since, recordAt }),
  };

  async function recordAt(key: string): Promise<ArchiveRecord | null> {
    const bytes = await storage.read(recordKey(key));
    return bytes === null ? null : readRecord(bytes.toString(), `${storage.name}/${recordKey(key)}`);
  }

  /** The versions with a new one; what it supersedes gets its place for good. */
  async function withVersion(
    key: string,
    old: ArchiveRecord | null,
    version: Omit<Version, 'changes'>,
    { document, present }: { readonly document: string; readonly present: NonNullable<SaveOptions['present']> },
  ): Promise<readonly Version[]> {
    const superseded = old?.versions.at(-1);
    if (old === null || superseded === undefined) return [{ ...version, changes: null }];
    const { contentHash } = version;
    if (old.document.sha256 === version.sha256) return [...old.versions.slice(0, -1), { ...superseded, contentHash }];
    if (present === 'replaced') {
      const before = old.versions.at(-2)?.document;
      return [...old.versions.slice(0, -1), { ...version, changes: await changesSince(before ?? null, document) }];
    }
    const kept = versionKey(key, old.versions.length);
    if (present === 'kept' && (await storage.stat(kept)) === null) {
      // What lies there is kept even where it is not what the record describes: somebody may have edited it.
      const bytes = await storage.read(superseded.document);
      if (bytes !== null) await storage.write(kept, bytes);
    }
    const changes = await changesSince(kept, document);
    return [...old.versions.slice(0, -1), { ...superseded, document: kept }, { ...version, changes }];
  }

  async function changesSince(before: string | null, document: string): Promise<Changes | null> {
    const bytes = before === null ? null : await storage.read(before);
    return bytes === null ? null : changesBetween(bytes.toString(), document);
  }

  async function writeIfDifferent(key: string, text: string): Promise<boolean> {
    const present = await storage.read(key);
    if (present?.equals(Buffer.from(text)) === true) return false;
    await storage.write(key, text);
    return true;
  }

  async function* candidateKeys(id: ArticleId, date: string | null): AsyncGenerator<string> {
    if (date !== null) yield articleKey(id, date);
    else
      for await (const key of recordKeys(storage, '', id.startsWith('fengwen:') ? ['fengwen/'] : ['']))
        if (idOf(key) === id) yield key;
  }
}

/**
 * The places of all records in order, whatever is in them.
 * @param since a month, `2026-10`: those of earlier ones are left out
 */
export async function* recordKeys(
  storage: Storage,
  since = '',
  spaces: readonly string[] = ['', 'fengwen/'],
): AsyncGenerator<string> {
  for (const space of spaces) {
    const top = `${RECORDS}/${space}`.replace(/\/$/, '');
    for (const year of (await storage.names(top)).folders.filter(isYear)) {
      for (const month of (await storage.names(`${top}/${year}`)).folders.filter(isMonth)) {
        if (`${year}-${month}` < since) continue;
        const folder = `${top}/${year}/${month}`;
        for (const name of (await storage.names(folder)).files) {
          const parsed = parseKey(`${folder}/${name}`);
          if (parsed?.kind === 'record') yield parsed.article;
        }
      }
    }
  }
}

/** Nothing where no article moved here. */
function withMovedFrom(old: ArchiveRecord | null, urls: readonly string[]): Pick<ArchiveRecord, 'movedFrom'> {
  const movedFrom = [...new Set([...(old?.movedFrom ?? []), ...urls])].sort();
  return movedFrom.length === 0 ? {} : { movedFrom };
}

function capturedAtOf({ capture }: RecordDraft): string {
  return capture.requests[0]?.fetchedAt ?? '';
}

/** What was stored once is known for good, though a later capture misses it or shows it no more. */
function withStored(shown: readonly Asset[], old: readonly Asset[]): readonly Asset[] {
  const stored = new Map(old.filter((asset) => 'sha256' in asset).map((asset) => [asset.src, asset]));
  const kept = shown.map((asset) => ('missing' in asset ? (stored.get(asset.src) ?? asset) : asset));
  for (const { src } of shown) stored.delete(src);
  return [...kept, ...stored.values()];
}

/** Null where the document before is damaged: that is no reason to refuse a good new one. */
function changesBetween(before: string, after: string): Changes | null {
  try {
    return countChanges(compareDocuments(before, after));
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return null;
    throw error;
  }
}

/** True where two records say the same of the article; when and how it was fetched does not count. */
function sameButForCapture(a: ArchiveRecord, b: ArchiveRecord): boolean {
  const strip = ({ capture: _capture, verdict: _verdict, ...rest }: ArchiveRecord) => JSON.stringify(rest);
  return strip(a) === strip(b);
}

function unlessDamaged(error: unknown): ArchiveError {
  if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return error;
  throw error;
}
