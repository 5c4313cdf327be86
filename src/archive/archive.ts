/**
 * The archive's articles: where each lies, and the one door to every record. `update` is the only writer of records: one
 * turn per key, the old record in, the new one out, files first, record last.
 */
import { isDeepStrictEqual } from 'node:util';
import { ArchiveError } from '../errors.ts';
import type { ArticleId } from '../model.ts';
import { type Changes, changesBetween, haveSameContent } from './diff.ts';
import { articleKey, documentKey, idOf, parseKey, recordKey, versionKey } from './keys.ts';
import { hashFile } from './manifest.ts';
import { openWhereabouts, type Places, recordKeys } from './places.ts';
import {
  type ArchiveRecord,
  type Confirmed,
  mergeRecord,
  type RecordDraft,
  readRecord,
  saysTheSame,
  sha256,
  type Version,
  writeRecord,
} from './record.ts';
import type { Storage } from './storage.ts';
import { sweep } from './sweep.ts';
import { openTrash, type Trash } from './trash.ts';

export interface Archive {
  /**
   * The record of an article; null where the archive has none.
   * @param date the day in its URL; null where it is not known, as for community posts: then every month is looked through
   */
  find(id: ArticleId, date: string | null): Promise<StoredArticle | null>;
  /**
   * Changes what lies under a key. Updates of one key run one after the other, so that `change` sees the record as it
   * stands; nothing else writes records. A superseded document moves to `versions/` first, under the next number that is
   * free; a document that no record describes goes to `trash/`. Then the document is written, then the record. A kill at any
   * point leaves the old state, or a new document whose record still waits; the same update again, or `sweep`, ends it either
   * way. Where another process has written document or record since they were read, ARCHIVE_OVERTAKEN. Files that would not change are not touched, and a document of the same content stays as it is, though this version
   * of the program would spell it otherwise.
   * @param change gets the record, null where there is none, and gives what is to stand; null changes nothing
   * @returns what stands now
   */
  update(key: string, change: Change, options?: UpdateOptions): Promise<Updated>;
  /**
   * Notes something of an article whose key is not known: in its record, or in the first one that this process writes of
   * it, where it is still on its way. Where it never comes, nothing is noted.
   * @param note gives the same record again where there is nothing new
   */
  note(id: ArticleId, date: string | null, note: (record: ArchiveRecord) => ArchiveRecord): Promise<void>;
  /**
   * All articles in order of their keys; where a record cannot be read, ARCHIVE_DAMAGED in its place.
   * @param since a month, `2026-10`: what lies in the folders of earlier ones is left out
   */
  records(since?: string): AsyncGenerator<StoredArticle | ArchiveError>;
  /** The document of a version. Throws ARCHIVE_DAMAGED where it is not there as the record describes it. */
  readVersion(version: Version): Promise<string>;
  /** Throws ARCHIVE_FULL where less room than `minFreeBytes` is left. */
  requireRoom(): Promise<void>;
  /**
   * Ends or takes back what a dead run left half done; returns how many files.
   * @param options `since` is when that run began, ms since 1970; what is taken back goes to `trash`
   */
  sweep(options: { readonly since: number; readonly trash: Trash }): Promise<number>;
}

export interface StoredArticle {
  readonly key: string;
  readonly record: ArchiveRecord;
}

export type Change = (old: ArchiveRecord | null) => Next | null | Promise<Next | null>;

/** A capture with its document, or another record of the same document. */
export type Next = Capture | { readonly record: ArchiveRecord };

export interface Capture {
  readonly draft: RecordDraft;
  /** The text of the document. */
  readonly document: string;
  /**
   * What becomes of the document on the disk where the new one differs: it is kept as a superseded version (`kept`, the
   * default), it never was what the site had and the new one takes its place in the list (`replaced`), or its bytes are
   * not those of its version, which stays in the list without them (`lost`).
   */
  readonly present?: 'kept' | 'replaced' | 'lost';
  /** Why bytes that are no version make way, for the list of the trash. */
  readonly why?: string;
  /** Stands with the new version, where there is one. */
  readonly confirmed?: Confirmed | undefined;
  /** When the new version was first captured; the draft's first request says it where absent. */
  readonly capturedAt?: string | undefined;
  /**
   * Keeps what the capture rests on. Called once it is certain that something will be written, and before anything is;
   * maybe twice. Returns what puts the places of that into the record.
   */
  readonly keep?: (() => Promise<(record: ArchiveRecord) => ArchiveRecord>) | undefined;
}

export interface UpdateOptions {
  /**
   * Asked within the turn, by a repair that knows better than the file: what stands for the record on the disk, null for
   * none, undefined for the record as it lies there. Where it gives anything else, the new record is written in any case.
   */
  readonly old?: () => ArchiveRecord | null | undefined;
}

export interface Updated {
  /** Null where the archive has none. */
  readonly record: ArchiveRecord | null;
  /** True where anything was written, but for what the same document can be made of again. */
  readonly wrote: boolean;
}

/**
 * @param options `places` keep what is known from one process to the next; in memory where they are absent. `trash` is the
 *   run's, where it has one
 */
export function openArchive(
  storage: Storage,
  {
    minFreeBytes,
    places,
    trash = openTrash(storage, { now: new Date() }),
  }: { readonly minFreeBytes: number; readonly places?: Places; readonly trash?: Trash },
): Archive {
  const inTurn = openTurns();
  const whereabouts = openWhereabouts(storage, places);
  /** Notes on articles that were not there. */
  const early = new Map<string, readonly ((record: ArchiveRecord) => ArchiveRecord)[]>();
  const find: Archive['find'] = (id, date) => (date === null ? findByPlace(id) : storedAt(articleKey(id, date)));
  const update: Archive['update'] = (key, change, options = {}) =>
    inTurn(key, async () => {
      const known = options.old?.();
      const there = known === undefined ? await storage.readRevised(recordKey(key)) : null;
      const old = known === undefined ? parsed(key, there?.bytes) : known;
      const stand: Standing = { key, revision: known === undefined ? (there?.revision ?? null) : undefined };
      const next = await change(old);
      if (next === null) return { record: old, wrote: false };
      const isSame = known === undefined && old !== null;
      if ('record' in next) {
        const text = writeRecord(next.record);
        if (isSame && text === writeRecord(old)) return { record: old, wrote: false };
        return writeLast(stand, next.record);
      }
      return capture(stand, next, { old, isSame });
    });

  return {
    find,
    update,
    note: async (id, date, note) => {
      early.set(id, [...(early.get(id) ?? []), note]); // first: a record may be written while it is looked for
      const found = await find(id, date);
      if (found === null) return;
      await update(found.key, (old) => old && { record: note(old) });
      const rest = early.get(id)?.filter((each) => each !== note) ?? [];
      if (rest.length === 0) early.delete(id);
      else early.set(id, rest);
    },
    records: async function* (since = '') {
      for await (const key of recordKeys(storage, since)) {
        const record = await recordAt(key).catch(unlessDamaged);
        if (record !== null) yield record instanceof ArchiveError ? record : { key, record };
      }
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
    requireRoom: async () => {
      const free = await storage.freeBytes();
      if (free >= minFreeBytes) return;
      throw new ArchiveError(
        'ARCHIVE_FULL',
        `${storage.name}: ${free} bytes free, limits.minFreeBytes is ${minFreeBytes}`,
      );
    },
    sweep: (options) => sweep(storage, { ...options, recordAt }),
  };

  async function storedAt(key: string): Promise<StoredArticle | null> {
    const record = await recordAt(key);
    return record === null ? null : { key, record };
  }

  async function recordAt(key: string): Promise<ArchiveRecord | null> {
    return parsed(key, await storage.read(recordKey(key)));
  }

  function parsed(key: string, bytes: Buffer | null | undefined): ArchiveRecord | null {
    return bytes ? readRecord(bytes.toString(), `${storage.name}/${recordKey(key)}`) : null;
  }

  async function findByPlace(id: ArticleId): Promise<StoredArticle | null> {
    const known = await storedAtPlace(id, whereabouts.known(id));
    if (known !== null) return known;
    const found = await storedAtPlace(id, await whereabouts.search(id));
    if (found !== null) whereabouts.found(id, found.key);
    return found;
  }

  async function storedAtPlace(id: ArticleId, place: string | null): Promise<StoredArticle | null> {
    return place === null || idOf(place) !== id ? null : storedAt(place);
  }

  /** @param given `isSame` is true where a record that says what the old one says is not written */
  async function capture(
    stand: Standing,
    { draft, document, present = 'kept', why = 'no record describes it', confirmed, capturedAt, keep }: Capture,
    { old, isSame }: { readonly old: ArchiveRecord | null; readonly isSame: boolean },
  ): Promise<Updated> {
    const { key } = stand;
    const path = documentKey(key);
    const described = { path, bytes: Buffer.byteLength(document), sha256: sha256(document) };
    const file = await storage.readRevised(path);
    const there = file?.bytes ?? null;
    const writeKept = async (record: ArchiveRecord) => writeNoted(stand, keep ? (await keep())(record) : record);
    if (isSame && old !== null && present === 'kept' && isOtherSpelling(old, { draft, document, there })) {
      const { source, document: stored } = old; // the document names the list
      const versions = old.versions.map((each, i, { length }) =>
        i === length - 1 ? { ...each, contentHash: draft.contentHash } : each,
      );
      const record = mergeRecord(old, { ...draft, source }, { document: stored, versions });
      return saysTheSame(old, record) ? { record: old, wrote: false } : writeKept(record);
    }
    const isThere = there !== null && sha256(there) === described.sha256;
    if (!isThere) await keep?.();
    const superseded = old === null || old.document.sha256 === described.sha256 ? null : old.document.sha256;
    const leaving = isThere ? null : there;
    const toVersions = present === 'kept' ? leaving : null;
    const kept = superseded === null || present === 'replaced' ? null : await freeVersion(key, old, toVersions);
    if (kept !== null && toVersions !== null) await storage.write(kept, toVersions, { ifAbsent: true });
    // What is neither the new document nor a version now, this archive may have nowhere else.
    else if (leaving !== null) await trash.keep(path, why);
    const versions = await withVersion(
      { path, old, draft, document, confirmed, capturedAt },
      { kept, sha256: described.sha256 },
    );
    const record = mergeRecord(old, draft, { document: described, versions });
    if (!isThere) await storage.writeRevised(path, document, file?.revision ?? null);
    else if (isSame && old !== null && saysTheSame(old, record)) {
      if (!gainsBasis(old, record)) return { record: old, wrote: false };
      return { ...(await writeKept({ ...old, versions: record.versions })), wrote: false };
    }
    return writeKept(record);
  }

  /**
   * Where the superseded document lies for good: the first number behind those of the record under which nothing lies, or
   * these very bytes, left by an update that was cut off.
   * @param bytes kept even if somebody has edited them; null if they lie there already, or are lost
   */
  async function freeVersion(key: string, old: ArchiveRecord | null, bytes: Buffer | null): Promise<string> {
    const wanted = bytes === null ? old?.document.sha256 : sha256(bytes);
    const numbers = (old?.versions ?? []).map(({ document }) => numberOfVersion(document));
    for (let number = Math.max(old?.versions.length ?? 1, ...numbers.map((each) => each + 1)); ; number++) {
      const place = versionKey(key, number);
      const entry = await storage.stat(place);
      if (entry === null) return place;
      if (entry.kind === 'a file' && (await hashFile(storage, place)).sha256 === wanted) return place;
    }
  }

  /** Writes a record with all that was noted of it before it was there, and while it is written. */
  async function writeNoted(stand: Standing, record: ArchiveRecord): Promise<Updated> {
    const id = idOf(stand.key);
    for (let noted = record; ; ) {
      const notes = early.get(id) ?? [];
      noted = notes.reduce((each, note) => note(each), noted);
      const updated = await writeLast(stand, noted);
      if ((early.get(id) ?? notes) !== notes) continue;
      early.delete(id);
      return updated;
    }
  }

  async function writeLast(stand: Standing, record: ArchiveRecord): Promise<Updated> {
    const [path, text] = [recordKey(stand.key), writeRecord(record)];
    if (stand.revision === undefined) await storage.write(path, text);
    else stand.revision = await storage.writeRevised(path, text, stand.revision);
    whereabouts.written(stand.key);
    return { record, wrote: true };
  }

  /** @param given `kept` is where the superseded document lies, null where none is kept; `sha256` of the new document */
  async function withVersion(
    {
      path,
      old,
      draft,
      document,
      confirmed,
      capturedAt = draft.capture.requests[0]?.fetchedAt ?? '',
    }: Pick<Capture, 'draft' | 'document' | 'confirmed' | 'capturedAt'> & {
      readonly path: string;
      readonly old: ArchiveRecord | null;
    },
    { kept, sha256: hash }: { readonly kept: string | null; readonly sha256: string },
  ): Promise<readonly Version[]> {
    const { contentHash, basis, provenance } = draft;
    const made = basis && { basis };
    const notes = { ...(confirmed && { confirmed }), ...made, ...(provenance && { provenance }) };
    const version = { document: path, sha256: hash, contentHash, capturedAt, ...notes };
    const superseded = old?.versions.at(-1);
    if (old === null || superseded === undefined) return [{ ...version, changes: null }];
    const before = old.versions.slice(0, -1);
    if (old.document.sha256 === hash) return [...before, { ...made, ...superseded, contentHash }];
    const changes = await changesSince(kept ?? before.at(-1)?.document ?? null, document);
    if (kept === null) return [...before, { ...version, changes }];
    return [...before, { ...superseded, document: kept }, { ...version, changes }];
  }

  async function changesSince(before: string | null, document: string): Promise<Changes | null> {
    const bytes = before === null ? null : await storage.read(before);
    return bytes === null ? null : changesBetween(bytes.toString(), document);
  }
}

/** A record in the turn of its key. */
interface Standing {
  readonly key: string;
  /** Of the file as it was read or written last; null where there was none, undefined where whatever lies there is replaced. */
  revision: string | null | undefined;
}

/** @returns what the work gives, or its error; the next one of the key begins either way */
type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Lets one work at a time do with a key what it likes, in the order in which they came. */
function openTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work);
    const ended = mine
      .catch(() => {}) // the caller gets the error; the next one starts afresh
      .then(() => {
        if (last.get(key) === ended) last.delete(key);
      });
    last.set(key, ended);
    return mine;
  };
}

/** The number of a superseded document; 0 where it lies elsewhere. */
function numberOfVersion(document: string): number {
  const parsed = parseKey(document);
  return parsed?.kind === 'version' ? parsed.number : 0;
}

/**
 * True where the site said the same and only this program would write it otherwise, or reads more of it than it did: that
 * is no new version.
 */
function isOtherSpelling(
  old: ArchiveRecord,
  { draft, document, there }: Pick<Capture, 'draft' | 'document'> & { readonly there: Buffer | null },
): boolean {
  const isStored = there !== null && sha256(there) === old.document.sha256;
  if (!isStored || sha256(document) === old.document.sha256) return false;
  if (draft.contentHash === old.contentHash) return isDeepStrictEqual(draft.leadPicture, old.leadPicture);
  return haveSameContent(there.toString(), document);
}

/** True where a document that could not be made again now can: its page came once more, and was kept. */
function gainsBasis(old: ArchiveRecord, { versions }: ArchiveRecord): boolean {
  return old.versions.at(-1)?.basis === undefined && versions.at(-1)?.basis !== undefined;
}

function unlessDamaged(error: unknown): ArchiveError {
  if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return error;
  throw error;
}
