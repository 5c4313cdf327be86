/** `demo`: a made-up newspaper on loopback, crawled for real into a fresh folder, and compared with what was printed. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Newspaper, type NewspaperArticle, openNewspaper } from '../../tests/newspaper/newspaper.ts';
import { ARTICLES, ASSETS, RECORDS } from '../archive/keys.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import { type Config, loadConfig } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { programWords } from '../package.ts';
import { expandPath } from '../paths.ts';
import type { Io } from '../report/output.ts';
import type { Terminal } from '../report/terminal.ts';
import { inShell, style } from '../report/text.ts';
import type { UrlReport } from '../report/visits.ts';
import { knownError } from '../system-errors.ts';
import { archive as archiveArticles } from './archive.ts';
import { crawl } from './crawl.ts';
import type { Interrupts } from './session.ts';

/** Quick, for nobody waits for this newspaper; the real site gets seconds. */
const POLITENESS = { intervalMs: 100, assetIntervalMs: 20, concurrency: 2, backoffMs: 500 };

interface Context {
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  readonly io: Io;
}

/** Returns `incomplete` if the archive differs from what was printed. Throws USAGE if the folder is there already. */
export async function demo(
  options: { readonly archive?: string | undefined; readonly articles: number },
  { terminal, interrupts, io }: Context,
): Promise<ExitCode> {
  const archive =
    options.archive === undefined
      ? resolve(freshFolder())
      : resolve(expandPath(options.archive, { code: 'USAGE', where: '--archive' }));
  if (existsSync(archive)) throw new ArchiveError('USAGE', `${archive} exists already; name a new folder`);
  await using newspaper = await openNewspaper({ articles: options.articles });
  const file = join(archive, 'crawl.config.yaml');
  try {
    makeFolder(archive);
    await writeFile(file, newspaper.config({ archive: '.', politeness: POLITENESS }));
  } catch (error) {
    throw knownError(error, { place: 'archive', name: archive });
  }
  terminal.say(
    `A made-up newspaper of ${counted(newspaper.articles.filter(isListed).length, 'article')} is served on ${newspaper.www}; it is crawled into ${relative('.', archive)}`,
    '',
  );

  const config = loadConfig(file);
  const reports: UrlReport[] = [];
  const exit = await crawl(
    { source: [], dryRun: false, revisit: false },
    { config, terminal, interrupts, onReport: (report) => void reports.push(report) },
  );
  if (exit === EXIT.interrupted) return exit;
  const differences = await compare(archive, newspaper, reports);
  const example = reports.find(({ document, images }) => document !== null && images.stored > 1);
  terminal.say('', ...summary(archive, newspaper, { reports, example }));
  for (const difference of differences) terminal.say(style('red', `✗ ${difference}`));
  if (differences.length > 0) {
    terminal.summary('demo', { archive, config: file, differences, corrected: null });
    return EXIT.incomplete;
  }
  terminal.say(
    style('green', '✓ every listed article is as printed: outcome, title, time, and the bytes of its pictures'),
    '',
  );
  const corrected = await correct(newspaper, config, { terminal, interrupts, io });
  if (corrected === EXIT.interrupted) return corrected;
  terminal.summary('demo', { archive, config: file, differences, corrected });
  terminal.say('', ...nextSteps(file, archive, { example, corrected }));
  return corrected === null ? EXIT.incomplete : EXIT.ok;
}

/**
 * Corrects an article of the newspaper as a site does, without a word, and visits it again.
 * @returns its id; null where that did not become a new version
 */
async function correct(
  newspaper: Newspaper,
  config: Config,
  context: Context,
): Promise<string | null | typeof EXIT.interrupted> {
  const article = newspaper.articles.find(
    ({ era, wholeForm, outcome, lists }) =>
      era === 'cms-2026' && wholeForm && outcome === 'archived' && lists.length > 0,
  );
  if (article === undefined) return null;
  const whole = new URL(article.url).pathname.replace('.shtml', '_s.shtml');
  const body = newspaper.read(whole).replace(/(all-txt">[\s\S]*?<\/p>)/, '$1<p>更正：此前的数字有误。</p>');
  newspaper.put(whole, { body });
  context.terminal.say(`The newspaper corrects ${article.title}; it is visited again`);
  const options = { refresh: true, acceptChanged: false };
  const exit = await archiveArticles([article.url], options, { config, ...context });
  if (exit === EXIT.interrupted) return exit;
  return exit === EXIT.ok ? article.id : null;
}

/** What to type next, word for word, in the working directory. */
function nextSteps(
  file: string,
  archive: string,
  { example, corrected }: { readonly example: UrlReport | undefined; readonly corrected: string | null },
): readonly string[] {
  const program = programWords().map(inShell).join(' ');
  const command = (words: string) => `  ${program} ${words} --config ${inShell(relative('.', file))}`;
  const day = example?.publishedAt?.slice(0, 10) ?? '2026-10-14';
  const twoCharacters =
    example?.title
      ?.match(/\p{Script=Han}{2,}/gu)
      ?.at(-1)
      ?.slice(-2) ?? '图书';
  return [
    'Read it in a browser, with search, versions and a calendar; Ctrl-C ends it:',
    command('serve --open'),
    'Find an article by two characters:',
    command(`search ${twoCharacters}`),
    ...(corrected === null ? [] : ['See what was corrected without a word:', command(`diff ${corrected}`)]),
    'Take a day along as an e-book:',
    command(`export epub ${inShell(`${relative('.', archive)}.epub`)} --day ${day}`),
    'Prove that the archive is right:',
    command('audit'),
  ];
}

function freshFolder(): string {
  return join('demo-archive', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
}

function isListed(article: NewspaperArticle): boolean {
  return article.lists.length > 0;
}

/** What differs between the archive and the newspaper, in words. */
async function compare(archive: string, newspaper: Newspaper, reports: readonly UrlReport[]): Promise<string[]> {
  const byId = new Map(reports.map((report) => [report.id, report]));
  const differences: string[] = [];
  for (const article of newspaper.articles.filter(isListed)) {
    const report = byId.get(article.id);
    const outcome = report?.outcome ?? 'not visited';
    if (outcome !== article.outcome) differences.push(`${article.url}: ${outcome} instead of ${article.outcome}`);
    else if (report?.record != null) {
      const record = JSON.parse(await readFile(join(archive, report.record), 'utf8')) as ArchiveRecord;
      differences.push(...compareFields(article, record).map((each) => `${article.url}: ${each}`));
    }
  }
  return differences;
}

function compareFields(printed: NewspaperArticle, { article, assets }: ArchiveRecord): string[] {
  const lead = printed.leadPicture === null ? [] : [{ src: printed.leadPicture.src, asset: printed.leadAsset }];
  const pictures = [...lead, ...printed.images.filter(({ icon }) => !icon)];
  const expected = new Map(pictures.map(({ src, asset }) => [src, asset?.sha256 ?? 'missing']));
  const found = new Map(assets.map((asset) => [asset.src, 'sha256' in asset ? asset.sha256 : 'missing']));
  const wrong: string[] = [];
  if (article.title !== printed.title) wrong.push(`title ${article.title}`);
  if (article.clock.published !== printed.clock.published) wrong.push(`time ${article.clock.published}`);
  for (const [src, hash] of expected) if (found.get(src) !== hash) wrong.push(`picture ${src} is ${found.get(src)}`);
  return wrong;
}

function summary(
  archive: string,
  newspaper: Newspaper,
  { reports, example }: { readonly reports: readonly UrlReport[]; readonly example: UrlReport | undefined },
): readonly string[] {
  const pictures = reports.reduce((sum, { images }) => sum + images.stored, 0);
  const requests = newspaper.requests.filter(({ origin }) => origin !== 'images').length;
  const here = (path: string | null | undefined) => relative('.', join(archive, path ?? ''));
  return [
    `${counted(pictures, 'picture')}, ${counted(requests, 'page request')}`,
    `documents  ${here(ARTICLES)}`,
    `records    ${here(RECORDS)}`,
    `pictures   ${here(ASSETS)}`,
    `for example ${here(example?.document)}`,
    `       and  ${here(example?.record)}`,
    '',
  ];
}
