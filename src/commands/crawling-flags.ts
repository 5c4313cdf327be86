/** The flags, arguments and help of the commands that ask the site. */
import { Argument, type Command, Option } from 'commander';
import type { ArchiveOptions } from './archive.ts';
import type { BackfillOptions } from './backfill.ts';
import {
  type CommonFlags,
  common,
  count,
  countOrNone,
  examples,
  type Invocation,
  JSON_LINES,
  NO_WAIT,
  several,
  WAIT,
} from './flags.ts';
import type { OrdersAction } from './orders.ts';
import type { WorkerFlags } from './worker.ts';

export function crawling(program: Command, { io, interrupts, terminal, prepare, existing, end }: Invocation): void {
  common(program.command('start'))
    .summary('begin: the articles that are named, else what is new on the lists')
    .description(
      'Archives the articles that are named, else every article of the lists under `sources` that is not archived yet. Says at once where there is no network.',
    )
    .argument('[url...]', 'as archive takes them')
    .addHelpText('after', examples('start', 'start https://www.guancha.cn/politics/2022_01_28_623950.shtml'))
    .action(async (urls: string[], flags: CommonFlags) => {
      const { start } = await import('./start.ts');
      end(await start(urls, flags, { ...prepare(flags), interrupts, io }));
    });

  program
    .command('init')
    .summary('write a configuration')
    .description(
      'Asks a few questions and writes crawl.config.yaml, with the lists that miss little; and makes an archive with nothing in it. Never writes over a file.',
    )
    .argument('[dir]', 'folder of the configuration', '.')
    .option('--yes', 'ask nothing, take what is recommended', false)
    .option('--json', JSON_LINES)
    .addHelpText('after', examples('init', 'init ~/guancha --yes'))
    .action(async (dir: string, flags: { yes: boolean; json?: boolean }) => {
      const { init } = await import('./init.ts');
      end(await init(dir, flags, { terminal: terminal(flags), io }));
    });

  common(program.command('archive'))
    .summary('archive single articles now')
    .description(
      'Archives single articles now. Any spelling of an article’s address works; - reads a list from stdin, one a line.',
    )
    .argument('<url...>', 'addresses of articles, ids or numbers whose address the archive or its queue knows, or -')
    .option('--refresh', 'visit articles again that are archived already', false)
    .option(
      '--accept-changed',
      'visit them again, and take at once what is implausible beside what is archived: after a look at it',
      false,
    )
    .option('--wait', WAIT)
    .option('--no-wait', NO_WAIT)
    .addHelpText(
      'after',
      examples(
        'archive https://www.guancha.cn/politics/2022_01_28_623950.shtml',
        'archive --json - < urls.txt',
        'archive --refresh m.guancha.cn/politics/2022_01_28_623950',
      ),
    )
    .action(async (urls: string[], flags: CommonFlags & ArchiveOptions) => {
      const { archive } = await import('./archive.ts');
      end(await archive(urls, flags, { ...prepare(flags), interrupts, io }));
    });

  common(program.command('crawl'))
    .summary('archive what is new on the lists')
    .description('Reads the lists under `sources` and archives every article that is not archived yet, newest first.')
    .option('--source <name>', 'only this source; may be given several times', several, [])
    .option('--limit <n>', 'at most this many articles', count)
    .option('--dry-run', 'read the lists, say what is new, archive nothing', false)
    .option('--revisit', 'then visit archived articles again that are due, to find edits and withdrawals', false)
    .option('--wait', WAIT)
    .option('--no-wait', NO_WAIT)
    .addHelpText('after', examples('crawl', 'crawl --source 头条 --limit 20', 'crawl --dry-run --json'))
    .action(
      async (
        flags: CommonFlags & { source: string[]; limit?: number; dryRun: boolean; revisit: boolean; wait?: boolean },
      ) => {
        const { crawl } = await import('./crawl.ts');
        end(await crawl(flags, { ...prepare(flags), interrupts }));
      },
    );

  common(program.command('backfill'))
    .summary('archive what was published in a stretch of days')
    .description(
      'Walks the lists backwards, page by page, and archives what they show of the days from DATE to DATE. With --ids it then asks for the numbers that no list showed, under the days that they may have.',
    )
    .requiredOption('--from <date>', 'first day, of Beijing, such as 2026-10-01')
    .requiredOption('--to <date>', 'last day')
    .option('--source <name>', 'only this source; may be given several times', several, [])
    .option('--ids', 'then ask for never-seen numbers: up to 5 requests each', false)
    .option('--limit <n>', 'archive at most this many articles, and ask for at most this many numbers', count)
    .option('--dry-run', 'walk the lists, say what is new and what --ids would cost, archive nothing', false)
    .option('--wait', WAIT)
    .option('--no-wait', NO_WAIT)
    .addHelpText(
      'after',
      examples(
        'backfill --from 2026-10-01 --to 2026-10-07',
        'backfill --from 2026-10-01 --to 2026-10-07 --ids --limit 50',
      ),
    )
    .action(async (flags: CommonFlags & BackfillOptions) => {
      const { backfill } = await import('./backfill.ts');
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
      const { schedule } = await import('./schedule.ts');
      const prepared = prepare(flags);
      end(await schedule(flags, { ...prepared, interrupts, reload: () => prepare(flags).config }));
    });

  common(program.command('worker'))
    .summary('a hand of a cluster')
    .description(
      'Visits what the schedule of a cluster offers, on as many machines as there are, and does its part of the works that --cluster shares; needs cluster.postgres and cluster.redis. SIGTERM ends after the article in hand.',
    )
    .addOption(
      new Option('--partitions <n>', 'so many partitions of a large work at once, beside the visits; 0 for none')
        .argParser(countOrNone)
        .default(1),
    )
    .option('--no-visits', 'partitions alone: needs no database and no browser')
    .addHelpText('after', examples('worker', 'worker --json', 'worker --no-visits --partitions 8'))
    .action(async (flags: CommonFlags & WorkerFlags) => {
      const { worker } = await import('./worker.ts');
      end(await worker(flags, { ...prepare(flags), interrupts }));
    });

  common(program.command('orders'))
    .summary('what was handed over to the run that holds the archive')
    .description('Lists the orders that have not ended (list), or takes some back (cancel).')
    .addArgument(new Argument('[action]').choices(['list', 'cancel']).default('list'))
    .argument('[number...]', 'orders, as list prints them')
    .addHelpText('after', examples('orders', 'orders --json', 'orders cancel 3'))
    .action(async (action: OrdersAction, numbers: string[], flags: CommonFlags) => {
      const { orders } = await import('./orders.ts');
      end(orders(action, numbers, existing(flags)));
    });

  common(program.command('retry'))
    .summary('put failed URLs back into the queue')
    .description(
      'Puts URLs that ended blocked, refused or failed back into the queue, whatever their code means, and counts their attempts from zero. A running crawl visits them at once, else the next one does.',
    )
    .option('--code <code>', 'only URLs that ended with this code; may be given several times', several, [])
    .option('--source <name>', 'only URLs that this source named; may be given several times', several, [])
    .option(
      '--host <host>',
      'forget why this host is left alone, and its robots.txt; may be given several times',
      several,
      [],
    )
    .addHelpText(
      'after',
      examples(
        'retry',
        'retry --host www.guancha.cn',
        'retry --code TOO_LARGE --code OUT_OF_SCOPE',
        'retry --source 头条 --json',
      ),
    )
    .action(async (flags: CommonFlags & { code: string[]; source: string[]; host: string[] }) => {
      const { retry } = await import('./quarantine.ts');
      end(retry(flags, existing(flags)));
    });

  common(program.command('notify'))
    .summary('try the hooks under `notify` (test)')
    .description(
      'Sends one sample notice of each kind, marked as a test, to every hook under `notify` that wants it, and prints what each answered.',
    )
    .addArgument(new Argument('<action>').choices(['test']))
    .option('--on <kind>', 'only notices of this kind; may be given several times', several, [])
    .addHelpText('after', examples('notify test', 'notify test --on published --json'))
    .action(async (_action: string, flags: CommonFlags & { on: string[] }) => {
      const { notifyTest } = await import('./notify.ts');
      end(await notifyTest(flags.on, { ...prepare(flags), interrupts }));
    });
}
