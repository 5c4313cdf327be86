/** A worker thread: audits pieces of an archive as they are given to it, and answers each with what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { openShards, type ShardTask } from './audit-shard.ts';
import type { Shard } from './shards.ts';

if (parentPort !== null) {
  const port = parentPort;
  const { audit, close } = openShards(workerData as ShardTask);
  port.on('message', (shard: Shard | null) => {
    if (shard !== null) port.postMessage(audit(shard));
    else {
      close();
      port.close();
    }
  });
}
