/** Every command with its arguments, flags and help, in groups: what the command line, the man page and completion are made of. */
import { Command, CommanderError, Help, type Option } from 'commander';
import { clustering } from './commands/cluster-flags.ts';
import { crawling } from './commands/crawling-flags.ts';
import { type Invocation, keeping, reading } from './commands/flags.ts';
import { sharing } from './commands/shared-flags.ts';
import { EXIT } from './errors.ts';
import { columnsOf, printPlain } from './report/plain.ts';
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
      getOutHelpWidth: () => Math.min(columnsOf(io.stdout), HELP_COLUMNS),
      getErrHelpWidth: () => Math.min(columnsOf(io.stderr), HELP_COLUMNS),
    })
    .configureHelp({ optionDescription: describeOption })
    .exitOverride()
    .showHelpAfterError('(guancha-archive --help says more)');
  crawling(program, invocation);
  reading(program, invocation);
  keeping(program, invocation);
  sharing(program, invocation);
  clustering(program, invocation);
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
