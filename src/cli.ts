/** argv → exit code. Alone knows argv, signals and exit codes. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { AuditFlags } from './commands/audit.ts';
import type { ManifestAction } from './commands/manifest.ts';
import type { QuarantineAction } from './commands/quarantine.ts';
import type { Interrupts } from './commands/session.ts';
import { createTerminal, type Io, type Terminal } from './commands/terminal.ts';
import { type Config, loadConfig } from './config.ts';
import { EXIT, type ExitCode, exitCodeFor, renderError } from './errors.ts';
import { packageInfo } from './package-info.ts';

interface Flags {
  readonly config?: string;
  readonly archive?: string;
  readonly json?: boolean;
}

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

  common(program.command('archive'))
    .summary('archive single articles now')
    .description(
      'Archives single articles now. Any spelling of an article’s address will do; - reads a list from stdin, one a line.',
    )
    .argument('<url...>', 'addresses of articles, or -')
    .option('--refresh', 'visit again what is archived already', false)
    .option('--wait', 'wait while another run holds the archive', false)
    .addHelpText(
      'after',
      examples(
        'archive https://www.guancha.cn/politics/2022_01_28_623950.shtml',
        'archive --json - < urls.txt',
        'archive --refresh m.guancha.cn/politics/2022_01_28_623950',
      ),
    )
    .action(async (urls: string[], flags: Flags & { refresh: boolean; wait: boolean }) => {
      const { archive } = await import('./commands/archive.ts');
      exit = await archive(urls, flags, { ...prepare(flags), interrupts, io });
    });

  program
    .command('extract')
    .summary('show what would be archived of a page')
    .description(
      'Reads saved pages, or fetches some, and shows the article with what may be wrong about it. Writes nothing.',
    )
    .argument('<page...>', 'saved pages, or addresses of articles')
    .option('--url <url>', 'address of the saved page, where it does not name its own')
    .option('--against <file>', 'compare with another saved form of the page, such as the mobile one')
    .option('--explain', 'say where each field came from, and what became of every character', false)
    .option('--config <file>', CONFIG)
    .option('--json', JSON_LINES)
    .addHelpText(
      'after',
      examples(
        'extract saved.html',
        'extract --explain saved.html --url https://www.guancha.cn/politics/2022_01_28_623950.shtml',
        'extract --json https://www.guancha.cn/politics/2022_01_28_623950.shtml',
      ),
    )
    .action(async (pages: string[], flags: Flags & { url?: string; against?: string; explain: boolean }) => {
      const { extract } = await import('./commands/extract.ts');
      exit = await extract(pages, flags, { ...prepare(flags), interrupts });
    });

  common(program.command('crawl'))
    .summary('archive what is new on the lists')
    .description('Reads the lists under `sources` and archives every article that is not archived yet, newest first.')
    .option('--source <name>', 'only this source; may be given several times', several, [])
    .option('--limit <n>', 'at most so many articles', count)
    .option('--dry-run', 'read the lists, say what is new, archive nothing', false)
    .option('--wait', 'wait while another run holds the archive', false)
    .addHelpText('after', examples('crawl', 'crawl --source 头条 --limit 20', 'crawl --dry-run --json'))
    .action(async (flags: Flags & { source: string[]; limit?: number; dryRun: boolean; wait: boolean }) => {
      const { crawl } = await import('./commands/crawl.ts');
      exit = await crawl(flags, { ...prepare(flags), interrupts });
    });

  common(program.command('retry'))
    .summary('give failed URLs back to the next crawl')
    .description(
      'Makes what ended blocked, refused or failed wait again, all attempts new, whatever its code means. A crawl that runs takes it up at once, else the next one does.',
    )
    .option('--code <code>', 'only what ended with this code; may be given several times', several, [])
    .option('--source <name>', 'only what this source named; may be given several times', several, [])
    .addHelpText('after', examples('retry', 'retry --code TOO_LARGE --code OUT_OF_SCOPE', 'retry --source 头条 --json'))
    .action(async (flags: Flags & { code: string[]; source: string[] }) => {
      const { retry } = await import('./commands/retry.ts');
      exit = retry(flags, prepare(flags));
    });

  common(program.command('status'))
    .summary('what the archive holds, and what failed')
    .description('Counts by outcome and source, the last run, what failed and why. Reads only.')
    .addHelpText('after', examples('status', 'status --json'))
    .action(async (flags: Flags) => {
      const { status } = await import('./commands/status.ts');
      exit = status(prepare(flags));
    });

  common(program.command('history'))
    .summary('versions of an article')
    .description('An article’s versions with what changed, when it was gone, when it was last visited. Reads only.')
    .argument('<article>', 'id such as guancha:623950, or address')
    .addHelpText('after', examples('history guancha:623950', 'history --json fengwen:399176'))
    .action(async (article: string, flags: Flags) => {
      const { history } = await import('./commands/history.ts');
      exit = await history(article, prepare(flags));
    });

  common(program.command('diff'))
    .summary('what changed in an article')
    .description(
      'What changed in an article’s text between two versions, word by word; by default the last two. Reads only.',
    )
    .argument('<article>', 'id such as guancha:623950, or address')
    .argument('[from]', 'number of a version, as history counts them', count)
    .argument('[to]', 'number of a later one', count)
    .addHelpText('after', examples('diff guancha:623950', 'diff guancha:623950 1 3 --json'))
    .action(async (article: string, from: number | undefined, to: number | undefined, flags: Flags) => {
      const { diff } = await import('./commands/diff.ts');
      exit = await diff(article, { from, to }, prepare(flags));
    });

  common(program.command('quarantine'))
    .summary('what was fetched and is no article')
    .description('Lists or shows the pages that were judged no article, or lets their URLs wait again (release).')
    .addArgument(new Argument('<action>').choices(['list', 'show', 'release']))
    .argument('[item...]', 'names, as list prints them')
    .addHelpText('after', examples('quarantine list', 'quarantine show ITEM', 'quarantine release ITEM'))
    .action(async (action: QuarantineAction, items: string[], flags: Flags) => {
      const { quarantine } = await import('./commands/quarantine.ts');
      exit = await quarantine(action, items, prepare(flags));
    });

  common(program.command('manifest'))
    .summary('the hashes of all files')
    .description('Writes down the SHA-256 of every file, here or in a bag (BagIt 1.0), or says what has changed since.')
    .addArgument(new Argument('<action>').choices(['write', 'verify']))
    .option('--bag <dir>', 'a copy of the archive as a bag')
    .addHelpText('after', examples('manifest write', 'manifest verify', 'manifest write --bag ../bag'))
    .action(async (action: ManifestAction, flags: Flags & { bag?: string }) => {
      const { manifest } = await import('./commands/manifest.ts');
      exit = await manifest(action, flags, prepare(flags));
    });

  common(program.command('doctor'))
    .summary('is everything there that a crawl needs')
    .description(
      'Checks Node.js, configuration, clock, archive, free room, lock, browser and network, and says what to do.',
    )
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (flags: Flags) => {
      const { doctor } = await import('./commands/doctor.ts');
      exit = await doctor(flags, { terminal: createTerminal(io, { json: flags.json === true }), interrupts });
    });

  common(program.command('audit'))
    .summary('prove that the archive is right')
    .description(
      'Reads every file of an archive, or of a folder of documents, and says what is wrong. No network; writes nothing.',
    )
    .argument('[what...]', 'archive, folder or document; or ids such as guancha:623950 in the configured archive')
    .option('--only <check>', 'only this check, or group of checks; may be given several times', several, [])
    .option('--since <date>', 'only articles of this day or later, such as 2022-01-28')
    .addOption(new Option('--fail-on <level>', 'exit code 1 from this level on').choices(LEVELS).default('error'))
    .option('--jobs <n>', 'threads (default: one a processor core, at most 8)', count)
    .option('--quick', 'trust pictures whose size and time are those of the last --quick', false)
    .addHelpText('after', examples('audit', 'audit --only assets --json', 'audit guancha:623950', 'audit ../documents'))
    .action(async (what: string[], flags: AuditFlags) => {
      const { audit } = await import('./commands/audit.ts');
      exit = await audit(what, flags, { ...prepare(flags), interrupts });
    });

  program
    .command('demo')
    .summary('archive a made-up newspaper on this machine')
    .description(
      'Serves a made-up newspaper on loopback, crawls it with the real browser into a fresh folder, and checks the result against what was printed.',
    )
    .option('--archive <dir>', 'where to put it; must not exist yet')
    .option('--articles <n>', 'how many articles the newspaper prints', count, 24)
    .addHelpText('after', examples('demo', 'demo --articles 100'))
    .action(async (flags: { archive?: string; articles: number }) => {
      const { demo } = await import('./commands/demo.ts');
      exit = await demo(flags, { terminal: createTerminal(io, { json: false }), interrupts });
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (interrupts.signal.aborted) {
      io.stderr.write('interrupted; the same command goes on where this one stopped\n');
      return EXIT.interrupted;
    }
    io.stderr.write(`${renderError(error)}\n`);
    return exitCodeFor(error);
  }

  function prepare(flags: Flags): { readonly config: Config; readonly terminal: Terminal } {
    return {
      config: loadConfig(flags.config ?? null, { archive: flags.archive }),
      terminal: createTerminal(io, { json: flags.json === true }),
    };
  }
}

const CONFIG = 'configuration (default: crawl.config.yaml in this folder, else the built-in defaults)';
const JSON_LINES = 'JSON lines on stdout and nothing else there';

const LEVELS = ['error', 'warning', 'note'];

function common(command: Command): Command {
  return command
    .option('--config <file>', CONFIG)
    .option('--archive <dir>', 'archive, instead of the configuration’s')
    .option('--json', JSON_LINES);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  guancha-archive ${line}`).join('\n')}`;
}

function several(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}

/** Ctrl-C once: finish the article in hand. Twice: end at once. SIGTERM is taken as the first. */
function listenForInterrupts(): Interrupts {
  const stopping = new AbortController();
  const now = new AbortController();
  const hear = () => {
    if (stopping.signal.aborted) now.abort();
    else process.stderr.write('\nfinishing the article in hand; Ctrl-C again ends at once\n');
    stopping.abort();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return { stopping: stopping.signal, signal: now.signal };
}

if (import.meta.main) {
  // A reader that has seen enough (`| head`) is no fault of the program.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.internal),
  );
  process.exitCode = await main(process.argv.slice(2), process, listenForInterrupts());
}
