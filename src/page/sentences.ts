/** What lines of a whole text look like: how a sentence ends, and what is a line without being one. */
import { solidLength } from './column.ts';

/** Characters that nobody sees and editors leave behind. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]|\ufe0f/g;

/** A line as a reader sees it: without invisible characters, and without white space at its ends. */
export function seen(line: string): string {
  return line.replace(INVISIBLE, '').trim();
}

/** Closing brackets and quotes may follow the mark, or stand for it: `（完）`. */
const END =
  /(?:[。！？!?.…⋯~～]|等)[”’"'」』）)】\]》〉〕〗*]{0,4}$|[”’"'」』）)】\]》〉〕〗|｜#↓→▼\p{Extended_Pictographic}]$/u;

/** True where a line ends as a sentence does, or with what is closed. */
export function hasEnd(line: string): boolean {
  return END.test(line);
}

/** What no line ends with. */
const UNFINISHED = /[，、,（“‘《【(]$/;
/** Something follows: a quotation, a list, a picture, the next item. */
const INTRODUCES = /[:：；;—]$/;
/** Inside of a line: a sentence ended there, and another began. */
const SENTENCES = /[。；][^。；]*[^。；”’"'」』）)】\]》〉\s]/;
const CLAUSES = /[，,、；]/;

/** In characters without white space: headings, labels, signatures and datelines are shorter, sentences mostly longer. */
const LONGEST_LABEL = 40;
/** The same where commas divide the line. */
const LONGEST_OF_CLAUSES = 24;

/**
 * True for a line that stops in the middle of a sentence: it has no end, and is too long, or too much of a sentence, for a
 * heading, a label, a name or a date.
 */
export function stopsShort(line: string, { isLast = false } = {}): boolean {
  const text = seen(line);
  if (text === '' || isNumberedNote(text)) return false;
  if (INTRODUCES.test(text)) return isLast;
  if (UNFINISHED.test(text)) return true;
  if (hasEnd(text)) return false;
  if (!/\p{Script=Han}/u.test(text)) return false;
  const length = solidLength(text);
  return length > LONGEST_LABEL || SENTENCES.test(text) || (length > LONGEST_OF_CLAUSES && CLAUSES.test(text));
}

/** A source or remark below the text: `[1] …`, `注：…`, `①…`. */
function isNumberedNote(text: string): boolean {
  return /^(?:[[［【〔]\d{1,3}[\]］】〕]|[①-⑳]|注\d{0,2}[:：释]|参考(?:文献|资料))/.test(text);
}

/** `一、…`, `（二）…`, `3. …`, `第四章`. */
export function isNumbered(line: string): boolean {
  return /^(?:第?[一二三四五六七八九十百]{1,3}[、.．:：章节部]|[（(][一二三四五六七八九十\d]{1,3}[）)]|0?\d{1,2}(?:[、.．](?!\d)|\s)|[①-⑳]|part\s*\d)/i.test(
    line,
  );
}

/** All of it stands in quotes. */
export function isQuotation(line: string): boolean {
  return /^[“「『"][^“」』"]*[”」』"]$/.test(line);
}
