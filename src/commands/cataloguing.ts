/**
 * The catalog kept up to date by the runs that write the archive: whoever may only read it, as the group of a service, would
 * else find none, or an old one, and have to make one for each command.
 */
import { join } from 'node:path';
import type { App } from '../app.ts';
import { CATALOG } from '../archive/keys.ts';
import { openCatalog } from '../catalog/catalog.ts';
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';
import type { Terminal } from '../report/terminal.ts';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  /** Ends the work between two batches of articles; what was written until then stays. */
  readonly signal: AbortSignal;
  /** Is told how many articles of how many were read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Nothing that goes wrong ends the run: whoever needs the catalog brings it up to date, or says what it lacks. In a cluster it
 * is left to the machine that reads, for each has its own.
 */
export async function keepCatalog(
  { storage }: Pick<App, 'storage'>,
  { config, terminal, signal, onProgress }: Context,
): Promise<void> {
  if (config.cluster.storage !== null || config.cluster.postgres !== null) return;
  try {
    using catalog = await openCatalog(storage, { path: join(config.archive, CATALOG), log: terminal.log });
    await catalog.refresh({ signal, ...(onProgress && { onProgress }) });
    await catalog.rememberCaptures();
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    if (error.code !== 'INTERRUPTED') terminal.log({ level: 'warn', stage: 'run', message: error.message });
  }
}

/** How far behind a schedule may leave it, and how often one that is far behind goes on. */
const BETWEEN_MS = 60_000;

/** Brings it up to date now and then, at once the first time. */
export function keepCatalogAlong(app: Pick<App, 'storage' | 'services'>, context: Context): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = app.services.clock.now();
    if (Math.abs(now - lookedAt) < BETWEEN_MS) return;
    lookedAt = now;
    await keepCatalog(app, context);
  };
}
