/** Waiting for another run to end, for those who asked for it with `--wait`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ArchiveError } from '../errors.ts';

const ASK_AGAIN_MS = 1000;

/**
 * Opens an archive as soon as no other run holds it.
 * @param open throws ARCHIVE_IN_USE while one does
 * @param options `stopping` ends the wait; `say` is told once who is waited for
 * @throws INTERRUPTED; what else `open` throws
 */
export async function whenFree<T>(
  open: () => T,
  options: { readonly stopping: AbortSignal; readonly say: (holder: string) => void },
): Promise<T> {
  for (let waited = false; ; waited = true) {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== 'ARCHIVE_IN_USE') throw error;
      if (!waited) options.say(error.detail);
    }
    // An interrupted sleep ends like any other: the next line says why.
    await sleep(ASK_AGAIN_MS, undefined, { signal: options.stopping }).catch(() => {});
    if (options.stopping.aborted) throw new ArchiveError('INTERRUPTED', 'while waiting for the archive');
  }
}
