/** `reindex`: builds the catalog anew from the files of the archive. */
import { openStorage } from '../archive/open-storage.ts';
import type { Batch, ReadArticle } from '../catalog/refresh.ts';
import { reindex as build } from '../catalog/reindex.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { Pool } from '../pool.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import { interrupted, requireRedis } from './partitioning.ts';
import type { Interrupts } from './session.ts';

/** @throws what `reindex` of the catalog throws */
export async function reindex(
  { cluster = false }: { readonly cluster?: boolean | undefined },
  {
    config,
    terminal,
    interrupts,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const startedAt = performance.now();
  const redis = cluster ? requireRedis('reindex', {}, config) : null;
  const storage = await openStorage(config);
  try {
    await using shared = redis === null ? null : await openShared(redis);
    const { indexed } = await build(storage, config.archive, {
      onProgress: terminal.progress,
      signal: interrupts.stopSignal,
      readBatches: shared?.run,
    });
    terminal.end();
    const tookMs = Math.round(performance.now() - startedAt);
    const text = `${counted(indexed, 'article')} in ${describeDuration(tookMs)}`;
    terminal.summary('reindex', { articles: indexed, tookMs }, text);
    return EXIT.ok;
  } finally {
    terminal.end();
  }

  async function openShared(redis: string): Promise<Pool<Batch, readonly ReadArticle[]>> {
    const { openPartitions } = await import('../partitions/partitions.ts');
    const { reindexWork } = await import('../partitions/works.ts');
    const signal = interrupted(interrupts.stopSignal, 'reindex');
    return openPartitions(reindexWork, {}, { redis, storage, signal, log: terminal.log });
  }
}
