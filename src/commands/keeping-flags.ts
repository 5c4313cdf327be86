/** The flags, arguments and help of the commands that look after an archive, and of the demo. */
import { Argument, type Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../export/exported.ts';
import type { AuditFlags } from './audit.ts';
import type { ExportFlags } from './export.ts';
import {
  ARTICLE,
  CLUSTER,
  type CommonFlags,
  common,
  count,
  examples,
  type Invocation,
  JSON_LINES,
  NO_WAIT,
  several,
  WAIT,
} from './flags.ts';
import type { ImportFlags } from './import.ts';
import type { ManifestAction } from './manifest.ts';

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
