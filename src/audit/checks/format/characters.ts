/** Are the bytes of a document such as a careful writer writes? */
import { DAMAGED } from '../../../extract/checks/characters.ts';
import type { TextCheck } from '../check.ts';

/** Some consumers take the mark for text, and then find no front matter. */
export const byteOrderMark: TextCheck = (text) => (text.startsWith('\ufeff') ? 'U+FEFF at the beginning' : null);

export const lineEnds: TextCheck = (text) => {
  const at = text.indexOf('\r');
  return at < 0 ? null : `line ${lineOf(text, at)}: U+000D`;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that the format leaves out
const CONTROLS = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]/;

/** The format has no control character but the line feed (document-format.md, 5, step 8). */
export const controlCharacter: TextCheck = (text) => {
  const found = CONTROLS.exec(text);
  return found === null ? null : `line ${lineOf(text, found.index)}: ${codePoint(found[0])}`;
};

/** Template engines run what stands in two of them (document-format.md, 3). */
export const bareBrace: TextCheck = (text) => {
  const at = text.search(/[{}]/);
  return at < 0 ? null : `line ${lineOf(text, at)}: ${excerpt(text, at)}`;
};

/** UTF-8 that was read as Windows-1252: a lead byte of Chinese, then two that follow. */
const AS_LATIN = /[äåæçèéï][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2}/;
/** UTF-8 that was read as GBK: what the marks `，` and `。` become, which no writer uses so often. */
const AS_GBK = /[锛銆][^\n]{0,80}[锛銆][^\n]{0,80}[锛銆]/;

export const mojibake: TextCheck = (text) => {
  const found = DAMAGED.exec(text) ?? AS_LATIN.exec(text) ?? AS_GBK.exec(text);
  return found === null ? null : `line ${lineOf(text, found.index)}: ${excerpt(text, found.index)}`;
};

/** The text without all that the checks above look for, so that what remains can be read. */
export function withoutStrangers(text: string): string {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(new RegExp(CONTROLS, 'g'), '');
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function excerpt(text: string, at: number): string {
  return text.slice(Math.max(0, at - 10), at + 20);
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
