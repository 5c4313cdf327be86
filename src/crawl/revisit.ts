/** Archived articles that are due for another look, one after the other. */

import { retryPauseMs } from '../clock.ts';
import { ArchiveError } from '../errors.ts';
import type { Journal, Revisit } from '../journal/journal.ts';
import type { Outcome, Target } from '../model.ts';
import { archiveArticle, type CrawlContext, recordVisit } from './visit.ts';
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
  context: CrawlContext,
  options: RevisitOptions & { readonly stopSignal: AbortSignal },
): AsyncGenerator<Settled> {
  const { journal, services } = context;
  const now = services.clock.now();
  let refusals = 0;
  for (let [due] = journal.revisits.due(now, 1); due !== undefined; [due] = journal.revisits.due(now, 1)) {
    if (options.stopSignal.aborted) return;
    await services.archive.requireRoom();
    const settled = await revisit(due, context, options);
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
export async function revisit(due: Revisit, context: CrawlContext, options: RevisitOptions): Promise<Settled> {
  const { agesMs, signal } = options;
  const { services } = context;
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
  return context.transaction(() => {
    recordVisit(context, { target, visit }, { agesMs, now });
    return { target, visit, againInMs: planAfter(visit.outcome, due, context.journal, { ...options, now }) };
  });
}

/** Takes the article off the plan, or puts its visit off. Returns by how long, in ms; null where it was not put off. */
function planAfter(
  { kind }: Outcome,
  due: Revisit,
  { revisits }: Journal,
  { backoffMs, now }: { readonly backoffMs: number; readonly now: number },
): number | null {
  const isGivenUp = TO_NOTHING.includes(kind) && due.attempts + 1 >= MOST_ATTEMPTS;
  if (LEADS_ELSEWHERE.includes(kind) || isGivenUp) revisits.plan(due, null);
  if (!TO_NOTHING.includes(kind) || isGivenUp) return null;
  const againInMs = retryPauseMs(due.attempts + 1, { baseMs: backoffMs, longestMs: DAY_MS });
  revisits.postpone(due.id, now + againInMs);
  return againInMs;
}
