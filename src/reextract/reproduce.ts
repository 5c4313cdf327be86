/** Every document of an article, superseded ones too, made again from its capture and compared byte for byte. */
import type { Basis } from '../archive/basis.ts';
import { type Changes, changesBetween } from '../archive/diff.ts';
import { type ArchiveRecord, sha256, type Version } from '../archive/record.ts';
import { composeDocument } from '../crawl/plan.ts';
import type { ErrorCode } from '../errors.ts';
import { extract } from '../page/extract.ts';
import { addressOf, faultOf, isOfCapture, readKept, recordAt, type Sources } from './kept.ts';

/**
 * `uncaptured` was made before captures were kept, or without. Of what is `unreadable`, a capture is missing or damaged; what is
 * `damaged` is not the document that its record describes, or the record itself.
 */
export type Reproduction = 'same' | 'other' | 'uncaptured' | 'unreadable' | 'damaged';

export interface Reproduced {
  readonly key: string;
  /** Empty where the record cannot be read. */
  readonly id: string;
  /** Counted from 1; 0 where the record cannot be read. */
  readonly version: number;
  /** Where the document lies. */
  readonly document: string;
  /** The version of the rules that made it; null where nothing says it. */
  readonly rules: number | null;
  readonly result: Reproduction;
  /** Of what cannot be read, and of pages that give no document any more. */
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  /** From the archived document to the one that was made now, in figures; null where there are no two to compare. */
  readonly changes: Changes | null;
}

/** @returns one line a version, oldest first */
export async function reproduce(key: string, sources: Sources): Promise<readonly Reproduced[]> {
  const lines = await reproduceOnce(key, sources);
  // Beside a crawl a document may have moved to `versions/` since its record was read.
  return lines.some(({ result }) => result === 'damaged') ? reproduceOnce(key, sources) : lines;
}

async function reproduceOnce(key: string, sources: Sources): Promise<readonly Reproduced[]> {
  const nothing = { key, id: '', version: 0, document: '', rules: null, changes: null };
  let record: ArchiveRecord;
  try {
    record = await recordAt(key, sources);
  } catch (error) {
    return [{ ...nothing, result: 'damaged', ...faultOf(key, error) }];
  }
  const lines: Reproduced[] = [];
  for (const [i, version] of record.versions.entries()) {
    const { document, basis } = version;
    const found = await reproduceVersion(version, record, sources);
    lines.push({ key, id: record.id, version: i + 1, document, rules: basis?.rules ?? null, ...NOTHING, ...found });
  }
  return lines;
}

const NOTHING = { code: null, detail: null, changes: null };

type Found = Pick<Reproduced, 'result'> & Partial<Pick<Reproduced, 'code' | 'detail' | 'changes'>>;

async function reproduceVersion(
  { document: path, sha256: expected, basis }: Version,
  record: ArchiveRecord,
  sources: Sources,
): Promise<Found> {
  const archived = await sources.storage.read(path);
  if (archived === null || sha256(archived) !== expected)
    return { result: 'damaged', code: 'ARCHIVE_DAMAGED', detail: archived === null ? 'not there' : 'other bytes' };
  if (basis === undefined) return { result: 'uncaptured' };
  let made: string;
  try {
    made = await documentAgain(record, basis, sources);
  } catch (error) {
    const { code, detail } = faultOf(path, error);
    return { result: isOfCapture(code) ? 'unreadable' : 'other', code, detail };
  }
  if (sha256(made) === expected) return { result: 'same' };
  return { result: 'other', changes: changesBetween(archived.toString(), made) };
}

/** The whole text, as `basis` says that it came about. Throws what `readKept`, `extract` and `composeDocument` throw. */
async function documentAgain(record: ArchiveRecord, basis: Basis, sources: Sources): Promise<string> {
  const address = addressOf({ id: record.id, url: basis.url }, sources.site);
  const { parts } = await readKept({ ...basis, single: null }, address, sources); // the single form gives flags alone
  return composeDocument(extract(parts, address, sources.site), basis).document;
}
