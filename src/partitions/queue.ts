/**
 * The queue of partitions: parts of a large work on their way from the command that was typed to the hands, and what came of
 * each on the way back. It is no ledger: the command offers again what is lost with it, and a partition that is done twice
 * comes to the same. It has the name of the program, so that a hand whose rules are others never sees it.
 */
import { hostname } from 'node:os';
import { Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { connect, createOutage, PATIENCE_MS, PREFIX, within } from '../cluster/queue.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';

/** A partition as it is offered. */
export interface PartitionJob {
  /** Of the command, as `archive/keys.ts` has it. */
  readonly run: string;
  /** Of the partitions of the run, from 0. */
  readonly number: number;
  /** What it is for people: `audit 2022/01`. */
  readonly name: string;
  readonly pieces: readonly unknown[];
}

/** What came of one that has ended. */
export type PartitionEnd = { readonly number: number } & (
  | { readonly value: unknown }
  | { readonly failed: string } // `CODE: detail`, or what the queue says
);

/** The queue as the command has it. Where Redis does not answer soon, each question is answered with null, or false. */
export interface PartitionQueue extends AsyncDisposable {
  /** Offers partitions; those that it holds already are not offered twice. */
  offer(jobs: readonly PartitionJob[]): Promise<boolean>;
  /** Says that the run goes on; to be said again within `LIFE_MS`. */
  goesOn(run: string): Promise<boolean>;
  /** Hands stop what they do for it, and its partitions are taken out. @param numbers of those that have not ended */
  ended(run: string, numbers: readonly number[]): Promise<boolean>;
  /** Those of these partitions that have ended; they are taken out. */
  collect(run: string, numbers: ReadonlySet<number>): Promise<readonly PartitionEnd[] | null>;
  /** Those of the run that the queue holds in any state. */
  held(run: string): Promise<ReadonlySet<number> | null>;
  /** Of this program, and of others: how many hands take partitions, as far as Redis may say it. */
  hands(): Promise<PartitionHands | null>;
}

export interface PartitionHands {
  readonly own: number;
  /** The programs of the other ones. */
  readonly others: readonly string[];
}

const NAME = 'partition';
/** Whoever has not said for so long that a run goes on is dead. */
const LIFE_MS = 30_000;
/** Results that nobody has asked for go after so long. */
const KEPT_S = 3600;
const ATTEMPTS = 4;
const BACKOFF_MS = 500;

/** @param program as `programIdentity` gives it */
export function openPartitionQueue(redis: string, { program, log }: { program: string; log: Log }): PartitionQueue {
  const outage = createOutage(redis, log);
  const connection = connect(redis);
  connection.on('error', outage.began).on('ready', outage.ended);
  const queue = new Queue<PartitionJob>(queueOf(program), { connection, prefix: PREFIX });
  queue.on('error', outage.began);
  let wasReady = false;

  return {
    offer: (jobs) =>
      told(async () => {
        await queue.addBulk(
          jobs.map((data) => ({
            name: data.name,
            data,
            opts: {
              jobId: jobIdOf(data.run, data.number),
              attempts: ATTEMPTS,
              backoff: { type: 'exponential', delay: BACKOFF_MS },
              removeOnComplete: { age: KEPT_S },
              removeOnFail: { age: KEPT_S },
            },
          })),
        );
      }),
    goesOn: (run) => told(() => connection.set(lifeKey(run), GOES_ON, 'PX', LIFE_MS)),
    ended: (run, numbers) =>
      told(async () => {
        await connection.set(lifeKey(run), ENDED, 'PX', LIFE_MS);
        // One that a hand has in hand is locked: it ends by itself, and goes with its age.
        await Promise.allSettled(numbers.map((number) => queue.remove(jobIdOf(run, number))));
      }),
    collect: (run, numbers) =>
      ask(async () => {
        const found: PartitionEnd[] = [];
        for (const state of ['completed', 'failed'] as const)
          for (const number of numbersOf(run, await queue.getRanges([state], 0, -1))) {
            const job = numbers.has(number) ? await queue.getJob(jobIdOf(run, number)) : undefined;
            if (job === undefined) continue;
            // What an earlier attempt failed with stands in one that was completed, too.
            const end = state === 'failed' ? { failed: job.failedReason } : { value: job.returnvalue as unknown };
            found.push({ number, ...end });
            await job.remove().catch(() => {}); // it goes with its age
          }
        return found;
      }),
    held: (run) => ask(async () => new Set(numbersOf(run, await queue.getRanges([...STATES], 0, -1)))),
    hands: () =>
      ask(async () => {
        const clients = await connection.client('LIST').catch((error: unknown) => {
          if (isRefusal(error)) return null;
          throw error;
        });
        if (typeof clients !== 'string') return { own: 1, others: [] }; // who may not ask believes that there is one
        const all = programsOf(clients, connection.options.db ?? 0);
        return { own: all.filter((each) => each === program).length, others: all.filter((each) => each !== program) };
      }),
    [Symbol.asyncDispose]: async () => {
      await within(PATIENCE_MS, queue.close()).catch(() => {}); // nothing of it is needed
      connection.disconnect();
    },
  };

  async function told(order: () => Promise<unknown>): Promise<boolean> {
    const done = await ask(async () => {
      await order();
      return true;
    });
    return done ?? false;
  }

  async function ask<T>(question: () => Promise<T>): Promise<T | null> {
    try {
      if (!wasReady) await within(PATIENCE_MS, queue.waitUntilReady());
      wasReady = true;
      if (connection.status !== 'ready') return null;
      return await within(PATIENCE_MS, question());
    } catch (error) {
      outage.began(error);
      return null;
    }
  }
}

const STATES = ['waiting', 'prioritized', 'delayed', 'active', 'completed', 'failed'] as const;

// A hand.

/** A hand is believed to live for so long after it last said so, and the dead are looked for so often: partitions are safe to do twice. */
const BELIEVED_MS = 8000;
const RENEWED_MS = 2000;
const STALLED_MS = 3000;
/** A partition with which so many hands have died is not given to another one. */
const MOST_DEATHS = 3;
/** So often is looked whether the run goes on. */
const LOOK_MS = 1000;
/** So many looks may find nothing: a queue that was emptied is filled again within some seconds. */
const MOST_SILENT = 15;

/**
 * Takes partitions until disposed.
 * @param options `work` gives what is sent back, a value for JSON, and stops where its signal aborts; an ArchiveError is sent as
 *   what it is, and tried again by another hand
 */
export function takePartitions(
  redis: string,
  {
    program,
    concurrency,
    work,
    stopSignal,
    onReady,
    log,
  }: {
    readonly program: string;
    readonly concurrency: number;
    readonly work: (job: unknown, signal: AbortSignal) => Promise<unknown>;
    readonly stopSignal: AbortSignal;
    /** Is called once partitions are offered to it. */
    readonly onReady: () => void;
    readonly log: Log;
  },
): AsyncDisposable {
  const outage = createOutage(redis, log);
  const connection = connect(redis);
  connection.on('error', outage.began).on('ready', outage.ended);
  const going = new Set<Promise<unknown>>();
  const worker = new Worker<PartitionJob>(
    queueOf(program),
    async (job, token) => {
      const mine = doJob(job.data).catch(async (error: unknown) => {
        if (!stopSignal.aborted) throw error;
        await within(PATIENCE_MS, job.moveToWait(token)); // another hand takes it at once
        throw new WaitingError();
      });
      going.add(mine);
      return await mine.finally(() => going.delete(mine));
    },
    {
      connection,
      prefix: PREFIX,
      name: `${hostname()}-${process.pid}`,
      concurrency,
      lockDuration: BELIEVED_MS,
      lockRenewTime: RENEWED_MS,
      stalledInterval: STALLED_MS,
      maxStalledCount: MOST_DEATHS,
    },
  );
  worker.once('ready', onReady);
  // A job that a flush took away cannot be ended: it was offered again.
  worker.on('error', (error) => {
    if (connection.status !== 'ready') outage.began(error);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      const closing = worker.close();
      closing.catch(() => {}); // what it had in hand is offered again, whatever became of it
      await Promise.allSettled(going);
      await within(PATIENCE_MS, closing).catch(() => {}); // as above
      connection.disconnect();
    },
  };

  async function doJob(data: PartitionJob): Promise<unknown> {
    const runEnded = new AbortController();
    let silent = 0;
    const look = async () => {
      if (connection.status !== 'ready') return;
      const life = await within(PATIENCE_MS, connection.get(lifeKey(data.run))).catch(() => GOES_ON);
      silent = life === null ? silent + 1 : 0;
      if (life === ENDED || silent > MOST_SILENT) runEnded.abort();
    };
    await look();
    const looks = setInterval(() => void look(), LOOK_MS);
    try {
      runEnded.signal.throwIfAborted();
      return await work(data, AbortSignal.any([runEnded.signal, stopSignal]));
    } catch (error) {
      if (runEnded.signal.aborted) throw new UnrecoverableError('the command that wanted it has ended');
      throw error instanceof ArchiveError ? new Error(`${error.code}: ${error.detail}`, { cause: error }) : error;
    } finally {
      clearInterval(looks);
    }
  }
}

// What lies in Redis.

const GOES_ON = 'goes on';
const ENDED = 'ended';

function queueOf(program: string): string {
  return `${NAME}-${program}`;
}

function lifeKey(run: string): string {
  return `${PREFIX}:${NAME}-run:${run}`;
}

function jobIdOf(run: string, number: number): string {
  return `${run}-${number}`;
}

/** The partitions of a run among the ids of jobs. */
function numbersOf(run: string, ids: readonly string[]): readonly number[] {
  return ids.filter((id) => id.startsWith(`${run}-`)).map((id) => Number(id.slice(run.length + 1)));
}

/** What a Redis says that knows no such question, or lets this user not ask it. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^(?:NOPERM|ERR unknown)/.test(error.message);
}

/** The program of each hand among the connections of a server, as BullMQ names them: `guancha:BASE64-OF-QUEUE:w:NAME`. */
function programsOf(clients: string, db: number): readonly string[] {
  return clients.split('\n').flatMap((client) => {
    const [, encoded] = new RegExp(` name=${PREFIX}:([\\w+/=]+):w:`).exec(client) ?? [];
    if (encoded === undefined || !client.includes(` db=${db} `)) return [];
    const queue = Buffer.from(encoded, 'base64').toString();
    return queue.startsWith(`${NAME}-`) ? [queue.slice(NAME.length + 1)] : [];
  });
}
