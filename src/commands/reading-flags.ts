/** The flags, arguments and help of the commands that read an archive. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { ExtractFlags } from './extract.ts';
import { ARTICLE, CLUSTER, type CommonFlags, common, count, examples, type Invocation } from './flags.ts';
import type { QuarantineAction } from './quarantine.ts';
import type { ListFlags, SearchFlags } from './search.ts';
import type { ServeOptions } from './serve.ts';
import type { SourcesAction } from './sources.ts';
import type { VocabularyAction } from './vocabulary.ts';

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
    .addHelpText('after', `${examples('prove guancha:623950 ../proof')}\n  sh ../proof/check.sh`)
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
