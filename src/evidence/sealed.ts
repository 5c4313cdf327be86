/** Which files of an archive are sealed, and which changes of them are its own work. */
import {
  ARTICLES,
  ASSETS,
  CAPTURES,
  documentKey,
  type ParsedKey,
  parseKey,
  QUARANTINE,
  RECORDS,
  recordKey,
  VERSIONS,
  VOCABULARY,
} from '../archive/keys.ts';
import { type ArchiveRecord, readRecord, writeRecord } from '../archive/record.ts';
import type { Storage, StoredFile } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { ArchiveError } from '../errors.ts';

export interface SealableFile extends Omit<StoredFile, 'revision'> {
  readonly parsed: ParsedKey;
  /** Null for what is hashed every time. */
  readonly revision: string | null;
}

/**
 * Every file that a seal is of, in order: documents, pictures, captures that have ended, quarantine, records, versions and
 * the vocabulary. Not what belongs to no archive, what runs write for themselves, the trash, and the seals.
 */
export async function* sealableFiles(storage: Storage): AsyncGenerator<SealableFile> {
  for (const top of [ARTICLES, ASSETS, CAPTURES, QUARANTINE, RECORDS, VERSIONS])
    for await (const file of storage.list(top)) {
      const parsed = parseKey(file.key);
      if (parsed !== null && isSealable(parsed)) yield { ...file, parsed };
    }
  const entry = await storage.stat(VOCABULARY);
  if (entry?.kind === 'a file') {
    const { bytes, writtenAt } = entry;
    yield { key: VOCABULARY, bytes, writtenAt, changedAt: writtenAt, revision: null, parsed: { kind: 'vocabulary' } };
  }
}

function isSealable(parsed: ParsedKey): boolean {
  switch (parsed.kind) {
    case 'document':
    case 'record':
    case 'version':
    case 'picture':
    case 'page':
    case 'description':
    case 'vocabulary':
      return true;
    case 'segment':
      return !parsed.isOpen;
    case 'audit-report':
    case 'frontier':
    case 'catalog':
    case 'lock':
    case 'manifest':
    case 'seal':
    case 'seal-memory':
    case 'work':
      return false;
  }
}

export interface ChangeContext {
  readonly storage: Storage;
  readonly trash: Pick<Trash, 'find'>;
  /** The hash under which a file was sealed last; null where it was not. */
  readonly sealedAs: (path: string) => string | null;
}

/**
 * Why a change of a sealed file is not the archive's own work; null where it is.
 *
 * What never changes by its nature (superseded documents, captures, pages in quarantine) may not; a picture may only become
 * what its name says. A document may be replaced where its record describes the new one and what was sealed is kept, in
 * `versions/` or in `trash/`; a record may say something new where it fits its document and still knows the sealed one. The
 * vocabulary is the owner's to change.
 * @param sha256 of the file now
 */
export async function whyForeign(
  path: string,
  sha256: string,
  { storage, trash, sealedAs }: ChangeContext,
): Promise<string | null> {
  const parsed = parseKey(path);
  switch (parsed?.kind) {
    case 'vocabulary':
      return null;
    case 'picture':
      return parsed.sha256 === sha256 ? null : 'its bytes are not those of its name';
    case 'document':
    case 'record': {
      const record = await recordOf(storage, parsed.article);
      if (typeof record === 'string') return record;
      const document = await storage.digest(documentKey(parsed.article));
      if (record.document.path !== documentKey(parsed.article)) return 'the record is of another document';
      if (document?.sha256 !== record.document.sha256) return 'the record describes another document';
      const sealed = sealedAs(documentKey(parsed.article));
      if (sealed === null || (await isKept(sealed, record, { storage, trash }))) return null;
      return `the document that was sealed (${sealed}) is neither a version of the record nor in trash/`;
    }
    default:
      return 'a file of this kind never changes';
  }
}

/** Why the absence of a sealed file is not the archive's own work; null where it is. @param sealed its hash */
export async function whyMissing(
  path: string,
  sealed: string,
  { storage, trash }: Pick<ChangeContext, 'storage' | 'trash'>,
): Promise<string | null> {
  const kind = parseKey(path)?.kind;
  // The oldest pages in quarantine make way for new ones; the vocabulary is the owner's.
  if (kind === 'page' || kind === 'description' || kind === 'vocabulary') return null;
  return (await isInTrash(sealed, { storage, trash })) ? null : `sha256 ${sealed} is not in trash/ either`;
}

/** The record, or why there is none that can be read. */
async function recordOf(storage: Storage, article: string): Promise<ArchiveRecord | string> {
  const bytes = await storage.read(recordKey(article));
  if (bytes === null) return 'it has no record';
  try {
    const record = readRecord(bytes.toString(), recordKey(article));
    return writeRecord(record) === bytes.toString() ? record : 'its record is not in the form that the archive writes';
  } catch (error) {
    if (error instanceof ArchiveError) return 'its record cannot be read';
    throw error;
  }
}

async function isKept(
  sha256: string,
  record: ArchiveRecord,
  places: Pick<ChangeContext, 'storage' | 'trash'>,
): Promise<boolean> {
  if (record.document.sha256 === sha256) return true;
  for (const version of record.versions.filter((each) => each.sha256 === sha256))
    if ((await places.storage.digest(version.document))?.sha256 === sha256) return true;
  return isInTrash(sha256, places);
}

async function isInTrash(
  sha256: string,
  { storage, trash }: Pick<ChangeContext, 'storage' | 'trash'>,
): Promise<boolean> {
  const place = await trash.find(sha256);
  return place !== null && (await storage.digest(place))?.sha256 === sha256;
}
