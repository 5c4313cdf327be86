/** Worker threads over the pieces of a large work. Results come back in the order of the pieces, and few are held back. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { ArchiveError, isErrorCode } from './errors.ts';

export interface Pool<Piece, Result> extends AsyncDisposable {
  /** One result a piece, in order. Throws what a thread failed with, and the signal's reason. */
  run(pieces: Iterable<Piece> | AsyncIterable<Piece>): AsyncGenerator<Result, void>;
  /** Ends the threads well: what each had open is closed then. */
  finish(): Promise<void>;
}

/** What one thread does with its pieces, one after the other. */
export interface Work<Piece, Result> {
  readonly do: (piece: Piece) => Result | Promise<Result>;
  readonly close: () => void;
}

/** So many pieces a thread may be ahead of the one whose turn it is. */
const AHEAD = 4;

/**
 * @param tasks what each thread is begun with, values that can be copied; a single one is done in this thread, by `open`,
 *   but where `apart` asks for a thread even so: for whoever has to go on meanwhile
 * @param thread the module that calls `serve` with the same `open`
 * @param signal ends all work: at once in other threads, after the piece in hand in this one
 */
export function openPool<Task, Piece, Result>(
  tasks: readonly Task[],
  {
    open,
    thread,
    signal,
    apart = false,
  }: {
    readonly open: (task: Task) => Work<Piece, Result>;
    readonly thread: URL;
    readonly signal: AbortSignal;
    readonly apart?: boolean;
  },
): Pool<Piece, Result> {
  const [only] = tasks;
  if (only !== undefined && tasks.length === 1 && !apart) return workHere(open(only), signal);
  return openWorkers(
    tasks.map((task) => new Worker(thread, { workerData: { thread: thread.href, task } satisfies ThreadData<Task> })),
    signal,
  );
}

/** What a thread is begun with: its module may be loaded by other threads as well. */
interface ThreadData<Task> {
  readonly thread: string;
  readonly task: Task;
}

/**
 * Called by the module of a thread, as it is loaded: answers each piece. Does nothing in any other thread.
 * @param module its `import.meta.url`
 */
export function serve<Task, Piece, Result>(module: string, open: (task: Task) => Work<Piece, Result>): void {
  const data = workerData as ThreadData<Task> | null;
  if (parentPort === null || data?.thread !== module) return;
  const port = parentPort;
  const work = open(data.task);
  const answer = async (piece: Piece) => port.postMessage(await work.do(piece));
  port.on('message', (message: { readonly piece: Piece } | null) => {
    // A rejection that nobody handles ends the thread, and the pool with it.
    if (message !== null) void answer(message.piece);
    else {
      work.close();
      port.close();
    }
  });
}

function workHere<Piece, Result>(work: Work<Piece, Result>, signal: AbortSignal): Pool<Piece, Result> {
  let isOpen = true;
  const end = async () => {
    if (isOpen) work.close();
    isOpen = false;
  };
  return {
    run: async function* (pieces) {
      for await (const piece of pieces) {
        await nextTurn(); // somebody may want to interrupt
        signal.throwIfAborted();
        yield await work.do(piece);
      }
    },
    finish: end,
    [Symbol.asyncDispose]: end,
  };
}

interface Job<Piece, Result> {
  readonly piece: Piece;
  readonly result: PromiseWithResolvers<Result>;
}

function openWorkers<Piece, Result>(workers: readonly Worker[], signal: AbortSignal): Pool<Piece, Result> {
  const idle = [...workers];
  const waiting: Job<Piece, Result>[] = [];
  const inHand = new Map<Worker, Job<Piece, Result>>();
  let failed: { readonly reason: unknown } | null = signal.aborted ? { reason: signal.reason } : null;
  const fail = (reason: unknown) => {
    failed ??= { reason };
    for (const { result } of [...inHand.values(), ...waiting.splice(0)]) result.reject(failed.reason);
    inHand.clear();
  };
  const abort = () => fail(signal.reason);
  signal.addEventListener('abort', abort);
  for (const worker of workers) {
    worker.on('error', (error) => fail(asThrown(error)));
    worker.on('message', (value: Result) => {
      inHand.get(worker)?.result.resolve(value);
      inHand.delete(worker);
      idle.push(worker);
      give();
    });
  }

  return {
    run: async function* (pieces) {
      const results: Promise<Result>[] = [];
      for await (const piece of pieces) {
        results.push(resultOf(piece));
        if (results.length < AHEAD * workers.length) continue;
        yield (await results.shift()) as Result;
      }
      while (results.length > 0) yield (await results.shift()) as Result;
    },
    finish: async () => {
      const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
      for (const worker of workers) worker.postMessage(null);
      await Promise.all(ended);
      if (failed !== null) throw failed.reason;
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', abort);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };

  function resultOf(piece: Piece): Promise<Result> {
    const result = Promise.withResolvers<Result>();
    result.promise.catch(() => {}); // said when its turn comes, or not at all once another failed
    if (failed !== null) result.reject(failed.reason);
    else waiting.push({ piece, result });
    give();
    return result.promise;
  }

  function give(): void {
    for (let worker = idle.at(-1); worker !== undefined && waiting.length > 0; worker = idle.at(-1)) {
      idle.pop();
      const job = waiting.shift() as Job<Piece, Result>;
      inHand.set(worker, job);
      worker.postMessage({ piece: job.piece });
    }
  }
}

/** A known failure of a thread is one here as well: its class is lost on the way between two threads. */
function asThrown(error: unknown): unknown {
  const { name, code, detail } = error as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly detail?: unknown;
  };
  if (name !== 'ArchiveError' || typeof code !== 'string' || !isErrorCode(code)) return error;
  return new ArchiveError(code, String(detail), { cause: error });
}
