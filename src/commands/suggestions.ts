/** What may follow on a command line that is being typed: from the definitions of the commands, for the scripts of the shells. */
import { readFileSync } from 'node:fs';
import type { Argument, Command, Option } from 'commander';
import { fileOf } from '../config-file.ts';
import { ERRORS } from '../errors.ts';

interface Suggestion {
  readonly text: string;
  /** For people, on one line. */
  readonly about: string;
}

export interface Suggestions {
  /** What the shell adds of its own: names of files, of folders alone, or nothing. */
  readonly paths: 'files' | 'folders' | 'none';
  /** Each begins with what was typed; behind `--flag=`, with what stands behind the sign. */
  readonly words: readonly Suggestion[];
}

/** What a line names so far. */
interface Typed {
  /** The program itself before a command is named; null where there is no such command. */
  readonly command: Command | null;
  readonly asksForHelp: boolean;
  /** The flag whose value comes next. */
  readonly flag: Option | null;
  /** How many arguments of the command are there already. */
  readonly count: number;
  /** True behind `--`, where nothing is a flag. */
  readonly isLiteral: boolean;
  /** The value of --config. */
  readonly config: string | null;
}

/**
 * Reads the configuration at most, and only where names of sources are asked for.
 * @param before the words between the program's name and the current one
 * @param current what is typed of the word to complete; may be empty
 */
export async function suggestionsFor(
  program: Command,
  before: readonly string[],
  current: string,
): Promise<Suggestions> {
  const typed = typedOf(program, before);
  const { command, flag, isLiteral } = typed;
  if (command === null) return NOTHING;
  if (flag !== null) return beginningWith(current, await valuesOf(flag, typed));
  const [, name, value = ''] = (!isLiteral && /^(--[^=]+)=(.*)$/s.exec(current)) || [];
  if (name !== undefined) {
    const named = flagNamed(command, name);
    return named !== null && takesValue(named) ? beginningWith(value, await valuesOf(named, typed)) : NOTHING;
  }
  if (current.startsWith('-') && !isLiteral) return beginningWith(current, flagsOf(command));
  if (command === program || typed.asksForHelp) return beginningWith(current, commandsOf(program));
  const argument = argumentAt(command, typed.count);
  if (argument !== null) return beginningWith(current, await valuesOf(argument, typed));
  return current === '' && !isLiteral ? flagsOf(command) : NOTHING;
}

const NOTHING: Suggestions = { paths: 'none', words: [] };

function beginningWith(start: string, { paths, words }: Suggestions): Suggestions {
  return { paths, words: words.filter(({ text }) => text.startsWith(start)) };
}

function typedOf(program: Command, before: readonly string[]): Typed {
  let typed: Typed = { command: program, asksForHelp: false, flag: null, count: 0, isLiteral: false, config: null };
  for (const word of before) typed = { ...typed, ...readWord(program, typed, word) };
  return typed;
}

function readWord(program: Command, { command, flag, count, isLiteral }: Typed, word: string): Partial<Typed> {
  if (flag !== null) return { flag: null, ...(flag.long === '--config' ? { config: word } : {}) };
  if (isLiteral || !word.startsWith('-') || word === '-') {
    if (command !== program) return { count: count + 1 };
    return word === 'help' ? { asksForHelp: true } : { command: commandNamed(program, word) };
  }
  if (word === '--') return { isLiteral: true };
  const [name = '', ...value] = word.split('=');
  const named = command === null ? null : flagNamed(command, name);
  if (named === null || !takesValue(named)) return {};
  if (value.length === 0) return { flag: named };
  return named.long === '--config' ? { config: value.join('=') } : {};
}

function commandNamed(program: Command, name: string): Command | null {
  return program.commands.find((command) => command.name() === name) ?? null;
}

function flagNamed(command: Command, name: string): Option | null {
  return command.options.find(({ long, short }) => name === long || name === short) ?? null;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | null {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic === true ? last : null);
}

function commandsOf(program: Command): Suggestions {
  const visible = program.createHelp().visibleCommands(program);
  return listed(visible.map((command) => [command.name(), command.summary() || command.description()]));
}

function flagsOf(command: Command): Suggestions {
  const visible = command.createHelp().visibleOptions(command);
  return listed(visible.map((option) => [option.long ?? option.short ?? '', option.description]));
}

async function valuesOf(slot: Argument | Option, typed: Typed): Promise<Suggestions> {
  if (slot.argChoices !== undefined) return listed(slot.argChoices.map((choice) => [choice, '']));
  if (!('long' in slot) && slot.parseArg !== undefined) return NOTHING; // a number
  return (await VALUES[placeholderOf(slot)]?.(typed)) ?? NOTHING;
}

/** What stands for the value in help, such as `file`. */
export function placeholderOf(slot: Argument | Option): string {
  return 'long' in slot ? (/[<[]([^.>\]]+)/.exec(slot.flags)?.[1] ?? '') : slot.name();
}

const files = (): Suggestions => ({ paths: 'files', words: [] });
const folders = (): Suggestions => ({ paths: 'folders', words: [] });
const nothing = (): Suggestions => NOTHING;

/** What can stand for each placeholder of help; `nothing` where only the user knows it. */
export const VALUES: Readonly<Record<string, (typed: Typed) => Suggestions | Promise<Suggestions>>> = {
  article: files,
  check: checks,
  code: () => listed(Object.entries(ERRORS).map(([code, { title }]) => [code, title])),
  date: nothing,
  dir: folders,
  file: files,
  filter: nothing,
  form: nothing,
  from: folders,
  host: nothing,
  item: nothing,
  key: files,
  kind: async () => listed((await import('../config.ts')).NOTICE_KINDS.map((kind) => [kind, ''])),
  month: nothing,
  n: nothing,
  name: sources,
  number: nothing,
  other: folders,
  page: files,
  path: files,
  query: nothing,
  source: sources,
  target: files,
  time: nothing,
  to: folders,
  url: nothing,
  what: files,
};

async function checks(): Promise<Suggestions> {
  const { CHECKS } = await import('../audit/promises.ts');
  const groups = new Set(Object.values(CHECKS).map(({ group }) => group));
  return listed([
    ...[...groups].map((group) => [group, `all checks of ${group}`] as const),
    ...Object.entries(CHECKS).map(([code, { means }]) => [code, means] as const),
  ]);
}

/** Those of the configuration's file, which is not checked: to load all that checks it takes longer than a key may. */
async function sources({ config }: Typed): Promise<Suggestions> {
  const file = fileOf(config);
  if (file === null) return NOTHING;
  const { parse } = await import('yaml');
  const read = parse(readFileSync(file, 'utf8')) as { readonly sources?: unknown } | null;
  const all: readonly unknown[] = Array.isArray(read?.sources) ? read.sources : [];
  const named = all.flatMap((each) => {
    const { name, url } = (each ?? {}) as { readonly name?: unknown; readonly url?: unknown };
    return typeof name === 'string' ? [[name, typeof url === 'string' ? url : ''] as const] : [];
  });
  return listed(named);
}

function listed(words: readonly (readonly [text: string, about: string])[]): Suggestions {
  const onOneLine = (text: string) => text.replace(/\s+/g, ' ');
  return { paths: 'none', words: words.map(([text, about]) => ({ text: onOneLine(text), about: onOneLine(about) })) };
}
