/** Whatever names the article must agree: what else a page says of it, its further pages, and the days of its pictures. */
import { type Flag, type FlagCode, flag } from '../flags.ts';
import { readClock } from '../site/clock.ts';
import { isSiteSummary } from '../site/marks.ts';
import { type CheckInput, comparableText } from './check-input.ts';
import { readTimes, readTitle } from './fields.ts';
import { findArticle } from './find-article.ts';
import type { ParsedPage } from './page.ts';
import { type Says, type Witness, witnessesOf } from './witnesses.ts';

/** How a witness is held against the article: what was read instead; null where they agree, `UNREADABLE` where it says nothing that can be read. */
type Comparison = (text: string, input: CheckInput) => string | typeof UNREADABLE | null;

const UNREADABLE = Symbol('unreadable');

/** The flag that each kind of witness raises, and how it is compared. */
const COMPARISONS: Readonly<Record<Says, readonly [code: FlagCode, compare: Comparison]>> = {
  title: ['title-mismatch', (text, { article }) => (namesTitle(text, article.title) ? null : article.title)],
  summary: ['summary-disagrees', compareSummary],
  published: ['time-disagrees', comparePublished],
  edited: ['time-disagrees', compareEdited],
  address: ['address-disagrees', compareAddress],
  comments: ['address-disagrees', compareComments],
  picture: ['picture-disagrees', comparePicture],
};

/** Every witness of the first page, and those of the further pages that say which article they are a part of. */
export function checkWitnesses(input: CheckInput): readonly Flag[] {
  const { first, found, parts, others } = input;
  const own = witnessesOf(first, found);
  const further = [...parts.slice(1), ...(others.single === null ? [] : [others.single])];
  return [
    ...own.flatMap((witness) => testify(witness, input)),
    ...oneNumberOfComments(own),
    ...further.flatMap((page) => checkFurther(page, input)),
    ...checkUploads(input),
  ];
}

function testify({ place, says, text }: Witness, input: CheckInput): readonly Flag[] {
  const [code, compare] = COMPARISONS[says];
  const instead = text === null ? UNREADABLE : compare(text, input);
  if (instead === null) return [];
  if (instead === UNREADABLE) return [flag('witness-unreadable', `${place}: ${text ?? 'no text'}`)];
  return [flag(code, `${place}: ${inShort(text ?? '')}; read: ${inShort(instead)}`)];
}

/** Two of them fit into a flag. */
function inShort(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

// Titles.

/**
 * True if a text is the headline: the columnist may stand in front of either (`作者：`), the columnist and the name of
 * the site behind the text (`-作者-观察者网`; site.md, 2.3). Quotes and how they are escaped do not count.
 */
export function namesTitle(text: string, headline: string): boolean {
  const [printed, wanted] = [plainTitle(text), plainTitle(headline)];
  return [wanted, wanted.replace(IN_FRONT, '')].some((core) => {
    const at = core === '' ? -1 : printed.indexOf(core);
    const [before, after] = [printed.slice(0, at), printed.slice(at + core.length)];
    return at >= 0 && (before === '' || (at <= 31 && IN_FRONT.test(before))) && BEHIND.test(after);
  });
}

const IN_FRONT = /^[^：:，。！？]{1,30}[：:]/;
const BEHIND = /^(?:[-_—|].{0,40})?$/;

function plainTitle(text: string): string {
  return comparableText(
    text.replace(/&(?:quot|#0?39);/g, '').replace(/&(amp|lt|gt);/g, (_, name: string) => NAMED[name] ?? ''),
  ).replace(/["'“”‘’\\]/g, '');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

// Summaries.

/** The same text, or one is the other cut short; the site's own description is of no article. */
function compareSummary(text: string, { article }: CheckInput): string | null {
  if (isSiteSummary(text)) return null;
  const [printed, summary] = [text, article.summary ?? ''].map((each) =>
    plainTitle(each).replace(/(?:…+|\.{3,})$/, ''),
  );
  if (printed === undefined || summary === undefined || printed === summary) return null;
  const cut =
    printed.length >= 10 && summary.length >= 10 && (printed.startsWith(summary) || summary.startsWith(printed));
  return cut ? null : (article.summary ?? 'nothing');
}

// Times.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** With its zone, or on the site's clock. */
function instantOf(text: string, input: CheckInput): number | null {
  if (/T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) return Number.isNaN(Date.parse(text)) ? null : Date.parse(text);
  const read = readClock(text.replace(/\.\d{1,6}$/, ''), input.first.page.fetchedAt);
  return read === null ? null : Date.parse(read.at);
}

function isExact({ article: { precision, clock } }: CheckInput): boolean {
  return clock.published !== null && (precision === 'second' || precision === 'minute');
}

function comparePublished(text: string, input: CheckInput): ReturnType<Comparison> {
  const at = instantOf(text, input);
  if (at === null) return UNREADABLE;
  const isNear = !isExact(input) || Math.abs(at - Date.parse(input.article.publishedAt)) <= MINUTE_MS;
  return isNear ? null : (input.article.clock.published ?? '');
}

/**
 * The date for the search engine is the last change, to the second where the page prints one (site.md, 2.3). A page that
 * prints none was not changed since its publication.
 */
function compareEdited(text: string, input: CheckInput): ReturnType<Comparison> {
  const at = instantOf(text, input);
  const { clock, publishedAt, updatedAt } = input.article;
  if (at === null) return UNREADABLE;
  if (!isExact(input)) return null;
  const [wanted, away] = updatedAt === null ? [publishedAt, HOUR_MS] : [updatedAt, MINUTE_MS];
  return Math.abs(at - Date.parse(wanted)) <= away ? null : `${clock.updated ?? clock.published}`;
}

// Numbers.

/** In an address of an article or a post. */
const NUMBER = /\/(\d{4})_(\d{2})_(\d{2})_(\d{1,9})(?!\d)|\/content\?(?:[^#]{0,100}&)?id=(\d{1,9})(?!\d)/;

function compareAddress(text: string, { address }: CheckInput): ReturnType<Comparison> {
  const [, year, month, day, article, post] = NUMBER.exec(text) ?? [];
  const number = article ?? post;
  if (number === undefined) return UNREADABLE;
  const agrees = number === numberOf(address.id) && (article === undefined) === (address.date === null);
  const isSameDay = address.date === null || `${year}-${month}-${day}` === address.date;
  return agrees && isSameDay ? null : `${address.date ?? ''} ${numberOf(address.id)}`.trim();
}

function numberOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** Numbers of the CMS in use since September 2026, whose comments have the article's number; before they had another. */
const FIRST_OF_2026 = 900_000;

function compareComments(text: string, { address }: CheckInput): ReturnType<Comparison> {
  if (!/^\d{1,9}$/.test(text)) return UNREADABLE;
  const number = numberOf(address.id);
  return address.date === null || Number(number) < FIRST_OF_2026 || number === text ? null : number;
}

/** It stands in the head and at the comments. */
function oneNumberOfComments(witnesses: readonly Witness[]): readonly Flag[] {
  const numbers = new Set(witnesses.flatMap(({ says, text }) => (says === 'comments' && text !== null ? [text] : [])));
  return numbers.size < 2 ? [] : [flag('address-disagrees', `two numbers of the comments: ${[...numbers].join(', ')}`)];
}

// Pictures.

/** The file, whatever host, size and style it is asked for in. */
function comparePicture(text: string, { article: { sharePicture } }: CheckInput): string | null {
  return sharePicture === null || fileOf(text) === fileOf(sharePicture) ? null : sharePicture;
}

/** The name of a picture's file without query and style (site.md, 5). */
export function fileOf(address: string): string {
  const path = address.replace(/[?#].*$/, '');
  return path.slice(path.lastIndexOf('/') + 1).replace(/!.*$/, '');
}

/** The instant of Beijing in ms at which a picture was uploaded, by the 17 digits of its name (site.md, 5); null if it has none. */
export function uploadedAt(address: string): number | null {
  const [, y, mo, d, h, mi, s] = /\/(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\d{3}(?:[.!?]|$)/.exec(address) ?? [];
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`);
  return Number.isNaN(at) ? null : at;
}

/**
 * A picture of the text was uploaded before the article was published or last changed. One that was uploaded later shows a
 * clock of another zone, or one of twelve hours.
 */
function checkUploads(input: CheckInput): readonly Flag[] {
  const { article } = input;
  if (!isExact(input)) return [];
  const last = Math.max(Date.parse(article.publishedAt), Date.parse(article.updatedAt ?? article.publishedAt));
  const late = article.images.find(({ src }) => (uploadedAt(src) ?? 0) > last + LONGEST_UNSAID_MS);
  const { published, updated } = article.clock;
  return late === undefined
    ? []
    : [flag('time-disagrees', `picture ${fileOf(late.src)}; read: ${updated ?? published}`)];
}

/** Pictures were added up to 38 minutes after the printed time in 14 documents of 2021 and 2022. */
const LONGEST_UNSAID_MS = HOUR_MS;

// Further pages: the parts of the article, and its single-page form.

function checkFurther(page: ParsedPage, input: CheckInput): readonly Flag[] {
  const found = findArticle(page);
  if (found === null) return [];
  const { article } = input;
  const title = readTitle(found);
  const { published } = readTimes(found);
  const flags = witnessesOf(page, found)
    .filter(({ says }) => says === 'address')
    .flatMap((witness) => testify(witness, input));
  if (page === input.others.single && title !== null && !namesTitle(title, article.title))
    flags.push(flag('title-mismatch', `single-page form: ${inShort(title)}; read: ${inShort(article.title)}`));
  if (isExact(input) && published !== null && published !== article.clock.published)
    flags.push(flag('time-disagrees', `another page of it: ${published}; read: ${article.clock.published}`));
  return flags;
}
