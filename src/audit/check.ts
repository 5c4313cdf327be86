/** What the checks get and return: null if the promise is kept, else what was seen. */

import type { ArchiveRecord } from '../archive/record.ts';
import type { ArticleId } from '../model.ts';
import type { BodyScan } from './scan-body.ts';

/** Asks the whole text of a document, before anything is read from it. */
export type TextCheck = (text: string) => string | null;

/** Asks a document whose frame was read. */
export type DocumentCheck = (document: AuditedDocument) => string | null;

/** Asks a record of the right form. */
export type RecordCheck = (record: AuditedRecord) => string | null;

/** Asks a record and its document, each of which is whole by itself. */
export type PairCheck = (document: AuditedDocument, record: AuditedRecord) => string | null;

/** The fields of the front matter as they stand between their marks, nothing decoded. */
export interface FrontMatter {
  /** With its quotes. */
  readonly title: string;
  readonly categories: readonly [string, string, string];
  readonly headimg: string;
  readonly author: string;
  readonly date: string;
  readonly thumbnail: string;
}

export interface AuditedDocument {
  /** Relative to the audited folder. */
  readonly path: string;
  readonly text: string;
  readonly front: FrontMatter;
  /** The date as printed, read as a clock without zone, in ms since 1970; null if it is not of its form. */
  readonly at: number | null;
  /** The title as readers of YAML see it, braces restored. */
  readonly title: string;
  /** Markup of the body, braces still escaped. */
  readonly body: string;
  readonly scan: BodyScan;
  /** Null in a plain folder, and where the record cannot be read. */
  readonly record: ArchiveRecord | null;
}

export interface AuditedRecord {
  readonly path: string;
  /** Where it lies below `records/`, without its ending: `2022/01/2022_01_28_623950`. */
  readonly key: string;
  readonly id: ArticleId;
  readonly record: ArchiveRecord;
}

/** True if the page itself was so when it was captured, and the record says it. */
export function wasFlagged({ record }: Pick<AuditedDocument, 'record'>, ...codes: readonly string[]): boolean {
  return record?.flags.some(({ code }) => codes.includes(code)) === true;
}
