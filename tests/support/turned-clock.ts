/** A clock that stands still unless somebody waits by it or turns it: hours of a test pass in no time. */

/** What `src/clock.ts` promises. */
interface Clock {
  readonly now: () => number;
  readonly sleep: (timeMs: number, options?: { readonly signal?: AbortSignal }) => Promise<void>;
}

export interface TurnedClock extends Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Puts the clock forward at once by the time that was to be slept, and resolves on a later turn of the event loop.
   * Rejects with the signal's reason once that has aborted; where it has already, the clock stays.
   */
  readonly sleep: (timeMs: number, options?: { readonly signal?: AbortSignal }) => Promise<void>;
  /** Puts it forward; a time below zero is a RangeError. */
  readonly advance: (timeMs: number) => void;
  /** Calls a listener with the time whenever it has changed; returns the function that ends this. */
  readonly onAdvance: (listener: (nowMs: number) => void) => () => void;
}

export function openTurnedClock(startMs: number): TurnedClock {
  let nowMs = startMs;
  const listeners = new Set<(nowMs: number) => void>();
  const advance = (timeMs: number) => {
    if (!(timeMs >= 0)) throw new RangeError(`a clock does not go back: ${timeMs}`);
    if (timeMs === 0) return;
    nowMs += timeMs;
    for (const listener of [...listeners]) listener(nowMs);
  };
  return {
    now: () => nowMs,
    sleep: async (timeMs, { signal } = {}) => {
      signal?.throwIfAborted();
      advance(Math.max(0, timeMs));
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
    advance,
    onAdvance: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
