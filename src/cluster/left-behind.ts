/**
 * What hands that died left on this machine, or in the folder that all share: files of captures that are still open, and
 * temporary files. Whoever works for a cluster looks for it as it begins and every minute, one process at a time. A hand that
 * was only silent for long loses nothing: it finds its file gone as it adds to it, and begins another.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { handOfSegment } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { recoverSegments } from '../capture/recover.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import type { Shared } from '../frontier/operations.ts';
import type { Log } from '../log.ts';

const LOOK_MS = 60_000;
/** A store that is away keeps no process from ending. */
const CLOSE_MS = 30_000;
/** A walk through a shared folder takes long where the archive is large. */
const SWEEP_MS = 24 * 3_600_000;
/** No file takes so long to be written. */
const IDLE_MS = 3_600_000;

/**
 * Looks at once, and again and again until disposed, which waits a little for a look that goes on: another process ends what it
 * began. A database or store that is away is left to whoever works: the next look comes.
 */
export function watchLeftBehind(
  { storage, trash, shared }: { readonly storage: Storage; readonly trash: Trash; readonly shared: Shared },
  log: Log,
): AsyncDisposable {
  let sweptAt = Number.NEGATIVE_INFINITY;
  let going: Promise<void> | null = null;
  const look = () => {
    going ??= takeUp()
      .catch((error: unknown) => {
        if (!(error instanceof ArchiveError)) throw error;
      })
      .finally(() => {
        going = null;
      });
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      const over = new AbortController();
      await Promise.race([going, sleep(CLOSE_MS, undefined, over).catch(() => {})]); // called off below
      over.abort();
    },
  };

  async function takeUp(): Promise<void> {
    using alone = shared.alone();
    if (alone === null) return;
    const ended = await endSegments({ storage, trash, shared });
    for (const { segment, aside } of ended)
      log({
        level: aside === null ? 'info' : 'warn',
        stage: 'run',
        message: `a hand that died left ${segment} open; ${aside === null ? 'it is whole' : `what is not whole lies in trash: ${aside}`}`,
      });
    if (performance.now() - sweptAt < SWEEP_MS) return;
    sweptAt = performance.now();
    const swept = await storage.sweep({ idleMs: IDLE_MS });
    if (swept > 0)
      log({
        level: 'info',
        stage: 'run',
        message: `${counted(swept, 'temporary file of hands that died is', 'temporary files of hands that died are')} gone`,
      });
  }
}

/** Ends the captures of those that have said nothing for long: in the name of a file stand the last eight signs of its hand's. */
function endSegments({
  storage,
  trash,
  shared,
}: {
  readonly storage: Storage;
  readonly trash: Trash;
  readonly shared: Shared;
}) {
  const living = new Set(
    [...shared.hands.working().map(({ name }) => name), shared.hands.name].map((name) => name.slice(-8)),
  );
  return recoverSegments(storage, trash, (segment) => !living.has(handOfSegment(segment) ?? ''));
}
