/** The stub of `s3-stub.ts` in a thread of its own: what it hashes keeps no server of the test from its clock. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openS3Stub, type StubOptions } from './s3-stub.ts';

export interface StubThread extends AsyncDisposable {
  /** What `cluster.storage` says for it. */
  readonly url: string;
  set(options: StubOptions): void;
  /** How many requests there were, and how many of them a fault struck. */
  counts(): Promise<{ readonly requests: number; readonly struck: number }>;
}

export async function startS3Stub(options: StubOptions): Promise<StubThread> {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const [url] = (await once(worker, 'message')) as [string];
  return {
    url,
    set: (next) => worker.postMessage(next),
    counts: async () => {
      worker.postMessage('counts');
      const [counts] = (await once(worker, 'message')) as [{ readonly requests: number; readonly struck: number }];
      return counts;
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const stub = await openS3Stub(workerData as StubOptions);
  port.on('message', (message: StubOptions | 'counts') => {
    if (message !== 'counts') return stub.set(message);
    const struck = [...stub.struck.values()].reduce((a, b) => a + b, 0);
    port.postMessage({ requests: stub.requests(), struck });
  });
  port.postMessage(stub.url);
}
