/** What a hook answered to one delivery. */

export interface HookAnswer {
  readonly ok: boolean;
  /** `HTTP status 204`, `exit code 3: no such room`: one short line. */
  readonly detail: string;
}

/** One notice on its way. */
export interface Delivery {
  /** The receiver's means to drop doubles. */
  readonly id: string;
  readonly on: string;
  /** JSON. */
  readonly body: string;
}

const LONGEST_LINE = 300;

/** A receiver's words in one short line, without control characters: they end up in logs. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}
