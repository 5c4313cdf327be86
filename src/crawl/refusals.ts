/** A host that refuses several articles and lists in a row is left alone for long, and then asked for one. */
import { wallClock } from '../clock.ts';
import type { Hosts } from '../journal/hosts.ts';
import type { Log } from '../log.ts';
import { MOST_BLOCKED_IN_A_ROW } from './crawl.ts';
import type { Worked } from './work.ts';

export interface Refusals {
  /** @returns what is said where the host is left alone now, null where it is not yet */
  count(host: string): string | null;
  /** The host gave an article. */
  end(host: string): void;
  /** What came of a visit, either way. */
  note(worked: Worked): void;
}

/** @param hosts where pauses are kept; `now` gives ms since 1970 */
export function createRefusals(
  hosts: Pick<Hosts, 'pause' | 'setPause'>,
  {
    blockedPauseMs,
    longestPauseMs,
    now,
    log,
  }: {
    readonly blockedPauseMs: number;
    readonly longestPauseMs: number;
    readonly now: () => number;
    readonly log: Log;
  },
): Refusals {
  const refusals = new Map<string, { readonly inARow: number; readonly pauses: number }>();
  const refused: Refusals = {
    count: (host) => {
      const { inARow, pauses } = refusals.get(host) ?? { inARow: 0, pauses: 0 };
      if (inARow + 1 < MOST_BLOCKED_IN_A_ROW) {
        refusals.set(host, { inARow: inARow + 1, pauses });
        return null;
      }
      const pauseMs = Math.min(blockedPauseMs * 2 ** pauses, longestPauseMs);
      const before = hosts.pause(host);
      const nextAt = Math.max(before.nextAt, now() + pauseMs);
      hosts.setPause(host, { ...before, nextAt, reason: 'it refuses this visitor' });
      refusals.set(host, { inARow, pauses: pauses + 1 });
      const message = `${host} refuses this visitor; it is left alone for ${Math.ceil(pauseMs / 1000)} s, until ${wallClock(nextAt)}, then asked for one thing`;
      log({ level: 'warn', stage: 'run', message });
      return message;
    },
    end: (host) => void refusals.delete(host),
    note: ({ target, visit }) => {
      const { host } = new URL(target.url);
      const { outcome } = visit;
      if (!visit.asked || outcome.kind === 'refused' || outcome.kind === 'failed') return;
      if (outcome.kind === 'blocked') refused.count(host);
      else refused.end(host);
    },
  };
  return refused;
}
