/**
 * Where a line is broken that is wider than the terminal: between the columns of a row, between words, or between Chinese
 * characters, and never within what somebody copies: an id, an address, a path, a command, nor within a time. That
 * stays whole on a line of its own, however wide it is.
 */
import { widthOf } from './width.ts';

/** A line of the terminal: a stretch of the text, behind so many spaces. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly indent: number;
}

/** A part of a text that must not be broken. */
export interface Whole {
  readonly from: number;
  readonly to: number;
}

/**
 * @param text of one line, without control characters
 * @param wholes stretches beside those that the text itself shows
 * @returns at least one stretch; what stands between two of them is white space
 */
export function wrap(text: string, columns: number, wholes: readonly Whole[] = []): readonly Stretch[] {
  const all: Stretch = { from: 0, to: text.length, indent: 0 };
  if (text.length * 2 <= columns || widthOf(text) <= columns) return [all];
  const hang = hangOf(text, columns);
  const stretches: Stretch[] = [];
  let [from, indent, used] = [0, 0, text.search(/\S|$/)];
  const atoms = atomsIn(text, wholes);
  for (const [i, atom] of atoms.entries()) {
    const isFirst = from === atom.from || i === 0 || (used <= hang && atom.width > columns - hang); // not a mark alone
    const room = columns - used - atom.space;
    const fits = atom.width <= room;
    // A column that does not fit goes whole to the next line, if it fits there, or if hardly any of it stays on this one.
    const goesOn = atom.space < 2 || atom.cellWidth <= room || (atom.cellWidth > columns - hang && room >= columns / 4);
    if (isFirst || (fits && goesOn)) {
      used += atom.space + atom.width;
      continue;
    }
    stretches.push({ from, to: atom.from - atom.space, indent });
    [from, indent, used] = [atom.from, hang, hang + atom.width];
  }
  const end = text.trimEnd().length;
  stretches.push({ from, to: used + text.length - end <= columns ? text.length : end, indent }); // a prompt ends in a space
  return stretches;
}

/** The same of a text as it is printed, in lines. */
export function wrapped(text: string, columns: number): readonly string[] {
  return wrap(text, columns).map(({ from, to, indent }) => ' '.repeat(indent) + text.slice(from, to));
}

/** Later lines stand below the text of the first, or are indented where that is not. */
function hangOf(text: string, columns: number): number {
  const prefix = text.match(/^(?: +\d+ +| *(?:[→✓✗!=∅↗·•…⚑*-] +)?)/u)?.[0] ?? '';
  return prefix === '' ? 2 : Math.min(widthOf(prefix), Math.floor(columns / 3));
}

/** What stays together, with what stands before it. */
interface Atom {
  readonly from: number;
  readonly width: number;
  /** Spaces before it that a break takes away. */
  readonly space: number;
  /** Width from here to the end of its column of the row; columns are two spaces apart. */
  readonly cellWidth: number;
}

const COMMAND =
  /`[^`]+`|\bnpm (?:run \S+|start|test)|(?:node \S*|npx )?\bguancha-archive(?: +(?:'[^']*'|[^\s,;()—→']+(?<![:.]))){0,12}/;
const ADDRESS = /\bhttps?:\/\/[^\s\u3000-\u303f\uff00-\uffef]+/;
const PATH = /(?<![\w/])(?:'[\w.~-]*\/[^']*'|[\w.~-]*\/[^\s\u3000-\u303f\uff00-\uffef“”‘’]+)/;
const TIME = /\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: [+-]\d\d:\d\d)?/;
const WHOLE = new RegExp([COMMAND, ADDRESS, PATH, TIME].map(({ source }) => source).join('|'), 'gu');

/** A character that may begin a line and end one: Chinese, Japanese and their punctuation. Ranges, for properties load slowly. */
const LOOSE = String.raw`[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u{20000}-\u{3ffff}]`;
/** White space; a Chinese character with the marks that stick to it; a word. */
const PIECE = new RegExp(
  String.raw`\s+|${LOOSE}[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\u{e0100}-\u{e01ef}]*|(?:(?!${LOOSE})\S)+`,
  'gu',
);
const IS_LOOSE = new RegExp(LOOSE, 'u');
/** What begins no line, and what ends none. */
const CLOSES = /^[)\]}、。，．：；？！％…—·～〉》」』】〕〗〙〛）］｝’”,.:;?!%]/;
const OPENS = /[([{〈《「『【〔〖〘〚（［｛‘“]$/;

function atomsIn(text: string, given: readonly Whole[]): readonly Atom[] {
  const pieces = piecesOf(text, given);
  const atoms: Atom[] = [];
  let cellWidth = 0;
  for (let i = pieces.length - 1; i >= 0; i -= 1) {
    const { from, to } = pieces[i] as Whole;
    const before = i === 0 ? from : from - (pieces[i - 1] as Whole).to;
    const width = widthOf(text.slice(from, to));
    cellWidth += width;
    atoms.push({ from, width, space: i === 0 ? 0 : before, cellWidth });
    cellWidth = before >= 2 ? 0 : cellWidth + before;
  }
  return atoms.reverse();
}

/** Without the white space between them. */
function piecesOf(text: string, given: readonly Whole[]): readonly Whole[] {
  const found = [...text.matchAll(WHOLE)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
  const wholes = [...given, ...found].sort((a, b) => a.from - b.from);
  const pieces: Whole[] = [];
  let at = 0;
  for (const whole of [...wholes, { from: text.length, to: text.length }]) {
    if (whole.from < at) continue; // within another one
    for (const match of text.slice(at, whole.from).matchAll(PIECE))
      if (match[0].trim() !== '') pieces.push({ from: at + match.index, to: at + match.index + match[0].length });
    if (whole.to > whole.from) pieces.push(whole);
    at = Math.max(at, whole.to);
  }
  return stuck(text, pieces);
}

/** A whole takes along what touches it and may not begin or end a line: a comma behind a path, a bracket before it. */
function stuck(text: string, pieces: readonly Whole[]): readonly Whole[] {
  const joined: Whole[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const touches = last !== undefined && last.to === piece.from;
    if (touches && !mayBreak(text, piece.from)) joined[joined.length - 1] = { from: last.from, to: piece.to };
    else joined.push(piece);
  }
  return joined;
}

/** True between two characters of which one at least is Chinese, and neither sticks to the other. */
function mayBreak(text: string, at: number): boolean {
  const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(at, at + 2)];
  if (CLOSES.test(after) || OPENS.test(before)) return false;
  return IS_LOOSE.test([...before].at(-1) ?? '') || IS_LOOSE.test([...after][0] ?? '');
}
