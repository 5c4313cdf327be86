/** Commands that show articles and the state of things: their flags and help. */
import { Argument, type Command } from 'commander';
import type { QuarantineAction } from '../commands/quarantine.ts';
import type { SourcesAction } from '../commands/sources.ts';
import { CONFIG, type CommonFlags, common, count, examples, type Invocation, JSON_LINES } from './invocation.ts';

export function reading(program: Command, { interrupts, prepare, end }: Invocation): void {
  program
    .command('extract')
    .summary('show what would be archived of a page')
    .description(
      'Reads saved pages, or fetches some, and shows the article with what may be wrong about it. Writes nothing.',
    )
    .argument('<page...>', 'saved pages, or addresses of articles')
    .option('--url <url>', 'address of the saved page, where it does not name its own')
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
    .action(async (pages: string[], flags: CommonFlags & { url?: string; explain: boolean }) => {
      const { extract } = await import('../commands/extract.ts');
      end(await extract(pages, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('status'))
    .summary('what the archive holds, and what failed')
    .description('Counts by outcome and source, the last run, what failed and why, notices that wait. Reads only.')
    .addHelpText('after', examples('status', 'status --json'))
    .action(async (flags: CommonFlags) => {
      const { status } = await import('../commands/status.ts');
      end(await status(prepare(flags)));
    });

  common(program.command('sources'))
    .summary('what the lists gave lately, and what they give now')
    .description(
      'Lists the configured sources with what each gave lately, or reads some right now and shows what they find and why. Archives nothing.',
    )
    .addArgument(new Argument('<action>').choices(['list', 'test']))
    .argument('[source...]', 'names; for test also addresses of lists and saved lists; all where none is given')
    .option('--url <url>', 'address of the saved list')
    .addHelpText(
      'after',
      examples('sources list', 'sources test 头条 要闻', 'sources test https://www.guancha.cn/mainnews-yw/ --json'),
    )
    .action(async (action: SourcesAction, things: string[], flags: CommonFlags & { url?: string }) => {
      const { sources } = await import('../commands/sources.ts');
      end(await sources(action, things, flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('history'))
    .summary('versions of an article')
    .description('An article’s versions with what changed, when it was gone, when it was last visited. Reads only.')
    .argument('<article>', 'id such as guancha:623950, or address')
    .addHelpText('after', examples('history guancha:623950', 'history --json fengwen:399176'))
    .action(async (article: string, flags: CommonFlags) => {
      const { history } = await import('../commands/history.ts');
      end(await history(article, prepare(flags)));
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
    .action(async (article: string, from: number | undefined, to: number | undefined, flags: CommonFlags) => {
      const { diff } = await import('../commands/diff.ts');
      end(await diff(article, { from, to }, prepare(flags)));
    });

  common(program.command('changes'))
    .summary('what was edited and withdrawn')
    .description('What the site edited and withdrew after it was archived, in the order of time. Reads only.')
    .option('--since <time>', 'only what was found then or later: a day of Beijing such as 2026-11-24, or an instant')
    .addHelpText('after', examples('changes', 'changes --since 2026-11-24 --json'))
    .action(async (flags: CommonFlags & { since?: string }) => {
      const { changes } = await import('../commands/changes.ts');
      end(await changes(flags, prepare(flags)));
    });

  common(program.command('coverage'))
    .summary('what was published and is not archived')
    .description(
      'What became of every number that the site counted up since a day, which numbers nothing showed, and an estimate of how complete the archive is. Reads only.',
    )
    .option('--since <date>', 'a day of Beijing such as 2026-11-24 (default: 30 days ago)')
    .option('--html <file>', 'write a page for people')
    .addHelpText('after', examples('coverage', 'coverage --since 2026-11-24 --html coverage.html'))
    .action(async (flags: CommonFlags & { since?: string; html?: string }) => {
      const { coverage } = await import('../commands/coverage.ts');
      end(await coverage(flags, prepare(flags)));
    });

  common(program.command('quarantine'))
    .summary('what was fetched and is no article')
    .description('Lists or shows the pages that were judged no article, or lets their URLs wait again (release).')
    .addArgument(new Argument('<action>').choices(['list', 'show', 'release']))
    .argument('[item...]', 'names, as list prints them')
    .addHelpText('after', examples('quarantine list', 'quarantine show ITEM', 'quarantine release ITEM'))
    .action(async (action: QuarantineAction, items: string[], flags: CommonFlags) => {
      const { quarantine } = await import('../commands/quarantine.ts');
      end(await quarantine(action, items, prepare(flags)));
    });
}
