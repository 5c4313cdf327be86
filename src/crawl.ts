/** Many URLs: read the lists, then take, archive and settle until nothing waits. */
import { readSource, type Source } from './discover/read-source.ts';
import { readingOf } from './drift.ts';
import { ArchiveError, nextAfter } from './errors.ts';
import type { Frontier } from './frontier/sqlite.ts';
import type { ArticleId, Lease, Target } from './model.ts';
import { archiveArticle, type Rooms, type Visit } from './pipeline.ts';

/** One source's list as it was read. */
export interface SourceReport {
  readonly source: string;
  readonly targets: readonly Target[];
  /** How many of them the frontier did not know. */
  readonly added: number;
  readonly error: ArchiveError | null;
}

/** Reads every source and puts what is new on the frontier. A source that fails is reported and does not stop the others. */
export async function* discoverAll(
  sources: readonly Source[],
  rooms: Rooms,
  add: (targets: readonly Target[]) => number,
  signal: AbortSignal,
): AsyncGenerator<SourceReport> {
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      const targets = await readSource(source, rooms, signal);
      yield { source: source.name, targets, added: add(targets), error: null };
    } catch (error) {
      if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop') throw error;
      yield { source: source.name, targets: [], added: 0, error };
    }
  }
}

/** A visit that was settled. */
export interface Settled {
  readonly target: Target;
  readonly visit: Visit;
  /** True where the frontier will give the target out again in this run. */
  readonly again: boolean;
}

export interface WorkOptions {
  readonly concurrency: number;
  readonly refresh: boolean;
  /** Only these articles, and what they lead to; all that wait where absent. */
  readonly only?: readonly ArticleId[] | undefined;
  /** At most so many visits. */
  readonly limit?: number | undefined;
  /** No further article is begun once this aborts. */
  readonly stopping: AbortSignal;
  /** Everything ends at once when this aborts. */
  readonly signal: AbortSignal;
  readonly onSettled: (settled: Settled) => void;
}

/** So many refusals in a row mean that the site does not want this visitor now. */
const MOST_BLOCKED_IN_A_ROW = 5;
const HEARTBEAT_MS = 30_000;

/**
 * Archives what waits, `concurrency` articles at a time.
 * @throws BLOCKED where the site refuses several articles in a row; what stops the run
 */
export async function work(frontier: Frontier, rooms: Rooms, options: WorkOptions): Promise<void> {
  const only = options.only === undefined ? undefined : [...options.only];
  const halt = new AbortController(); // a worker that throws stops the others after the article in hand
  let begun = 0;
  let blockedInARow = 0;
  await settleAll(Array.from({ length: options.concurrency }, () => worker()));

  async function worker(): Promise<void> {
    for (;;) {
      try {
        await rooms.store.requireRoom();
        if (options.stopping.aborted || halt.signal.aborted || begun >= (options.limit ?? Number.POSITIVE_INFINITY))
          return;
        const lease = frontier.take(only);
        if (lease === null) return;
        begun += 1;
        await archiveLeased(lease);
      } catch (error) {
        halt.abort();
        throw error;
      }
    }
  }

  async function archiveLeased(lease: Lease): Promise<void> {
    const heartbeat = setInterval(() => {
      try {
        frontier.extend(lease);
      } catch {
        // A frontier that cannot be written ends the run by its own heartbeat, or when this article is settled.
      }
    }, HEARTBEAT_MS);
    try {
      const visit = await archiveArticle(lease.target, rooms, options);
      frontier.add(visit.found);
      only?.push(...visit.found.map((target) => target.id));
      if (visit.asked) frontier.visits.note(lease.target.id, visit.outcome.kind);
      const { again } = frontier.settle(lease, visit.outcome);
      if (visit.outcome.kind === 'archived' && visit.record !== null) {
        frontier.readings.add(
          readingOf(
            visit.record.article,
            visit.record.flags.map(({ code }) => code),
          ),
        );
      }
      options.onSettled({ target: lease.target, visit, again });
      blockedInARow = visit.outcome.kind === 'blocked' ? blockedInARow + 1 : 0;
    } catch (error) {
      frontier.giveBack(lease);
      throw error;
    } finally {
      clearInterval(heartbeat);
    }
    if (blockedInARow >= MOST_BLOCKED_IN_A_ROW)
      throw new ArchiveError('BLOCKED', `${blockedInARow} articles in a row, last ${lease.target.url}`);
  }
}

/** Waits for all, then throws the first failure. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
