/** Numbers that nothing showed, asked for by the days that they may have. Costly, and so done only where somebody asks for it. */

import type { GapNumber } from '../coverage/gap-numbers.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import type { ProbeOutcome } from '../journal/sources.ts';
import type { Target } from '../model.ts';
import type { ParsedPage } from '../page/page.ts';
import { ownAddress } from '../page/witnesses.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import { type ArticleFetchServices, fetchAndJudge, type JudgedPage } from './fetch-article.ts';
import type { CrawlContext } from './work.ts';

/** A number that was asked for as far as there was reason to. */
export interface ProbedNumber {
  readonly number: number;
  /** What the last answer was; `gone` for all that there were. */
  readonly outcome: ProbeOutcome;
  /** What is there, to be archived; null for nothing. */
  readonly target: Target | null;
}

/** An archived article, by which the site shows that it answers numbers alone. */
interface Control {
  readonly number: number;
  readonly url: string;
}

/** The site shows it again after so many numbers, and after the last. */
const NUMBERS_BETWEEN_CONTROLS = 50;
const MOST_FAILURES_IN_A_ROW = 3;

/**
 * Asks for one number after the other and remembers every answer. What is found is put on the frontier.
 * @param options `control` must answer as an article before anything is asked, now and then, and at the end: a site that
 *   sends all such addresses home would else make every number nobody's. What it answered since the control last did is
 *   then taken back
 * @throws BLOCKED at the first refusal, for nobody needs these answers; NUMBERS_UNANSWERED where the control fails; the
 *   third failure in a row; what stops the run
 */
export async function* probeIds(
  numbers: readonly GapNumber[],
  { frontier, journal, services }: CrawlContext,
  options: { readonly control: Control; readonly stopSignal: AbortSignal; readonly abortSignal: AbortSignal },
): AsyncGenerator<ProbedNumber> {
  let failures = 0;
  let answeredAt = services.clock.now();
  for (const [index, number] of numbers.entries()) {
    if (index % NUMBERS_BETWEEN_CONTROLS === 0) await requireAnswers();
    if (options.stopSignal.aborted) break;
    try {
      yield await probe(number);
      failures = 0;
    } catch (error) {
      const next = nextAfter(error);
      failures += 1;
      if (isRefusal(error) || next === 'stop' || next === 'never' || failures >= MOST_FAILURES_IN_A_ROW) throw error;
      yield { number: number.number, outcome: 'failed', target: null };
    }
  }
  if (numbers.length > 0) await requireAnswers();

  async function requireAnswers(): Promise<void> {
    const at = services.clock.now();
    const { number, url } = options.control;
    const address = probeUrl(services.site, number, parseArticleUrl(url, services.site)?.date ?? '');
    const { verdict } = await fetchAnswer(address, services, options.abortSignal);
    if (verdict.kind !== 'article') {
      journal.probes.takeBack(answeredAt);
      const why = `${verdict.kind}, ${verdict.evidence.join('; ')}`;
      throw new ArchiveError('NUMBERS_UNANSWERED', `${address}, which is archived: ${why}`);
    }
    answeredAt = at;
  }

  async function probe({ number, day: inferred, days }: GapNumber): Promise<ProbedNumber> {
    const { probes } = journal;
    for (const day of days) {
      const url = probeUrl(services.site, number, day);
      const at = services.clock.now();
      try {
        const { page, verdict } = await fetchAnswer(url, services, options.abortSignal);
        const target = verdict.kind === 'gone' ? null : targetOf(page, { number, day, url }, services.site);
        if (target !== null) frontier.add([target]);
        probes.note({ number, day, inferred, outcome: verdict.kind, at });
        if (target !== null) return { number, outcome: verdict.kind, target };
      } catch (error) {
        if (error instanceof ArchiveError && !isRefusal(error) && nextAfter(error) !== 'stop')
          probes.note({ number, day, inferred, outcome: 'failed', at });
        throw error;
      }
    }
    return { number, outcome: 'gone', target: null };
  }
}

/** The slug is decoration (site.md, 1.1). */
function probeUrl({ www }: Site, number: number, day: string): string {
  return `${www}/a/${day.replaceAll('-', '_')}_${number}.shtml`;
}

/** Throws BLOCKED where the site refuses, HTTP_STATUS where its server fails. */
async function fetchAnswer(url: string, services: ArticleFetchServices, signal: AbortSignal): Promise<JudgedPage> {
  const judged = await fetchAndJudge(url, services, { signal });
  const { kind, evidence } = judged.verdict;
  if (kind !== 'blocked' && kind !== 'server-error') return judged;
  throw new ArchiveError(kind === 'blocked' ? 'BLOCKED' : 'HTTP_STATUS', `${url}: ${evidence.join('; ')}`);
}

function isRefusal(error: unknown): boolean {
  return error instanceof ArchiveError && error.code === 'BLOCKED';
}

/** Under the address that the page names, whatever its host (site.md, 1.1: the mobile one); without one under that which was asked for. */
function targetOf(
  page: ParsedPage,
  { number, day, url }: { readonly number: number; readonly day: string; readonly url: string },
  site: Site,
): Target {
  const named = URL.parse(ownAddress(page) ?? '', url)?.pathname;
  const own = named === undefined ? null : parseArticleUrl(site.www + named, site);
  return {
    id: `guancha:${number}`,
    url: own?.id === `guancha:${number}` ? own.url : url,
    source: null,
    via: url,
    leadPicture: null,
    listed: null,
    priority: Date.parse(`${day}T00:00:00+08:00`) / 60_000,
  };
}

/** How many requests asking for these takes at most. */
export function mostRequests(numbers: readonly GapNumber[]): number {
  const controls = Math.ceil(numbers.length / NUMBERS_BETWEEN_CONTROLS) + 1;
  return numbers.length === 0 ? 0 : numbers.reduce((sum, { days }) => sum + days.length, controls);
}
