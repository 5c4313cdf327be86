/** From argv to an exit code. No other file knows argv, signals or how the process ends. */
import { type Command, CommanderError } from 'commander';
import { COMPLETE } from './commands/completion-flags.ts';
import type { CommonFlags, Invocation } from './commands/flags.ts';
import type { Interrupts } from './commands/session.ts';
import { configSource } from './config-file.ts';
import { ArchiveError, EXIT, type ExitCode, exitCodeFor, renderError } from './errors.ts';
import { orNearest } from './nearest.ts';
import { createProgram } from './program.ts';
import { createEnvelope, errorLine } from './report/envelope.ts';
import { type Io, type Output, safeOutput } from './report/output.ts';
import { jsonLine, printPlain, printUnbroken } from './report/plain.ts';
import type { Terminal } from './report/terminal.ts';
import { knownError } from './system-errors.ts';

/**
 * Runs one command line.
 * @param argv without the program's own name
 * @param interrupts what Ctrl-C says, once and twice
 * @returns the exit code; never ends the process, never throws
 */
export async function main(argv: readonly string[], io: Io, interrupts: Interrupts): Promise<ExitCode> {
  let exit = EXIT.ok as ExitCode;
  const envelope = createEnvelope();
  let loaded: Settings | null = null;
  const invocation: Invocation = {
    io,
    interrupts,
    terminal,
    prepare,
    existing: (flags) => {
      const prepared = prepare(flags);
      begun().requireArchive(prepared.config);
      return prepared;
    },
    end: (code) => {
      exit = code;
    },
  };
  const program = createProgram(invocation).hook('preAction', async (_program, command) => {
    if (command.name() !== COMPLETE) loaded = await loadSettings();
  });

  try {
    await program.parseAsync(withoutHelpFor(argv, program), { from: 'user' });
    const isCutOff = exit === EXIT.interrupted && !envelope.isSummed();
    sayLast(isCutOff ? new ArchiveError('INTERRUPTED', STOPPED) : null);
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      const wrong = new ArchiveError('USAGE', detailOf(error, argv[0] ?? ''));
      sayLast(wrong);
      if (error.code !== 'commander.help') printPlain(io.stderr, `${renderError(wrong)}\n`); // else the help says it all
      return EXIT.usage;
    }
    if (interrupts.abortSignal.aborted) {
      sayLast(new ArchiveError('INTERRUPTED', STOPPED));
      printPlain(io.stderr, 'interrupted; the same command goes on where this one stopped\n');
      return EXIT.interrupted;
    }
    const known = knownError(error, { place: 'elsewhere' });
    sayLast(known);
    printPlain(io.stderr, `${renderError(known)}\n`);
    return exitCodeFor(known);
  }

  /** The last line of --json. @param error what ended the command; null where it ended by itself */
  function sayLast(error: unknown): void {
    const end = argv.indexOf('--');
    if (!argv.slice(0, end < 0 ? argv.length : end).includes('--json')) return;
    const name = argv.find((word) => program.commands.some((command) => command.name() === word)) ?? null;
    const last = error === null ? envelope.end(name ?? '', exit) : errorLine(name, error);
    printUnbroken(io.stdout, `${jsonLine(last)}\n`);
  }

  function begun(): Settings {
    if (loaded === null) throw new TypeError('no command has begun');
    return loaded;
  }

  function terminal({ json, quiet }: CommonFlags): Terminal {
    return begun().createTerminal(io, { json: json === true, quiet: quiet === true, envelope });
  }

  function prepare(flags: CommonFlags): ReturnType<Invocation['prepare']> {
    const prepared = terminal(flags);
    const config = begun().loadConfig(flags.config ?? null, { archive: flags.archive });
    const { file } = configSource(flags.config ?? null);
    if (file !== null && flags.config === undefined)
      prepared.log({ level: 'info', stage: 'run', message: `configuration ${file}` });
    return { config, terminal: prepared };
  }
}

/** What every command needs, and help and version do without: they are there in a third of the time. */
async function loadSettings() {
  const [{ loadConfig }, { requireArchive }, { createTerminal }] = await Promise.all([
    import('./config.ts'),
    import('./commands/existing-archive.ts'),
    import('./report/terminal.ts'),
  ]);
  return { loadConfig, requireArchive, createTerminal };
}

type Settings = Awaited<ReturnType<typeof loadSettings>>;

const STOPPED = 'what had begun is as if it had not, or goes on with the same command';

/** What is wrong with a command line, with the choice that may have been meant. */
function detailOf({ code, message }: CommanderError, first: string): string {
  if (code === 'commander.help') return 'no command is given';
  if (code === 'commander.unknownOption' && first.startsWith('-')) return `${first}: flags stand behind the command`;
  const [, word, choices] = / value '(.*)' is invalid .*Allowed choices are (.+)\.$/s.exec(message) ?? [];
  const near = word === undefined || choices === undefined ? '' : orNearest(word, choices.split(', '));
  return `${message.replace(/^error: /, '').replace('\n(', ' (')}${near}`;
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
const LIST_IN_HAND = 'finishing the list or article in hand; Ctrl-C again ends at once';
/** What Ctrl-C says first, of commands that have an article in hand and of one that has nothing. */
const STOPPING: Readonly<Record<string, string>> = {
  archive: ARTICLE_IN_HAND,
  backfill: LIST_IN_HAND,
  crawl: LIST_IN_HAND,
  demo: ARTICLE_IN_HAND,
  init: 'the questions end; nothing is written',
  schedule: LIST_IN_HAND,
  start: LIST_IN_HAND,
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

/** What stands on stdin. Whoever waits for it learns of a wish to end. @throws INTERRUPTED */
async function* untilStopped(stdin: Io['stdin'], stop: AbortSignal): AsyncGenerator<string | Uint8Array> {
  const stopped = Promise.withResolvers<never>();
  const leave = () => stopped.reject(new ArchiveError('INTERRUPTED', 'while stdin was read'));
  stopped.promise.catch(() => {}); // nobody may be waiting
  stop.addEventListener('abort', leave, { once: true });
  const chunks = stdin[Symbol.asyncIterator]();
  for (;;) {
    if (stop.aborted) leave();
    const { value, done } = await Promise.race([chunks.next(), stopped.promise]);
    if (done === true) return;
    yield value;
  }
}

/** Runs the command line of this process; the launcher calls it where its own Node.js will do. */
export async function runProcess(): Promise<void> {
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
  const stdin = untilStopped(process.stdin, interrupts.stopSignal);
  const exit = await main(argv, { stdout, stderr, stdin }, interrupts);
  process.stdin.destroy(); // what nobody has typed holds nobody up
  process.exitCode = fault ?? exit;
  // Everything is closed, and what was printed has gone: a child that cannot end, or a handle of it, holds nobody up.
  setTimeout(() => stdout.isSent() && stderr.isSent() && process.exit(), LAST_RESORT_MS).unref();
}

if (import.meta.main) await runProcess();
