/** `demo`: a made-up newspaper on loopback, crawled for real into a fresh folder, and compared with what was printed. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Newspaper, type NewspaperArticle, openNewspaper } from '../../tests/newspaper/newspaper.ts';
import { loadConfig } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { crawl } from './crawl.ts';
import type { UrlReport } from './report.ts';
import type { Interrupts } from './session.ts';
import type { Terminal } from './terminal.ts';

/** Quick, for nobody waits for this newspaper; the real site gets seconds. */
const POLITENESS = { intervalMs: 100, assetIntervalMs: 20, concurrency: 2, backoffMs: 500 };

/** Returns `incomplete` where the archive differs from what was printed. Throws USAGE where the folder is there already. */
export async function demo(
  options: { readonly archive?: string | undefined; readonly articles: number },
  { terminal, interrupts }: { readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const archive = resolve(options.archive ?? freshFolder());
  if (existsSync(archive)) throw new ArchiveError('USAGE', `${archive} is there already; name a folder that is not`);
  await mkdir(archive, { recursive: true });
  await using newspaper = await openNewspaper({ articles: options.articles });
  const file = join(archive, 'crawl.config.yaml');
  await writeFile(file, newspaper.config({ archive: '.', politeness: POLITENESS }));
  terminal.say(
    `A made-up newspaper of ${newspaper.articles.filter(isListed).length} articles is served on ${newspaper.www}; it is crawled into ${archive}\n`,
  );

  const { exit, reports } = await crawl(
    { source: [], dryRun: false },
    { config: loadConfig(file), terminal, interrupts },
  );
  if (exit === EXIT.interrupted) return exit;
  const differences = compare(newspaper, reports);
  terminal.say(`\n${summary(archive, newspaper, reports)}`);
  for (const difference of differences) terminal.say(terminal.style('red', `✗ ${difference}`));
  if (differences.length > 0) return EXIT.incomplete;
  terminal.say(
    terminal.style(
      'green',
      '✓ every article that the lists named ended as it should: right title, right time, every picture with the right bytes',
    ),
  );
  return EXIT.ok;
}

function freshFolder(): string {
  return join('demo-archive', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
}

function isListed(article: NewspaperArticle): boolean {
  return article.lists.length > 0;
}

/** What differs between the archive and the newspaper, in words. */
function compare(newspaper: Newspaper, reports: readonly UrlReport[]): string[] {
  const byId = new Map(reports.map((report) => [report.id, report]));
  return newspaper.articles.filter(isListed).flatMap((article) => {
    const report = byId.get(article.id);
    if (report === undefined) return [`${article.url}: not visited`];
    if (report.outcome !== article.outcome) return [`${article.url}: ${report.outcome} instead of ${article.outcome}`];
    if (report.outcome !== 'archived') return [];
    const pictures = new Set([
      ...article.images.filter(({ icon }) => !icon).map(({ src }) => src),
      ...(article.leadPicture === null ? [] : [article.leadPicture.src]),
    ]);
    const missing = article.images.filter(({ icon, asset }) => !icon && asset === null).length;
    const wrong = [
      report.title === article.title ? null : `title ${report.title}`,
      report.images.missing === missing ? null : `${report.images.missing} pictures missing instead of ${missing}`,
      report.images.stored + report.images.missing === pictures.size
        ? null
        : `${report.images.stored + report.images.missing} pictures instead of ${pictures.size}`,
    ];
    return wrong.filter((each) => each !== null).map((each) => `${article.url}: ${each}`);
  });
}

function summary(archive: string, newspaper: Newspaper, reports: readonly UrlReport[]): string {
  const pictures = reports.reduce((sum, { images }) => sum + images.stored, 0);
  const requests = newspaper.requests.filter(({ origin }) => origin !== 'images').length;
  const example = reports.find(({ document, images }) => document !== null && images.stored > 1);
  const here = (path: string | null | undefined) => relative('.', join(archive, path ?? ''));
  return [
    `${pictures} pictures, ${requests} page requests`,
    `documents  ${here('articles')}`,
    `records    ${here('records')}`,
    `pictures   ${here('assets')}`,
    `for example ${here(example?.document)}`,
    `       and  ${here(example?.record)}`,
    `more: node bin/guancha-archive status --config ${here('crawl.config.yaml')}`,
    '',
  ].join('\n');
}
