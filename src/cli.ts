/** From argv to an exit code. No other file knows argv, signals or how the process ends. */
import { Command, CommanderError, Help, type Option } from 'commander';
import { clustering } from './commands/cluster-flags.ts';
import { crawling } from './commands/crawling-flags.ts';
import { requireArchive } from './commands/existing-archive.ts';
import { type CommonFlags, type Invocation, keeping, reading } from './commands/flags.ts';
import type { Interrupts } from './commands/session.ts';
import { sharing } from './commands/shared-flags.ts';
import { loadConfig } from './config.ts';
import { configSource } from './config-file.ts';
import { EXIT, type ExitCode, exitCodeFor, renderError } from './errors.ts';
import { packageInfo } from './package.ts';
import { type Io, type Output, safeOutput } from './report/output.ts';
import { columnsOf, createTerminal, printPlain } from './report/terminal.ts';
import { knownError } from './system-errors.ts';

/** Of help: wider lines are hard to read. */
const HELP_COLUMNS = 80;

/**
 * Runs one command line.
 * @param argv without the program's own name
 * @param interrupts what Ctrl-C says, once and twice
 * @returns the exit code; never ends the process, never throws
 */
export async function main(argv: readonly string[], io: Io, interrupts: Interrupts): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const { version } = packageInfo();
  const program = new Command('guancha-archive')
    .description('Archives articles of the Chinese news site Guancha (观察者网), one slow request at a time.')
    .version(version)
    .configureOutput({
      writeOut: (text) => printPlain(io.stdout, text),
      writeErr: (text) => printPlain(io.stderr, text),
      getOutHelpWidth: () => Math.min(columnsOf(io.stdout), HELP_COLUMNS),
      getErrHelpWidth: () => Math.min(columnsOf(io.stderr), HELP_COLUMNS),
    })
    .configureHelp({ optionDescription: describeOption })
    .exitOverride()
    .showHelpAfterError('(guancha-archive --help says more)');

  const invocation: Invocation = {
    io,
    interrupts,
    prepare,
    existing: (flags) => {
      const prepared = prepare(flags);
      requireArchive(prepared.config);
      return prepared;
    },
    end: (code) => {
      exit = code;
    },
  };
  crawling(program, invocation);
  reading(program, invocation);
  keeping(program, invocation);
  sharing(program, invocation);
  clustering(program, invocation);
  const order = Object.values(GROUPS).flat();
  (program.commands as Command[]).sort((a, b) => order.indexOf(a.name()) - order.indexOf(b.name()));
  for (const command of program.commands) command.helpGroup(`${groupOf(command.name())}:`);

  try {
    await program.parseAsync(withoutHelpFor(argv, program), { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (interrupts.abortSignal.aborted) {
      printPlain(io.stderr, 'interrupted; the same command goes on where this one stopped\n');
      return EXIT.interrupted;
    }
    const known = knownError(error, { place: 'elsewhere' });
    printPlain(io.stderr, `${renderError(known)}\n`);
    return exitCodeFor(known);
  }

  function prepare(flags: CommonFlags): ReturnType<Invocation['prepare']> {
    const terminal = createTerminal(io, { json: flags.json === true, quiet: flags.quiet === true });
    const config = loadConfig(flags.config ?? null, { archive: flags.archive });
    const { file } = configSource(flags.config ?? null);
    if (file !== null && flags.config === undefined)
      terminal.log({ level: 'info', stage: 'run', message: `configuration ${file}` });
    return { config, terminal };
  }
}

/** The commands by what people want, in the order of help. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Archive: ['start', 'init', 'archive', 'crawl', 'schedule', 'backfill', 'import', 'orders', 'retry', 'worker', 'demo'],
  'Read and search': ['serve', 'search', 'list', 'history', 'diff', 'changes'],
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

/** `help nosuch` is answered as `nosuch` is: commander would show the help of everything, as if that were known. */
function withoutHelpFor(argv: readonly string[], program: Command): readonly string[] {
  const [first, name] = argv;
  if (first !== 'help' || name === undefined || name === 'help') return argv;
  return program.commands.some((command) => command.name() === name) ? argv : argv.slice(1);
}

/** So long after its launcher is gone the program goes on with what is in hand, and so long until it ends in any case. */
const ORPHAN_MS = { abort: 10_000, exit: 20_000 };

const ARTICLE_IN_HAND = 'finishing the article in hand; Ctrl-C again ends at once';
/** What Ctrl-C says first, of commands that have an article in hand and of one that has nothing. */
const STOPPING: Readonly<Record<string, string>> = {
  archive: ARTICLE_IN_HAND,
  backfill: ARTICLE_IN_HAND,
  crawl: ARTICLE_IN_HAND,
  demo: ARTICLE_IN_HAND,
  schedule: ARTICLE_IN_HAND,
  start: ARTICLE_IN_HAND,
  serve: 'the server ends',
  worker: ARTICLE_IN_HAND,
};
const STOPPING_ELSE = 'finishing what is in hand; Ctrl-C again ends at once';

/**
 * Ctrl-C once: finish what is in hand. Twice: end at once. SIGTERM is taken as the first, and so is the end of the
 * launcher, by whatever it ended.
 */
function listenForInterrupts(argv: readonly string[], stderr: Output): Interrupts & { readonly endNow: () => void } {
  const stop = new AbortController();
  const now = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) now.abort();
    else printPlain(stderr, `\n${STOPPING[argv[0] ?? ''] ?? STOPPING_ELSE}\n`);
    stop.abort();
  };
  const endNow = () => {
    stop.abort();
    now.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('disconnect', () => {
    stop.abort();
    setTimeout(() => now.abort(), ORPHAN_MS.abort).unref();
    setTimeout(() => process.exit(EXIT.interrupted), ORPHAN_MS.exit).unref();
  });
  // Heard from the beginning where it is no wish to end, and kept for whoever listens later.
  let onHangup: (() => void) | null = null;
  let hasHungUp = false;
  if (argv[0] === 'schedule')
    process.on('SIGHUP', () => {
      if (onHangup === null) hasHungUp = true;
      else onHangup();
    });
  process.channel?.unref(); // the launcher waits for this process, not the other way round
  process.send?.('listening');
  const listen = (listener: () => void) => {
    onHangup = listener;
    if (hasHungUp) listener();
    hasHungUp = false;
    return () => {
      onHangup = null;
    };
  };
  return { stopSignal: stop.signal, abortSignal: now.signal, onHangup: listen, endNow };
}

const LAST_RESORT_MS = 5000;

if (import.meta.main) {
  const stderr = safeOutput(process.stderr);
  const stdout = safeOutput(process.stdout, ({ message }) =>
    printPlain(stderr, `stdout cannot be written: ${message}; the work goes on\n`),
  );
  const argv = process.argv.slice(2);
  const interrupts = listenForInterrupts(argv, stderr);
  let fault: ExitCode | null = null;
  // Nothing should come here. What does is said like any other failure, and ends the program in order, or else soon.
  process.on('uncaughtException', (error) => {
    if (fault !== null) return;
    const known = knownError(error, { place: 'elsewhere' });
    fault = exitCodeFor(known);
    process.exitCode = fault;
    printPlain(stderr, `${renderError(known)}\n`);
    setTimeout(() => process.exit(), LAST_RESORT_MS).unref();
    interrupts.endNow();
  });
  // A stream may fail after the last line was given to it. A reader that has seen enough (`| head`) is no failure.
  process.on('exit', () => {
    if (process.exitCode === EXIT.ok && stdout.lost() !== null) process.exitCode = EXIT.outputLost;
  });
  const exit = await main(argv, { stdout, stderr, stdin: process.stdin }, interrupts);
  process.exitCode = fault ?? exit;
}
