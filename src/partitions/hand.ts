/** A hand's part in the partitions of a cluster: takes them beside its visits, each in a thread of its own, so many at once. */

import { workOrderKey } from '../archive/keys.ts';
import { openStorage, type StoragePlace } from '../archive/open-storage.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Pool } from '../pool.ts';
import { programIdentity } from './identity.ts';
import { takePartitions } from './queue.ts';
import { openPartitionThread, type ThreadAnswer, type ThreadPiece } from './thread.ts';
import { type Answer, job, order } from './work.ts';

export interface PartitionHandOptions {
  readonly redis: string;
  /** So many at once, each in a thread. */
  readonly partitions: number;
  /** Gives back at once what is in hand. */
  readonly stopSignal: AbortSignal;
  readonly log: Log;
}

/** Takes partitions until disposed. @throws what the storage of the configuration refuses with */
export async function servePartitions(
  place: StoragePlace,
  { redis, partitions, stopSignal, log }: PartitionHandOptions,
): Promise<AsyncDisposable> {
  const program = programIdentity();
  const storage = await openStorage(place);
  const threads = threadsOf(place);
  await using opened = new AsyncDisposableStack();
  opened.use(threads);
  const onReady = () =>
    log({ level: 'info', stage: 'run', message: `takes partitions, ${partitions} at once, as version ${program}` });
  opened.use(takePartitions(redis, { program, concurrency: partitions, work, stopSignal, onReady, log }));
  return opened.move();

  async function work(given: unknown, signal: AbortSignal): Promise<Answer> {
    const { run, number, name, pieces } = job.parse(given);
    const asked = await orderOf(run, { storage, program });
    const from = performance.now();
    const done = await threads.do({ run, number, work: asked.work, parameters: asked.parameters, pieces }, signal);
    if ('code' in done) throw new ArchiveError(done.code, done.detail);
    log({
      level: 'info',
      stage: 'run',
      message: `partition ${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`,
    });
    return done;
  }
}

/** What the run asks for. @throws PARTITION_REFUSED where it is asked of another archive, or of another program */
async function orderOf(
  run: string,
  { storage, program }: { readonly storage: Storage; readonly program: string },
): Promise<typeof order._output> {
  const bytes = await storage.read(workOrderKey(run));
  if (bytes === null) throw new ArchiveError('PARTITION_REFUSED', `${storage.name}/${workOrderKey(run)}: is not there`);
  const asked = order.parse(JSON.parse(bytes.toString()));
  if (asked.program !== program)
    throw new ArchiveError('PARTITION_REFUSED', `asked by version ${asked.program}, and this hand is ${program}`);
  return asked;
}

/** An idle thread ends after so long: it holds the modules of what it did last. */
const IDLE_MS = 60_000;

interface Threads extends AsyncDisposable {
  /** By an idle thread, or a new one; it ends where the signal aborts, with what it has in hand. */
  readonly do: (piece: ThreadPiece, signal: AbortSignal) => Promise<ThreadAnswer>;
}

interface Thread {
  readonly pool: Pool<ThreadPiece, ThreadAnswer>;
  readonly ending: AbortController;
}

function threadsOf(place: StoragePlace): Threads {
  const idle = new Map<Thread, NodeJS.Timeout>();
  return {
    do: async (piece, signal) => {
      const thread = taken() ?? opened();
      const abort = () => thread.ending.abort(signal.reason);
      signal.addEventListener('abort', abort);
      try {
        signal.throwIfAborted();
        for await (const done of thread.pool.run([piece])) {
          rest(thread);
          return done;
        }
        throw new TypeError('no result of a partition');
      } catch (error) {
        await thread.pool[Symbol.asyncDispose](); // it has died, or is to stop
        throw error;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (let thread = taken(); thread !== null; thread = taken()) await thread.pool[Symbol.asyncDispose]();
    },
  };

  function opened(): Thread {
    const ending = new AbortController();
    return { pool: openPartitionThread(place, ending.signal), ending };
  }

  function taken(): Thread | null {
    const [first] = idle;
    if (first === undefined) return null;
    const [thread, timer] = first;
    clearTimeout(timer);
    idle.delete(thread);
    return thread;
  }

  function rest(thread: Thread): void {
    const end = () => {
      idle.delete(thread);
      void thread.pool[Symbol.asyncDispose]();
    };
    idle.set(thread, setTimeout(end, IDLE_MS).unref());
  }
}
