/** The clock: the time, and waiting for a later one. It is passed in as a value, so that tests can set it. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves when so much time has gone by; rejects with an AbortError once `signal` aborts. */
  readonly sleep: (timeMs: number, options?: { readonly signal?: AbortSignal }) => Promise<void>;
}

/** The machine's. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (timeMs, options = {}) => sleep(timeMs, undefined, options),
};

// How long to wait before another attempt: exponential back-off with jitter, so that what failed together does not come back together.

const HOUR_MS = 3_600_000;

/**
 * @param attempt the one that failed, from 1
 * @param options `longestMs` is an hour where absent; `random` gives a number from 0 to below 1
 * @returns ms: between half and the whole of `baseMs` after the first attempt, of twice that after the second, and so
 *   on up to `longestMs`
 */
export function retryPauseMs(
  attempt: number,
  options: { readonly baseMs: number; readonly longestMs?: number; readonly random?: () => number },
): number {
  const { baseMs, longestMs = HOUR_MS, random = Math.random } = options;
  const whole = Math.min(baseMs * 2 ** (attempt - 1), longestMs);
  return Math.round(whole / 2 + (whole / 2) * random());
}
