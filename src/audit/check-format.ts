/** Checks of a document's bytes: encoding, lines, front matter and markup, as `archive/document.ts` writes them. */

import { parse } from 'yaml';
import { readScalar, restoreFront } from '../archive/document.ts';
import { headPictureOf } from '../archive/document-body.ts';
import { DAMAGED } from '../page/check-input.ts';
import type { DocumentCheck, FrontMatter, TextCheck } from './check.ts';
import type { CheckCode } from './promises.ts';

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

// The front matter: the form of each field, and whether the fields agree with each other and with the body.

export const dateForm: DocumentCheck = ({ front: { date }, at }) => (at === null ? date : null);

/** What `Date.prototype.toUTCString` writes, and a day that the calendar has (document-format.md, 7), in ms since 1970. */
export function readDate(date: string): number | null {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toUTCString() === date ? at : null;
}

export const thumbnailDiffers: DocumentCheck = ({ front: { headimg, thumbnail } }) =>
  headimg === thumbnail ? null : `headimg ${headimg}, thumbnail ${thumbnail}`;

/** What the format's first program wrote where there was no picture (document-format.md, 3). */
const PLACEHOLDER = /^https:\/\/picsum\.photos\//;

export const headPicture: DocumentCheck = ({ front: { headimg }, scan: { images } }) => {
  const first = headPictureOf(images.map(({ src }) => src ?? ''));
  const head = restoreFront(headimg);
  if (head === first || (first === '' && PLACEHOLDER.test(head))) return null;
  return `head picture ${head || 'none'}, first picture ${first || 'none'}`;
};

export const placeholderPicture: DocumentCheck = ({ front: { headimg } }) =>
  PLACEHOLDER.test(headimg) ? headimg : null;

export const authorDiffers: DocumentCheck = ({ front: { author, categories } }) =>
  author === categories[1] ? null : `author ${author}, second category ${categories[1]}`;

// Where a text departs from the frame. Only called for texts that the regular expression of the frame refuses.

/** Each line's form by its field; `categories` has three lines below it (document-format.md, 2). */
const FIELDS: Readonly<Record<string, RegExp>> = {
  title: /^title: (?:'[^\n]*'|"[^\n]*")$/,
  categories: /^categories: \n - [^\n]+\n - [^\n]+\n - [^\n]+$/,
  headimg: /^headimg: '[^'\n]*'$/,
  author: /^author: [^\n]+$/,
  comments: /^comments: false$/,
  date: /^date: [^\n]+$/,
  thumbnail: /^thumbnail: '[^'\n]*'$/,
};
const ORDER = Object.keys(FIELDS);

/** Every departure with its code; at least one. */
export function explainFrame(text: string): readonly (readonly [CheckCode, string])[] {
  const begins = /^\n---\n/.test(text);
  const from = begins ? 5 : (/^\n*---[^\n]*\n/.exec(text)?.[0].length ?? 0);
  const close = text.indexOf('\n---\n', from - 1);
  if (!begins) return [['frame', `it begins with ${show(text.slice(0, 12))} instead of an empty line and ---`]];
  if (close < 0) return [['frame', 'no line --- ends the fields']];
  const fields = explainFields(text.slice(from, close));
  const rest = explainRest(text.slice(close + 5));
  const found = [...fields, ...rest];
  return found.length > 0 ? found : [['frame', 'fields and body do not meet as they must']];
}

function explainFields(front: string): (readonly [CheckCode, string])[] {
  const blocks = front.split(/\n(?! - )/);
  const names = blocks.map((block) => /^(\w+):/.exec(block)?.[1] ?? '');
  const missing = ORDER.filter((name) => !names.includes(name));
  if (missing.length > 0) return [['field-missing', missing.join(', ')]];
  const known = names.filter((name) => ORDER.includes(name));
  if (known.join() !== ORDER.join()) return [['field-order', known.join(', ')]];
  const odd = blocks.find((block, i) => FIELDS[names[i] ?? '']?.test(block) !== true);
  return odd === undefined ? [] : [['field-form', show(odd)]];
}

function explainRest(rest: string): (readonly [CheckCode, string])[] {
  if (!rest.startsWith('\n<div>   \n')) return [['frame', `the body begins with ${show(rest.slice(0, 14))}`]];
  if (!rest.endsWith('  \n</div>\n            ')) return [['frame', `it ends with ${show(rest.slice(-24))}`]];
  return [];
}

function show(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

// Whether YAML libraries read the front matter as it was meant. The library is called only if a look at the text does not settle it.

/** Text in quotes that holds neither the quote alone nor an escape. */
const QUOTED = /^(?:'(?:[^'\n]|'')*'|"[^"\\\n]*")$/;
/** Begins with a letter, holds no mark of YAML, and is no word that YAML reads as something else. */
const PLAIN = /^\p{L}(?:[\p{L}\p{N} ,.·—_、，。：；！？“”‘’（）《》【】/&%+-]*[\p{L}\p{N}。：；！？”’）》】])?$/u;
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

export const yamlDiffers: DocumentCheck = ({ front }) => {
  const { title, categories, author, date } = front;
  const isPlain = (text: string) => PLAIN.test(text) && !WORDS.test(text);
  if (QUOTED.test(title) && [...categories, author].every(isPlain) && PLAIN_DATE.test(date)) return null;
  return compare(front);
};

const PLAIN_DATE = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** What the library says of the lines, in the form of the format. */
function compare({ title, categories, headimg, author, date, thumbnail }: FrontMatter): string | null {
  const lines = [
    `title: ${title}`,
    'categories: ',
    ...categories.map((category) => ` - ${category}`),
    `headimg: '${headimg}'`,
    `author: ${author}`,
    'comments: false',
    `date: ${date}`,
    `thumbnail: '${thumbnail}'`,
  ];
  const meant = {
    title: readScalar(title),
    categories: categories.map(readScalar),
    headimg,
    author: readScalar(author),
    comments: false,
    date,
    thumbnail,
  };
  try {
    const read: unknown = parse(`${lines.join('\n')}\n`, { schema: 'core', logLevel: 'error' });
    const wrong = Object.entries(meant).find(
      ([name, value]) => JSON.stringify((read as Record<string, unknown>)[name]) !== JSON.stringify(value),
    );
    if (wrong === undefined) return null;
    const [name, value] = wrong;
    return `${name} is read as ${JSON.stringify((read as Record<string, unknown>)[name])}, not ${JSON.stringify(value)}`;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
}

/** The title as readers of YAML see it, braces restored. */
export function readTitle(quoted: string): string {
  return restoreFront(readScalar(quoted));
}

// Markup that the writer of documents would have left out (archive/safe-markup.ts): what could run, and the rest.

export const activeContent: DocumentCheck = ({ scan: { active } }) => active;

export const foreignMarkup: DocumentCheck = ({ scan: { foreign } }) => foreign;
