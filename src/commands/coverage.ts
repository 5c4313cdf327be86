/** `coverage`: what became of every article number since a day, what no list showed, and how complete the archive is. Reads only. */

import { existsSync } from 'node:fs';
import { openArchive } from '../archive/archive.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { Config } from '../config.ts';
import type { Window } from '../coverage/id-coverage.ts';
import { type ReadIdCoverage, readIdCoverage } from '../coverage/read-id-coverage.ts';
import { ArchiveError, EXIT, type ExitCode, renderError } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import { packageInfo } from '../package.ts';
import { expandPath } from '../paths.ts';
import { coveragePage } from '../report/coverage-html.ts';
import { coverageLines, coverageSummary, jsonLines } from '../report/coverage-text.ts';
import { openReportFile } from '../report/report-file.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, link } from '../report/text.ts';
import { dayOf, daysAfter, startOf } from '../site/clock.ts';

interface CoverageOptions {
  /** A day of Beijing, `2026-10-14`; by default 30 days ago. */
  readonly since?: string | undefined;
  /** Where to write a page for people. */
  readonly html?: string | undefined;
}

const DEFAULT_DAYS = 30;

/** @throws USAGE if `since` is no day; REPORT_NOT_WRITABLE */
export async function coverage(
  { since, html }: CoverageOptions,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const today = dayOf(Date.now());
  const window = { since: requireDay(since ?? daysAfter(today, -DEFAULT_DAYS), '--since'), until: today };
  const roots = existsSync(config.archive) ? [config.archive] : [];
  await using page =
    html === undefined ? null : await openReportFile(expandPath(html, { code: 'USAGE', where: '--html' }), { roots });
  const { coverage, damaged } = await readArchive(config, window);
  for (const error of damaged) terminal.log({ level: 'error', stage: 'store', message: renderError(error) });
  if (terminal.json) for (const each of jsonLines(coverage)) terminal.result('', each);
  else terminal.say(...coverageLines(coverage, window));
  terminal.summary('coverage', { ...coverageSummary(coverage, window), unreadable: damaged.length });
  if (page !== null) {
    const run = { archive: config.archive, window, tool: packageInfo() };
    for (const piece of coveragePage(coverage, run)) await page.write(piece);
    await page.commit();
    terminal.say(line`wrote ${link(html ?? '', page.path)}`);
  }
  return damaged.length === 0 ? EXIT.ok : EXIT.incomplete;
}

/** @throws USAGE for what is no day */
export function requireDay(text: string, flag: string): string {
  const at = startOf(text);
  if (Number.isNaN(at) || dayOf(at) !== text)
    throw new ArchiveError('USAGE', `${flag}: ${text} is not a day such as 2026-10-14`);
  return text;
}

/** Beside a crawl too: no run is held. */
async function readArchive(config: Config, window: Window): Promise<ReadIdCoverage> {
  const archive = openArchive(await openStorage(config), config.limits);
  using operations = openOperations(config, { readOnly: true });
  return await readIdCoverage({ archive, ...operations }, window);
}
