/** Commands that look after an archive, and the demo: their flags and help. */
import { Argument, type Command, Option } from 'commander';
import type { AuditFlags } from '../commands/audit.ts';
import type { ManifestAction } from '../commands/manifest.ts';
import { createTerminal } from '../commands/terminal.ts';
import { type CommonFlags, common, count, examples, type Invocation, several } from './invocation.ts';

const LEVELS = ['error', 'warning', 'note'];

export function keeping(program: Command, { io, interrupts, prepare, end }: Invocation): void {
  common(program.command('audit'))
    .summary('prove that the archive is right')
    .description(
      'Reads every file of an archive, or of a folder of documents, and says what is wrong. No network; writes nothing but the report that is asked for.',
    )
    .argument('[what...]', 'archive, folder or document; or ids such as guancha:623950 in the configured archive')
    .option('--html <file>', 'write a page for people')
    .option('--only <check>', 'only this check, or group of checks; may be given several times', several, [])
    .option('--since <date>', 'only articles of this day or later, such as 2022-01-28')
    .addOption(new Option('--fail-on <level>', 'exit code 1 from this level on').choices(LEVELS).default('error'))
    .option('--jobs <n>', 'threads (default: one a processor core, at most 8)', count)
    .addHelpText(
      'after',
      examples('audit', 'audit --only assets --json', 'audit guancha:623950', 'audit ../documents --html report.html'),
    )
    .action(async (what: string[], flags: AuditFlags) => {
      const { audit } = await import('../commands/audit.ts');
      end(await audit(what, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('repair'))
    .summary('mend what the audit finds')
    .description(
      'Audits the archive, mends what is wrong from the archive itself or from the site, and says what cannot be mended and why. Nothing is deleted: what makes way lies in trash/.',
    )
    .option('--only <check>', 'only this check, or group of checks; may be given several times', several, [])
    .option('--dry-run', 'say what would be done; touch nothing, ask no network', false)
    .addHelpText('after', examples('repair --dry-run', 'repair', 'repair --only assets --json'))
    .action(async (flags: CommonFlags & { only: string[]; dryRun: boolean }) => {
      const { repair } = await import('../commands/repair.ts');
      end(await repair(flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('manifest'))
    .summary('the hashes of all files')
    .description('Writes down the SHA-256 of every file, here or in a bag (BagIt 1.0), or says what has changed since.')
    .addArgument(new Argument('<action>').choices(['write', 'verify']))
    .option('--bag <dir>', 'a copy of the archive as a bag')
    .addHelpText('after', examples('manifest write', 'manifest verify', 'manifest write --bag ../bag'))
    .action(async (action: ManifestAction, flags: CommonFlags & { bag?: string }) => {
      const { manifest } = await import('../commands/manifest.ts');
      end(await manifest(action, flags, prepare(flags)));
    });

  common(program.command('doctor'))
    .summary('is everything there that a crawl needs')
    .description(
      'Checks Node.js, configuration, clock, archive, free room, lock, browser and network, and says what to do.',
    )
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(async (flags: CommonFlags) => {
      const { doctor } = await import('../commands/doctor.ts');
      end(await doctor(flags, { terminal: createTerminal(io, { json: flags.json === true }), interrupts }));
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
      const { demo } = await import('../commands/demo.ts');
      end(await demo(flags, { terminal: createTerminal(io, { json: false }), interrupts }));
    });
}
