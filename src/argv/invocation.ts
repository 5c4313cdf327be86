/** What every command's flags have in common, and what a command is called with. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Interrupts } from '../commands/session.ts';
import type { Io, Terminal } from '../commands/terminal.ts';
import type { Config } from '../config.ts';
import type { ExitCode } from '../errors.ts';

export interface CommonFlags {
  readonly config?: string;
  readonly archive?: string;
  readonly json?: boolean;
}

export interface Invocation {
  readonly io: Io;
  readonly interrupts: Interrupts;
  /** Reads the configuration that the flags name. Throws CONFIG_UNREADABLE, CONFIG_INVALID. */
  readonly prepare: (flags: CommonFlags) => { readonly config: Config; readonly terminal: Terminal };
  /** Takes the exit code that the command came to. */
  readonly end: (exit: ExitCode) => void;
}

export const CONFIG = 'configuration (default: crawl.config.yaml in this folder, else the built-in defaults)';
export const JSON_LINES = 'JSON lines on stdout and nothing else there';

/** The flags of nearly every command. */
export function common(command: Command): Command {
  return command
    .option('--config <file>', CONFIG)
    .option('--archive <dir>', 'archive, instead of the configuration’s')
    .option('--json', JSON_LINES);
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  guancha-archive ${line}`).join('\n')}`;
}

/** Reads an option that may be given several times. */
export function several(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}
