/** Archived articles that are due for another look, one after the other. */

import { retryPauseMs } from '../clock.ts';
import { ArchiveError } from '../errors.ts';
import type { Frontier } from '../frontier/sqlite.ts';
import type { Revisit } from '../journal/journal.ts';
import type { Outcome, Target } from '../model.ts';
import { archiveArticle, type CrawlServices, recordVisit } from './visit.ts';
import { MOST_BLOCKED_IN_A_ROW, type Settled } from './work.ts';

interface RevisitOptions {
  /** Ages of articles at which they are visited again, rising. */
  readonly agesMs: readonly number[];
  /** First pause after a visit that came to nothing; doubles up to a day. */
  readonly backoffMs: number;
  readonly signal: AbortSignal;
}

/** With the pauses in between, some days: then the article is left as it is. */
const MOST_ATTEMPTS = 14;
const DAY_MS = 86_400_000;

const LEADS_ELSEWHERE: readonly Outcome['kind'][] = ['moved', 'link-out'];

/** What says nothing about the article. */
const TO_NOTHING: readonly Outcome['kind'][] = ['blocked', 'refused', 'failed'];

/**
 * Visits all that are due when this is called, the longest due first.
 * @throws BLOCKED where the site refuses several in a row: what is due then waits; what stops the run
 */
export async function* revisitDue(
  parts: { readonly frontier: Frontier; readonly services: CrawlServices },
  options: RevisitOptions & { readonly stopSignal: AbortSignal },
): AsyncGenerator<Settled> {
  const { frontier, services } = parts;
  const now = services.clock.now();
  let refusals = 0;
  for (let [due] = frontier.revisits.due(now, 1); due !== undefined; [due] = frontier.revisits.due(now, 1)) {
    if (options.stopSignal.aborted) return;
    await services.archive.requireRoom();
    const settled = await revisit(due, parts, options);
    yield settled;
    refusals = settled.visit.outcome.kind === 'blocked' ? refusals + 1 : 0;
    if (refusals >= MOST_BLOCKED_IN_A_ROW)
      throw new ArchiveError('BLOCKED', `${refusals} articles in a row that were visited again, last ${due.url}`);
  }
}

/**
 * Visits an archived article again, under the never-worse rule, and plans the next visit. The site may answer that nothing
 * has changed; but from the last age on the whole page is asked for, whatever it was known by.
 */
export async function revisit(
  due: Revisit,
  { frontier, services }: { readonly frontier: Frontier; readonly services: CrawlServices },
  options: RevisitOptions,
): Promise<Settled> {
  const { agesMs, backoffMs, signal } = options;
  const target: Target = {
    id: due.id,
    url: due.url,
    source: null,
    via: null,
    leadPicture: null,
    listed: null,
    priority: 0,
  };
  const visit = await archiveArticle(target, services, {
    refresh: true,
    conditional: services.clock.now() < due.lastAt,
    signal,
  });
  const now = services.clock.now();
  recordVisit(frontier, { target, visit }, { agesMs, now });
  if (LEADS_ELSEWHERE.includes(visit.outcome.kind)) frontier.revisits.plan(due, null);
  if (!TO_NOTHING.includes(visit.outcome.kind)) return { target, visit, againInMs: null };
  if (due.attempts + 1 >= MOST_ATTEMPTS) {
    frontier.revisits.plan(due, null);
    return { target, visit, againInMs: null };
  }
  const againInMs = retryPauseMs(due.attempts + 1, { baseMs: backoffMs, longestMs: DAY_MS });
  frontier.revisits.postpone(due.id, now + againInMs);
  return { target, visit, againInMs };
}
