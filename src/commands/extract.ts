/** `extract FILE|URL…`: what would be archived of a page, and why. Writes nothing. */
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { type Extraction, explain } from '../extract/extract.ts';
import { type Flag, flag } from '../flags.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import { judge } from '../judge/judge.ts';
import type { ArticleAddress, Verdict } from '../model.ts';
import { readArticle } from '../read-article.ts';
import { parseArticleUrl } from '../url/article-url.ts';
import { articleText, explanationText } from './explanation.ts';
import { withPassingRooms } from './passing-rooms.ts';
import { isFile, readSavedPage } from './saved-page.ts';
import type { Interrupts } from './session.ts';
import type { Terminal } from './terminal.ts';

/** What became of one page. */
export interface PageReading {
  readonly url: string;
  readonly verdict: Verdict;
  /** Null where the page is no article. */
  readonly extraction: Extraction | null;
  readonly flags: readonly Flag[];
}

/**
 * @param things files and addresses in any order; what is a file here is taken for one
 * @returns `incomplete` where a page is no article
 * @throws USAGE, URL_INVALID, EXTRACTION, and what the fetcher throws
 */
export async function extract(
  things: readonly string[],
  options: { readonly url?: string | undefined; readonly explain: boolean },
  context: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  if (options.url !== undefined && (things.length !== 1 || !isFile(things[0] ?? '')))
    throw new ArchiveError('USAGE', '--url says the address of one saved page');
  let all = true;
  const tellPage = (reading: PageReading) => {
    all &&= reading.extraction !== null;
    tell(reading, options.explain, terminal);
  };

  const addresses: ArticleAddress[] = [];
  for (const thing of things) {
    if (isFile(thing)) {
      const { page, address } = readSavedPage(thing, options.url ?? null, config.site);
      tellPage(readPages(judge(page, config.site), [page], address, config.site));
    } else addresses.push(requireAddress(thing, config));
  }
  if (addresses.length > 0)
    await withPassingRooms(config, terminal, 'extract', async (rooms) => {
      for (const address of addresses) {
        const { verdict, parts } = await readArticle(address, rooms, { signal: interrupts.signal });
        tellPage(readPages(verdict, parts, address, config.site));
      }
    });
  return all ? EXIT.ok : EXIT.incomplete;
}

function requireAddress(text: string, { site }: Config): ArticleAddress {
  const address = parseArticleUrl(text, site);
  if (address === null) throw new ArchiveError('URL_INVALID', `${text}; it is no file either`);
  return address;
}

function readPages(
  verdict: Verdict,
  parts: readonly ParsedPage[],
  address: ArticleAddress,
  site: Config['site'],
): PageReading {
  const { url } = address;
  if (verdict.kind === 'article') {
    const extraction = explain(parts, address, site);
    return { url, verdict, extraction, flags: extraction.article.flags };
  }
  const flags = verdict.kind === 'not-an-article' ? [flag('no-layout', verdict.evidence.join('; '))] : [];
  return { url, verdict, extraction: null, flags };
}

function tell(reading: PageReading, explained: boolean, terminal: Terminal): void {
  const { url, verdict, extraction, flags } = reading;
  if (terminal.json) {
    const { flags: _flags, ...article } = extraction?.article ?? { flags: null };
    terminal.result('', {
      url,
      verdict,
      article: extraction === null ? null : article,
      flags,
      ledger: extraction?.ledger ?? null,
    });
  } else terminal.say(explained ? explanationText(reading, terminal.style) : articleText(reading, terminal.style));
}
