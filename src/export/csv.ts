/**
 * CSV (RFC 4180) for spreadsheets: a row an article, without its text, for a cell of Excel holds 32,767 characters. It begins
 * with a byte order mark, by which Excel knows UTF-8.
 */
import type { TableContent } from './file-export.ts';
import { authorsOf, type Row, rowOf } from './row.ts';

const COLUMNS: Readonly<Record<string, (row: Row) => string | number | null>> = {
  id: ({ id }) => id,
  title: ({ title }) => title,
  published_at: ({ publishedAt }) => publishedAt.slice(0, 19).replace('T', ' '),
  day: ({ day }) => day,
  source: ({ source }) => source,
  origin: ({ origin }) => origin,
  authors: (row) => authorsOf(row).join('；'),
  byline: ({ byline }) => byline,
  editors: ({ people }) =>
    people
      .filter(({ role }) => role === 'editor')
      .map(({ name }) => name)
      .join('；'),
  keywords: ({ keywords }) => keywords.join('；'),
  topic: ({ topic }) => topic,
  summary: ({ summary }) => summary,
  characters: ({ characters }) => characters,
  pictures: ({ pictures }) => pictures.length,
  versions: ({ versions }) => versions.length,
  updated_at: ({ updatedAt }) => updatedAt?.slice(0, 19).replace('T', ' ') ?? null,
  captured_at: ({ capturedAt }) => capturedAt,
  withdrawn_since: ({ withdrawnSince }) => withdrawnSince,
  moved_to: ({ movedTo }) => movedTo,
  flags: ({ flags }) => flags.join(' '),
  url: ({ url }) => url,
  document: ({ document }) => document,
};

export const csv: TableContent = async function* (articles) {
  yield `\ufeff${Object.keys(COLUMNS).join(',')}\r\n`;
  for await (const article of articles) {
    const row = rowOf(article);
    yield `${Object.values(COLUMNS)
      .map((read) => cell(read(row)))
      .join(',')}\r\n`;
  }
};

/** In characters as Excel counts them: UTF-16 units. */
const LONGEST_CELL = 32_767;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = harmless(value);
  const cut = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 2).toWellFormed()}…` : text;
  return `"${cut.replaceAll('"', '""')}"`;
}

/**
 * What a spreadsheet would take for a formula gets an apostrophe before it, which makes it text (OWASP, CSV Injection). Full-width
 * signs are formulas where Chinese or Japanese is typed.
 */
function harmless(text: string): string {
  return /^[\s'"\u200b-\u200f\u202a-\u202e\u2060-\u2069]*[=+\-@＝＋－＠|%]/u.test(text) ? `'${text}` : text;
}
