/** What time it is, and waiting for a later one: a value, so that tests can turn it. */
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
