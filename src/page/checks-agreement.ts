/** Whatever names the article must agree: what else a page says of it, its further pages, and the days of its pictures. */
import { type Flag, type FlagCode, flag } from '../flags.ts';
import { onSiteClock, readClock } from '../site/clock.ts';
import { isSiteSummary } from '../site/marks.ts';
import { beforeDots, type CheckInput, comparableText } from './check-input.ts';
import { readTimes, readTitle } from './fields.ts';
import { findArticle } from './find-article.ts';
import type { ParsedPage } from './page.ts';
import { numberOfPart, type Says, type Witness, witnessesOf } from './witnesses.ts';

/** How a witness is held against the article: what was read instead; null where they agree, `UNREADABLE` where it says nothing that can be read. */
type Comparison = (text: string, input: CheckInput) => string | typeof UNREADABLE | null;

const UNREADABLE = Symbol('unreadable');

/** The flag that each kind of witness raises, and how it is compared. */
const COMPARISONS: Readonly<Record<Says, readonly [code: FlagCode, compare: Comparison]>> = {
  title: ['title-mismatch', (text, { article }) => (namesTitle(text, article) ? null : article.title)],
  writer: ['byline-disagrees', compareWriter],
  summary: ['summary-disagrees', compareSummary],
  text: ['body-too-short', compareText],
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
    ...checkNumbers(input),
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
 * True if a text is the headline: whom the page names may stand in front of either (`作者：`), the columnist and the name
 * of the site behind the text (`-作者-观察者网`; site.md, 2.3). Quotes and how they are escaped do not count.
 */
export function namesTitle(text: string, article: Titled): boolean {
  const [printed, wanted] = [plainTitle(text), plainTitle(article.title)];
  const named = [...article.columnists, ...article.staff, ...(article.byline?.credits ?? []).flatMap(creditedIn)].slice(
    0,
    MOST_PEOPLE,
  );
  const isOfThem = (front: string) => isOneOf(front.slice(0, -1), named);
  const [inText, inHeadline] = [printed, wanted].map((each) => IN_FRONT.exec(each)?.[0] ?? '');
  const begins = (whole: string, title: string) =>
    title !== '' && whole.startsWith(title) && standsBehind(whole.slice(title.length), article);
  return (
    begins(printed, wanted) ||
    (inHeadline !== undefined && isOfThem(inHeadline) && begins(printed, wanted.slice(inHeadline.length))) ||
    (inText !== undefined && isOfThem(inText) && begins(printed.slice(inText.length), wanted))
  );
}

const MOST_PEOPLE = 50;

type Titled = Pick<CheckInput['article'], 'title' | 'columnists' | 'staff' | 'byline'>;

const IN_FRONT = /^[^：:，。！？]{1,30}[：:]/;

function creditedIn({ names }: { readonly names: readonly string[] }): readonly { readonly name: string }[] {
  return names.map((name) => ({ name }));
}

/** True where nobody is named as well: who it is is then unknown. */
function isOneOf(printed: string, people: readonly { readonly name: string }[]): boolean {
  const names = people.map(({ name }) => plainTitle(name));
  return (
    printed !== '' && (names.length === 0 || names.some((name) => printed.includes(name) || name.includes(printed)))
  );
}

/** Nothing, or a separator with the columnist and the site. */
function standsBehind(rest: string, { columnists }: Titled): boolean {
  const writer = /^[-_—|](.{0,40})$/.exec(rest)?.[1]?.replace(/(?:^|[-_—|])(?:观察者网|风闻).*$/, '');
  return rest === '' || writer === '' || (writer !== undefined && isOneOf(writer, columnists.slice(0, MOST_PEOPLE)));
}

function plainTitle(text: string): string {
  return comparableText(
    text.replace(/&(?:quot|#0?39);/g, '').replace(/&(amp|lt|gt);/g, (_, name: string) => NAMED[name] ?? ''),
  ).replace(/["'“”‘’\\]/g, '');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

function compareWriter(text: string, { article: { columnists } }: CheckInput): string | null {
  const isRead = columnists.length > 0 && isOneOf(plainTitle(text), columnists.slice(0, MOST_PEOPLE));
  return isRead ? null : columnists.map(({ name }) => name).join('、') || 'nobody';
}

// Summaries.

function withoutDots(text: string): string {
  const plain = plainTitle(text);
  return beforeDots(plain) ?? plain;
}

/** The same text, or one is the other cut short; the site's own description is of no article. */
function compareSummary(text: string, { article }: CheckInput): string | null {
  if (isSiteSummary(text)) return null;
  const [printed, summary] = [withoutDots(text), withoutDots(article.summary ?? '')];
  if (printed === summary) return null;
  const cut =
    printed.length >= 10 && summary.length >= 10 && (printed.startsWith(summary) || summary.startsWith(printed));
  return cut ? null : (article.summary ?? 'nothing');
}

/** A text as long as the one that was read, give or take how it is broken into lines. */
function compareText(text: string, { bodies }: CheckInput): string | null {
  const read = bodies.reduce((sum, { textCount }) => sum + textCount.characters, 0);
  const said = comparableText(text).length;
  return said > read * 1.1 + 20 ? `${read} characters, there ${said}` : null;
}

// Times.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** In characters; no form of a time is nearly so long. */
const LONGEST_CLOCK = 60;

/** With its zone, or on the site's clock. */
function instantOf(text: string, input: CheckInput): number | null {
  if (text.length > LONGEST_CLOCK) return null;
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
 * Pictures of the text are uploaded in the hours before the article is published or changed. Where all came later than it,
 * or one later than its last change, the page shows a clock of another zone or one of twelve hours; where several
 * came long before, they are another article's.
 */
function checkUploads(input: CheckInput): readonly Flag[] {
  const { article } = input;
  const uploads = article.images.flatMap(({ src }) => uploadedAt(src) ?? []);
  if (!isExact(input) || uploads.length === 0) return [];
  const [first, last] = [uploads.reduce((a, b) => Math.min(a, b)), uploads.reduce((a, b) => Math.max(a, b))];
  const published = Date.parse(article.publishedAt);
  const changed = Math.max(published, Date.parse(article.updatedAt ?? article.publishedAt));
  const isLate = first > published + LONGEST_UNSAID_MS || last > changed + LONGEST_UNSAID_MS;
  const isOld = uploads.length > 1 && last < published - LONGEST_KEPT_MS;
  const pictures = `pictures uploaded ${onSiteClock(new Date(isOld ? last : first).toISOString())}`;
  return isLate || isOld ? [flag('time-disagrees', `${pictures}; read: ${article.clock.published}`)] : [];
}

/**
 * Pictures were added up to 38 minutes after the printed time in 14 documents of 2021 and 2022, and an edit may bring the only
 * one without a word. A clock of UTC is eight hours behind, one of twelve hours twelve, less the time before publication.
 */
const LONGEST_UNSAID_MS = 3 * HOUR_MS;
/** In the same documents all were uploaded within a day. */
const LONGEST_KEPT_MS = 180 * 24 * HOUR_MS;

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
  if (page === input.others.single && title !== null && !namesTitle(title, article))
    flags.push(flag('title-mismatch', `single-page form: ${inShort(title)}; read: ${inShort(article.title)}`));
  if (isExact(input) && published !== null && published !== article.clock.published)
    flags.push(flag('time-disagrees', `another page of it: ${published}; read: ${article.clock.published}`));
  return flags;
}

/** A part shows its number among those of all (site.md, 2.4). */
function checkNumbers({ parts }: CheckInput): readonly Flag[] {
  if (parts.length < 2) return [];
  return parts.flatMap((page, i) => {
    const found = findArticle(page);
    const shown = found === null ? null : numberOfPart(found);
    return shown === null || shown === i + 1 ? [] : [flag('parts-disagree', `part ${i + 1} says it is part ${shown}`)];
  });
}
