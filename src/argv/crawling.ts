/** Commands that ask the site: their flags and help. */
import { Argument, type Command } from 'commander';
import type { BackfillOptions } from '../commands/backfill.ts';
import { type CommonFlags, common, count, examples, type Invocation, several } from './invocation.ts';

export function crawling(program: Command, { io, interrupts, prepare, end }: Invocation): void {
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
    .action(async (urls: string[], flags: CommonFlags & { refresh: boolean; wait: boolean }) => {
      const { archive } = await import('../commands/archive.ts');
      end(await archive(urls, flags, { ...prepare(flags), interrupts, io }));
    });

  common(program.command('crawl'))
    .summary('archive what is new on the lists')
    .description('Reads the lists under `sources` and archives every article that is not archived yet, newest first.')
    .option('--source <name>', 'only this source; may be given several times', several, [])
    .option('--limit <n>', 'at most so many articles', count)
    .option('--dry-run', 'read the lists, say what is new, archive nothing', false)
    .option('--revisit', 'then visit archived articles again that are due, for edits and withdrawals', false)
    .option('--wait', 'wait while another run holds the archive', false)
    .addHelpText('after', examples('crawl', 'crawl --source 头条 --limit 20', 'crawl --dry-run --json'))
    .action(
      async (
        flags: CommonFlags & { source: string[]; limit?: number; dryRun: boolean; revisit: boolean; wait: boolean },
      ) => {
        const { crawl } = await import('../commands/crawl.ts');
        end(await crawl(flags, { ...prepare(flags), interrupts }));
      },
    );

  common(program.command('backfill'))
    .summary('archive what was published in a stretch of days')
    .description(
      'Walks the lists backwards, page by page, and archives what they show of the days from DATE to DATE. With --ids then asks for the numbers that nothing showed, by the days that they may have.',
    )
    .requiredOption('--from <date>', 'first day, of Beijing, such as 2026-10-01')
    .requiredOption('--to <date>', 'last day')
    .option('--source <name>', 'only this source; may be given several times', several, [])
    .option('--ids', 'then ask for never-seen numbers: up to 5 requests each', false)
    .option('--limit <n>', 'archive at most so many articles, and ask for at most so many numbers', count)
    .option('--dry-run', 'walk the lists, say what is new and what --ids would cost, archive nothing', false)
    .option('--wait', 'wait while another run holds the archive', false)
    .addHelpText(
      'after',
      examples(
        'backfill --from 2026-10-01 --to 2026-10-07',
        'backfill --from 2026-10-01 --to 2026-10-07 --ids --limit 50',
      ),
    )
    .action(async (flags: CommonFlags & BackfillOptions) => {
      const { backfill } = await import('../commands/backfill.ts');
      end(await backfill(flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('schedule'))
    .summary('crawl for months')
    .description(
      'Reads each source in its slots, archives what is new, visits archived articles again. SIGHUP reads the configuration again, SIGTERM ends after the article in hand.',
    )
    .option('--wait', 'wait while another run holds the archive', false)
    .addHelpText('after', examples('schedule', 'schedule --json'))
    .action(async (flags: CommonFlags & { wait: boolean }) => {
      const { schedule } = await import('../commands/schedule.ts');
      const { config, terminal } = prepare(flags);
      end(await schedule(flags, { config, terminal, interrupts, reload: () => prepare(flags).config }));
    });

  common(program.command('retry'))
    .summary('give failed URLs back to the next crawl')
    .description(
      'Makes what ended blocked, refused or failed wait again, all attempts new, whatever its code means. A crawl that runs takes it up at once, else the next one does.',
    )
    .option('--code <code>', 'only what ended with this code; may be given several times', several, [])
    .option('--source <name>', 'only what this source named; may be given several times', several, [])
    .addHelpText('after', examples('retry', 'retry --code TOO_LARGE --code OUT_OF_SCOPE', 'retry --source 头条 --json'))
    .action(async (flags: CommonFlags & { code: string[]; source: string[] }) => {
      const { retry } = await import('../commands/retry.ts');
      end(retry(flags, prepare(flags)));
    });

  common(program.command('notify'))
    .summary('try the hooks under `notify` (test)')
    .description(
      'Sends one sample notice of each kind, marked as a test, to every hook under `notify` that wants it, and says what each answered.',
    )
    .addArgument(new Argument('<action>').choices(['test']))
    .option('--on <kind>', 'only notices of this kind; may be given several times', several, [])
    .addHelpText('after', examples('notify test', 'notify test --on published --json'))
    .action(async (_action: string, flags: CommonFlags & { on: string[] }) => {
      const { notifyTest } = await import('../commands/notify.ts');
      end(await notifyTest(flags.on, { ...prepare(flags), interrupts }));
    });
}
