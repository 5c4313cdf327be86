/** The log: one type of event, which the stages write and the command shows. */

type Stage =
  | 'discover'
  | 'frontier'
  | 'fetch'
  | 'judge'
  | 'extract'
  | 'assets'
  | 'store'
  | 'repair'
  | 'run'
  | 'seal'
  | 'notify'
  | 'monitor'
  | 'read';

export interface LogEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly stage: Stage;
  readonly message: string;
}

export type Log = (event: LogEvent) => void;

// Names and texts of the archive as a terminal or a report may show them.

/** Control characters in the names of files would command the terminal; those of direction would hide what a name is. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' ? '\\n' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
