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
  sleep: (timeMs, options = {}) => sleep(Math.min(timeMs, LONGEST_TIMER_MS), undefined, options),
};

/** Node.js takes anything longer for one millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Two clocks differ by a millisecond an hour or less for so long. */
const FOLLOWED_MS = 10_000;

/**
 * A clock of another machine, which costs a question: asked now and then, and between by this machine's own count of time.
 * @param ask gives ms since 1970. Where it throws, the last answer is counted on from; before the first one this machine's
 *   clock goes
 */
export function followClock(ask: () => number): () => number {
  let asked = { at: Date.now(), from: performance.now(), untilMs: 0 };
  return () => {
    const sinceMs = performance.now() - asked.from;
    if (sinceMs < asked.untilMs) return Math.floor(asked.at + sinceMs);
    try {
      asked = { at: ask(), from: performance.now(), untilMs: FOLLOWED_MS };
    } catch {
      // Whoever needs an answer asks for one himself, and learns why there is none.
      asked = { ...asked, untilMs: sinceMs + FOLLOWED_MS };
    }
    return Math.floor(asked.at + performance.now() - asked.from);
  };
}

/** An answer that takes long to find is given again for fifty times as long: asking takes at most that part of the time. */
export function seldom<T>(ask: () => T): () => T {
  let last: { readonly answer: T; readonly untilMs: number } | null = null;
  return () => {
    const fromMs = performance.now();
    if (last !== null && fromMs < last.untilMs) return last.answer;
    const answer = ask();
    const foundMs = performance.now();
    last = { answer, untilMs: foundMs + SELDOM * (foundMs - fromMs) };
    return answer;
  };
}

const SELDOM = 50;

// Instants that were written down: the clock that they were written by may have been wrong, by years and in either direction.

/** What an instant can mean that was written down by a right clock. */
export interface Sense {
  /** It lies so far ahead of the present at most; 0 for when something was done. */
  readonly aheadMs: number;
  /** What one counts as that lies further ahead: the present, the latest that makes sense, or long ago. */
  readonly otherwise: 'now' | 'latest' | 'long-ago';
}

/**
 * What counts in the place of an instant that lies further ahead than makes sense. All instants in ms since 1970.
 * @returns `latest`: whatever lies behind it was written by a wrong clock, and counts as `instead`
 */
export function boundsOf(sense: Sense, now: number): { readonly latest: number; readonly instead: number } {
  const latest = now + sense.aheadMs;
  return { latest, instead: { now, latest, 'long-ago': 0 }[sense.otherwise] };
}

/** The one way by which an instant that was written down is read. @returns it as it counts at `now` */
export function believed(at: number, sense: Sense, now: number): number {
  const { latest, instead } = boundsOf(sense, now);
  return at <= latest ? at : instead; // what is no number is no instant either
}

/**
 * An instant for people, by the clock on their wall and with its zone: `2026-11-26 22:31:05 +01:00`. What has no clock on the
 * wall, because it is no instant, is shown as it is written.
 * @param at ms since 1970, or ISO 8601
 */
export function wallClock(at: number | string): string {
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) return String(at);
  const offset = -instant.getTimezoneOffset();
  const zone = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'));
  const clock = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium' }).format(instant);
  return `${clock} ${offset < 0 ? '-' : '+'}${zone.join(':')}`;
}

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
