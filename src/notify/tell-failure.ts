/** Tells the owner that a run was ended by a failure, after the run let go of the archive. */
import { type Clock, systemClock } from '../clock.ts';
import { ArchiveError } from '../errors.ts';
import { openFrontier } from '../frontier/sqlite.ts';
import type { Log } from '../log.ts';
import type { Hook } from './hook.ts';
import { failureNotice } from './notice.ts';
import { createNotifier } from './notifier.ts';
import { tellNow } from './tell-now.ts';

/** Somebody's wish, or another run's turn: no failure. */
const NO_FAILURE: readonly string[] = ['INTERRUPTED', 'ARCHIVE_IN_USE'];

/**
 * Keeps the notice and delivers it; where the archive cannot take it (a full disk is just what is to be told), it is sent
 * once without being kept. Never throws a known failure.
 * @param options `command` is what failed
 */
export async function tellFailure(
  error: unknown,
  options: {
    readonly command: string;
    readonly archive: string;
    readonly hooks: readonly Hook[];
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly clock?: Clock;
  },
): Promise<void> {
  const { command, archive, hooks, log, signal, clock = systemClock } = options;
  if (!hooks.some((hook) => hook.wants('run-failed')) || signal.aborted) return;
  if (error instanceof ArchiveError && NO_FAILURE.includes(error.code)) return;
  const at = clock.now();
  const notice = failureNotice(error, { command, at });
  try {
    using frontier = openFrontier(archive, { command: null, attempts: 1, now: clock.now });
    const notifier = createNotifier({ hooks, notices: frontier.notices, clock, log });
    notifier.notify(notice);
    await notifier.deliver({ signal });
  } catch (refusal) {
    if (!(refusal instanceof ArchiveError)) throw refusal;
    for await (const told of tellNow(hooks, [notice], { at, isTest: false, signal }))
      log({
        level: told.ok ? 'info' : 'warn',
        stage: 'notify',
        message: `${told.on} to ${told.hook.name}: ${told.detail}`,
      });
  }
}
