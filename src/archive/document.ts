/** The document: front matter and body, byte for byte as document-format.md says. The format's only home. */
import { parse } from 'yaml';
import { ArchiveError } from '../errors.ts';
import { firstPicture } from './document-body.ts';

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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the frame has no control character but LF
  const title = fields.title.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  return {
    title,
    categories,
    headimg: firstPicture(body),
    author,
    date: documentDate(fields.publishedAt, fields.convention),
    body,
  };
}

/** The text of a document; braces are escaped throughout, so that Hexo's template engine runs nothing. */
export function writeDocument(document: ArticleDocument): string {
  const { title, categories, headimg, author, date, body } = document;
  const text = [
    '',
    '---',
    `title: '${title.replaceAll("'", "''")}'`,
    'categories: ',
    ...categories.map((category) => ` - ${category}`),
    `headimg: '${headimg}'`,
    `author: ${author}`,
    'comments: false',
    `date: ${date}`,
    `thumbnail: '${headimg}'`,
    '---',
    '',
    '<div>   ',
    `${body}  `,
    '</div>',
    '            ',
  ].join('\n');
  return text.replaceAll('{', '&#123;').replaceAll('}', '&#125;');
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
    title: restoreBraces(String(parse(title))),
    categories: [restoreBraces(section), restoreBraces(site), restoreBraces(feed)],
    headimg: restoreBraces(headimg),
    author: restoreBraces(author),
    date,
    body: restoreBraces(body),
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

/** Braces as they were before `writeDocument` escaped them. */
export function restoreBraces(text: string): string {
  return text.replaceAll('&#123;', '{').replaceAll('&#125;', '}');
}
