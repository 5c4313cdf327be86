/** Notices to hooks, durably and at least once: kept first, then delivered, again and again until they arrive or are given up. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Notices, WaitingNotice } from '../frontier/notices.ts';
import type { Log } from '../log.ts';
import { retryPauseMs } from '../retry-pause.ts';
import type { Hook } from './hook.ts';
import { deliveryId, type Notice } from './notice.ts';

export interface Notifier {
  /** Keeps the notice for every hook that wants it; the same notice is kept once. Throws what the frontier throws. */
  notify(notice: Notice): void;
  /**
   * Delivers what is due, all hooks at once, the notices of one in the order in which they fell due. A hook that fails three
   * times in a row is left alone until the next call. Once `signal` aborts, what is not delivered waits, and this returns.
   * @returns what was delivered now, and what waits still
   */
  deliver(options: { readonly signal: AbortSignal }): Promise<{ readonly delivered: number; readonly waiting: number }>;
  /** When the next notice is due, ms since 1970; null where none waits. */
  nextDue(): number | null;
}

/** First pause after a failure; it doubles up to an hour, so that the attempts spread over about a day. */
const RETRY_MS = 30_000;
/** After so many a notice is given up. */
export const MOST_ATTEMPTS = 30;
const MOST_FAILURES_IN_A_ROW = 3;

/** @param options `random` gives a number from 0 to below 1 */
export function createNotifier(options: {
  readonly hooks: readonly Hook[];
  readonly notices: Notices;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}): Notifier {
  const { hooks, notices, clock, log, random = Math.random } = options;
  // Two hooks of one address are one: it hears what either of them wants.
  const byKey = Map.groupBy(hooks, ({ key }) => key);

  return {
    notify: (notice) => {
      const at = new Date(clock.now()).toISOString();
      for (const [key, same] of byKey) {
        if (!same.some((hook) => hook.wants(notice.on))) continue;
        const id = deliveryId(key, notice);
        const body = JSON.stringify({ delivery: id, at, ...notice });
        notices.add({ id, hook: key, to: same[0]?.name ?? '', on: notice.on, body });
      }
    },
    deliver: async ({ signal }) => {
      const lost = notices.giveUpOthers([...byKey.keys()]);
      if (lost > 0) warn(`${lost} notices waited for hooks that are not configured any more; they are given up`);
      const counts = await Promise.all(
        [...byKey.values()].flatMap((same) => same.slice(0, 1)).map((hook) => deliverTo(hook, signal)),
      );
      return { delivered: counts.reduce((sum, count) => sum + count, 0), waiting: notices.waiting() };
    },
    nextDue: () => notices.nextDue(),
  };

  /** Returns how many arrived. */
  async function deliverTo(hook: Hook, signal: AbortSignal): Promise<number> {
    let delivered = 0;
    for (let failures = 0; failures < MOST_FAILURES_IN_A_ROW && !signal.aborted; ) {
      const next = notices.due(hook.key);
      if (next === null) break;
      const answer = await hook.hand(next, signal).catch((error: unknown) => {
        if (signal.aborted) return null; // nobody's failure: it waits
        throw error;
      });
      if (answer === null) break;
      if (answer.ok) {
        notices.delivered(next.id);
        log({ level: 'info', stage: 'notify', message: `${next.on} to ${hook.name}: ${answer.detail}` });
        delivered += 1;
        failures = 0;
      } else {
        putOff(next, hook, answer.detail);
        failures += 1;
      }
      await sleep(0); // with a quick receiver and a long queue, others want their turn
    }
    return delivered;
  }

  function putOff({ id, on, attempts }: WaitingNotice, { name }: Hook, error: string): void {
    const attempt = attempts + 1;
    const pauseMs = attempt >= MOST_ATTEMPTS ? null : retryPauseMs(attempt, { baseMs: RETRY_MS, random });
    notices.failed(id, { error, at: pauseMs === null ? null : clock.now() + pauseMs });
    const next = pauseMs === null ? 'given up' : `tried again after ${Math.ceil(pauseMs / 1000)} s`;
    warn(`${on} to ${name}: ${error}; attempt ${attempt} of ${MOST_ATTEMPTS}, ${next}`);
  }

  function warn(message: string): void {
    log({ level: 'warn', stage: 'notify', message });
  }
}
