/** Texts without colours, and lines for programs: all that help, version and errors need, and quick to load. */
import { printable } from '../log.ts';
import type { Output } from './output.ts';
import { wrapped } from './wrap.ts';

/** Prints a text of several lines before there is a terminal, or after: errors, help. */
export function printPlain(to: Output, text: string): void {
  const columns = columnsOf(to);
  to.write(
    linesIn(text)
      .flatMap((line) => wrapped(printable(line), columns))
      .join('\n'),
  );
}

/** The same of what programs read, a script too: no width breaks its lines. */
export function printUnbroken(to: Output, text: string): void {
  to.write(linesIn(text).map(printable).join('\n'));
}

/** The lines of a text of several; each is foreign. */
export function linesIn(text: string): readonly string[] {
  return text.replaceAll('\t', '    ').split(/\r?\n/);
}

/** JSON that a terminal shows as it is: what JSON may leave raw and a terminal would obey is escaped by JSON's own rule. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Of a terminal that does not say how wide it is (0 columns over a serial line) and of one that nothing fits in. */
const USUAL_COLUMNS = 80;

export function columnsOf(stream: Output): number {
  if (stream.isTTY !== true) return Number.POSITIVE_INFINITY;
  const { columns = 0 } = stream;
  return columns > 1 ? columns : USUAL_COLUMNS;
}
