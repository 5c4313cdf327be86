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
export function isNumberedNote(text: string): boolean {
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

/** Begins with a mark that only stands inside or at the end of a sentence. */
export function beginsInside(line: string): boolean {
  return /^[，、；。！？：”’）】》][^\p{P}]/u.test(line);
}

/** The last line of a text that was cut off by its writer or by a program: three dots, a remark, a quotation left open. */
export function trailsOff(line: string): boolean {
  const text = seen(line);
  const isOpen = text.split('“').length > text.split('”').length && text.includes('“');
  return isOpen || /(?:[^…]…|[^.]\.{3}|[（(【[](?:…+|\.{3}|略|下略)[）)】\]])$/.test(text);
}

const DIGITS = '一二三四五六七八九十';

/** A line that may carry a number. What stands aside, in a quotation or a table, may go on counting, and counts by itself. */
interface CountedLine {
  readonly text: string;
  readonly isAside: boolean;
}

/** The line before which a number is missing: 一、 二、 四、. Null where none is, or they do not count from one. */
export function gapInNumbers(lines: readonly CountedLine[]): string | null {
  const reached = new Map<string, number>();
  for (const { text, isAside } of lines) {
    const [, before = '', number = '', behind = ''] =
      /^(第|[（(])?([一二三四五六七八九十]|\d{1,2})([）)]|[、，,.．章部节](?!\d))/.exec(text) ?? [];
    const n = DIGITS.includes(number) ? DIGITS.indexOf(number) + 1 : Number(number);
    if (number === '' || (before === '' && /[）)章部节]/.test(behind))) continue;
    const style = `${before}${behind}${/\d/.test(number) ? 'digits' : ''}`;
    const last = reached.get(style) ?? 0;
    if (!isAside && last > 0 && n > last + 1) return text;
    if (n === last + 1 || (n === 1 && !isAside)) reached.set(style, n);
  }
  return null;
}
