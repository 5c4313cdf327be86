/** Delivers notices to hooks at least once: each is kept first, then sent again until it arrives or is given up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, retryPauseMs, systemClock } from '../clock.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import { type OperationsPlace, openOperations } from '../frontier/operations.ts';
import type { Outbox, WaitingNotice } from '../journal/outbox.ts';
import type { Log } from '../log.ts';
import type { HookAnswer } from './answer.ts';
import type { Hook } from './hook.ts';
import { deliveryId, failureNotice, type Notice } from './notice.ts';

export interface Notifier {
  /** Keeps the notice for every hook that wants it; the same notice is kept once. Throws what the frontier throws. */
  notify(notice: Notice): void;
  /** True where every hook that wants such a notice has this one, delivered or not; the same where none wants it. */
  hasKept(notice: Notice): boolean;
  /**
   * Delivers what is due, all hooks at once, the notices of one in the order in which they fell due. A hook that fails three
   * times in a row is left alone until the next call, one that asks for a pause until that is over. Once `signal` aborts, what is not delivered waits, and this returns.
   * @returns what was delivered now, and what waits still
   */
  deliver(options: { readonly signal: AbortSignal }): Promise<{ readonly delivered: number; readonly waiting: number }>;
  /** When the next notice is due, ms since 1970; null if none waits. */
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
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}): Notifier {
  const { hooks, outbox, clock, log, random = Math.random } = options;
  // Two hooks with one address are one hook, which gets what either of them wants.
  const byKey = Map.groupBy(hooks, ({ key }) => key);
  /** Until when a hook asked to be left alone, ms since 1970. */
  const quietUntil = new Map<string, number>();

  return {
    notify: (notice) => {
      const at = new Date(clock.now()).toISOString();
      for (const [key, same] of byKey) {
        if (!same.some((hook) => hook.wants(notice.on))) continue;
        const id = deliveryId(key, notice);
        const body = JSON.stringify({ delivery: id, at, ...notice });
        outbox.add({ id, hook: key, to: same[0]?.name ?? '', on: notice.on, body });
      }
    },
    hasKept: (notice) =>
      [...byKey].every(
        ([key, same]) => !same.some((hook) => hook.wants(notice.on)) || outbox.has(deliveryId(key, notice)),
      ),
    deliver: async ({ signal }) => {
      const lost = outbox.giveUpOthers([...byKey.keys()]);
      if (lost > 0)
        warn(`${counted(lost, 'notice')} waited for hooks that are not configured any more, and will not be sent`);
      const counts = await Promise.all(
        [...byKey.values()].flatMap((same) => same.slice(0, 1)).map((hook) => deliverTo(hook, signal)),
      );
      return { delivered: counts.reduce((sum, count) => sum + count, 0), waiting: outbox.waiting() };
    },
    nextDue: () => outbox.nextDue(),
  };

  /** Returns how many arrived. */
  async function deliverTo(hook: Hook, signal: AbortSignal): Promise<number> {
    let delivered = 0;
    if ((quietUntil.get(hook.key) ?? 0) > clock.now()) return delivered;
    for (let failures = 0; failures < MOST_FAILURES_IN_A_ROW && !signal.aborted; ) {
      const next = outbox.next(hook.key);
      if (next === null) break;
      const answer = await hook.hand(next, signal).catch((error: unknown): HookAnswer | null => {
        if (signal.aborted) return null; // nobody's failure: it waits
        return { ok: false, detail: String(error) }; // a hook ends no run
      });
      if (answer === null) {
        outbox.giveBack(next);
        break;
      }
      if (answer.ok) {
        outbox.delivered(next.id);
        log({ level: 'info', stage: 'notify', message: `${next.on} to ${hook.name}: ${answer.detail}` });
        delivered += 1;
        failures = 0;
      } else {
        putOff(next, hook, answer);
        failures += 1;
        if (answer.afterMs !== undefined) {
          quietUntil.set(hook.key, clock.now() + answer.afterMs);
          break;
        }
      }
      await sleep(0); // with a quick receiver and a long queue, others want their turn
    }
    return delivered;
  }

  function putOff({ id, on, attempts }: WaitingNotice, { name }: Hook, answer: HookAnswer): void {
    const { detail: error, afterMs = 0, isRefused = false } = answer;
    const attempt = attempts + 1;
    const isLast = isRefused || attempt >= MOST_ATTEMPTS;
    const pauseMs = isLast ? null : Math.max(afterMs, retryPauseMs(attempt, { baseMs: RETRY_MS, random }));
    outbox.failed(id, { error, at: pauseMs === null ? null : clock.now() + pauseMs });
    const next = pauseMs === null ? 'given up' : `tried again after ${Math.ceil(pauseMs / 1000)} s`;
    warn(`${on} to ${name}: ${error}; attempt ${attempt} of ${MOST_ATTEMPTS}, ${next}`);
  }

  function warn(message: string): void {
    log({ level: 'warn', stage: 'notify', message });
  }
}

// Reports to the owner that a failure ended a run, after the run has released the archive.

/** These are no failures: somebody stopped the run, or another run has the archive. */
const NO_FAILURE: readonly string[] = ['INTERRUPTED', 'ARCHIVE_IN_USE'];

/**
 * Keeps the notice and delivers it, once until a visit has ended well again; if the archive cannot take it (a full disk may be the very failure), it is sent
 * once without being kept. Never throws a known failure.
 * @param options `command` is what failed
 */
export async function reportFailure(
  error: unknown,
  options: {
    readonly command: string;
    readonly place: string | OperationsPlace;
    readonly hooks: readonly Hook[];
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly clock?: Clock;
  },
): Promise<void> {
  const { command, place, hooks, log, signal, clock = systemClock } = options;
  if (!hooks.some((hook) => hook.wants('run-failed')) || signal.aborted) return;
  if (error instanceof ArchiveError && NO_FAILURE.includes(error.code)) return;
  const at = clock.now();
  try {
    using operations = openOperations(place, { now: clock.now });
    const notifier = createNotifier({ hooks, outbox: operations.journal.outbox, clock, log });
    notifier.notify(failureNotice(error, { command, at, since: operations.journal.visits.lastWellAt() }));
    await notifier.deliver({ signal });
  } catch (refusal) {
    if (!(refusal instanceof ArchiveError)) throw refusal;
    const notice = failureNotice(error, { command, at, since: null });
    for await (const sent of reportNow(hooks, [notice], { at, isTest: false, signal }))
      log({
        level: sent.ok ? 'info' : 'warn',
        stage: 'notify',
        message: `${sent.on} to ${sent.hook.name}: ${sent.detail}`,
      });
  }
}

// Notices that are sent at once and only once, without being kept: for `notify test`, and if the archive cannot be written.

/** One notice at one hook. */
interface SentNotice extends HookAnswer {
  readonly hook: Hook;
  readonly on: Notice['on'];
  readonly delivery: string;
}

/**
 * Sends one notice after the other to every hook that wants it.
 * @param options `at` in ms since 1970; `isTest` marks them `"test": true`
 * @throws an AbortError once `signal` aborts
 */
export async function* reportNow(
  hooks: readonly Hook[],
  notices: readonly Notice[],
  options: { readonly at: number; readonly isTest: boolean; readonly signal: AbortSignal },
): AsyncGenerator<SentNotice> {
  const at = new Date(options.at).toISOString();
  for (const hook of hooks) {
    for (const notice of notices.filter(({ on }) => hook.wants(on))) {
      const id = deliveryId(hook.key, notice);
      const body = JSON.stringify({ delivery: id, at, ...(options.isTest ? { test: true } : {}), ...notice });
      const answer = await hook.hand({ id, on: notice.on, body }, options.signal);
      yield { hook, on: notice.on, delivery: id, ...answer };
    }
  }
}
