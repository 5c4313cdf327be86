/**
 * The queue `visit` of a cluster: what may be visited now, on its way from the leader to the hands. It is no ledger. What is
 * lost with it the leader offers again, and of what comes twice the second one finds the target taken. With the queue of
 * `partitions/queue.ts` the one door to BullMQ.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { ReadyTarget } from '../frontier/frontier.ts';
import type { Log } from '../log.ts';
import type { ArticleId } from '../model.ts';
import { redacted, withoutSecrets } from '../service-address.ts';

export interface VisitQueue extends AsyncDisposable {
  /** Offers targets to the hands; those that it holds already are not offered twice. Resolves in any case, and soon. */
  offer(targets: readonly ReadyTarget[]): Promise<void>;
  /** Null where Redis does not answer. */
  lengths(): Promise<QueueLengths | null>;
}

export interface QueueLengths {
  readonly waiting: number;
  readonly inHand: number;
}

const NAME = 'visit';
/** What all keys of this program in Redis begin with. */
export const PREFIX = 'guancha';
/** Whoever asks the queue for something goes on without it after so long. */
export const PATIENCE_MS = 3000;
/** A queue looks for the jobs of dead hands so often, and so long a hand is believed to live. */
const STALLED_MS = 30_000;

/** @param redis `redis://:password@host:port/number`: one database of Redis for each archive */
export function openVisitQueue(redis: string, log: Log): VisitQueue {
  const outage = createOutage(redis, log);
  const connection = connect(redis);
  connection.on('error', outage.began);
  const queue = new Queue(NAME, { connection, prefix: PREFIX });
  queue.on('error', outage.began);
  let pending: Promise<unknown> | null = null; // one at a time: those that get no answer would pile up
  const ask = async <T>(question: () => Promise<T>): Promise<T | null> => {
    if (pending !== null || connection.status !== 'ready') return null;
    const answer = question();
    pending = answer.then(
      () => outage.ended(),
      (error: unknown) => outage.began(error),
    );
    void pending.finally(() => {
      pending = null;
    });
    return await within(PATIENCE_MS, answer).catch(() => null); // it is said above
  };
  return {
    offer: async (targets) => {
      if (targets.length === 0) return;
      const jobs = targets.map(({ id, attempts }) => ({
        name: NAME,
        data: { id },
        opts: { jobId: `${id.replace(':', '-')}-${attempts}`, removeOnComplete: true, removeOnFail: true },
      }));
      await ask(() => queue.addBulk(jobs));
    },
    lengths: async () => {
      await within(PATIENCE_MS, queue.waitUntilReady()).catch(() => {}); // the next line looks
      const counts = await ask(() => queue.getJobCounts('wait', 'prioritized', 'active'));
      if (counts === null) return null;
      return { waiting: (counts.wait ?? 0) + (counts.prioritized ?? 0), inHand: counts.active ?? 0 };
    },
    [Symbol.asyncDispose]: async () => {
      await within(PATIENCE_MS, queue.close()).catch(() => {}); // nothing of it is needed
      connection.disconnect();
    },
  };
}

/**
 * Takes visits from the queue until disposed, which waits for those in hand.
 * @param visit never throws
 */
export function takeVisits(
  redis: string,
  {
    concurrency,
    visit,
    log,
  }: { readonly concurrency: number; readonly visit: (id: ArticleId) => Promise<void>; readonly log: Log },
): AsyncDisposable {
  const outage = createOutage(redis, log);
  const connection = connect(redis);
  connection.on('error', outage.began).on('ready', outage.ended);
  const going = new Set<Promise<void>>();
  const worker = new Worker<{ readonly id: ArticleId }>(
    NAME,
    async ({ data }) => {
      const mine = visit(data.id);
      going.add(mine);
      await mine.finally(() => going.delete(mine));
    },
    {
      connection,
      prefix: PREFIX,
      concurrency,
      lockDuration: STALLED_MS,
      stalledInterval: STALLED_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  // A job that a flush took away cannot be ended: what came of it stands in the database.
  worker.on('error', (error) => {
    if (connection.status !== 'ready') outage.began(error);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      const closing = worker.close();
      closing.catch(() => {}); // the queue is filled again, whatever became of it
      await Promise.allSettled(going);
      await within(PATIENCE_MS, closing).catch(() => {}); // as above
      connection.disconnect();
    },
  };
}

/** It connects again whenever it was cut. */
export function connect(redis: string): Redis {
  return new Redis(redis, {
    maxRetriesPerRequest: null,
    connectTimeout: PATIENCE_MS,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
}

export async function within<T>(timeMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeMs} ms`)), timeMs);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Says once that Redis is away, and once that it is back. */
export function createOutage(
  redis: string,
  log: Log,
): { readonly began: (error: unknown) => void; readonly ended: () => void } {
  let isAway = false;
  const name = withoutSecrets(redis);
  return {
    began: (error) => {
      if (isAway) return;
      isAway = true;
      const why = redacted(error instanceof Error ? error.message : String(error), redis);
      log({
        level: 'warn',
        stage: 'run',
        message: `${name}: the queue of the cluster is away (${why}); it is waited for`,
      });
    },
    ended: () => {
      if (isAway) log({ level: 'info', stage: 'run', message: `${name}: the queue of the cluster is back` });
      isAway = false;
    },
  };
}
