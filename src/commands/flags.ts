/** What commands share: the flags that most of them have, the values of flags, and what a command is called with. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config.ts';
import type { ExitCode } from '../errors.ts';
import type { Io } from '../report/output.ts';
import type { Terminal } from '../report/terminal.ts';
import type { Interrupts } from './session.ts';

export interface CommonFlags {
  readonly config?: string;
  readonly archive?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface Invocation {
  readonly io: Io;
  readonly interrupts: Interrupts;
  /** Of a command that reads no configuration. */
  readonly terminal: (flags: Pick<CommonFlags, 'json' | 'quiet'>) => Terminal;
  /** Reads the configuration that the flags name. Throws CONFIG_UNREADABLE, CONFIG_INVALID. */
  readonly prepare: (flags: CommonFlags) => { readonly config: Config; readonly terminal: Terminal };
  /** The same for a command that makes no archive. Throws NO_ARCHIVE, too. */
  readonly existing: Invocation['prepare'];
  /** Is called with the exit code of the command. */
  readonly end: (exit: ExitCode) => void;
}

const CONFIG =
  'configuration (default: $GUANCHA_ARCHIVE_CONFIG; crawl.config.yaml of this folder, of one above it, of the user; the built-in defaults)';
export const WAIT = 'wait until no other run holds the archive; else the work is handed over to that run';
export const NO_WAIT = 'hand the work over, and do not wait for what it comes to';
/** How every command takes the name of an article. */
export const ARTICLE = 'id such as guancha:623950, its number, address, or path of its document or record';
export const JSON_LINES = 'JSON lines on stdout and nothing else there';

/** The flags of nearly every command. */
export function common(command: Command): Command {
  return command
    .option('--config <file>', CONFIG)
    .option('--archive <dir>', 'archive, instead of the configuration’s')
    .option('--json', JSON_LINES)
    .option('--quiet', 'warnings and errors on stderr alone: no progress, no notes');
}

export const CLUSTER = 'let the hands of the cluster do it (worker), as if this machine had done it';

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  guancha-archive ${line}`).join('\n')}`;
}

/** Reads an option that may be given several times. */
export function several(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

export function count(text: string): number {
  const value = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}

export function countOrNone(text: string): number {
  return text === '0' ? 0 : count(text);
}
