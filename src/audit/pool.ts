/** Worker threads over the pieces of an archive. Results come back in the order of the pieces, and few are held back. */
import { extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Shard } from './shards.ts';
import { openShards, type ShardResult, type ShardTask } from './worker.ts';

interface Pool extends AsyncDisposable {
  /** One result a piece, in order. */
  run(shards: Iterable<Shard>): AsyncGenerator<ShardResult, void>;
  /** Ends the workers well: their index databases are complete then. */
  finish(): Promise<void>;
}

/** So many pieces a worker may be ahead of the one whose turn it is. */
const AHEAD = 4;

/**
 * @param tasks one a thread; a single one is done in this thread
 * @param signal ends all work: at once in other threads, after the piece in hand in this one
 */
export function openPool(tasks: readonly ShardTask[], signal: AbortSignal): Pool {
  const [only] = tasks;
  return only !== undefined && tasks.length === 1 ? workHere(only, signal) : openWorkers(tasks, signal);
}

function workHere(task: ShardTask, signal: AbortSignal): Pool {
  const { audit, close } = openShards(task);
  let isOpen = true;
  const end = () => {
    if (isOpen) close();
    isOpen = false;
  };
  return {
    run: async function* (shards) {
      for (const shard of shards) {
        await nextTurn(); // somebody may want to interrupt
        signal.throwIfAborted();
        yield audit(shard);
      }
    },
    finish: async () => end(),
    [Symbol.asyncDispose]: async () => end(),
  };
}

function openWorkers(tasks: readonly ShardTask[], signal: AbortSignal): Pool {
  const file = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url);
  const workers = tasks.map((workerData) => new Worker(file, { workerData }));
  let failed: unknown = null;
  let wake = () => {};
  const fail = (error: unknown) => {
    failed ??= error;
    wake();
  };
  for (const worker of workers) worker.on('error', fail);
  const abort = () => fail(signal.reason);
  signal.addEventListener('abort', abort);

  return {
    run: async function* (shards) {
      const source = shards[Symbol.iterator]();
      const done = new Map<number, ShardResult>();
      let given = 0;
      let taken = 0;
      let exhausted = false;
      const idle = new Set(workers);
      const give = () => {
        for (const worker of idle) {
          if (exhausted || given >= taken + AHEAD * workers.length) return;
          const next = source.next();
          if (next.done === true) {
            exhausted = true;
            return;
          }
          const turn = given;
          given += 1;
          idle.delete(worker);
          worker.once('message', (result: ShardResult) => {
            done.set(turn, result);
            idle.add(worker);
            wake();
          });
          worker.postMessage(next.value);
        }
      };
      for (;;) {
        if (signal.aborted) throw signal.reason;
        if (failed !== null) throw failed;
        give();
        if (exhausted && taken === given) return;
        const result = done.get(taken);
        if (result === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else {
          done.delete(taken);
          taken += 1;
          yield result;
        }
      }
    },
    finish: async () => {
      const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
      for (const worker of workers) worker.postMessage(null);
      await Promise.all(ended);
      if (failed !== null) throw failed;
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', abort);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
