/** The archive's articles: where each lies, and in which order its files are written (record last). */
import { join } from 'node:path';
import type { ArticleId } from '../model.ts';
import { openDisk, type TemporaryFile } from './disk.ts';
import { type ArchiveRecord, readRecord, sha256, type Version, writeRecord } from './record.ts';

export interface Store {
  /**
   * The record of an article; null where the archive has none.
   * @param date the day in its URL; null for community posts, which are looked for in every month
   */
  find(id: ArticleId, date: string | null): Promise<StoredArticle | null>;
  /**
   * Saves an article: a superseded document moves to `versions/`, then the document, then the record. A kill at any point
   * leaves the old state, or a new document whose record still waits; saving again ends it either way.
   * Files that would not change are not touched.
   * @returns true where anything was written
   */
  save(key: string, document: string, record: RecordDraft): Promise<boolean>;
  /** A temporary file for a download; `assetKey` says where its bytes will stay. */
  temporaryAsset(): Promise<TemporaryFile>;
  hasAsset(key: string): Promise<boolean>;
  /** Removes what a killed run left half done; returns how many files. */
  sweep(): Promise<number>;
  /** Absolute path of a key, for people. */
  pathOf(key: string): string;
}

export interface StoredArticle {
  readonly key: string;
  readonly record: ArchiveRecord;
}

/** A record but for what the store itself knows. */
export type RecordDraft = Omit<ArchiveRecord, 'format' | 'document' | 'versions'>;

/** @param root absolute path of the archive */
export function openStore(root: string): Store {
  const disk = openDisk(root);
  return {
    find: async (id, date) => {
      for (const key of await candidateKeys(id, date)) {
        const path = `records/${key}.json`;
        const bytes = await disk.read(path);
        if (bytes !== null) return { key, record: readRecord(bytes.toString(), join(root, path)) };
      }
      return null;
    },
    save: async (key, document, draft) => {
      const path = `articles/${key}.html`;
      const recordPath = `records/${key}.json`;
      const before = await disk.read(recordPath);
      const old = before === null ? null : readRecord(before.toString(), join(root, recordPath));
      const hash = sha256(document);
      const versions =
        old === null || old.document.sha256 === hash
          ? (old?.versions ?? [])
          : [...old.versions, await supersede(key, old)];
      const { id, url, aliases, ...rest } = draft;
      const record: ArchiveRecord = {
        format: 1,
        id,
        url,
        aliases: [...new Set([...(old?.aliases ?? []), ...aliases])].filter((alias) => alias !== url).sort(),
        ...rest,
        document: { path, bytes: Buffer.byteLength(document), sha256: hash },
        versions,
      };
      const wroteDocument = await writeIfDifferent(path, document);
      if (old !== null && !wroteDocument && sameButForCapture(old, record)) return false;
      await disk.write(recordPath, writeRecord(record));
      return true;
    },
    temporaryAsset: () => disk.temporary('assets'),
    hasAsset: (key) => disk.has(key),
    sweep: () => disk.sweep(),
    pathOf: (key) => join(root, key),
  };

  /** Copies the document that the record describes to its place for good; a copy from an interrupted save stays as it is. */
  async function supersede(key: string, old: ArchiveRecord): Promise<Version> {
    const document = `versions/${key}/${old.versions.length + 1}.html`;
    if (!(await disk.has(document))) {
      const bytes = await disk.read(old.document.path);
      if (bytes !== null) await disk.write(document, bytes);
    }
    const capturedAt = old.capture.requests[0]?.fetchedAt ?? '';
    return { document, sha256: old.document.sha256, contentHash: old.contentHash, capturedAt };
  }

  async function writeIfDifferent(key: string, text: string): Promise<boolean> {
    const present = await disk.read(key);
    if (present?.equals(Buffer.from(text)) === true) return false;
    await disk.write(key, text);
    return true;
  }

  async function candidateKeys(id: ArticleId, date: string | null): Promise<string[]> {
    if (date !== null) return [articleKey(id, date)];
    const keys: string[] = [];
    for (const year of await disk.names('records/fengwen')) {
      for (const month of await disk.names(`records/fengwen/${year}`))
        keys.push(`fengwen/${year}/${month}/${numberOf(id)}`);
    }
    return keys;
  }
}

/**
 * Where an article lies below `articles/` and `records/`: `2022/01/2022_01_28_623950`, or `fengwen/2020/10/399176`.
 * @param date Beijing day `2022-01-28`: of the URL, or of publication for a community post
 */
export function articleKey(id: ArticleId, date: string): string {
  const [year, month] = date.split('-');
  const number = numberOf(id);
  return id.startsWith('fengwen:')
    ? `fengwen/${year}/${month}/${number}`
    : `${year}/${month}/${date.replaceAll('-', '_')}_${number}`;
}

/** Where a picture's bytes stay: named by their SHA-256, so that the same bytes are kept once. */
export function assetKey(digest: string, type: string): string {
  return `assets/${digest.slice(0, 2)}/${digest}.${type}`;
}

function numberOf(id: ArticleId): string {
  return id.slice(id.indexOf(':') + 1);
}

/** True where two records say the same of the article; when and how it was fetched does not count. */
function sameButForCapture(a: ArchiveRecord, b: ArchiveRecord): boolean {
  const strip = ({ capture: _capture, verdict: _verdict, ...rest }: ArchiveRecord) => JSON.stringify(rest);
  return strip(a) === strip(b);
}
