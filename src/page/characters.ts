/**
 * Sequences of characters that no line of the news holds in that place: Chinese, with words and numbers of other scripts
 * in it, closed by the usual marks. What stands in quotation marks or in an address is somebody else's writing.
 */
import { seen } from './sentences.ts';

const QUOTED = /“[^“”]{0,300}”|「[^「」]{0,300}」|"[^"]{0,300}"/g;
const ADDRESS = /https?:\/\/[\w./?=&%#:~+@!,;-]{1,300}/gi;
/** Letters and digits; what is longer is no word and no number. */
const LONGEST_WORD = 40;

/** Each with what it is. `\p{sc=Han}` on both sides says that it stands inside of a sentence. */
const STRAY: readonly RegExp[] = [
  /[\uff61-\uff9f\ue000-\uf8ff〓]/u, // of another keyboard, of one font alone
  /[，、；：][，。、；：]|(?<!。)。[，、；]|(?<![。…])。。(?!。)|(?<=\p{sc=Han}) ?[.,] ?,/u, // two stops for one
  /(?<![〇○零一二三四五六七八九十])〇(?![〇○零一二三四五六七八九十])|(?<=\p{sc=Han}) ?[oO] ?(?=[“”]|$)|(?<=\p{sc=Han}) o (?=\p{sc=Han})/u, // a circle for a stop
  /(?<=\p{sc=Han})(?:[*＊_]{2,}|[×xX■□▯]{2,})(?=\p{sc=Han})/u, // a mask
  /\[(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?\]/, // the time of a transcript
  /(?<=[\p{sc=Han}。])\[\p{sc=Han}{2,12}\]/u, // a remark on the text
  /^(?:#{1,6}|>|`{3})\s?(?=\p{sc=Han})|^`{3}|\*\*(?=[\p{sc=Han}“《\d])|(?<=[\p{sc=Han}”》。！？])\*\*/u, // how a plain text is set
  /\(\);|\{[^{}\p{sc=Han}]{0,200}\}|\$\(|&&|\|\||=>|\/\*|\*\/|\\|^[^\p{sc=Han}]{0,400}\w\(\)/u, // code
  new RegExp(`[A-Za-z0-9+=]{${LONGEST_WORD + 1}}`), // data
  /(?<=[。！？”]) ?[A-Z][a-z]{0,20}(?: [A-Za-z'’-]{1,20}){4,60}[.!?]$/u, // the same in another language
  /(?<=[\p{sc=Han}，])【[^【】]{1,30}】(?=[\p{sc=Han}\d，])/u, // a label, which stands before a sentence
  /(?<![网站址号台页]\p{sc=Han}{0,2})（www\.[\w.-]{1,60}）(?=[\p{sc=Han}\d])/u, // an address that nobody announces
  /[Ａ-Ｚａ-ｚ．][a-z]|[a-z][Ａ-Ｚａ-ｚ．]/u, // a word of two widths
  /(?<=(?![博号友网主户者据由和与在见被])\p{sc=Han})@\p{sc=Han}{2}/u, // an account that nobody announces
  /^.{1,12}\p{sc=Han}!\p{sc=Han}.{1,12}$/u, // a message of a program
];

/** Where such a sequence begins; null where there is none. */
export function strayAt(line: string): number | null {
  const text = line.replace(QUOTED, blank).replace(ADDRESS, blank);
  const found = STRAY.map((form) => form.exec(text)).find((match) => match !== null);
  return found?.index ?? null;
}

/** As long, so that places stay. */
function blank(found: string): string {
  return `“${'口'.repeat(found.length - 2)}”`;
}

/** A number behind a word that leads to a note: there is such a note among the lines, or it was copied from elsewhere. */
export function strayReference(text: string, lines: ReadonlySet<string>): number | null {
  for (const { index, 1: number } of text.matchAll(/(?<=[\p{sc=Han}”》）。，])[[［](\d{1,3})[\]］]/gu))
    if (!lines.has(number ?? '')) return index;
  return null;
}

/** The numbers of the notes that stand below the text. */
export function notesOf(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => /^[[［【(（]?(\d{1,3})[\]］】)）.、\s]/.exec(seen(line))?.[1] ?? []));
}
