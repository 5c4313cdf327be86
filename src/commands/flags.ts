/** The flags, arguments and help of the commands that read and look after an archive, and what a command is called with. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config.ts';
import type { ExitCode } from '../errors.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../export/exported.ts';
import type { Io } from '../report/output.ts';
import type { Terminal } from '../report/terminal.ts';
import type { AuditFlags } from './audit.ts';
import type { ExportFlags } from './export.ts';
import type { ExtractFlags } from './extract.ts';
import type { ImportFlags } from './import.ts';
import type { ManifestAction } from './manifest.ts';
import type { QuarantineAction } from './quarantine.ts';
import type { ListFlags, SearchFlags } from './search.ts';
import type { ServeOptions } from './serve.ts';
import type { Interrupts } from './session.ts';
import type { SourcesAction } from './sources.ts';
import type { VocabularyAction } from './vocabulary.ts';

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
const ARTICLE = 'id such as guancha:623950, its number, address, or path of its document or record';
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

/** @param text as people write the name of a machine, without a port and without a scheme */
function host(text: string): string {
  const authority = text.includes(':') ? `[${text}]` : text;
  // A URL knows which numbers are no address.
  if (!/^[a-z0-9.:-]*[a-z0-9:]$/i.test(text) || !URL.canParse(`http://${authority}`))
    throw new InvalidArgumentError('a host name or an address such as 127.0.0.1 is needed.');
  return text;
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535 is needed.');
  return Number(text);
}

// Commands that look after an archive, and the demo: their flags and help.

const LEVELS = ['error', 'warning', 'note'];

export function keeping(program: Command, { io, interrupts, terminal, prepare, existing, end }: Invocation): void {
  common(program.command('audit'))
    .summary('prove that the archive is right')
    .description(
      'Reads every file of an archive, or of a folder of documents, and reports what is wrong. Uses no network and changes nothing. Writes the page that --html names, and keeps the report of a whole audit of the configured archive in its audits/, the newest ten.',
    )
    .argument('[what...]', `archive, folder or document; or an article of the configured archive: ${ARTICLE}`)
    .option('--html <file>', 'write a page for people')
    .option('--only <check>', 'only this check, or group of checks; may be given several times', several, [])
    .option('--since <date>', 'only articles of this day or later, such as 2022-01-28')
    .addOption(
      new Option('--fail-on <level>', 'exit code 1 for a finding of this level or worse')
        .choices(LEVELS)
        .default('error'),
    )
    .option('--jobs <n>', 'threads (default: one for each processor core, at most 8)', count)
    .option('--cluster', CLUSTER)
    .addHelpText(
      'after',
      examples('audit', 'audit --only assets --json', 'audit guancha:623950', 'audit ../documents --html report.html'),
    )
    .action(async (what: string[], flags: AuditFlags) => {
      const { audit } = await import('./audit.ts');
      end(await audit(what, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('repair'))
    .summary('repair what the audit finds')
    .description(
      'Audits the archive, repairs what is wrong from the archive itself or from the site, and reports what cannot be repaired and why. Deletes nothing: replaced files are moved to trash/.',
    )
    .option('--only <check>', 'only this check, or group of checks; may be given several times', several, [])
    .option('--dry-run', 'say what would be done; change nothing, use no network', false)
    .option('--wait', WAIT)
    .option('--no-wait', NO_WAIT)
    .addHelpText('after', examples('repair --dry-run', 'repair', 'repair --only assets --json'))
    .action(async (flags: CommonFlags & { only: string[]; dryRun: boolean; wait?: boolean }) => {
      const { repair } = await import('./repair.ts');
      end(await repair(flags, { ...existing(flags), interrupts }));
    });

  common(program.command('reindex'))
    .summary('build the catalog anew')
    .description(
      'Builds the catalog, by which articles are found, anew from the files alone; beside a running crawl too.',
    )
    .option('--cluster', CLUSTER)
    .addHelpText('after', examples('reindex', 'reindex --json'))
    .action(async (flags: CommonFlags & { cluster?: boolean }) => {
      const { reindex } = await import('./reindex.ts');
      end(await reindex(flags, { ...existing(flags), interrupts }));
    });

  common(program.command('manifest'))
    .summary('the hashes of all files')
    .description(
      'Writes down the SHA-256 of every file, here or in a bag (BagIt 1.0), or reports what has changed since.',
    )
    .addArgument(new Argument('<action>').choices(['write', 'verify']))
    .option('--bag <dir>', 'a copy of the archive as a bag')
    .addHelpText('after', examples('manifest write', 'manifest verify', 'manifest write --bag ../bag'))
    .action(async (action: ManifestAction, flags: CommonFlags & { bag?: string }) => {
      const { manifest } = await import('./manifest.ts');
      end(await manifest(action, flags, existing(flags)));
    });

  common(program.command('export'))
    .summary('the archive in formats that other programs read')
    .description(
      'Writes the archive, or a part of it, for other programs. Reads the archive only, beside a crawl too; into a folder, run again, it writes what is new. wacz and warc hold what the site sent, the other formats the articles.',
    )
    .addArgument(new Argument('<format>').choices(EXPORT_FORMATS))
    .argument('<target>', 'file or folder, outside of the archive')
    .argument('[article...]', `${ARTICLE}; all articles if none is given`)
    .option('--since <date>', 'only articles of this day of Beijing or later, such as 2022-01-28')
    .option('--until <date>', 'only articles of this day or earlier')
    .option('--day <date>', 'only articles of this day')
    .option('--week <date>', 'only articles of the week of this day, Monday to Sunday')
    .option('--source <name>', 'only articles that this source named; may be given several times', several, [])
    .option('--base-url <url>', 'where a site will be, for the addresses in its feeds')
    .option('--cluster', `of jsonl, csv, csl, ris, parquet and sqlite: ${CLUSTER}`)
    .addHelpText(
      'after',
      examples(
        'export csv ../2022.csv --since 2022-01-01 --until 2022-12-31',
        'export parquet ../articles.parquet --source 头条',
        'export csl ../articles.json guancha:623950',
        'export markdown ../vault/guancha',
        'export site ../site --base-url https://example.org/guancha/',
        'export epub ../week.epub --week 2022-01-28',
        'export wacz january.wacz --since 2022-01-01 --until 2022-01-31',
      ),
    )
    .action(async (format: ExportFormat, target: string, articles: string[], flags: CommonFlags & ExportFlags) => {
      const { exportArchive } = await import('./export.ts');
      end(await exportArchive(format, target, articles, flags, { ...existing(flags), interrupts }));
    });

  common(program.command('import'))
    .summary('take over what others kept of the site')
    .description(
      'Reads WARC and WACZ files, documents of the format and saved pages (SingleFile, a browser’s, the Wayback Machine’s), and archives the articles in them that the archive lacks. Uses no network. What visits archived stays as it is.',
    )
    .argument('<path...>', 'files, or folders of such')
    .option('--url <url>', 'address of the one saved page or document, if it does not say it')
    .option('--dry-run', 'say what would come of it; change nothing', false)
    .option('--wait', 'wait while another run holds the archive', false)
    .addHelpText(
      'after',
      examples(
        'import crawl.warc.gz collection.wacz',
        'import --dry-run ../saved',
        'import page.html --url https://www.guancha.cn/politics/2022_01_28_623950.shtml',
      ),
    )
    .action(async (paths: string[], flags: CommonFlags & ImportFlags) => {
      const { importPaths } = await import('./import.ts');
      end(await importPaths(paths, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('seal'))
    .summary('sign the hashes of everything new')
    .description(
      'Adds every file that is new since the last seal to the signed log of the archive, with a time stamp where seal.timestamp names an authority.',
    )
    .option('--rebuild', 'first write the tiles of the log again from its lists', false)
    .option('--cluster', CLUSTER)
    .option('--wait', WAIT)
    .option('--no-wait', NO_WAIT)
    .addHelpText('after', examples('seal', 'seal --json'))
    .action(async (flags: CommonFlags & { rebuild: boolean; cluster?: boolean; wait?: boolean }) => {
      const { sealCommand } = await import('./seal.ts');
      end(await sealCommand(flags, { ...existing(flags), interrupts }));
    });

  common(program.command('verify'))
    .summary('check the archive against its seals')
    .description(
      'Checks that the log is the one that was signed and seen before, and that every sealed file is as it was sealed. Reads only.',
    )
    .option('--log <dir>', 'a folder with a copy of seals/ alone, instead of an archive')
    .option('--key <key>', 'verifier key, or file with a public key, that the log must be signed by')
    .addHelpText('after', examples('verify', 'verify --log /media/stick --key key.pem'))
    .action(async (flags: CommonFlags & { log?: string; key?: string }) => {
      const { verifyCommand } = await import('./verify.ts');
      end(await verifyCommand(flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('doctor'))
    .summary('check what a crawl needs')
    .description(
      'Checks Node.js, configuration, clock, archive, free room, lock, browser and network, and says what to do.',
    )
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (flags: CommonFlags) => {
      const { doctor } = await import('./doctor.ts');
      end(await doctor(flags, { terminal: terminal(flags), interrupts }));
    });

  program
    .command('version')
    .summary('version, commit, Node.js, browser, SQLite')
    .description('Says which program this is and what it runs on, for a report of a fault and for programs.')
    .option('--json', JSON_LINES)
    .addHelpText('after', examples('version', 'version --json'))
    .action(async (flags: CommonFlags) => {
      const { version } = await import('./version.ts');
      end(version(terminal(flags)));
    });

  program
    .command('demo')
    .summary('archive a made-up newspaper on this machine')
    .description(
      'Serves a made-up newspaper on loopback, crawls it with the real browser into a fresh folder, checks the result against what was printed, corrects an article and visits it again.',
    )
    .option('--archive <dir>', 'where to put the archive; must not exist yet')
    .option('--articles <n>', 'how many articles the newspaper prints', count, 24)
    .option('--json', JSON_LINES)
    .addHelpText('after', examples('demo', 'demo --articles 100'))
    .action(async (flags: { archive?: string; articles: number; json?: boolean }) => {
      const { demo } = await import('./demo.ts');
      end(await demo(flags, { terminal: terminal(flags), interrupts, io }));
    });
}

// Commands that show articles and the state of things: their flags and help.

export function reading(program: Command, { io, interrupts, prepare, existing, end }: Invocation): void {
  common(program.command('extract'))
    .summary('show what would be archived of a page, or extract all captures again')
    .description(
      'Reads saved pages, or fetches some, and shows the article and what may be wrong with it; writes nothing. With --all: documents and records of the archive again from its captures, by today’s rules, without a network.',
    )
    .argument('[page...]', 'saved pages, or articles: addresses, or ids whose address is known')
    .option('--url <url>', 'address of the saved page, if the page does not name its own')
    .option('--explain', 'say where each field came from, and what became of every character', false)
    .option('--all', 'the whole archive, from its captures', false)
    .option('--since <month>', 'with --all: only what appeared in this month, such as 2026-10, or later')
    .option('--diff', 'with --all: say what would change; write nothing', false)
    .option('--jobs <n>', 'with --all: worker threads (default: one a core)', count)
    .option('--cluster', `with --all: ${CLUSTER}`)
    .addHelpText(
      'after',
      examples(
        'extract saved.html',
        'extract --explain saved.html --url https://www.guancha.cn/politics/2022_01_28_623950.shtml',
        'extract --json https://www.guancha.cn/politics/2022_01_28_623950.shtml',
        'extract --all --diff --since 2026-10',
      ),
    )
    .action(async (pages: string[], flags: CommonFlags & ExtractFlags) => {
      const { extract } = await import('./extract.ts');
      end(await extract(pages, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('reproduce'))
    .summary('make documents again from their captures')
    .description(
      'Makes every document, superseded ones too, again from its capture, and says which do not come out the same, byte for byte, and by which version of the rules they were made. Reads only.',
    )
    .argument('[article...]', `${ARTICLE}; all if none is given`)
    .option('--since <month>', 'only what appeared in this month, such as 2026-10, or later')
    .option('--jobs <n>', 'worker threads (default: one a core)', count)
    .addHelpText('after', examples('reproduce', 'reproduce guancha:623950', 'reproduce --since 2026-10 --json'))
    .action(async (articles: string[], flags: CommonFlags & { since?: string; jobs?: number }) => {
      const { reproduce } = await import('./reproduce.ts');
      end(await reproduce(articles, flags, { ...existing(flags), interrupts }));
    });

  common(program.command('serve'))
    .summary('read the archive in a browser')
    .description(
      'Serves the archive as web pages on this machine, for reading; beside a running crawl too. Changes nothing.',
    )
    .option('--port <n>', 'port, instead of the configuration’s; 0 for any that is free', port)
    .option('--host <host>', 'address to listen on, instead of the configuration’s', host)
    .option('--open', 'open the front page in a browser', false)
    .option('--hash-password', 'print the hash of a password, a line of stdin, for serve.password', false)
    .addHelpText('after', examples('serve', 'serve --open', 'serve --port 0 --json'))
    .action(async (flags: CommonFlags & ServeOptions) => {
      const { serve } = await import('./serve.ts');
      end(await serve(flags, { ...(flags.hashPassword ? prepare(flags) : existing(flags)), interrupts, io }));
    });

  common(program.command('status'))
    .summary('what the archive holds, and what failed')
    .description('Counts by outcome and source, the last run, what failed and why, notices that wait. Reads only.')
    .addHelpText('after', examples('status', 'status --json'))
    .action(async (flags: CommonFlags) => {
      const { status } = await import('./status.ts');
      end(await status(existing(flags)));
    });

  common(program.command('sources'))
    .summary('what the lists gave lately, and what they give now')
    .description(
      'Lists the configured sources with what each gave lately, or reads some right now and shows what they find and why. Archives nothing.',
    )
    .addArgument(new Argument('<action>').choices(['list', 'test']))
    .argument('[source...]', 'names; for test also addresses of lists and saved lists; all if none is given')
    .option('--url <url>', 'address of the saved list')
    .addHelpText(
      'after',
      examples('sources list', 'sources test 头条 要闻', 'sources test https://www.guancha.cn/mainnews-yw/ --json'),
    )
    .action(async (action: SourcesAction, things: string[], flags: CommonFlags & { url?: string }) => {
      const { sources } = await import('./sources.ts');
      end(await sources(action, things, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('search'))
    .summary('find articles by their words')
    .description(
      'Finds articles in which all the words stand, in simplified and traditional characters alike; "…" keeps a text together, -WORD leaves out. Filters: source: list: author: editor: keyword: topic: flag: since: until: has:picture has:video is:withdrawn is:edited is:flagged is:moved is:post, or 来源: 列表: 作者: 编辑: 关键词: 专题: 疑点: 自: 至: 含:图片 状态:已撤.',
    )
    .argument('<query...>', 'words and filters')
    .option('--limit <n>', 'show at most this many', count, 20)
    .addOption(
      new Option('--sort <order>', 'best: words of the title first')
        .choices(['best', 'newest', 'oldest'])
        .default('best'),
    )
    .allowUnknownOption()
    .addHelpText(
      'after',
      examples(
        'search 一带一路',
        'search \'"碳达峰 碳中和"\' -汽车 --sort newest',
        'search 来源:新华社 关税 since:2026-10 --json',
      ),
    )
    .action(async (words: string[], flags: CommonFlags & SearchFlags) => {
      const { search } = await import('./search.ts');
      end(await search(words, flags, { ...existing(flags), interrupts }));
    });

  common(program.command('list'))
    .summary('list articles by source, day, author …')
    .description('Lists the articles that all filters of search allow, or all articles.')
    .argument('[filter...]', 'filters, as search takes them')
    .option('--limit <n>', 'show at most this many (default: all)', count)
    .addOption(new Option('--sort <order>').choices(['newest', 'oldest']).default('newest'))
    .allowUnknownOption()
    .addHelpText(
      'after',
      examples('list since:2026-11-20', 'list is:withdrawn --json', 'list 作者:周 has:picture --limit 20'),
    )
    .action(async (filters: string[], flags: CommonFlags & ListFlags) => {
      const { list } = await import('./search.ts');
      end(await list(filters, flags, { ...existing(flags), interrupts }));
    });

  common(program.command('history'))
    .summary('versions of an article')
    .description('An article’s versions with what changed, when it was gone, when it was last visited. Reads only.')
    .argument('<article>', ARTICLE)
    .addHelpText('after', examples('history guancha:623950', 'history --json fengwen:399176'))
    .action(async (article: string, flags: CommonFlags) => {
      const { history } = await import('./article.ts');
      end(await history(article, existing(flags)));
    });

  common(program.command('diff'))
    .summary('what changed in an article')
    .description(
      'What changed in an article’s text between two versions, word by word; by default the last two. Reads only.',
    )
    .argument('<article>', ARTICLE)
    .argument('[from]', 'number of a version, as history prints it', count)
    .argument('[to]', 'number of a later one', count)
    .addHelpText('after', examples('diff guancha:623950', 'diff guancha:623950 1 3 --json'))
    .action(async (article: string, from: number | undefined, to: number | undefined, flags: CommonFlags) => {
      const { diff } = await import('./article.ts');
      end(await diff(article, { from, to }, existing(flags)));
    });

  common(program.command('prove'))
    .summary('prove one article to somebody else')
    .description(
      'Writes a folder with an article’s document, record, pictures and capture, and the proof that they were sealed, which anybody can check offline. What is not sealed yet is sealed first.',
    )
    .argument('<article>', ARTICLE)
    .argument('<dir>', 'new or empty folder')
    .addHelpText('after', examples('prove guancha:623950 ../proof', 'sh ../proof/check.sh'))
    .action(async (article: string, dir: string, flags: CommonFlags) => {
      const { proveCommand } = await import('./prove.ts');
      end(await proveCommand(article, dir, { ...existing(flags), interrupts }));
    });

  common(program.command('corroborate'))
    .summary('compare with what another archive saw')
    .description(
      'Compares the logs of two archives by the hashes of what their documents say: seen alike, differently since when, by one alone. Reads only.',
    )
    .argument('<other>', 'another archive, or a folder with a copy of its seals/ alone')
    .addHelpText('after', examples('corroborate ../other-archive', 'corroborate /media/stick --json'))
    .action(async (other: string, flags: CommonFlags) => {
      const { corroborate } = await import('./corroborate.ts');
      end(await corroborate(other, prepare(flags)));
    });

  common(program.command('changes'))
    .summary('what was edited and withdrawn')
    .description('What the site edited and withdrew after it was archived, in the order of time. Reads only.')
    .option(
      '--since <time>',
      'only what was found then or later: a day of Beijing such as 2026-11-24, so many days back as 7d, or an instant',
    )
    .addHelpText('after', examples('changes', 'changes --since 7d', 'changes --since 2026-11-24 --json'))
    .action(async (flags: CommonFlags & { since?: string }) => {
      const { changes } = await import('./changes.ts');
      end(await changes(flags, existing(flags)));
    });

  common(program.command('letter'))
    .summary('what a month brought')
    .description(
      'What was published, edited, withdrawn and missed in a month, and how much of it changed within a day and a week, as Markdown. Reads only.',
    )
    .argument('[month]', 'a month of Beijing such as 2026-10 (default: the last that is over)')
    .addHelpText('after', examples('letter', 'letter 2026-10 > 2026-10.md', 'letter 2026-10 --json'))
    .action(async (month: string | undefined, flags: CommonFlags) => {
      const { letter } = await import('./letter.ts');
      end(await letter(month, existing(flags)));
    });

  common(program.command('coverage'))
    .summary('what was published and is not archived')
    .description(
      'What became of every article number since a day, which numbers no list showed, and an estimate of how complete the archive is. Reads only.',
    )
    .option('--since <date>', 'a day of Beijing such as 2026-11-24 (default: 30 days ago)')
    .option('--html <file>', 'write a page for people')
    .addHelpText('after', examples('coverage', 'coverage --since 2026-11-24 --html coverage.html'))
    .action(async (flags: CommonFlags & { since?: string; html?: string }) => {
      const { coverage } = await import('./coverage.ts');
      end(await coverage(flags, existing(flags)));
    });

  common(program.command('vocabulary'))
    .summary('forms of markup that are new')
    .description(
      'Lists the forms of markup that articles had and no rule knows, with examples; takes some into the archive’s own vocabulary (accept), or out of it again (forget).',
    )
    .addArgument(new Argument('[action]').choices(['list', 'accept', 'forget']).default('list'))
    .argument('[form...]', 'forms, as list prints them')
    .addHelpText('after', examples('vocabulary', 'vocabulary accept p.lede', "vocabulary forget 'p[style=top:*px]'"))
    .action(async (action: VocabularyAction, forms: string[], flags: CommonFlags) => {
      const { vocabulary } = await import('./vocabulary.ts');
      end(await vocabulary(action, forms, existing(flags)));
    });

  common(program.command('quarantine'))
    .summary('pages that were fetched and are no article')
    .description('Lists or shows the pages that were judged no article, or lets their URLs wait again (release).')
    .addArgument(new Argument('<action>').choices(['list', 'show', 'release']))
    .argument('[item...]', 'names, as list prints them')
    .addHelpText('after', examples('quarantine list', 'quarantine show ITEM', 'quarantine release ITEM'))
    .action(async (action: QuarantineAction, items: string[], flags: CommonFlags) => {
      const { quarantine } = await import('./quarantine.ts');
      end(await quarantine(action, items, existing(flags)));
    });
}
