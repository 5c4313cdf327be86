/** Is the date sane, and does it agree with the address, the record and the names of the pictures? */
import type { DateConvention } from '../../../document/date.ts';
import { FAR_MS } from '../../../extract/checks/times.ts';
import type { ArchiveRecord } from '../../../store/record.ts';
import { type AuditedDocument, type DocumentCheck, wasFlagged } from '../check.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Beijing is so far ahead of GMT, all year. */
const BEIJING_MS = 8 * HOUR_MS;
/** The oldest articles are of 2012 (site.md, 1.1); columns hold some older texts. */
const SITE_BEGAN = Date.UTC(2000, 0, 1);

/** Before the site began, or after the capture that saw it. */
export const dateImpossible: DocumentCheck = (document) => {
  const { at } = document;
  if (at === null || wasFlagged(document, 'time-disagrees')) return null;
  const captured = Date.parse(document.record?.versions.at(-1)?.capturedAt ?? '');
  const latest = (Number.isNaN(captured) ? Date.now() : captured) + DAY_MS;
  return at < SITE_BEGAN || at > latest ? document.front.date : null;
};

/** Usually an article appears on the day of its address; a day or two between them occur (site.md, 1.1). */
export const dateFar: DocumentCheck = (document) => {
  const day = /(\d{4})_(\d{2})_(\d{2})_\d+\.\w+$/.exec(document.path);
  const { at } = document;
  if (day === null || at === null || wasFlagged(document, 'date-far') || dateImpossible(document) !== null) return null;
  const noon = Date.parse(`${day[1]}-${day[2]}-${day[3]}T12:00:00Z`);
  return Math.abs(at - noon) > FAR_MS ? `date ${document.front.date}, address ${day[1]}-${day[2]}-${day[3]}` : null;
};

/** Pictures may be older than their article, or be added later; all of them days later is odd. */
export const dateStamps: DocumentCheck = (document) => {
  const { at } = document;
  const stamps = stampsOf(document);
  if (at === null || stamps.length === 0 || dateImpossible(document) !== null) return null;
  const first = Math.min(...stamps);
  return first - at > FAR_MS ? `date ${document.front.date}, first picture of ${clock(first)}` : null;
};

/**
 * Which clock stands under the label GMT. The record decides where there is one: then the date is one of two texts.
 * Without a record the pictures do, whose names hold the Beijing time of upload (document-format.md, 7). Null where
 * neither tells.
 */
export function conventionOf(document: AuditedDocument): DateConvention | null {
  const { at, record } = document;
  if (at === null) return null;
  if (record !== null) {
    const { clock, instant } = timesOf(record);
    return at === clock ? 'site-clock' : at === instant ? 'utc' : null;
  }
  const stamps = stampsOf(document);
  const nearest = (time: number) => Math.min(...stamps.map((stamp) => Math.abs(stamp - time)));
  const [asPrinted, asTrue] = [nearest(at), nearest(at + BEIJING_MS)];
  if (asPrinted <= NEAR_MS && asTrue > 2 * NEAR_MS) return 'site-clock';
  return asTrue <= NEAR_MS && asPrinted > 2 * NEAR_MS ? 'utc' : null;
}

const NEAR_MS = 2 * HOUR_MS;

const STAMP = /\/(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)\d{3}(?=[.!?/]|$)/;

/** Times of upload in the names of the pictures, Beijing clock without zone (site.md, 5). */
function stampsOf({ scan: { images } }: AuditedDocument): readonly number[] {
  return images.flatMap(({ src = '' }) => {
    const [, year, month, day, hour, minute, second] = STAMP.exec(src)?.map(Number) ?? [];
    return year === undefined ? [] : [Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second)];
  });
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** The date and the record's, where they do not agree: for the records' check. */
export function dateAgainstRecord(document: AuditedDocument): string | null {
  const { at, front, record } = document;
  if (at === null || record === null || conventionOf(document) !== null || isEightHoursAhead(document)) return null;
  return `date ${front.date}, record ${record.article.publishedAt}`;
}

/** True where the date is 8 hours after the site's clock: the label was applied twice. */
export function isEightHoursAhead({ at, record }: AuditedDocument): boolean {
  return at !== null && record !== null && at - timesOf(record).clock === BEIJING_MS;
}

/** What a record's time is as the site's clock under the label GMT, and as it is, in ms since 1970. */
function timesOf({ article: { publishedAt } }: ArchiveRecord): { readonly clock: number; readonly instant: number } {
  return { clock: Date.parse(`${publishedAt.slice(0, 19)}Z`), instant: Date.parse(publishedAt) };
}
