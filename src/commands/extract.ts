/** `extract FILE|URL…`: what would be archived of a page, and why. Writes nothing. `--all` is in extract-all.ts. */

import { readFileSync, statSync } from 'node:fs';
import { openDisk } from '../archive/disk.ts';
import { readAccepted } from '../archive/vocabulary.ts';
import type { Config } from '../config.ts';
import { fetchArticle } from '../crawl/fetch-article.ts';
import { openPageTrial, pageFault } from '../crawl/page-trial.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { pageOf } from '../fetch/exchange.ts';
import { FLAGS, type Flag, flag } from '../flags.ts';
import { exchangeOfSaved } from '../import/saved-page.ts';
import type { ArticleAddress, Page, Verdict } from '../model.ts';
import type { TextAccountRow } from '../page/column.ts';
import { evidenceOf } from '../page/evidence.ts';
import { type Extraction, explain } from '../page/extract.ts';
import { parseFragment } from '../page/html.ts';
import { judge } from '../page/judge.ts';
import { linesOf } from '../page/lines.ts';
import { type ParsedPage, parsePage } from '../page/page.ts';
import { ownAddress } from '../page/witnesses.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, type Style, style, type Text } from '../report/text.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import { knownError } from '../system-errors.ts';
import { extractAll } from './extract-all.ts';
import { addressOfNamed, articleNamed } from './named-article.ts';
import { type Interrupts, withTemporaryArchive } from './session.ts';

/** What became of one page. */
interface ReadPage {
  readonly url: string;
  readonly verdict: Verdict;
  /** Null if the page is no article. */
  readonly extraction: Extraction | null;
  readonly flags: readonly Flag[];
}

export interface ExtractFlags {
  readonly url?: string | undefined;
  readonly explain: boolean;
  /** From the captures of the archive, to which the next four belong. */
  readonly all: boolean;
  readonly since?: string | undefined;
  readonly diff: boolean;
  readonly jobs?: number | undefined;
  readonly cluster?: boolean | undefined;
}

/**
 * @param things files and addresses in any order; what is a file here is taken for one
 * @returns `incomplete` if a page is no article
 * @throws USAGE, URL_INVALID, EXTRACTION, TOO_LARGE, PAGE_TOO_HEAVY, PAGE_FAULT, and what the fetcher throws
 */
export async function extract(
  things: readonly string[],
  options: ExtractFlags,
  context: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const { since, diff, jobs, cluster } = options;
  if (options.all) {
    if (things.length > 0 || options.url !== undefined || options.explain)
      throw new ArchiveError('USAGE', '--all is the archive, and takes no page, --url or --explain');
    return extractAll({ since, diff, jobs, cluster }, context);
  }
  if (things.length === 0) throw new ArchiveError('USAGE', 'extract: name a saved page or an address, or --all');
  if (since !== undefined || diff || jobs !== undefined || cluster !== undefined)
    throw new ArchiveError('USAGE', '--since, --diff, --jobs and --cluster belong to extract --all');
  const accepted = await readAccepted(openDisk(config.archive));
  const known = { site: config.site, accepted: new Set(accepted.keys()) };
  if (options.url !== undefined && (things.length !== 1 || !isFile(things[0] ?? '')))
    throw new ArchiveError('USAGE', '--url is the address of one saved page, and only one page can be given with it');
  let all = true;
  const printRead = (reading: ReadPage) => {
    all &&= reading.extraction !== null;
    printPage(reading, options.explain, terminal);
  };

  const addresses: ArticleAddress[] = [];
  for (const thing of things) {
    if (isFile(thing)) printRead(await readFileOnTrial(thing, options.url ?? null, known));
    else addresses.push(await requireAddress(thing, config));
  }
  if (addresses.length > 0)
    await withTemporaryArchive(config, terminal, 'extract', async (services) => {
      for (const address of addresses) {
        const { verdict, parts } = await fetchArticle(address, services, { signal: interrupts.abortSignal });
        printRead(orFault(address.url, () => readPages(verdict, parts, address, known)));
      }
    });
  return all ? EXIT.ok : EXIT.incomplete;
}

async function requireAddress(text: string, config: Config): Promise<ArticleAddress> {
  if (articleNamed(text, config) === null) throw new ArchiveError('URL_INVALID', `${text}; it is no file either`);
  return addressOfNamed(text, config);
}

interface Known {
  readonly site: Site;
  /** Forms of markup that the archive's owner takes for ordinary. */
  readonly accepted: ReadonlySet<string>;
}

function readPages(
  verdict: Verdict,
  parts: readonly ParsedPage[],
  address: ArticleAddress,
  { site, accepted }: Known,
): ReadPage {
  const { url } = address;
  if (verdict.kind === 'article') {
    const extraction = explain(parts, address, site, { listed: null, single: null, accepted });
    return { url, verdict, extraction, flags: extraction.article.flags };
  }
  const flags = verdict.kind === 'not-an-article' ? [flag('no-layout', verdict.evidence.join('; '))] : [];
  return { url, verdict, extraction: null, flags };
}

function printPage(reading: ReadPage, explained: boolean, terminal: Terminal): void {
  const { url, verdict, extraction, flags } = reading;
  if (terminal.json) {
    const { flags: _flags, ...article } = extraction?.article ?? { flags: null };
    terminal.result('', {
      type: 'extraction',
      url,
      verdict,
      article: extraction === null ? null : article,
      flags,
      textAccount: extraction?.account ?? null,
    });
  } else terminal.say(...(explained ? explanationText(reading) : articleText(reading)));
}

// An extraction for people: the article, or where each part of it came from.

/** Headline, fields and text of the article, and what is doubtful about it. */
function articleText(reading: ReadPage): readonly Text[] {
  const { extraction, flags } = reading;
  if (extraction === null) return [...verdictText(reading), ''];
  const { article } = extraction;
  const people = [...article.columnists, ...article.staff].map(({ name }) => name).join('、');
  const facts = [article.publishedAt.slice(0, 16).replace('T', ' '), article.source, people, article.byline?.text];
  return [
    style('bold', article.title),
    style('dim', facts.filter((fact) => fact).join('  ')),
    '',
    ...linesOf(parseFragment(article.body).root().contents()),
    ...(flags.length > 0 ? ['', ...flagLines(flags)] : []),
    '',
  ];
}

/** Verdict, each field with the selector that gave it, the account, and the flags with what they mean. */
function explanationText(reading: ReadPage): readonly Text[] {
  const { extraction, flags } = reading;
  if (extraction === null) return [...verdictText(reading), ...flagLines(flags), ''];
  const { account } = extraction;
  const fields = evidenceOf(extraction).flatMap(({ field, from, value }) => [
    line`${style('bold', field.padEnd(14))} ${value ?? style('dim', 'none')}`,
    line`${' '.repeat(15)}${style('dim', from)}`,
  ]);
  const open = account.missing.characters !== 0 || account.missing.pictures !== 0;
  const closing = open ? style('red', `open: ${countOf(account.missing)}`) : style('green', 'closed');
  return [
    ...verdictText(reading),
    '',
    ...fields,
    '',
    line`${style('bold', 'text account')}  ${countOf(account.total)}, ${closing}`,
    ...account.rows.map(
      (row) =>
        line`  ${countOf(row)}  ${style(COLOURS[row.disposition], [row.disposition, row.name].filter(Boolean).join(' '))}`,
    ),
    '',
    ...(flags.length > 0 ? flagLines(flags) : [style('green', 'no flags')]),
    '',
  ];
}

const COLOURS: Readonly<Record<TextAccountRow['disposition'], Style>> = {
  body: 'green',
  field: 'bold',
  dropped: 'dim',
  unknown: 'red',
};

function verdictText({ url, verdict }: ReadPage): readonly Text[] {
  const colour = verdict.kind === 'article' ? 'green' : 'yellow';
  return [line`${style(colour, verdict.kind)}  ${url}`, style('dim', verdict.evidence.join('; '))];
}

function flagLines(flags: readonly Flag[]): readonly Text[] {
  return flags.flatMap(({ code, detail }) => {
    const { level, title, meaning } = FLAGS[code];
    return [
      line`${style(level === 'doubt' ? 'red' : 'yellow', `⚑ ${code}`)}  ${title}: ${detail}`,
      line`  ${style('dim', meaning)}`,
    ];
  });
}

function countOf({ characters, pictures }: { readonly characters: number; readonly pictures: number }): string {
  return `${String(characters).padStart(6)} characters ${String(pictures).padStart(3)} pictures`;
}

// A page that was saved to a file, as if it had just been fetched.

interface SavedPage {
  readonly page: ParsedPage;
  readonly address: ArticleAddress;
}

async function readFileOnTrial(file: string, url: string | null, known: Known): Promise<ReadPage> {
  const { site } = known;
  const { page, address } = orFault(file, () => readSavedPage(file, url, site));
  await openPageTrial(site)(page.page, address);
  return orFault(file, () => readPages(judge(page, site), [page], address, known));
}

/** A fault in reading a page, said as one of that page. */
export function orFault<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw pageFault(name, error);
  }
}

/**
 * Reads a saved page. Its address is the one given, else the one that the page itself names (`link[rel=alternate]`,
 * `meta[name=mobile-agent]`, `@id` of the JSON-LD; site.md, 1.1). Relative times count from the file's last change.
 * @throws URL_INVALID if the given address is none of the site's, USAGE if the page names none, TOO_LARGE, FILE_REFUSED
 */
export function readSavedPage(file: string, url: string | null, site: Site): SavedPage {
  const { body, fetchedAt } = readSaved(file);
  const address = url === null ? addressIn(savedPage('', body, fetchedAt), site) : parseArticleUrl(url, site);
  if (address !== null) return { page: savedPage(url ?? address.url, body, fetchedAt), address };
  if (url !== null) throw new ArchiveError('URL_INVALID', `--url ${url}`);
  throw new ArchiveError('USAGE', `${file} does not name its own address; give it with --url URL`);
}

function addressIn(page: ParsedPage, site: Site): ArticleAddress | null {
  const own = ownAddress(page);
  return own === null ? null : parseArticleUrl(own, site);
}

/** A saved list, under the address that it is said to be of. */
export function readSavedList(file: string, url: string): Page {
  const { body, fetchedAt } = readSaved(file);
  return answerOf(url, body, fetchedAt);
}

/** More than any parser is given (`page/tree-adapter.ts`), pictures in the markup included. */
const LONGEST_BYTES = 32_000_000;

function readSaved(file: string): { readonly body: Uint8Array; readonly fetchedAt: string } {
  try {
    const { size, mtime } = statSync(file);
    if (size > LONGEST_BYTES) throw new ArchiveError('TOO_LARGE', `${file}: ${size} bytes`);
    return { body: readFileSync(file), fetchedAt: mtime.toISOString() };
  } catch (error) {
    throw knownError(error, { place: 'elsewhere', name: file });
  }
}

function savedPage(url: string, body: Uint8Array, fetchedAt: string): ParsedPage {
  return parsePage(answerOf(url, body, fetchedAt));
}

function answerOf(url: string, body: Uint8Array, fetchedAt: string): Page {
  return pageOf(url, [exchangeOfSaved(url, { capturedAt: fetchedAt, body })]);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
