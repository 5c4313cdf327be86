/** Every command with its arguments, flags and help, in groups: what the command line, the man page and completion are made of. */
import { Command, CommanderError, Help, type Option } from 'commander';
import { clustering, sharing } from './commands/cluster-flags.ts';
import { COMPLETE, completing } from './commands/completion-flags.ts';
import { crawling } from './commands/crawling-flags.ts';
import type { Invocation } from './commands/flags.ts';
import { keeping } from './commands/keeping-flags.ts';
import { reading } from './commands/reading-flags.ts';
import { EXIT } from './errors.ts';
import type { Output } from './report/output.ts';
import { columnsOf, printPlain } from './report/plain.ts';
import { widthOf } from './report/width.ts';
import { wrapped } from './report/wrap.ts';
import { versionText } from './versions.ts';

/** Of help: wider lines are hard to read. */
const HELP_COLUMNS = 80;

/** The program; what a command does is loaded when it is called. */
export function createProgram(invocation: Invocation): Command {
  const { io } = invocation;
  const program = new Command('guancha-archive')
    .description('Archives articles of the Chinese news site Guancha (观察者网), one slow request at a time.')
    .option('-V, --version', 'version, commit, Node.js, browser and SQLite')
    .on('option:version', () => {
      printPlain(io.stdout, `${versionText()}\n`);
      throw new CommanderError(EXIT.ok, 'commander.version', '');
    })
    .configureOutput({
      writeOut: (text) => printPlain(io.stdout, text),
      writeErr: (text) => printPlain(io.stderr, text),
      getOutHelpWidth: () => helpColumns(io.stdout),
      getErrHelpWidth: () => helpColumns(io.stderr),
      outputError: () => {}, // said like any other failure, by who catches it
    })
    .configureHelp({ optionDescription: describeOption, subcommandTerm, displayWidth: widthOf, boxWrap, formatItem })
    .exitOverride();
  crawling(program, invocation);
  reading(program, invocation);
  keeping(program, invocation);
  sharing(program, invocation);
  clustering(program, invocation);
  completing(program, invocation);
  const order = Object.values(GROUPS).flat();
  (program.commands as Command[]).sort((a, b) => order.indexOf(a.name()) - order.indexOf(b.name()));
  for (const command of program.commands) command.helpGroup(`${groupOf(command.name())}:`);
  return program;
}

/** The commands by what people want, in the order of help. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Archive: ['start', 'init', 'archive', 'crawl', 'schedule', 'backfill', 'import', 'orders', 'retry', 'worker', 'demo'],
  'Read and search': ['serve', 'search', 'list', 'history', 'diff', 'changes', 'letter'],
  'Take along': ['export', 'copy'],
  'Check and prove': ['audit', 'seal', 'verify', 'prove', 'corroborate', 'manifest', 'reproduce', 'extract'],
  'Look after': [
    'status',
    'sources',
    'coverage',
    'repair',
    'reindex',
    'quarantine',
    'vocabulary',
    'notify',
    'doctor',
    'cluster',
    'completion',
    COMPLETE,
    'version',
  ],
};

function groupOf(name: string): string {
  const group = Object.entries(GROUPS).find(([, names]) => names.includes(name))?.[0];
  if (group === undefined) throw new TypeError(`a command without a place in the help: ${name}`);
  return group;
}

/** Without the defaults that say nothing: off, and none. */
function describeOption(this: Help, option: Option): string {
  const { defaultValue } = option;
  const isSilent = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const shown: Option = isSilent ? Object.assign(Object.create(option), { defaultValue: undefined }) : option;
  return Help.prototype.optionDescription.call(this, shown);
}

/** Nothing is wrapped where there is no terminal. */
function helpColumns(to: Output): number {
  return to.isTTY === true ? Math.min(columnsOf(to), HELP_COLUMNS) : columnsOf(to);
}

/** Text of help is broken as all other text is. */
function boxWrap(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapped(line, columns).map((each, i) => (i === 0 ? each : each.trimStart())))
    .join('\n');
}

/** Columns that the meaning of a flag needs beside its name; it stands below where there are fewer. */
const NARROWEST = 24;

/** A name that takes more than two fifths of the width stands on a line of its own. */
function formatItem(this: Help, term: string, termWidth: number, description: string): string {
  if (description === '') return `  ${term}`;
  const columns = this.helpWidth ?? HELP_COLUMNS;
  const beside = Math.min(termWidth, Math.floor(columns * 0.4)) + 4;
  const at = columns - beside < NARROWEST ? 4 : beside;
  const lines = boxWrap(description, columns - at).replaceAll('\n', `\n${' '.repeat(at)}`);
  const isBelow = widthOf(term) + 4 > at;
  return isBelow ? `  ${term}\n${' '.repeat(at)}${lines}` : `  ${term.padEnd(at - 2)}${lines}`;
}

/** Without `[options]`, which every command has. */
function subcommandTerm(this: Help, command: Command): string {
  return Help.prototype.subcommandTerm.call(this, command).replace(' [options]', '');
}
