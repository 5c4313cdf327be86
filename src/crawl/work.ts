/** Many URLs: read the lists, then take, archive and settle until nothing waits. */

import type { SourceSample } from '../alarms/sources.ts';
import { ArchiveError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import type { ArticleId, Lease, Outcome, Target } from '../model.ts';
import { type ReadOptions, readSource, type Source, sampleOfSource, type Turns } from './read-source.ts';
import { archiveArticle, type CrawlContext, type CrawlServices, recordVisit, type Visit } from './visit.ts';

/** One source's list as it was read. */
interface SourceReport {
  readonly source: string;
  readonly targets: readonly Target[];
  /** How many of them the frontier did not know. */
  readonly added: number;
  /** Why the list, or a later page of it, could not be read. */
  readonly error: ArchiveError | null;
  readonly sample: SourceSample;
}

interface DiscoverOptions extends ReadOptions {
  /** The present instant, ms since 1970. */
  readonly now: () => number;
  readonly turns: Turns;
}

/** Reads every source and puts what is new on the frontier. A source that fails is reported and does not stop the others. */
export async function* discoverAll(
  sources: readonly Source[],
  services: CrawlServices,
  add: (targets: readonly Target[]) => number,
  options: DiscoverOptions,
): AsyncGenerator<SourceReport> {
  let isReached = true; // a site that gave no list at all is not asked for each of the others several times
  for (const source of sources) {
    options.signal.throwIfAborted();
    const attempts = isReached ? options.attempts : 1;
    const at = options.now();
    const result = await readSource(source, services, { ...options, attempts });
    const { targets, error } = result;
    isReached = result.pages.length > 0 || error?.code !== 'SOURCE_UNREAD';
    const added = add(targets);
    const sample = sampleOfSource(source, result, { at, fresh: added, elapsedMs: options.now() - at });
    yield { source: source.name, targets, added, error, sample };
  }
}

/** Remembers in the journal whose turn it was. @param now gives ms since 1970 */
export function turnsOf({ followed }: Pick<Journal, 'followed'>, now: () => number): Turns {
  return { next: followed.next, note: (source, url) => followed.note(source, url, now()) };
}

/** Remembers how a source was read and what it showed. */
export function noteSource(journal: Journal, { source, targets, sample }: SourceReport): void {
  journal.sourceSamples.add(sample);
  const ids = targets.map(({ id }) => id);
  if (ids.length > 0) journal.sightings.note(source, ids, sample.at);
}

interface WorkOptions {
  readonly concurrency: number;
  readonly refresh: boolean;
  /** Only these articles, and what they lead to; all that wait where absent. */
  readonly only?: readonly ArticleId[] | undefined;
  /** At most so many visits. */
  readonly limit?: number | undefined;
  /** The pause once the site refuses several articles in a row; twice as long each time, at most `blockedPauses` times. */
  readonly blockedPauseMs: number;
  readonly blockedPauses: number;
  /** Ages at which articles are visited again, rising. */
  readonly agesMs: readonly number[];
  /** No further article is begun once this aborts. */
  readonly stopSignal: AbortSignal;
  /** Everything ends at once when this aborts. */
  readonly signal: AbortSignal;
  readonly onSettled: (settled: Settled) => void;
  readonly log: Log;
}

/** So many refusals in a row mean that the site does not want this visitor now. */
export const MOST_BLOCKED_IN_A_ROW = 5;

/**
 * Archives what waits, `concurrency` articles at a time, and waits for what is due later.
 * @throws BLOCKED where the site goes on refusing after all pauses; what stops the run
 */
export async function work(context: CrawlContext, options: WorkOptions): Promise<void> {
  const { frontier, services } = context;
  const { stopSignal, signal, onSettled } = options;
  const only = options.only === undefined ? undefined : [...options.only];
  const halt = new AbortController(); // a worker that throws stops the others after the article in hand
  const ending = AbortSignal.any([stopSignal, signal, halt.signal]);
  let begun = 0;
  const refusals: Settled[] = []; // in a row, held back until it is known whether they stand
  let pause: Promise<void> | null = null; // while the site refuses this visitor
  try {
    await settleAll(Array.from({ length: options.concurrency }, () => worker()));
  } finally {
    tellRefusals();
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
    const settled = await visitLeased(lease, context, options);
    const { outcome, found } = settled.visit;
    only?.push(...found.map((target) => target.id));
    if (outcome.kind === 'blocked') refusals.push(settled);
    else {
      if (isAnswer(outcome, options)) tellRefusals();
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
        message: `the site refuses this visitor; everything pauses for ${Math.ceil(pauseMs / 1000)} s, then one article is tried (pause ${pauses + 1} of ${options.blockedPauses})`,
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
    tellRefusals((id) => (again.has(id) ? pauseMs : null));
  }

  function tellRefusals(againInMs: (id: ArticleId) => number | null = () => null): void {
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

// One article in hand: visited, settled and put into the books; or given back, where the run stops.

/** A visit that was settled. */
export interface Settled {
  readonly target: Target;
  readonly visit: Visit;
  /** After so long the frontier gives the target out again in this run; null where the outcome stands. */
  readonly againInMs: number | null;
}

const HEARTBEAT_MS = 30_000;

/**
 * @param options `refresh` visits again what the archive holds already; `agesMs` are the ages at which articles are
 *   visited again, rising
 * @throws what stops the run; the target then waits as if it had not been taken
 */
export async function visitLeased(
  lease: Lease,
  context: CrawlContext,
  options: { readonly refresh: boolean; readonly agesMs: readonly number[]; readonly signal: AbortSignal },
): Promise<Settled> {
  const { frontier, services } = context;
  const { target } = lease;
  const heartbeat = setInterval(() => {
    try {
      frontier.extend(lease);
    } catch {
      // A frontier that cannot be written ends the run when this article is settled.
    }
  }, HEARTBEAT_MS);
  try {
    const visit = await archiveArticle(target, services, options);
    return context.transaction(() => {
      recordVisit(context, { target, visit }, { agesMs: options.agesMs, now: services.clock.now() });
      const isArchived = visit.record !== null;
      return { target, visit, ...frontier.settle(lease, visit.outcome, { isArchived }) };
    });
  } catch (error) {
    frontier.release(lease);
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
