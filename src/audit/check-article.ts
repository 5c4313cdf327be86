/** Checks that the stored body is an article, and a whole one. They use the same evidence as `page/judge.ts`. */
import type { DateConvention } from '../archive/document.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import { counted } from '../counted.ts';
import { readByline } from '../page/byline.ts';
import { HEADING } from '../page/checks-body.ts';
import { FAR_MS, isSuspectTitle } from '../page/checks-fields.ts';
import { solidLength } from '../page/column.ts';
import { homeMarksIn } from '../page/judge.ts';
import { pictureAddress, sameAddress } from '../page/picture-address.ts';
import { isDrawn } from '../page/pictures.ts';
import { findChallenge } from '../page/refusal.ts';
import { stopsShort } from '../page/sentences.ts';
import { SHARED_NOISE } from '../site/layouts.ts';
import { type AuditedDocument, type DocumentCheck, wasFlagged } from './check.ts';

export const emptyBody: DocumentCheck = ({ scan: { characters, shown } }) =>
  characters === 0 && shown === 0 ? 'neither text nor picture' : null;

export const homePage: DocumentCheck = ({ body, title }) => homeMarksIn(body, title);

/** Longer bodies are articles, which may well write about captchas. */
const LONGEST_CHALLENGE = 400;

export const challengePage: DocumentCheck = ({ body, scan: { characters } }) =>
  characters > LONGEST_CHALLENGE ? null : findChallenge(body);

export const titleSuspect: DocumentCheck = ({ title }) => (isSuspectTitle(title) ? title || 'empty' : null);

/** An end tag, a sentence, pictures or a length that is missing. What the page itself lacked stands in the record's flags. */
export const cutBody: DocumentCheck = (document) => {
  const { scan } = document;
  if (scan.open !== null) return `it ends inside ${scan.open}`;
  return abruptEnd(document) ?? lostPictures(document) ?? tooShort(document);
};

/** How a line is set does not show here: one below pictures is a caption as far as it is short. */
const LONGEST_CAPTION = 40;

function abruptEnd(document: AuditedDocument): string | null {
  const last = document.scan.lines.at(-1);
  if (last === undefined || last.isLink || wasFlagged(document, 'text-incomplete', 'body-ends-abruptly')) return null;
  const mayBeCaption = document.scan.shown > 0 && solidLength(last.text) < LONGEST_CAPTION;
  return !mayBeCaption && stopsShort(last.text) ? `it ends with ${last.text.slice(-30)}` : null;
}

/** The record names the pictures that the page showed. */
function lostPictures(document: AuditedDocument): string | null {
  const { record } = document;
  if (record === null) return null;
  const printed = new Set(document.scan.images.map(({ src = '' }) => sameAddress(src)));
  const missed = record.article.images.filter(({ src }) => !printed.has(sameAddress(src)));
  if (missed.length === 0) return null;
  // Lazy pictures have their address elsewhere.
  const lazy = new Set(picturesBeside(document, { known: printed, base: record.url }).map(sameAddress));
  const lost = missed.filter(({ src }) => !lazy.has(sameAddress(src)));
  return lost.length === 0
    ? null
    : `${counted(lost.length, 'picture of the record is', 'pictures of the record are')} not in it: ${lost[0]?.src}`;
}

function tooShort(document: AuditedDocument): string | null {
  const { record, scan } = document;
  const summary = solidLength(record?.article.summary ?? '');
  if (scan.shown > 0 || scan.characters >= summary || wasFlagged(document, 'body-too-short')) return null;
  return `${scan.characters} characters, the summary has ${summary}`;
}

/** The parts that were joined, and the pages that were read for them. */
export const partsMissing: DocumentCheck = ({ record }) => {
  if (record === null) return null;
  const flagged = record.flags.find(({ code }) => code === 'parts-missing');
  if (flagged !== undefined) return flagged.detail;
  const { pages } = record.article;
  const requests = record.capture.requests.length;
  return pages > requests ? `${pages} parts, ${requests} of them read` : null;
};

/** Classes and ids of the frame's blocks, as the rules of the extraction name them. */
const FRAME_NAMES: ReadonlySet<string> = new Set(
  SHARED_NOISE.flatMap((rule) => ('frame' in rule ? (rule.selector.match(/[.#][\w-]+/g) ?? []) : [])),
);
const FEWEST_LINKS = 2;

export const frameCaught: DocumentCheck = (document) => {
  const { blocks, lines } = document.scan;
  if (wasFlagged(document, 'frame-in-body', 'text-foreign')) return null;
  for (const block of blocks)
    if ((block.match(/[.#][\w-]+/g) ?? []).some((name) => FRAME_NAMES.has(name))) return block;
  const heading = lines.find(({ text }) => HEADING.test(text));
  if (heading !== undefined) return heading.text;
  const links = lines.filter(({ isLink }) => isLink);
  return links.length < FEWEST_LINKS ? null : `links alone: ${links.map(({ text }) => text).join(', ')}`;
};

export const bylineUnread: DocumentCheck = (document) => {
  const { record, scan } = document;
  if (record === null || record.article.byline !== null) return null;
  if (wasFlagged(document, 'byline-unreadable', 'byline-elsewhere')) return null;
  return readByline(scan.lines.map(({ text }) => text))?.text ?? null;
};

// The date: possible at all, and in agreement with the address, the record and the names of the pictures.

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
 * neither says it.
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

/** True if the date is 8 hours after the site's clock: the label was applied twice. */
export function isEightHoursAhead({ at, record }: AuditedDocument): boolean {
  return at !== null && record !== null && at - timesOf(record).clock === BEIJING_MS;
}

/** What a record's time is as the site's clock under the label GMT, and as it is, in ms since 1970. */
function timesOf({ article: { publishedAt } }: ArchiveRecord): { readonly clock: number; readonly instant: number } {
  return { clock: Date.parse(`${publishedAt.slice(0, 19)}Z`), instant: Date.parse(publishedAt) };
}

// Which pictures a stored body names, as the extraction counts them: no emoji, no badges, addresses absolute.

/**
 * Addresses in order that are not among the known ones; an address that is none is left out: the extraction has flagged it.
 * @param base the article's own address, for relative ones
 */
export function picturesBeside(
  { scan }: AuditedDocument,
  { known, base }: { readonly known: ReadonlySet<string>; readonly base: string },
): string[] {
  return scan.pictures.flatMap(({ name, attribs }) => {
    if (attribs.src !== undefined && known.has(sameAddress(attribs.src))) return []; // most need no parser
    const src = pictureAddress({ name, attribs }, base);
    return src === null || known.has(sameAddress(src)) || isDrawn(src) ? [] : [src];
  });
}
