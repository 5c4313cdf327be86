/** The document: front matter and body, byte for byte as document-format.md says. The format's only home. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { ArchiveError } from '../errors.ts';
import { firstPicture } from './document-body.ts';
import { isWebAddress } from './safe-markup.ts';

export interface ArticleDocument {
  readonly title: string;
  /** Section, site name, source name. */
  readonly categories: readonly [string, string, string];
  /** First picture of the body, or empty: both `headimg` and `thumbnail`. */
  readonly headimg: string;
  readonly author: string;
  readonly date: string;
  readonly body: string;
}

/** A document of an article; `body` as `renderBody` gives it. The title is trimmed and its white space collapsed. */
export function makeDocument(fields: {
  readonly title: string;
  readonly categories: readonly [string, string, string];
  readonly author: string;
  readonly publishedAt: string;
  readonly convention: DateConvention;
  readonly body: string;
}): ArticleDocument {
  const { categories, author, body } = fields;
  return {
    title: titleText(fields.title),
    categories,
    headimg: firstPicture(body),
    author,
    date: documentDate(fields.publishedAt, fields.convention),
    body,
  };
}

/**
 * A title as front matter can hold it: on one line, and without characters that no YAML reader takes (YAML 1.2, 5.1; what
 * YAML 1.1 reads as the end of a line is white space). A space stands for them.
 */
export function titleText(title: string): string {
  return title.toWellFormed().replace(UNWRITABLE, ' ').trim();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are left out
const UNWRITABLE = /[\s\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/g;

/**
 * The text of a document. Braces are escaped throughout, so that Hexo's template engine runs nothing, and so are the marks
 * that Hexo takes for the fences of code.
 * @throws DOCUMENT_REFUSED where YAML or `readDocument` would read anything else than what was given
 */
export function writeDocument(document: ArticleDocument): string {
  const { title, categories, headimg, author, date, body } = document;
  const front = [
    `title: ${quoted(escapeFront(title))}`,
    'categories: ',
    ...categories.map((category) => ` - ${scalar(escapeFront(category))}`),
    `headimg: '${escapeFront(headimg)}'`,
    `author: ${scalar(escapeFront(author))}`,
    'comments: false',
    `date: ${date}`,
    `thumbnail: '${escapeFront(headimg)}'`,
  ].join('\n');
  const text = ['', '---', front, '---', '', '<div>   ', `${escapeBody(body)}  `, '</div>', '            '].join('\n');
  requireReadable(text, front, document);
  return text;
}

function requireReadable(text: string, front: string, document: ArticleDocument): void {
  const { title, categories, headimg, author, date } = document;
  const refuse = (why: string) => new ArchiveError('DOCUMENT_REFUSED', `${JSON.stringify(title)}: ${why}`);
  if (headimg !== '' && !isWebAddress(headimg)) throw refuse(`the head picture ${headimg} is no address of the web`);
  if (NOT_IN_YAML.test(front)) throw refuse('a character that no YAML reader takes');
  const meant = { title, categories, headimg, author, comments: false, date, thumbnail: headimg };
  const inYaml = JSON.stringify(meant, (_, value: unknown) => (typeof value === 'string' ? escapeFront(value) : value));
  if (JSON.stringify(readYaml(front)) !== inYaml) throw refuse('YAML reads the front matter otherwise');
  if (!FRAME.test(text) || !isDeepStrictEqual(readDocument(text), document)) throw refuse('it does not read back');
}

/** Other characters than YAML prints (1.2, 5.1), and those that YAML 1.1 takes for the end of a line. */
const NOT_IN_YAML = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029]/u;

// Scalars of the front matter: plain where every reader of YAML takes them as they are, else in single quotes.

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function scalar(text: string): string {
  const known = scalars.get(text);
  if (known !== undefined) return known;
  const written = isPlain(text) ? text : quoted(text);
  if (scalars.size < MOST_SCALARS) scalars.set(text, written);
  return written;
}

/** The categories and the author are the same from document to document. */
const scalars = new Map<string, string>();
const MOST_SCALARS = 1000;

function isPlain(text: string): boolean {
  if (/^['"]/.test(text)) return false;
  const lines = `- ${text}\n`;
  return (
    VERSIONS.every((version) => JSON.stringify(readYaml(lines, version)) === JSON.stringify([text])) &&
    JSON.stringify(readYaml(`a: ${text}\n`)) === JSON.stringify({ a: text })
  );
}

const VERSIONS = ['1.2', '1.1'] as const;

/** Undefined where the text is no YAML. */
function readYaml(text: string, version: '1.1' | '1.2' = '1.2'): unknown {
  try {
    return parse(text, { version, logLevel: 'error' });
  } catch {
    return undefined; // whatever the reason: it is not what was meant
  }
}

/** The value of a scalar of the front matter as it is printed, escapes of braces left alone. */
export function readScalar(printed: string): string {
  if (printed.length > 1 && /^'[^\n]*'$/.test(printed)) return printed.slice(1, -1).replaceAll("''", "'");
  // Of the format's first program, which escaped nothing (document-format.md, 3).
  return printed.length > 1 && /^"[^\n]*"$/.test(printed) ? printed.slice(1, -1) : printed;
}

/**
 * Reads a document back; `writeDocument` of the result gives the same bytes for every document that it wrote.
 * @throws ARCHIVE_DAMAGED where the text does not have the frame, or thumbnail and head picture differ
 */
export function readDocument(text: string): ArticleDocument {
  const [, title, section, site, feed, headimg, author, date, thumbnail, body] = FRAME.exec(text) ?? [];
  if (
    title === undefined ||
    section === undefined ||
    site === undefined ||
    feed === undefined ||
    headimg === undefined
  ) {
    throw new ArchiveError('ARCHIVE_DAMAGED', 'the text does not have the frame of a document');
  }
  if (author === undefined || date === undefined || body === undefined || headimg !== thumbnail) {
    throw new ArchiveError('ARCHIVE_DAMAGED', 'head picture and thumbnail of a document differ');
  }
  return {
    title: restoreFront(readScalar(title)),
    categories: [section, site, feed].map((each) => restoreFront(readScalar(each))) as [string, string, string],
    headimg: restoreFront(headimg),
    author: restoreFront(readScalar(author)),
    date,
    body: restoreBody(body),
  };
}

// The `date` line of a document.

/** How `date` is printed: the site's Beijing clock under the label GMT (the given format), or the true instant. */
export type DateConvention = 'site-clock' | 'utc';

/**
 * The `date` line's text in the form `Fri, 28 Jan 2022 10:30:43 GMT`.
 * @param publishedAt ISO 8601 with the site's offset, `2022-01-28T10:30:43+08:00`; the machine's time zone does not matter
 * Source: document-format.md, section 7 (the label GMT on the site's own clock is the given format's).
 */
export function documentDate(publishedAt: string, convention: DateConvention): string {
  const instant = convention === 'utc' ? publishedAt : `${publishedAt.slice(0, 19)}Z`;
  return new Date(instant).toUTCString();
}

// The frame of a document as one regular expression: whatever reads documents asks it.

/** The whole frame: document-format.md, section 2. */
export const FRAME =
  /^\n---\ntitle: ((?:'[^\n]*')|(?:"[^\n]*"))\ncategories: \n - ([^\n]+)\n - ([^\n]+)\n - ([^\n]+)\nheadimg: '([^'\n]*)'\nauthor: ([^\n]+)\ncomments: false\ndate: ([^\n]+)\nthumbnail: '([^'\n]*)'\n---\n\n<div> {3}\n([\s\S]*) {2}\n<\/div>\n {12}$/;

// Braces and fences. A text that looks like an escaped brace is escaped itself, so that it comes back; in a body none does.

function escapeFront(text: string): string {
  return escapeBraces(text.replace(/&((?:amp;)*#12[35];)/g, '&amp;$1'));
}

/** A field of the front matter as it was before `writeDocument` escaped it. */
export function restoreFront(text: string): string {
  return restoreBraces(text).replace(/&amp;((?:amp;)*#12[35];)/g, '&$1');
}

/** A line that Hexo takes for the beginning of a block of code, whatever the file (its filter `backtick_code_block`). */
const FENCE = /^((?:[^\S\n\r\u2028\u2029]|[>*+.\d-])*)([`~])(?=\2\2)/gm;

/** A body in which Hexo finds nothing to run: no brace, and no fence of code. */
export function escapeBody(text: string): string {
  return escapeBraces(
    text.replace(FENCE, (_, before: string, mark: string) => before + (mark === '`' ? '&#96;' : '&#126;')),
  );
}

function restoreBody(text: string): string {
  return restoreBraces(text).replaceAll('&#96;', '`').replaceAll('&#126;', '~');
}

function escapeBraces(text: string): string {
  return text.replaceAll('{', '&#123;').replaceAll('}', '&#125;');
}

function restoreBraces(text: string): string {
  return text.replaceAll('&#123;', '{').replaceAll('&#125;', '}');
}
