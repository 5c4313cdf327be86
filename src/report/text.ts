/**
 * Text for a terminal whose markup is typed: only what this file makes is a colour or a link. Every string is foreign,
 * whoever wrote it, and is escaped where it is printed.
 */
import { hostname } from 'node:os';
import { pathToFileURL } from 'node:url';
import { styleText } from 'node:util';
import { printable } from '../log.ts';
import { wrap } from './wrap.ts';

export type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

/** A stretch of one line; `text` is foreign. */
interface Piece {
  readonly text: string;
  readonly styles: readonly Style[];
  /** Absolute path of the file, or address of this machine's server, that it opens. */
  readonly path: string | null;
}

/** A line, or a part of one. */
export interface Styled {
  readonly pieces: readonly Piece[];
}

export type Text = string | Styled;

/** `line\`${mark}  ${title}\``: values are strings, styled text, numbers, or lists of these. */
export function line(literals: TemplateStringsArray, ...values: readonly (Text | number | readonly Text[])[]): Styled {
  const pieces = literals.flatMap((literal, i) => [
    ...piecesOf(literal),
    ...(i < values.length ? piecesOf(values[i] ?? '') : []),
  ]);
  return { pieces };
}

function piecesOf(value: Text | number | readonly Text[]): readonly Piece[] {
  if (typeof value === 'string' || typeof value === 'number')
    return value === '' ? [] : [{ text: String(value), styles: [], path: null }];
  return 'pieces' in value ? value.pieces : value.flatMap(piecesOf);
}

/** Lines or parts of them beside each other. */
export function joined(parts: readonly Text[], between = ''): Styled {
  return { pieces: parts.flatMap((part, i) => [...(i === 0 ? [] : piecesOf(between)), ...piecesOf(part)]) };
}

export function style(name: Style, text: Text): Styled {
  return { pieces: piecesOf(text).map((piece) => ({ ...piece, styles: [name, ...piece.styles] })) };
}

/** Text that a terminal opens a file or an address by (OSC 8); elsewhere the text alone. `path` is absolute, or begins with `http:`. */
export function link(text: Text, path: string): Styled {
  return { pieces: piecesOf(text).map((piece) => ({ ...piece, path })) };
}

/** A word of a command, as a shell takes it. */
export function inShell(word: string): string {
  return /^[\w./~:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What may reach a terminal beside plain text. */
export interface Abilities {
  readonly colours: boolean;
  readonly links: boolean;
  /** Columns at which a line is wrapped; without end where it is not. */
  readonly columns: number;
}

/** A line as it is written, in as many lines as the width asks for: everything foreign in it is escaped. What a link shows stays whole. */
export function written(text: Text, { colours, links, columns }: Abilities): string {
  const pieces = piecesOf(text).map((piece) => ({ ...piece, text: printable(piece.text) }));
  const placed: (Piece & { readonly from: number; readonly to: number })[] = [];
  for (const piece of pieces) {
    const from = placed.at(-1)?.to ?? 0;
    placed.push({ ...piece, from, to: from + piece.text.length });
  }
  const whole = pieces.map((piece) => piece.text).join('');
  const lines = wrap(
    whole,
    columns,
    placed.filter(({ path }) => path !== null),
  ).map(({ from, to, indent }) => {
    const parts = placed.map((piece) => ({
      ...piece,
      text: piece.text.slice(Math.max(0, from - piece.from), Math.max(0, to - piece.from)),
    }));
    return ' '.repeat(indent) + parts.map((piece) => marked(piece, { colours, links })).join('');
  });
  return lines.join('\n');
}

function marked({ text, styles, path }: Piece, { colours, links }: Pick<Abilities, 'colours' | 'links'>): string {
  if (text === '') return '';
  const [first, ...others] = styles;
  const coloured =
    colours && first !== undefined ? styleText([first, ...others], text, { validateStream: false }) : text;
  return links && path !== null ? `\u001b]8;;${urlOf(path)}\u001b\\${coloured}\u001b]8;;\u001b\\` : coloured;
}

/** With the machine’s name, so that a terminal elsewhere does not take the file for one of its own; all but plain characters are encoded. */
function urlOf(path: string): string {
  if (/^https?:\/\//.test(path)) return URL.parse(path)?.href ?? '';
  return `file://${encodeURIComponent(hostname())}${pathToFileURL(path).pathname}`;
}
