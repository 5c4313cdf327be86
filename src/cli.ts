/** From argv to an exit code. No other file knows argv, signals or how the process ends. */
import { Command, CommanderError } from 'commander';
import { type CommonFlags, crawling, type Invocation, keeping, reading } from './commands/flags.ts';
import type { Interrupts } from './commands/session.ts';
import { loadConfig } from './config.ts';
import { EXIT, type ExitCode, exitCodeFor, renderError } from './errors.ts';
import { packageInfo } from './package.ts';
import { createTerminal, type Io } from './report/terminal.ts';
import { knownError } from './system-errors.ts';

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
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .exitOverride()
    .showHelpAfterError('(guancha-archive --help says more)');

  const invocation: Invocation = {
    io,
    interrupts,
    prepare,
    end: (code) => {
      exit = code;
    },
  };
  crawling(program, invocation);
  reading(program, invocation);
  keeping(program, invocation);

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (interrupts.abortSignal.aborted) {
      io.stderr.write('interrupted; the same command goes on where this one stopped\n');
      return EXIT.interrupted;
    }
    const known = knownError(error, { place: 'elsewhere' });
    io.stderr.write(`${renderError(known)}\n`);
    return exitCodeFor(known);
  }

  function prepare(flags: CommonFlags): ReturnType<Invocation['prepare']> {
    return {
      config: loadConfig(flags.config ?? null, { archive: flags.archive }),
      terminal: createTerminal(io, { json: flags.json === true }),
    };
  }
}

/** Ctrl-C once: finish the article in hand. Twice: end at once. SIGTERM is taken as the first. */
function listenForInterrupts(): Interrupts {
  const stop = new AbortController();
  const now = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) now.abort();
    else process.stderr.write('\nfinishing the article in hand; Ctrl-C again ends at once\n');
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const onHangup = (listener: () => void) => {
    process.on('SIGHUP', listener);
    return () => void process.off('SIGHUP', listener);
  };
  return { stopSignal: stop.signal, abortSignal: now.signal, onHangup };
}

if (import.meta.main) {
  // A reader that has seen enough (`| head`) is no fault of the program.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.internal),
  );
  process.exitCode = await main(process.argv.slice(2), process, listenForInterrupts());
}
