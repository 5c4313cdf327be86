/** What goes to a receiver of notices, and what it answers. */

/** One notice on its way. */
export interface Delivery {
  /** By this the receiver recognises a notice that it has already. */
  readonly id: string;
  readonly on: string;
  /** The notice with its id and time, as JSON. */
  readonly body: string;
}

/** What a hook answered to one delivery. */
export interface HookAnswer {
  readonly ok: boolean;
  /** `HTTP status 204`, `exit code 3: no such room`: one short line. */
  readonly detail: string;
  /** The receiver asks to be left alone for so long. */
  readonly afterMs?: number | undefined;
  /** The receiver does not take this notice, however often it comes: it is given up at once. */
  readonly isRefused?: boolean | undefined;
}

const LONGEST_LINE = 300;

/** Words of others in one short line, without control characters: they end up in logs and messages. */
export function oneLine(text: string, longest = LONGEST_LINE): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length > longest ? `${cut(line, longest - 1)}…` : line;
}

/** The beginning of a text: so many UTF-16 code units at most, and no half of a character. */
export function cut(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}
