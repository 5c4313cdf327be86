/** Many articles: what waits in the queue until nothing does, and what is due for another visit. */
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ArticleId, Lease, Outcome } from '../model.ts';
import { type CrawlContext, type Worked, type WorkOptions, work } from './work.ts';

export interface CrawlOptions extends WorkOptions {
  readonly concurrency: number;
  readonly refresh: boolean;
  /** Only these articles, and what they lead to; all that wait where absent. */
  readonly only?: readonly ArticleId[] | undefined;
  /** At most so many visits. */
  readonly limit?: number | undefined;
  /** The pause once the site refuses several articles in a row; twice as long each time, at most `blockedPauses` times. */
  readonly blockedPauseMs: number;
  readonly blockedPauses: number;
  /** No further article is begun once this aborts. */
  readonly stopSignal: AbortSignal;
  readonly onSettled: (settled: Worked) => void;
  readonly log: Log;
}

/** So many refusals in a row mean that the site does not want this visitor now. */
export const MOST_BLOCKED_IN_A_ROW = 5;

/**
 * Archives what waits, `concurrency` articles at a time, and waits for what is due later.
 * @throws BLOCKED where the site goes on refusing after all pauses; what stops the run
 */
export async function archiveWaiting(context: CrawlContext, options: CrawlOptions): Promise<void> {
  const { frontier, services } = context;
  const { stopSignal, abortSignal, onSettled } = options;
  const only = options.only === undefined ? undefined : [...options.only];
  const halt = new AbortController(); // a worker that throws stops the others after the article in hand
  const ending = AbortSignal.any([stopSignal, abortSignal, halt.signal]);
  let begun = 0;
  const refusals: Worked[] = []; // in a row, held back until it is known whether they stand
  let pause: Promise<void> | null = null; // while the site refuses this visitor
  try {
    await settleAll(Array.from({ length: options.concurrency }, () => worker()));
  } finally {
    reportRefusals();
  }

  async function worker(): Promise<void> {
    try {
      for (;;) {
        await pause;
        await services.archive.requireRoom();
        const lease = await nextLease();
        if (lease === null) return;
        if (lease === 'waited') continue;
        await archiveLeased(lease);
        if (refusals.length < MOST_BLOCKED_IN_A_ROW || pause !== null) continue;
        pause = pauseWhileBlocked().finally(() => {
          pause = null;
        });
        await pause;
      }
    } catch (error) {
      halt.abort();
      throw error;
    }
  }

  /** Null where this worker has nothing more to do; `waited` where it was worth waiting, and is to be asked again. */
  async function nextLease(): Promise<Lease | 'waited' | null> {
    if (ending.aborted || begun >= (options.limit ?? Number.POSITIVE_INFINITY)) return null;
    const lease = frontier.take(only);
    if (lease !== null) {
      begun += 1;
      return lease;
    }
    const due = frontier.nextDue(only);
    if (due === null) return null;
    await wait(due - services.clock.now());
    return 'waited';
  }

  async function archiveLeased(lease: Lease): Promise<Outcome> {
    const settled = await work({ kind: 'queued', lease, refresh: options.refresh }, context, options);
    const { outcome, found } = settled.visit;
    only?.push(...found.map((target) => target.id));
    if (outcome.kind === 'blocked') refusals.push(settled);
    else {
      if (isAnswer(outcome, options)) reportRefusals();
      onSettled(settled);
    }
    return outcome;
  }

  /** Pauses, then tries one article, until the site answers again. The articles that it refused wait behind all others. */
  async function pauseWhileBlocked(): Promise<void> {
    for (let pauses = 0, outcome: Outcome | null = null; outcome === null || !isAnswer(outcome, options); pauses++) {
      const pauseMs = options.blockedPauseMs * 2 ** pauses;
      const where = refusals.at(-1)?.target.url;
      if (pauses >= options.blockedPauses)
        throw new ArchiveError(
          'BLOCKED',
          `${MOST_BLOCKED_IN_A_ROW} articles in a row, ${pauses} pauses, last ${where}`,
        );
      requeueRefusals(pauseMs);
      options.log({
        level: 'warn',
        stage: 'run',
        message: `the site refuses requests; the crawl pauses for ${Math.ceil(pauseMs / 1000)} s, then tries one article (pause ${pauses + 1} of ${options.blockedPauses})`,
      });
      await wait(pauseMs);
      requeueRefusals(0); // of the articles that were in hand when the pause began
      outcome = await tryOne();
      if (outcome === null) return;
    }
    options.log({ level: 'info', stage: 'run', message: 'the site answers again' });
  }

  /** The outcome of the first visit that asks the site for anything; null where nothing more waits, or the work ends. */
  async function tryOne(): Promise<Outcome | null> {
    for (let lease = await nextLease(); lease !== null; lease = await nextLease()) {
      if (lease === 'waited') continue;
      const outcome = await archiveLeased(lease);
      if (outcome.kind !== 'refused' && (outcome.kind !== 'unchanged' || options.refresh)) return outcome;
    }
    return null;
  }

  function requeueRefusals(pauseMs: number): void {
    const ids = refusals.map(({ target }) => target.id);
    const again = new Set(frontier.requeue({ ids, keepAttempts: true }).map(({ id }) => id));
    reportRefusals((id) => (again.has(id) ? pauseMs : null));
  }

  function reportRefusals(againInMs: (id: ArticleId) => number | null = () => null): void {
    for (const settled of refusals.splice(0)) onSettled({ ...settled, againInMs: againInMs(settled.target.id) });
  }

  /** Shorter where the work ends. */
  async function wait(timeMs: number): Promise<void> {
    await services.clock.sleep(Math.max(0, timeMs), { signal: ending }).catch(() => {}); // whoever waited looks at `ending`
  }
}

/** True for what the site says to a visitor that it lets in; what is unchanged was asked for only to `refresh` it. */
function isAnswer({ kind }: Outcome, { refresh }: { readonly refresh: boolean }): boolean {
  return ['archived', 'gone', 'moved', 'link-out'].includes(kind) || (kind === 'unchanged' && refresh);
}

/** Waits for all, then throws the first failure. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * Visits all that are due when this is called, the longest due first.
 * @throws BLOCKED where the site refuses several in a row: what is due then waits; what stops the run
 */
export async function* revisitDue(
  context: CrawlContext,
  options: WorkOptions & { readonly stopSignal: AbortSignal },
): AsyncGenerator<Worked> {
  const { journal, services } = context;
  const now = services.clock.now();
  let refusals = 0;
  for (let [due] = journal.revisits.due(now, 1); due !== undefined; [due] = journal.revisits.due(now, 1)) {
    if (options.stopSignal.aborted) return;
    await services.archive.requireRoom();
    const settled = await work({ kind: 'revisit', due }, context, options);
    yield settled;
    refusals = settled.visit.outcome.kind === 'blocked' ? refusals + 1 : 0;
    if (refusals >= MOST_BLOCKED_IN_A_ROW)
      throw new ArchiveError('BLOCKED', `${refusals} articles in a row that were visited again, last ${due.url}`);
  }
}
