/** `reproduce [ARTICLE]…`: every document of the archive, made again from its capture and compared byte for byte. Reads only. */

import { availableParallelism } from 'node:os';
import { describeChanges } from '../archive/changes.ts';
import { openDisk } from '../archive/disk.ts';
import { requireInFolder } from '../archive/open-storage.ts';
import { recordKeys } from '../archive/places.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { RULES } from '../crawl/rules.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { packageInfo } from '../package.ts';
import type { Reproduced, Reproduction } from '../reextract/reproduce.ts';
import { openThreads, type Piece } from '../reextract/threads.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, type Style, style, type Text } from '../report/text.ts';
import { MOST_JOBS } from './audit.ts';
import { requireArchive } from './existing-archive.ts';
import { storedArticle } from './named-article.ts';
import type { Interrupts } from './session.ts';

/** What somebody should look at; the others are counted. */
const STYLES: Readonly<Record<Reproduction, Style | null>> = {
  same: null,
  uncaptured: null,
  other: 'yellow',
  unreadable: 'red',
  damaged: 'red',
};

/**
 * @param articles by id or address; all where none is named
 * @returns `findings` where a document is not the same, or cannot be compared although its capture is named
 * @throws USAGE, URL_INVALID, NOT_ARCHIVED
 */
export async function reproduce(
  articles: readonly string[],
  { since, jobs }: { readonly since?: string | undefined; readonly jobs?: number | undefined },
  {
    config,
    terminal,
    interrupts,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  requireInFolder(config, 'reproduce');
  requireArchive(config);
  const from = requireMonth(since);
  const storage = openDisk(config.archive);
  const named = await Promise.all(articles.map(async (text) => (await storedArticle(text, config)).key));
  const keys = articles.length === 0 ? () => recordKeys(storage, from) : () => fromList(named);
  const counts = new Map<Reproduction, number>();
  const byRules = new Map<number, number>();
  const signal = interrupts.stopSignal;
  try {
    await using pool = openThreads(config, { jobs: threadsOf(jobs), tool: toolName(), signal });
    const total = await count(keys());
    let done = 0;
    for await (const answer of pool.run(reproductions(keys()))) {
      if (answer.what !== 'reproduce') continue;
      for (const each of answer.versions) {
        counts.set(each.result, (counts.get(each.result) ?? 0) + 1);
        if (each.result === 'other') byRules.set(each.rules ?? 0, (byRules.get(each.rules ?? 0) ?? 0) + 1);
        if (STYLES[each.result] !== null || terminal.json)
          terminal.result(describe(each), { type: 'reproduction', ...each });
      }
      done += 1;
      terminal.progress(done, Math.max(total, done));
    }
    await pool.finish();
  } catch (error) {
    if (error !== signal.reason) throw error;
    return EXIT.interrupted;
  } finally {
    terminal.end();
  }
  terminal.summary('reproduce', { results: Object.fromEntries(counts) }, summary(counts, byRules));
  return [...counts.keys()].some((result) => STYLES[result] !== null) ? EXIT.findings : EXIT.ok;
}

function describe({ id, key, version, document, rules, result, code, detail, changes }: Reproduced): Text {
  const [name, path] = [id === '' ? key : id, document === '' ? '' : `  ${document}`];
  const head = line`${style(STYLES[result] ?? 'green', result.padEnd(10))}  ${name}${version === 0 ? '' : `  version ${version}`}${path}`;
  const by = rules === null ? '' : `made by rules ${rules}${rules === RULES ? ', which are today’s' : ''}`;
  const why = [by, changes === null ? '' : describeChanges(changes), code ?? '', detail ?? ''].filter(
    (each) => each !== '',
  );
  return line`${head}  ${style('dim', why.join('; '))}`;
}

function summary(counts: ReadonlyMap<Reproduction, number>, byRules: ReadonlyMap<number, number>): readonly Text[] {
  const of = (result: Reproduction) => counts.get(result) ?? 0;
  const older = of('uncaptured') === 0 ? '' : `, ${of('uncaptured')} made without captures`;
  const cannot = of('unreadable') + of('damaged');
  return [
    `${counted(of('same'), 'document is', 'documents are')} the same, ${of('other')} not${older}${cannot === 0 ? '' : `, ${cannot} cannot be read`}`,
    ...[...byRules]
      .sort(([a], [b]) => a - b)
      .map(([rules, count]) => `  ${count} of those that are not were made by rules ${rules}; today’s are ${RULES}`),
  ];
}

async function* reproductions(keys: AsyncIterable<string>): AsyncGenerator<Piece> {
  for await (const key of keys) yield { what: 'reproduce', key };
}

async function* fromList(keys: readonly string[]): AsyncGenerator<string> {
  yield* keys;
}

// What `extract --all` takes as well.

/** @returns the month, or what lies before every month. @throws USAGE for what is no month */
export function requireMonth(since: string | undefined): string {
  if (since !== undefined && !/^\d{4}-(?:0[1-9]|1[0-2])$/.test(since))
    throw new ArchiveError('USAGE', `--since ${since}: a month such as 2026-10 is needed`);
  return since ?? '';
}

export function threadsOf(jobs: number | undefined): number {
  return Math.min(jobs ?? availableParallelism(), MOST_JOBS);
}

export function toolName(): string {
  const { name, version } = packageInfo();
  return `${name}/${version}`;
}

/** From names of files alone. */
export async function count(keys: AsyncIterable<string>): Promise<number> {
  let total = 0;
  for await (const _key of keys) total += 1;
  return total;
}
